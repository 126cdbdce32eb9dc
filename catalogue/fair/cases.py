"""Runs the cases that a metric carries: the example becomes a record, the record a graph, the graph facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import pyoxigraph as px

from catalogue.fair.dataset import Study, dataset_of
from catalogue.fair.known_terms import KnownTerms
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Judgement
from catalogue.fair.profiles import ProfileFacts
from catalogue.model.namespaces import expand
from catalogue.store.observations import Observation

CURIE: Final = "biostudies:S-BIAD1"
_DIGEST: Final = "0" * 64
_STUDY: Final[Mapping[str, Any]] = {
    "type": "Study",
    "id": CURIE,
    "accession": "S-BIAD1",
    "owner": "biostudies",
    "title": "An example study",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
}
_WHEN: Final = "2026-01-01T00:00:00Z"


def judge_case(metric: Metric, case: Case) -> Judgement:
    """What a metric says of one of its own cases."""
    records = [("study", _DIGEST, study_of(case)), *(("image", _DIGEST, image) for image in images_of(case))]
    further = [_profiles().of_study, _known_terms().of_study, _ledger_lines(case)]
    dataset = dataset_of(records, metric.reads, further, [_profiles().of_image])
    seen = {
        check: Observation(check, CURIE, outcome.value, said, "https://archive.example/", 200, {}, _WHEN, 1)
        for check, (outcome, said) in case.observed.items()
    }
    return metric.judge(Subject(CURIE, "biostudies", dataset.facts, seen, NodeFacts(**case.node)))


@cache
def _profiles() -> ProfileFacts:
    return ProfileFacts()


@cache
def _known_terms() -> KnownTerms:
    return KnownTerms()


def _ledger_lines(case: Case) -> Any:
    def lines(study: Study, record: dict[str, Any], written: bytes) -> Iterable[bytes]:
        for predicate, value in case.ledger.items():
            yield f"<{study.iri}> <{expand(predicate)}> {px.Literal(value)} .\n".encode()

    return lines


def study_of(case: Case) -> dict[str, Any]:
    """The study of a case; parts without an identifier get one by their place."""
    return _completed({**_STUDY, **case.record}, CURIE)


def images_of(case: Case) -> list[dict[str, Any]]:
    """The images of a case."""
    made = []
    for number, fields in enumerate(case.images, 1):
        curie = f"{CURIE}.{number}"
        image = {
            "type": "Image", "id": curie, "accession": f"S-BIAD1.{number}", "owner": "biostudies", "study": CURIE,
            **fields,
        }  # fmt: skip
        made.append(_completed(image, curie))
    return made


def _completed(record: dict[str, Any], at: str) -> dict[str, Any]:
    """The record without fields that are None, every part with an identifier below its place."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found[name] = [_part(item, f"{at}/{name}/{number}") for number, item in enumerate(value, 1)]
        elif isinstance(value, dict):
            found[name] = _part(value, f"{at}/{name}")
        elif value is not None:
            found[name] = value
    return found


def _part(part: Mapping[str, Any], at: str) -> dict[str, Any]:
    return _completed({"id": at, **part}, at)
