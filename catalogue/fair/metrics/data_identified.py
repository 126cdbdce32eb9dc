"""Whether images and files can be named one by one."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.dataset import KNOWN_IMAGES
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_FILE: Final = {"title": "a.tif", "url": "https://archive.example/S-BIAD1/a.tif"}


def _judge(study: Subject) -> Judgement:
    if images := data_links.known_images(study):
        said = f"Each of {images} images has an identifier."
        return passed(said, *(row.evidence for row in study.rows(KNOWN_IMAGES)))
    files = study.rows("named_files")
    without = sorted({row.text for row in files if not row.said("url")})
    if without:
        add = (study.triple("schema:url", "<https://…>", node=without[0]),)
        said = f"Files without an address: {len(without)} of {len({row.text for row in files})}."
        return failed(said, *(row.evidence for row in files[:3]), add=add)
    if files:
        links = data_links.links(study)
        return passed("Each file has an address of its own.", *data_links.some(links))
    return data_links.nothing_known(study)


METRIC: Final = Metric(
    id="data-identified",
    version="1.0",
    principle="F1",
    title="Images and files have unique identifiers",
    question="Can each image or file of the study be named by an address of its own?",
    counts="Images of the study have records here, each with its IRI; where there are none, every file that the record "
    "names has an address (schema:url).",
    fix="Publish the list of images, or the address of each file; this node can also read an archive's image list.",
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("an image", Outcome.PASS, images=({"title": "cells"},)),
        Case("a file with its address", Outcome.PASS, {"files": [_FILE]}),
        Case("a file by name only", Outcome.FAIL, {"files": [_FILE, {"title": "b.tif"}]}),
        Case("nothing named", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-F1-02D; F-UJI metrics 0.8, FsF-F1-01MD-2.",
    limits="Images that only the archive knows are not seen.",
    answers=("FsF-F1-01MD-2", "RDA-F1-02D"),
)
