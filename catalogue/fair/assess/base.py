"""What an assessment is: an audit of one study, and what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import Benchmark
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import Scope
from catalogue.model.documents import Mapped, SourceDocument
from catalogue.model.identifiers import Identifier
from catalogue.store.observations import Observation

if TYPE_CHECKING:
    from catalogue.validation.results import FileReport

Origin = Literal["held", "posted", "fetched"]
PATH = "/fair/assess"
MOST_CHARACTERS: Final = 2000
"""Of the name of a study."""

MapDocument = Callable[[SourceDocument, "Identifier | None"], tuple[str, Mapped]]
"""(document, what it is about or None where it says so) -> (name of the harvester, its records); pure.

Raises RecordRejected for what cannot become a study.
"""


MOST_PARTS: Final = 25_000
"""Of one document that is to be mapped: 200,000 keywords took minutes."""


def too_many_parts(content: bytes) -> bool:
    """Whether a document has more lines, or members of lists, than can be judged while somebody waits."""
    return max(map(content.count, (b",", b"\n", b";"))) > MOST_PARTS


@dataclass(frozen=True, slots=True)
class Source:
    """One place that was read, and what it gave.

    Args:
        name: for people, such as `embedded JSON-LD`.
        url: that was asked; "" for what was posted.
        status: it answered; None where it did not.
        said: one sentence.
        record: the study that it describes; empty where it describes none, and in an assessment that is made.
        used: whether this is the record that was judged.
        unread: whether there may be metadata that nobody could read now, as after a time-out.
    """

    name: str
    url: str
    status: int | None
    said: str
    record: Mapping[str, Any] = field(default_factory=dict)
    used: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two sources fill differently; which of them is right nobody here decides.

    Args:
        values: name of a source -> what it says.
    """

    field: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came out for one study.

    Args:
        target: its name in the audit: a CURIE, else the address or the name by content that stands for it.
        sources: what was read, in that order; none for a study that is held here.
        conflicts: between sources.
        faults: of what was posted, by the hard rules.
    """

    origin: Origin
    target: str
    audit: Audit
    sources: tuple[Source, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    faults: FileReport | None = None

    @property
    def title(self) -> str:
        """Of the study, as stated; else its name."""
        return next((one.title for one in self.audit.studies if one.curie == self.target and one.title), self.target)

    @property
    def silent(self) -> bool:
        """Whether nothing could be read and no answer was certain, so that what is decided is of the name alone."""
        return bool(self.sources) and not any(one.used or _certain(one.status) for one in self.sources)

    def report(self, benchmark: Benchmark) -> Report:
        """The report by a benchmark."""
        return make_report(self.audit, Scope("study", self.target, self.title, (self.target,), PATH), benchmark)


def _certain(status: int | None) -> bool:
    return status is not None and (200 <= status < 300 or status in (404, 410))


@dataclass(frozen=True, slots=True)
class Described:
    """What a document says of a study.

    Args:
        harvester: that read it.
        statements: number of values that are stated.
        record: of the study, images that came with it under `@images`; empty where there is none.
    """

    harvester: str
    statements: int
    record: dict[str, Any]


class Judge(Protocol):
    """What reads and judges what strangers wrote; for one assessment, whose time it keeps."""

    def posted(self, name: str, content: bytes, at: str) -> Assessment:
        """As catalogue.fair.assess.posted.assess_posted.

        Raises:
            RecordRejected, TooLargeToAssess: as there.
            AssessmentStopped: it took too much time or memory.
        """
        ...

    def described(self, document: SourceDocument, study: Identifier) -> Described:
        """What a document says of a study at another address.

        Raises:
            RecordRejected: it cannot be read as a study.
            AssessmentStopped: it took too much time or memory.
        """
        ...

    def judged(
        self, records: Sequence[Mapping[str, Any]], seen: Sequence[Observation], target: str, owner: str, at: str
    ) -> Audit:
        """As catalogue.fair.assess.judged.judge_record.

        Raises:
            AssessmentStopped: it took too much time or memory.
        """
        ...
