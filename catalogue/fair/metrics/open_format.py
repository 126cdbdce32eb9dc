"""Whether the data can be read without one maker's software."""

from __future__ import annotations

from typing import Final

from catalogue.fair.data_formats import format_of
from catalogue.fair.judging import evidence, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("formats") if format_of(row.text)]
    good = [row for row in rows if format_of(row.text).is_open]
    if good:
        return passed(f"Data are in {format_of(good[0].text).name}, an open format.", *evidence(good))
    if not rows:
        return indeterminate("It is not told in which format the data are, so that this cannot be decided.")
    names = ", ".join(sorted({format_of(row.text).name for row in rows}))
    add = (study.triple("dcterms:format", "<https://w3id.org/ommatidia/terms/OmeZarr>", part(study, "…")),)
    return failed(f"All data are in formats of one maker: {names}.", *evidence(rows), add=add)


METRIC: Final = Metric(
    id="open-format",
    version="1.0",
    principle="R1.3",
    title="The data are in an open format",
    question="Can the images be read with free software, now and in many years?",
    counts="At least one format of the data is published and has several free readers (OME-Zarr, TIFF, HDF5, MRC).",
    fix="Offer the images in an open format, best OME-Zarr, next to the originals.",
    mender=Mender.OWNER,
    reads=("formats",),
    judge=_judge,
    cases=(
        Case("OME-Zarr", Outcome.PASS, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("a maker's own", Outcome.FAIL, images=({"representations": [{"format": "CZI"}]},)),
        Case(
            "both",
            Outcome.PASS,
            images=(
                {"representations": [{"format": "CZI"}, {"id": "biostudies:S-BIAD1.1/r/2", "format": "OME-TIFF"}]},
            ),
        ),
        Case("no format told", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-R1.3-01D; F-UJI metrics 0.8, FsF-R1.3-02D-1.",
    limits="F-UJI does not know OME-Zarr and MRC; here they count. One open copy is enough, however many there are.",
    answers=("RDA-R1.3-01D", "FsF-R1.3-02D-1", "FsF-R1.3-02D-1a", "FsF-R1.3-02D-1c"),
)
