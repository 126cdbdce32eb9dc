"""Whether the data can be had by a standard protocol."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.fair.protocols import OPEN, scheme_of


def _copies(*endpoints: str) -> tuple[dict[str, object], ...]:
    """An image with a copy at each address."""
    replicas = [{"site": f"site {n}", "endpoint": at, "key": "1.zarr"} for n, at in enumerate(endpoints)]
    return ({"representations": [{"format": "OME-Zarr", "replicas": replicas}]},)


def _judge(study: Subject) -> Judgement:
    links = data_links.links(study)
    if not links:
        return data_links.nothing_known(study)
    things = data_links.by_thing(links)
    open_links = [link for link in links if scheme_of(link.address) in OPEN]
    without = sorted(set(things) - {link.of for link in open_links})
    if not without:
        return passed("All data known here can be had by an open protocol.", *data_links.some(open_links))
    first = things[without[0]]
    add = (study.triple("dcat:endpointURL", "<https://…>", node=f"{without[0]}/…"),)
    schemes = ", ".join(sorted({scheme_of(link.address) or "no scheme" for link in first}))
    said = f"{len(without)} of {len(things)} images, files or holdings have no address by an open protocol ({schemes})."
    return failed(said, *data_links.some(first), add=add)


METRIC: Final = Metric(
    id="data-protocol-open",
    version="1.0",
    principle="A1.1",
    title="The data can be had by an open protocol",
    question="Can every program fetch the images, without software or an account of one vendor?",
    counts="Every image, file or holding that is known here has an address that begins with https, http, ftp, ftps or "
    "sftp; s3 alone does not count.",
    fix="State the https address beside the one of S3, Globus or Aspera.",
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("https", Outcome.PASS, images=_copies("https://archive.example/")),
        Case("https beside s3", Outcome.PASS, images=_copies("s3://bucket/", "https://archive.example/")),
        Case("s3 alone", Outcome.FAIL, images=_copies("s3://bucket/")),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("an image without an address", Outcome.INDETERMINATE, images=({"title": "cells"},)),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="F-UJI metrics 0.8, FsF-A1.1-01MD-2; RDA FAIR Data Maturity Model (2020), RDA-A1-04D and RDA-A1.1-01D.",
    limits="F-UJI is content with one address of many. Addresses in image lists are not read here.",
    answers=("FsF-A1-03D-1", "FsF-A1.1-01MD-2", "RDA-A1-04D", "RDA-A1.1-01D", "FsF-R1-01MD-2", "FsF-R1-01MD-2c"),
)
