"""The audits that a node keeps: made when something changed, read back, compared, frozen, checked, and shorn (P18)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from catalogue.fair.audit_manifest import MANIFEST, observations_digest, read_manifest, records_digest
from catalogue.fair.audit_tables import STUDIES, read_studies
from catalogue.fair.benchmark import DEFAULT, get_benchmark
from catalogue.fair.changes import Difference, compare, difference_document, load_outcomes, outcomes_of
from catalogue.fair.collector import paused_collector
from catalogue.fair.few import Few
from catalogue.fair.keeping import KeptAudit, check_files, keep_audit, load_audit, redact, signed_by, write_audit
from catalogue.fair.report import Report, make_report
from catalogue.fair.shelf import AuditShelf, Kept
from catalogue.problems import StoreDamaged
from catalogue.store.entries import GONE, stamp
from catalogue.store.folder_shelf import LATEST

if TYPE_CHECKING:
    from catalogue.fair.audit import Audit
    from catalogue.fair.basis import Basis
    from catalogue.fair.dataset import Study
    from catalogue.fair.service import Audits
    from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

_PART: Final = 500
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked of a kept audit.

    Args:
        held: False when it does not hold; None when nobody can tell here.
    """

    name: str
    held: bool | None
    said: str


class History:
    """Audits over time.

    Args:
        kept: rolling audits that stay.
    """

    def __init__(self, audits: Audits, ledger: Ledger, kept: int) -> None:
        self._audits = audits
        self._ledger = ledger
        self._kept = kept
        self.shelf: AuditShelf = audits.shelf
        self._compared: Few[tuple[str, str], Difference] = Few(8)

    def changed(self) -> bool:
        """Whether an audit made now would be bound to something else than the newest one."""
        return self.shelf.latest() != self._audits.basis().name

    @paused_collector()
    def keep(self, position: int | None = None, on_progress: Progress = lambda what, done: None) -> tuple[Kept, bool]:
        """The audit of a position, kept, and whether it was made now.

        Args:
            position: of the ledger; None means the newest.
        Raises:
            BadRequest: the ledger has no such position.
            Locked: another process makes an audit.
            NotFound: the node has no key.
        """
        basis = self._audits.basis(position)
        there = self.shelf.find(basis.name)
        if there is not None:
            return (there if position is not None else self._newest_again(there)), False
        audit = self._audits.make_by(basis, on_progress)
        known = self._audits.benchmarks.values()
        made_at = stamp(self._ledger.clock())
        key, since = self._ledger.key, self._since_latest(audit)
        return keep_audit(self.shelf, audit, known, key, made_at, self._kept, since), True

    def _newest_again(self, there: Kept) -> Kept:
        """The audit of now, which was made before: `latest` leads to it again, so that nobody takes it for outdated.

        Such is one that was killed before `latest` led to it, or a node that states again what it stated before.
        """
        if self.shelf.latest() == there.name:
            return there
        with self.shelf.alone():
            return self.shelf.renew(there.name, stamp(self._ledger.clock()))

    def _since_latest(self, audit: Audit) -> dict[str, Any] | None:
        """What differs from the newest kept audit, where that is older and can be read."""
        try:
            before = self.shelf.find(LATEST)
            if before is None or before.manifest.basis.position > audit.basis.position:
                return None
            return difference_document(compare(load_outcomes(before), outcomes_of(audit)))
        except (StoreDamaged, FileNotFoundError):
            return None

    def freeze(self, name: str, note: str) -> Kept:
        """The audit of that name, which stays until it is removed by hand.

        Raises:
            NotFound: there is none.
        """
        with self.shelf.alone():
            return self.shelf.freeze(name, note, stamp(self._ledger.clock()))

    @paused_collector()
    def load(self, name: str) -> KeptAudit:
        """The audit of that name, or the newest for `latest`, with everything that it says.

        Raises:
            NotFound: there is none.
            StoreDamaged: its signature or a file does not fit.
        """
        return self._audits.load(self.shelf.get(name))

    def report(self, name: str, kind: str = "federation", of: str = "", benchmark: str = DEFAULT) -> Report:
        """The report of a kept audit, by a benchmark as it was then.

        Raises:
            NotFound: there is no such audit, scope or benchmark.
            StoreDamaged: its signature or a file does not fit.
        """
        found = self.load(name)
        scope = self._audits.scope(found.audit, kind, of)
        return make_report(found.audit, scope, get_benchmark(benchmark, found.benchmarks))

    def feed(self, most: int = 20) -> list[tuple[Basis, Mapping[str, Any]]]:
        """(what an audit is bound to, what differs from the one before as JSON) of the newest audits, newest first."""
        found = []
        for name in self.shelf.names():
            kept = _found(self.shelf, name)
            since = kept.since() if kept is not None else {}
            if kept is not None and since:
                found.append((kept.manifest.basis, since))
            if len(found) == most:
                break
        return found

    def all(self) -> list[Kept]:
        """The kept audits that can be read, newest first."""
        found = (_found(self.shelf, name) for name in self.shelf.names())
        return [kept for kept in found if kept is not None]

    @paused_collector()
    def difference(self, before: str, after: str) -> Difference:
        """What differs between two kept audits.

        Raises:
            NotFound: there is no such audit.
            StoreDamaged: a signature or a file does not fit.
        """
        one, two = self.shelf.get(before), self.shelf.get(after)
        return self._compared.get((one.name, two.name), lambda: compare(load_outcomes(one), load_outcomes(two)))

    def withdrawn(self, position: int) -> None:
        """Sees to it that nothing that was withdrawn stays in kept audits (P18).

        Rolling audits of before that go; frozen ones lose what they say of records that are withdrawn now.

        Args:
            position: of the ledger, before which nothing made of it may be kept.
        Raises:
            Locked: another process makes an audit.
        """
        older = [kept for kept in self.all() if kept.manifest.basis.position < position]
        if not older:
            return
        with self.shelf.alone():
            dropped = set(self.shelf.drop_rolling(kept.name for kept in older))
            for kept in older:
                if kept.name not in dropped:
                    redact(kept, self._gone(kept), stamp(self._ledger.clock()))

    def _gone(self, kept: Kept) -> Iterable[str]:
        """Those of its studies that are withdrawn or replaced now."""
        curies = [study.curie for study in studies_of(kept)]
        for start in range(0, len(curies), _PART):
            heads = self._ledger.find_heads(curies[start : start + _PART])
            yield from (curie for curie, head in heads.items() if head.status in GONE)

    @paused_collector()
    def verify(self, name: str, on_progress: Progress = lambda what, done: None) -> list[Check]:
        """What holds of a kept audit: signature, files, ledger, and that it comes out the same when made again.

        Raises:
            NotFound: there is none of that name.
        """
        kept = self.shelf.get(name)
        checks = [self._signature(kept), _files(kept), self._entry(kept)]
        if all(check.held for check in checks):
            checks.append(self._again(kept, on_progress))
        return checks

    def _signature(self, kept: Kept) -> Check:
        try:
            signer = signed_by(kept)
        except StoreDamaged as problem:
            return Check("signature", False, problem.detail)
        key = self._ledger.key
        ours = key is not None and signer.key in {key.public, *(link[0] for link in key.former)}
        if not ours:
            said = f"It is signed by the node {signer.node}, not by this one; ask that node whether the key is its own."
            return Check("signature", None if key is None or signer.node != key.node else False, said)
        return Check("signature", True, f"This node ({signer.node}) signed it with the key {signer.key[:16]}….")

    def _entry(self, kept: Kept) -> Check:
        basis = kept.manifest.basis
        if (self._ledger.timeline.entry_hash(basis.position) or "") == basis.entry_hash:
            return Check("ledger", True, f"The ledger has the same entry at position {basis.position}.")
        return Check("ledger", False, f"The ledger has another entry at position {basis.position}, or none.")

    def _again(self, kept: Kept, on_progress: Progress) -> Check:
        """Whether the audit comes out the same."""
        then, now = kept.manifest.basis, self._audits.basis(kept.manifest.basis.position)
        if (then.software, dict(then.metrics)) != (now.software, dict(now.metrics)):
            said = (
                f"It was made by version {then.software} of the software with other metrics; make it again with that."
            )
            return Check("again", None, said)
        audit = self._audits.make_by(then, on_progress)
        if records_digest(audit) != kept.manifest.records:
            return Check(
                "again", None, "It cannot be made again: content of records has gone since (withdrawn, purged)."
            )
        if observations_digest(audit) != kept.manifest.observations:
            return Check("again", None, "It cannot be made again: older live observations have been dropped since.")
        with tempfile.TemporaryDirectory() as folder:
            made = write_audit(audit, load_audit(kept).benchmarks.values(), Path(folder))
        if made == (kept.path / MANIFEST).read_bytes():
            return Check("again", True, "Made again from the ledger it has the same bytes.")
        return _same_content(kept, made)


def _same_content(kept: Kept, made: bytes) -> Check:
    again = read_manifest(made, kept.name)
    differ = [name for name, file in kept.manifest.files.items() if file.content != again.files[name].content]
    if differ or again.totals != kept.manifest.totals:
        return Check("again", False, f"Made again from the ledger it says something else, in {', '.join(differ)}.")
    other = [name for name, file in kept.manifest.files.items() if file.sha256 != again.files[name].sha256]
    said = f"Made again it says the same; {', '.join(other) or MANIFEST} has other bytes, as from another version."
    return Check("again", True, said)


def _files(kept: Kept) -> Check:
    try:
        check_files(kept)
    except StoreDamaged as problem:
        return Check("files", False, problem.detail)
    said = f"{len(kept.manifest.files)} files are as they were signed."
    if kept.redacted:
        said = f"Evidence of {len(kept.redacted)} withdrawn studies is gone; all other files are as they were signed."
    return Check("files", True, said)


def _found(shelf: AuditShelf, name: str) -> Kept | None:
    try:
        return shelf.find(name)
    except StoreDamaged as problem:
        log.error("audit.damaged", detail=problem.detail)
        return None


def studies_of(kept: Kept) -> tuple[Study, ...]:
    """The studies of a kept audit."""
    return read_studies(kept.path / STUDIES)[0]
