"""Whether the images lie at more than one site."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import expand

_LEAST: Final = 2
_GONE: Final = frozenset(expand(name) for name in ("omm:CopyLost", "omm:CopyDamaged"))


def _image(*copies: tuple[str, str]) -> tuple[dict[str, object], ...]:
    """An image with copies of (site, status)."""
    replicas = [
        {"site": site, "endpoint": "https://archive.example/", "key": "1.zarr", "status_of_copy": status}
        for site, status in copies
    ]
    return ({"representations": [{"format": "OME-Zarr", "replicas": replicas}]},)


def _judge(study: Subject) -> Judgement:
    rows = study.rows("copies")
    if not rows:
        return data_links.nothing_known(study)
    sites: dict[str, set[str]] = {row.said("of"): set() for row in rows}
    for row in rows:
        if row.said("status") not in _GONE:
            sites[row.said("of")].add(row.said("site"))
    everywhere = sites.get(study.iri, set())
    few = sorted(thing for thing, of in sites.items() if len(of | everywhere) < _LEAST)
    if not few:
        names = sorted({row.said("site") for row in rows})
        said = f"All images known here lie at two sites or more ({len(names)} sites)."
        return passed(said, *(row.evidence for row in rows[:3]))
    replica = f"{few[0]}/…"
    add = (
        study.triple("omm:site", '"…"', node=replica),
        study.triple("dcat:endpointURL", "<https://…>", node=replica),
    )
    said = f"{len(few)} of {len(sites)} images or holdings lie at fewer than two sites."
    return failed(said, *(row.evidence for row in rows if row.said("of") == few[0]), add=add)


METRIC: Final = Metric(
    id="data-copies",
    version="1.0",
    principle="A2",
    title="The images lie at two sites",
    question="Would the images still be there if one site lost them?",
    counts="Every image or holding of the study that is known here has copies (omm:replica, omm:holding) at two sites "
    "or more that are neither lost nor damaged; a copy of the whole study counts for each of its images.",
    fix="Let a second site keep a copy, and state it.",
    mender=Mender.CATALOGUE,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("two sites", Outcome.PASS, images=_image(("EMBL-EBI", "available"), ("RIKEN", "available"))),
        Case("one site twice", Outcome.FAIL, images=_image(("EMBL-EBI", "available"), ("EMBL-EBI", "available"))),
        Case("one lost", Outcome.FAIL, images=_image(("EMBL-EBI", "available"), ("RIKEN", "lost"))),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="Metric of Ommatidia 1.0; CoreTrustSeal 2023-2025, R14 (storage and integrity).",
    limits="Two sites may share one data centre. Copies in image lists are not read here. FAIR asks for lasting "
    "metadata only; this is about the data.",
)
