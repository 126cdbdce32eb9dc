"""Whether images say which activity made them, in PROV."""

from __future__ import annotations

from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.judging import share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome

_AT: Final = "biostudies:S-BIAD1/acquisition/1"


def _judge(study: Subject) -> Judgement:
    images: dict[str, list[Row]] = {}
    for row in study.rows("images"):
        images.setdefault(row.node.value, []).append(row)
    if not images:
        return without_images(study)
    made = {row.node.value for row in study.rows("image_processes") if row.said("acquisition")}
    bare = next((image for image in images if image not in made), "")
    node = f"{bare}/process"
    add = (
        study.triple("prov:wasGeneratedBy", f"<{node}>", bare),
        study.triple("omm:acquisition", f"<{study.iri}/acquisition/…>", node),
    )
    return share(study, images, made, "an activity that made them", *add)


METRIC: Final = Metric(
    id="provenance-activity",
    version="1.0",
    principle="R1.2",
    title="Images say which activity made them",
    question="Can a program follow each image to the acquisition that made it?",
    counts="prov:wasGeneratedBy of every image record leads to an activity with its acquisition.",
    fix="Link each image to the acquisition of its study.",
    mender=Mender.OWNER,
    reads=("images", "image_processes", "omm:imageCount"),
    judge=_judge,
    cases=(
        Case("linked", Outcome.PASS, images=({"creation_process": {"acquisitions": [_AT]}},)),
        Case("one of two", Outcome.FAIL, images=({"creation_process": {"acquisitions": [_AT]}}, {})),
        Case("no image records", Outcome.INDETERMINATE),
    ),
    source="W3C PROV-O; RDA FAIR Data Maturity Model (2020), RDA-R1.2-02M; F-UJI metrics 0.8, FsF-R1.2-01M-2.",
    limits="Images in lists are not looked at one by one; see provenance-acquisition for the study as a whole.",
    answers=("RDA-R1.2-02M", "FsF-R1.2-01M-2"),
)
