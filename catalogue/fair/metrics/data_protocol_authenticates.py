"""Whether the protocol of the data could ask who is there."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.fair.protocols import AUTHENTICATING, scheme_of


def _holding(endpoint: str) -> dict[str, object]:
    return {"holdings": [{"site": "EMBL-EBI", "endpoint": endpoint, "key_template": "{accession}.zarr"}]}


def _judge(study: Subject) -> Judgement:
    links = data_links.links(study)
    if not links:
        return data_links.nothing_known(study)
    without = [link for link in links if scheme_of(link.address) not in AUTHENTICATING]
    if not without:
        return passed("The protocols of all addresses can ask for a password or key.", *data_links.some(links))
    add = (study.triple("dcat:endpointURL", "<https://…>", node=f"{without[0].of}/…"),)
    said = f"{len(without)} of {len(links)} addresses are of a protocol that cannot ask for a password."
    return failed(said, *data_links.some(without), add=add)


METRIC: Final = Metric(
    id="data-protocol-authenticates",
    version="1.0",
    principle="A1.2",
    title="The protocol of the data can ask for a password",
    question="Could the archive give these images to some people only, by the way in which they are fetched?",
    counts="Every address of data that is known here begins with https, http, ftp, ftps, sftp, s3 or gs.",
    fix="Offer the data by https.",
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("https", Outcome.PASS, _holding("https://archive.example/")),
        Case("s3", Outcome.PASS, _holding("s3://bucket/")),
        Case("a folder", Outcome.FAIL, _holding("file:///data/")),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="F-UJI metrics 0.8, FsF-A1.2-01MD-2; RDA FAIR Data Maturity Model (2020), RDA-A1.2-01D.",
    limits="It tells what the protocol could do, not what the archive does.",
    answers=("FsF-A1.2-01MD-2", "RDA-A1.2-01D"),
)
