"""Whether the metadata name the data that they are about."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.dataset import KNOWN_IMAGES
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_COPY: Final = {"site": "EMBL-EBI", "endpoint": "https://archive.example/", "key_template": "{accession}.zarr"}


def _judge(study: Subject) -> Judgement:
    links = data_links.links(study)
    if links:
        return passed(f"Addresses of data stated: {len(links)}.", *data_links.some(links))
    if images := data_links.known_images(study):
        return passed(f"Images known by identifier: {images}.", *(row.evidence for row in study.rows(KNOWN_IMAGES)))
    file = f"{study.iri}/file/1"
    add = (study.triple("omm:file", f"<{file}>"), study.triple("schema:url", "<https://…>", node=file))
    named = study.rows("named_files")
    said = "Files are named without an address." if named else "The record names no image and no file."
    return failed(said, *(row.evidence for row in named[:3]), add=add)


METRIC: Final = Metric(
    id="data-named",
    version="1.0",
    principle="F3",
    title="The metadata name the data",
    question="Does the record say where its images or files are, one by one or all together?",
    counts="An image of the study that has a record here, a file with an address (omm:file, schema:url), or a place "
    "where a site keeps the images (omm:holding).",
    fix="Export the list of files or images with their addresses; where the archive has a list that this node can "
    "read, the node's operator adds it to the source.",
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("an image", Outcome.PASS, images=({"title": "cells"},)),
        Case("a file", Outcome.PASS, {"files": [{"url": "https://archive.example/a.tif"}]}),
        Case("a place for all", Outcome.PASS, {"holdings": [_COPY]}),
        Case("a file by name only", Outcome.FAIL, {"files": [{"title": "a.tif"}]}),
        Case("only a number of files", Outcome.FAIL, {"file_count": 12}),
    ),
    source="F-UJI metrics 0.8, FsF-F3-01M-2; RDA FAIR Data Maturity Model (2020), RDA-F3-01M.",
    limits="A page on which a person finds the files does not count: a program does not.",
    answers=("FsF-F3-01M-2", "RDA-F3-01M", "FsF-F3-01M-1", "FsF-R1-01MD-1", "FsF-R1-01MD-1b"),
)
