"""What passes between those who ask and the process that judges: JSON both ways, and never anything that is executed.

What comes back is held against its types, since it was made beside what strangers wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from catalogue.fair.assess.base import Assessment, Described, Source
from catalogue.fair.audit import Audit
from catalogue.fair.basis import basis_document, read_basis
from catalogue.fair.dataset import Study
from catalogue.fair.judged import Judged
from catalogue.fair.kept_funding import read_funding, render_funding
from catalogue.fair.metrics.base import metrics
from catalogue.fair.outcomes import Judgement
from catalogue.problems import Problem, RecordRejected, TooLargeToAssess
from catalogue.validation.results import FileReport

_REFUSALS: Final[dict[str, type[Problem]]] = {kind.slug: kind for kind in (RecordRejected, TooLargeToAssess)}


@dataclass(frozen=True, slots=True)
class _Judged:
    """An audit of one study, without the code of its metrics, which both sides have."""

    basis: dict[str, Any]
    study: Study
    judgements: dict[str, Judgement]
    funding: str


@dataclass(frozen=True, slots=True)
class _Posted:
    """An assessment of what was posted."""

    target: str
    judged: _Judged
    source: Source
    faults: FileReport | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line for the log of the node."""

    event: str
    level: str
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A Problem: its slug, sentence and members, all of them text."""

    slug: str
    detail: str
    members: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four, the seconds that it took, and what is to be logged."""

    posted: _Posted | None = None
    described: Described | None = None
    judged: _Judged | None = None
    refused: _Refused | None = None
    took_s: float = 0.0
    log: tuple[_Line, ...] = ()


_ANSWER: Final = TypeAdapter(Answer)


def pack(asked: Mapping[str, Any], content: bytes = b"") -> bytes:
    """A question: what is asked as JSON on a line of its own, then the document."""
    return json.dumps(asked).encode() + b"\n" + content


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """What is asked, and the document."""
    head, _, content = message.partition(b"\n")
    asked: dict[str, Any] = json.loads(head)
    return asked, content


def pack_answer(answer: Answer) -> bytes:
    """An answer as JSON."""
    return json.dumps(asdict(answer)).encode()


def unpack_answer(message: bytes) -> Answer:
    """An answer that is of its types.

    Raises:
        ValueError: it is none.
    """
    return _ANSWER.validate_python(json.loads(message))


def wire_audit(audit: Audit) -> _Judged:
    """An audit of one study, for the way."""
    (study,) = audit.studies
    funding = render_funding(audit.funding).decode()
    return _Judged(basis_document(audit.basis), study, dict(audit.judgements[study.curie]), funding)


def audit_of(judged: _Judged) -> Audit:
    """The audit that came."""
    basis, study = read_basis(judged.basis), judged.study
    funding = read_funding(judged.funding.encode())
    return Audit(basis, metrics(), (study,), Judged.of({study.curie: judged.judgements}), funding=funding)


def wire_posted(made: Assessment) -> _Posted:
    """An assessment of what was posted, for the way."""
    (source,) = made.sources
    return _Posted(made.target, wire_audit(made.audit), source, made.faults)


def assessment_of(posted: _Posted) -> Assessment:
    """The assessment that came."""
    return Assessment("posted", posted.target, audit_of(posted.judged), (posted.source,), (), posted.faults)


def wire_refusal(problem: RecordRejected | TooLargeToAssess) -> _Refused:
    """A Problem, for the way."""
    members = {name: value for name, value in problem.members.items() if isinstance(value, str)}
    return _Refused(problem.slug, problem.detail, members)


def problem_of(refused: _Refused) -> Problem:
    """The Problem that came."""
    members: dict[str, Any] = {**refused.members}
    return _REFUSALS[refused.slug](refused.detail, **members)


def wire_line(event: str, level: str, said: Mapping[str, Any]) -> _Line:
    """A line of the log, for the way."""
    return _Line(event, level, {name: str(value) for name, value in said.items()})
