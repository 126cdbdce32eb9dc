"""The contract of a metric, and how metrics are found; members lie beside this file, one each.

A metric asks one plain question of a study and answers from facts, live observations or what this node says of itself.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Final

from catalogue.fair.facts import Facts, Row
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome
from catalogue.model.namespaces import BASE, contract, expand
from catalogue.store.observations import Observation

PRINCIPLES: Final = (
    "F1", "F2", "F3", "F4", "A1", "A1.1", "A1.2", "A2", "I1", "I2", "I3", "R1", "R1.1", "R1.2", "R1.3",
)  # fmt: skip
"""The FAIR principles (Wilkinson et al. 2016), in their order."""
METRIC_BASE: Final = BASE + "fair/metrics/"
_VERSION: Final = re.compile(r"[1-9]\d*\.\d+")


@cache
def _expanded(predicate: str) -> str:
    """The IRI of a property that a metric names."""
    return expand(predicate)


@dataclass(frozen=True, slots=True)
class Subject:
    """A study as metrics see it.

    Args:
        iri: its persistent identifier.
        facts: of all studies.
        observations: newest live observation by check.
        node: what this node says of itself.
    """

    curie: str
    owner: str
    facts: Facts
    observations: Mapping[str, Observation]
    node: NodeFacts
    iri: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "iri", BASE + self.curie)

    def rows(self, fact: str) -> tuple[Row, ...]:
        """Rows of a fact that the metric said it reads; empty where the study has none."""
        return self.facts[fact].get(self.iri, ())

    def triple(self, predicate: str, value: str, node: str = "") -> str:
        """A triple to be added.

        Args:
            predicate: CURIE.
            value: an object as N-Triples, or `…` where only the mender knows it.
            node: IRI of the subject; "" means the study.
        """
        return f"<{node or self.iri}> <{_expanded(predicate)}> {value} ."


@dataclass(frozen=True, slots=True)
class Case:
    """An example that a metric carries: a record (or what was observed) and what comes out.

    Args:
        name: what is special about it, a few words.
        record: fields that are set on (or, when None, taken from) a minimal study of the model.
        images: image records of the study, fields set on a minimal image.
        observed: check -> (outcome, what was said) of a live observation; leave out what was not looked at.
        node: fields of NodeFacts that differ from those of a node that says nothing of itself.
        ledger: property (CURIE) -> text that the study's ledger entry tells of it.
    """

    name: str
    expected: Outcome
    record: Mapping[str, Any] = field(default_factory=dict)
    images: Sequence[Mapping[str, Any]] = ()
    observed: Mapping[str, tuple[Outcome, str]] = field(default_factory=dict)
    node: Mapping[str, Any] = field(default_factory=dict)
    ledger: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """One test of one question.

    Args:
        id: lower-case words joined by hyphens, the same as the file's name with `_` for `-`; never reused.
        version: MAJOR.MINOR; raised when any study may come out otherwise.
        principle: one of PRINCIPLES.
        title: what holds when it passes, a short sentence without a full stop.
        question: the question in words that a biologist understands.
        counts: what counts as evidence.
        fix: how to make it pass, for whoever mends it.
        mender: who usually can.
        reads: facts that it needs: CURIEs of properties of the study, names of queries in catalogue/queries/fair/.
        checks: live checks whose observations it needs.
        judge: what it says of a study; pure.
        cases: at least one that passes, one that fails, and, where the metric can say so, one that is not applicable
            and one that is indeterminate.
        source: specification that it implements or follows.
        limits: what it cannot see.
        answers: identifiers of tests elsewhere that it answers, such as `FsF-R1.1-01M-2` or `RDA-R1.1-01M`.
    """

    id: str
    version: str
    principle: str
    title: str
    question: str
    counts: str
    fix: str
    mender: Mender
    judge: Callable[[Subject], Judgement]
    cases: tuple[Case, ...]
    reads: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    source: str = ""
    limits: str = ""
    answers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.principle not in PRINCIPLES:
            raise ValueError(f"metric {self.id}: {self.principle} is no FAIR principle")
        if not _VERSION.fullmatch(self.version):
            raise ValueError(f"metric {self.id}: {self.version} is no version such as 1.0")

    @property
    def iri(self) -> str:
        """Its IRI, which holds the version, so that old results keep their meaning."""
        return f"{METRIC_BASE}{self.id}/{self.version}"


@cache
def metrics() -> Mapping[str, Metric]:
    """Identifier -> metric, in the order of principle and identifier; every file beside this one that has METRIC."""
    found = []
    for module in pkgutil.iter_modules(__import__(__package__, fromlist=["x"]).__path__):
        if module.name != "base":
            found.append(import_module(f"{__package__}.{module.name}").METRIC)
    return {metric.id: metric for metric in sorted(found, key=lambda one: (PRINCIPLES.index(one.principle), one.id))}


def get_metric(name: str) -> Metric:
    """The metric of an identifier.

    Raises:
        NotFound: there is none; the message names the nearest.
    """
    from difflib import get_close_matches

    from catalogue.problems import NotFound

    found = metrics().get(name)
    if found is None:
        near = get_close_matches(name, metrics(), 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NotFound(f"There is no metric '{name[:100]}'.{hint} All of them are listed at /fair/metrics.")
    return found


def observed(subject: Subject, check: str) -> Judgement | Observation:
    """The newest observation of a live check, or the judgement that it decides nothing."""
    seen = subject.observations.get(check)
    if seen is None:
        return Judgement(Outcome.INDETERMINATE, "This has not been looked at yet.")
    if seen.outcome in (Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE):
        return Judgement(Outcome(seen.outcome), seen.said, (seen_as_evidence(seen),))
    return seen


def as_seen(check: str) -> Callable[[Subject], Judgement]:
    """Judges as the newest observation of a live check says, with all that was asked as evidence."""

    def judge(study: Subject) -> Judgement:
        seen = study.observations.get(check)
        if seen is None:
            return Judgement(Outcome.INDETERMINATE, "This has not been looked at yet.")
        evidence = (seen_as_evidence(seen), *asked_as_evidence(seen))
        return Judgement(Outcome(seen.outcome), seen.said, evidence, tuple(seen.detail.get("add", ())))

    return judge


def asked_as_evidence(seen: Observation) -> Iterator[Evidence]:
    """Each address that a look asked: status, headers that matter, digest of the body, milliseconds."""
    for one in seen.detail.get("asked", ()):
        told = [one["said"]] if "said" in one else [f"{one['status']} in {one['took_ms']} ms"]
        told += [f"{name}: {value}" for name, value in one.get("headers", {}).items()]
        told += [f"sha256: {one['sha256']}"] if "sha256" in one else []
        yield Evidence("; ".join(told), one["url"], one["status"], seen.observed_at)


def seen_as_evidence(seen: Observation) -> Evidence:
    """What was observed, as evidence."""
    return Evidence(seen.said, seen.url, seen.status, seen.observed_at)


def short(iri: str) -> str:
    """An IRI as a CURIE where the prefix map has a prefix."""
    return contract(iri)
