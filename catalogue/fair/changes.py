"""What differs between two audits, record by record, and why: nothing changes without one of the causes told here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from catalogue.fair.audit import Audit
from catalogue.fair.audit_tables import RESULTS, STUDIES, read_outcomes, read_studies
from catalogue.fair.basis import Basis
from catalogue.fair.dataset import Study
from catalogue.fair.keeping import METRICS, check_files, read_metrics, signed_by
from catalogue.fair.metrics.base import Metric
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Outcome
from catalogue.fair.shelf import Kept


class Cause(StrEnum):
    """Why an outcome is another one; the values are for people."""

    RECORD = "the record changed"
    IMAGES = "its images changed"
    FURTHER = "what else is known of the study changed"
    OBSERVATION = "it was looked at again"
    METRIC = "the test has another version"
    NODE = "this node states something else of itself"
    SOFTWARE = "the software has another version"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Why:
    """A cause with what it rests on, such as versions, digests, or the number of an observation."""

    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome that is another one.

    Args:
        study: CURIE.
        metric: identifier.
        why: every cause there is, at least one.
    """

    study: str
    owner: str
    title: str
    metric: str
    before: Outcome
    after: Outcome
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What two audits are compared by.

    Args:
        studies: CURIE -> study.
        outcomes: CURIE -> metric -> outcome.
        observed: CURIE -> check -> number of the observation.
    """

    basis: Basis
    metrics: Mapping[str, Metric]
    studies: Mapping[str, Study]
    outcomes: Mapping[str, Mapping[str, Outcome]]
    observed: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two audits.

    Args:
        came, went: studies that only the later, only the earlier one has.
        new, gone: identifiers of metrics that only the later, only the earlier one has.
        versions: metric -> (version before, version after), where they differ.
        node: statement -> (before, after), of those that the node makes of itself and that differ.
        changes: by study and metric.
    """

    before: Basis
    after: Basis
    came: tuple[Study, ...]
    went: tuple[Study, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    versions: Mapping[str, tuple[str, str]]
    node: Mapping[str, tuple[str, str]]
    changes: tuple[Change, ...]

    def only(self, studies: Iterable[str]) -> Difference:
        """What of it is about some studies."""
        wanted = set(studies)
        return replace(
            self,
            came=tuple(study for study in self.came if study.curie in wanted),
            went=tuple(study for study in self.went if study.curie in wanted),
            changes=tuple(change for change in self.changes if change.study in wanted),
        )

    def of_owner(self, owner: str) -> Difference:
        """What of it is about the studies of one archive."""
        return self.only(
            [study.curie for study in (*self.came, *self.went) if study.owner == owner]
            + [change.study for change in self.changes if change.owner == owner]
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs in a few sentences, for people; at least one."""
        lines = _counted(
            [(change.before.value, change.after.value) for change in self.changes], len(self.came), len(self.went)
        )
        lines += [f"The test {name} has version {new} instead of {old}." for name, (old, new) in self.versions.items()]
        lines += [f"The test {name} is new." for name in self.new] + [f"The test {name} is gone." for name in self.gone]
        lines += [
            f"The node states {name} as {new or 'nothing'}, before {old or 'nothing'}."
            for name, (old, new) in self.node.items()
        ]
        if self.before.software != self.after.software:
            lines.append(f"The software is version {self.after.software} instead of {self.before.software}.")
        return tuple(lines) or ("Nothing differs.",)


def _counted(outcomes: list[tuple[str, str]], came: int, went: int) -> list[str]:
    """Sentences of how many outcomes, (before, after), and studies differ."""
    better = sum(after == Outcome.PASS for _, after in outcomes)
    worse = sum((before, after) == (Outcome.PASS, Outcome.FAIL) for before, after in outcomes)
    lines = (
        [f"Outcomes that differ: {len(outcomes)}; {better} now pass, {worse} passed and fail now."] if outcomes else []
    )
    lines += [f"New studies: {came}."] if came else []
    return lines + ([f"Studies no longer public: {went}."] if went else [])


def outcomes_of(audit: Audit) -> Outcomes:
    """What an audit in memory is compared by."""
    found = {
        curie: {metric: verdict.outcome for metric, verdict in audit.judgements.verdicts(curie).items()}
        for curie in audit.judgements
    }
    return Outcomes(audit.basis, audit.metrics, {one.curie: one for one in audit.studies}, found, audit.observed)


def load_outcomes(kept: Kept) -> Outcomes:
    """What a kept audit is compared by, without its evidence.

    Raises:
        StoreDamaged: its signature or a file does not fit.
    """
    signed_by(kept)
    check_files(kept)
    studies, observed = read_studies(kept.path / STUDIES)
    metrics = read_metrics((kept.path / METRICS).read_bytes(), kept.name)
    by_curie = {study.curie: study for study in studies}
    return Outcomes(kept.manifest.basis, metrics, by_curie, read_outcomes(kept.path / RESULTS), observed)


def compare(before: Outcomes, after: Outcomes) -> Difference:
    """What differs, and why."""
    shared = [name for name in after.metrics if name in before.metrics]
    versions = {name: (before.metrics[name].version, after.metrics[name].version) for name in shared}
    node = _node_changes(before.basis.node, after.basis.node)
    explain = _Explanation(before, after, node)
    changes = [
        Change(curie, study.owner, study.title, name, old[name], new[name], explain(curie, name))
        for curie, study in sorted(after.studies.items())
        if curie in before.studies
        for old, new in [(before.outcomes[curie], after.outcomes[curie])]
        for name in shared
        if old[name] is not new[name]
    ]
    return Difference(
        before.basis,
        after.basis,
        tuple(study for curie, study in sorted(after.studies.items()) if curie not in before.studies),
        tuple(study for curie, study in sorted(before.studies.items()) if curie not in after.studies),
        tuple(name for name in after.metrics if name not in before.metrics),
        tuple(name for name in before.metrics if name not in after.metrics),
        {name: (old, new) for name, (old, new) in versions.items() if old != new},
        node,
        tuple(changes),
    )


class _Explanation:
    """Tells why an outcome of a study differs: every cause that can have had a part in it."""

    def __init__(self, before: Outcomes, after: Outcomes, node: Mapping[str, tuple[str, str]]) -> None:
        self._before, self._after = before, after
        self._always: list[Why] = []
        if node:
            self._always.append(Why(Cause.NODE, ", ".join(node)))
        if before.basis.software != after.basis.software:
            self._always.append(Why(Cause.SOFTWARE, f"{before.basis.software} → {after.basis.software}"))

    def __call__(self, curie: str, metric: str) -> tuple[Why, ...]:
        old, new = self._before.metrics[metric], self._after.metrics[metric]
        found = self._content(curie) if old.reads or new.reads else []
        found += self._looks(curie, {*old.checks, *new.checks})
        if old.version != new.version:
            found.append(Why(Cause.METRIC, f"{old.version} → {new.version}"))
        # One that does not say what it reads may have read anything.
        found = found + self._always or [*self._content(curie), *self._looks(curie, None)]
        return tuple(found) or (Why(Cause.UNEXPLAINED, ""),)

    def _content(self, curie: str) -> list[Why]:
        old, new = self._before.studies[curie], self._after.studies[curie]
        pairs = [
            (Cause.RECORD, old.payload_digest, new.payload_digest),
            (Cause.IMAGES, old.images_digest, new.images_digest),
            (Cause.FURTHER, old.further_digest, new.further_digest),
        ]
        return [Why(cause, f"{one[:12] or 'none'} → {two[:12] or 'none'}") for cause, one, two in pairs if one != two]

    def _looks(self, curie: str, checks: set[str] | None) -> list[Why]:
        old, new = self._before.observed.get(curie, {}), self._after.observed.get(curie, {})
        names = sorted(checks if checks is not None else {*old, *new})
        return [
            Why(Cause.OBSERVATION, f"{name}, observation {new.get(name, 'none')}")
            for name in names
            if old.get(name) != new.get(name)
        ]


def _node_changes(before: NodeFacts, after: NodeFacts) -> dict[str, tuple[str, str]]:
    found = {}
    for one in fields(NodeFacts):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old != new:
            found[one.name] = (_told(old), _told(new))
    return found


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=dict, sort_keys=True)


def difference_document(difference: Difference) -> dict[str, Any]:
    """The difference as JSON."""
    return {
        "before": difference.before.name,
        "after": difference.after.name,
        "summary": list(difference.sentences),
        "came": [_study(study) for study in difference.came],
        "went": [_study(study) for study in difference.went],
        "metrics": {
            "new": list(difference.new),
            "gone": list(difference.gone),
            "changed": {name: list(pair) for name, pair in difference.versions.items()},
        },
        "node": {name: list(pair) for name, pair in difference.node.items()},
        "software": [difference.before.software, difference.after.software],
        "changes": [
            {
                "study": change.study,
                "owner": change.owner,
                "metric": change.metric,
                "before": change.before.value,
                "after": change.after.value,
                "why": [{"cause": why.cause.value, "detail": why.detail} for why in change.why],
            }
            for change in difference.changes
        ],
    }


def document_of(document: Mapping[str, Any], studies: frozenset[str] | None) -> Mapping[str, Any]:
    """What of the document of a difference is about some studies; all of it for None."""
    if studies is None:
        return document
    kept = {part: [one for one in document[part] if one["study"] in studies] for part in ("came", "went", "changes")}
    outcomes = [(one["before"], one["after"]) for one in kept["changes"]]
    told = _counted(outcomes, len(kept["came"]), len(kept["went"])) or ["Nothing differs."]
    return {**document, **kept, "summary": told}


def _study(study: Study) -> dict[str, str]:
    return {"study": study.curie, "owner": study.owner, "title": study.title}
