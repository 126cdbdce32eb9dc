"""An audit: what every metric says of every study; a pure function of dataset, observations, node facts and metrics.

History and files are catalogue.fair.shelf's, numbers for people catalogue.fair.report's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from catalogue.fair.basis import Basis
from catalogue.fair.dataset import Dataset, Study
from catalogue.fair.judged import Judged, Line, line_of
from catalogue.fair.metrics.base import Metric, Subject
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Judgement, indeterminate
from catalogue.model.funding.index import FundingIndex
from catalogue.store.observations import NODE, Observation

log = structlog.get_logger(__name__)
__all__ = ["Audit", "Basis", "judge_all", "wanted_facts"]

Seen = Mapping[str, Mapping[str, Observation]]
"""Curie -> check -> newest observation."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Judgements of all metrics over all studies.

    Args:
        studies: by curie.
        judgements: curie -> identifier of a metric -> what it says, in the order of the metrics.
        absent: public studies that could not be judged: their content is gone from this node, or the model refuses it.
        observed: curie -> check -> number of the observation that was taken into account.
        funding: who paid for its studies.
        redacted: curies of studies whose evidence is gone, since they were withdrawn after it was made.
    """

    basis: Basis
    metrics: Mapping[str, Metric]
    studies: tuple[Study, ...]
    judgements: Judged
    absent: int = 0
    observed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    funding: FundingIndex = field(default_factory=lambda: FundingIndex({}))
    redacted: tuple[str, ...] = ()


def wanted_facts(chosen: Iterable[Metric]) -> tuple[str, ...]:
    """Names of all facts that some metrics read."""
    return tuple(sorted({name for metric in chosen for name in metric.reads}))


def judge_all(
    dataset: Dataset,
    chosen: Mapping[str, Metric],
    seen: Seen,
    node: NodeFacts,
    *,
    observation: int = 0,
    software: str = "",
    benchmarks: Mapping[str, str] | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Audit:
    """The audit of a dataset.

    A metric that fails on a study by a fault of its own is indeterminate there; others are not held up.

    Args:
        chosen: metrics by identifier.
        observation: number of the last observation in `seen`.
        benchmarks: identifier -> SHA-256 of those that reports of it may be made by.
        on_progress: called with the number of studies judged so far.
    """
    judgements = Judged(chosen, _lines(dataset, chosen.values(), seen, node, on_progress))
    versions = {name: metric.version for name, metric in chosen.items()}
    basis = Basis(
        dataset.position,
        dataset.entry_hash,
        observation,
        versions,
        node,
        software,
        dataset.recorded_at,
        benchmarks or {},
    )
    return Audit(basis, chosen, dataset.studies, judgements, dataset.absent, _numbers(dataset, chosen, seen))


def _lines(
    dataset: Dataset, chosen: Collection[Metric], seen: Seen, node: NodeFacts, on_progress: Callable[[int], None]
) -> Iterator[tuple[str, list[Line]]]:
    """(CURIE, its judgements) of every study."""
    # What was seen of this node holds for every study.
    everywhere = seen.get(NODE, {})
    faulty: set[str] = set()
    for done, study in enumerate(dataset.studies, 1):
        subject = Subject(study.curie, study.owner, dataset.facts, {**everywhere, **seen.get(study.curie, {})}, node)
        yield study.curie, [line_of(_judge(metric, subject, faulty)) for metric in chosen]
        if done % 500 == 0:
            on_progress(done)


def _numbers(dataset: Dataset, chosen: Mapping[str, Metric], seen: Seen) -> dict[str, dict[str, int]]:
    """Numbers of the observations that metrics saw, by study and check."""
    checks = {check for metric in chosen.values() for check in metric.checks}
    everywhere = seen.get(NODE, {})
    found = {}
    for study in dataset.studies:
        looks = {**everywhere, **seen.get(study.curie, {})}
        numbers = {check: one.number for check, one in sorted(looks.items()) if check in checks}
        if numbers:
            found[study.curie] = numbers
    return found


def _judge(metric: Metric, subject: Subject, faulty: set[str]) -> Judgement:
    try:
        return metric.judge(subject)
    except Exception as error:  # one fault in one metric must not cost the audit; log and report tell it
        if metric.id not in faulty:
            log.error("fair.metric_fault", metric=metric.id, study=subject.curie, exc_info=error)
        faulty.add(metric.id)
        return indeterminate(f"The test itself failed ({type(error).__name__}); this is a fault of the software.")
