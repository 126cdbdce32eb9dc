"""Whether somebody checked that the copies are whole."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import expand

_CHECKED: Final = frozenset(expand(name) for name in ("omm:VerifiedSample", "omm:VerifiedAll"))


def _image(level: str | None) -> tuple[dict[str, object], ...]:
    """An image with one copy that was checked so far."""
    replica = {"site": "EMBL-EBI", "endpoint": "https://archive.example/", "key": "1.zarr", "verification_level": level}
    return ({"representations": [{"format": "OME-Zarr", "replicas": [replica]}]},)


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("copies") if row.said("key")]
    if not rows:
        return data_links.nothing_known(study)
    checked = {row.said("of") for row in rows if row.said("level") in _CHECKED}
    without = [row for row in rows if row.said("of") not in checked]
    images = len({row.said("of") for row in rows})
    if not without:
        said = f"Of every image a copy was read and checked ({images})."
        return passed(said, *[row.evidence for row in rows if row.said("level") in _CHECKED][:3])
    add = (study.triple("omm:verificationLevel", f"<{expand('omm:VerifiedAll')}>", node=without[0].node.value),)
    said = f"Of {len({row.said('of') for row in without})} of {images} images no copy was read and checked."
    return failed(said, *(row.evidence for row in without[:3]), add=add)


METRIC: Final = Metric(
    id="copies-verified",
    version="1.0",
    principle="A2",
    title="The copies of images were checked",
    question="Did somebody read the images to see that they are whole?",
    counts="Of every image known here a copy has omm:verificationLevel L3 (a sample of its chunks was decoded) or L4 "
    "(every byte has the expected digest).",
    fix="Let the node check its copies; a site can also state what it checked.",
    mender=Mender.CATALOGUE,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("every byte", Outcome.PASS, images=_image("L4")),
        Case("a sample", Outcome.PASS, images=_image("L3")),
        Case("only reached", Outcome.FAIL, images=_image("L1")),
        Case("never", Outcome.FAIL, images=_image(None)),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="Metric of Ommatidia 1.0; CoreTrustSeal 2023-2025, R14 (storage and integrity).",
    limits="It does not say when the copy was checked. Copies of a whole study (omm:holding) state no such level.",
)
