"""One image table to one ledger entry: its rows checked, sorted, merged with the list that stands, cut into chunks.

Nothing of a table is held whole; the chunks are durable before the transaction that names them. Decision 0009.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from catalogue.ingest.applying import ROWS_REFUSED
from catalogue.ingest.decide import Decision, decide, require_study
from catalogue.ingest.prepare import Candidate, storable
from catalogue.ingest.table_checks import ROW, RefusedRow, RowChecks, refused_texts, table_schema
from catalogue.ingest.table_cutting import cut
from catalogue.ingest.table_merging import MENTIONED, OLD, Merging, TooManyAbsent
from catalogue.ingest.table_sorting import RowSorter
from catalogue.model.documents import BadRow, Finding, ImageTable, Severity
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.model.image_columns import FORM, NAMES
from catalogue.model.payload import canonical, digest
from catalogue.problems import Problem, RecordRejected, StoreDamaged
from catalogue.store.books import ItemState
from catalogue.store.image_chunks import SCRATCH, decode, encode
from catalogue.store.image_lists import LIST, Chunk, list_curie
from catalogue.store.writer import LedgerWriter

if TYPE_CHECKING:
    from catalogue.ingest.run import Run

log = structlog.get_logger(__name__)

_TELL_EVERY_ROWS = 250_000


@dataclass(slots=True)
class _Summary:
    """What a list comes to: chunks, images and what they add up to."""

    chunks: list[Chunk] = field(default_factory=list)
    live: int = 0
    withdrawn: int = 0
    size_bytes: int | None = None
    formats: Counter[str] = field(default_factory=Counter)

    def count(self, rows: pa.Table) -> None:
        gone = rows.column("date_withdrawn")
        if gone.null_count < rows.num_rows:
            self.withdrawn += rows.num_rows - gone.null_count
            rows = rows.filter(gone.is_null())
        self.live += rows.num_rows
        size = pc.sum(rows.column("total_size_bytes")).as_py()
        if size is not None:
            self.size_bytes = (self.size_bytes or 0) + size
        for found in pc.value_counts(rows.column("format").drop_null()).to_pylist():
            self.formats[found["values"]] += found["counts"]


def take_table(run: Run, table: ImageTable) -> None:
    """Makes the image list of a study what the table says; a table that cannot be used is quarantined.

    Raises:
        SourceUnavailable, SourceChanged, FetchRefused: from the source, nothing was changed.
    """
    reading = _Reading(run, table)
    try:
        reading.take()
    except RecordRejected as rejection:
        reading.refuse(rejection)
    except TooManyAbsent:
        reading.hold()


class _Reading:
    """The reading of one table."""

    def __init__(self, run: Run, table: ImageTable) -> None:
        self._run, self._table = run, table
        self._lists = run.ledger.image_lists
        self._curie = list_curie(table.study)
        self._now = run.clock()
        self._images: Counter[str] = Counter()
        self._again = False

    def take(self) -> None:
        study = self._study()
        checks = RowChecks(study, self._table.defaults)
        old = {chunk.digest: chunk for chunk in self._lists.chunks(self._curie)}
        merging = self._merging(study, checks)
        summary = _Summary()
        scratch = self._lists.files.folder
        scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=SCRATCH, dir=scratch) as folder:
            sorter = RowSorter(Path(folder))
            self._read(checks, sorter)
            settled = merging.settle(sorter.merged(self._old_rows(list(old.values()))))
            for rows in cut(settled):
                summary.count(rows)
                summary.chunks.append(self._keep(rows, len(summary.chunks), old))
        if not summary.chunks:
            raise RecordRejected("The table holds no image that can enter.", reason="schema-required")
        self._again = merging.counts["elsewhere"] > 0
        self._images.update({"listed": summary.live, "chunks": len(summary.chunks)})
        self._images.update({name: merging.counts[name] for name in ("new", "absent", "withdrawn")})
        self._images["quarantined"] += checks.refusals.total
        self._commit(study, checks, merging, summary)

    def refuse(self, rejection: RecordRejected) -> None:
        """Quarantines the whole table; the list that stands stays (R19)."""
        run, item = self._run, self._table.item
        state = run.items.get(item)
        held = state.curies if state is not None else ()
        run.mentioned.update((*held, self._curie))
        run.report.quarantined += 1
        run.report.reasons[rejection.reason] += 1
        outcome = f"quarantined:{rejection.reason}"
        refused = ItemState(self._table.digest, run.mapping_version, held, None, outcome, self._now)
        run.items[item] = refused
        if run.dry_run:
            return
        with run.ledger.transaction(run.lease) as writer:
            self._quarantine(writer, item, storable(self._table.study)[:300], rejection.reason, rejection.detail)
            writer.set_item(run.source.name, item, refused)

    def hold(self) -> None:
        """Leaves the list as it stands; the table is read again at every harvest until a person has looked (R16)."""
        run, item = self._run, self._table.item
        state = run.items.get(item)
        live = self._lists.count(self._table.study)
        run.mentioned.add(self._curie)
        run.report.accepted += 1
        run.report.unchanged += 1
        run.report.held += 1
        run.report.state = "held"
        run.report.detail = (
            f"More than {self._allowed(live)} of the {live} images of {self._table.study} are absent from its table; "
            "so many at once need a person to look. The old list stays served. When it is right, let it pass by one "
            "harvest with a higher harvest.guard_share (OMMATIDIA_HARVEST__GUARD_SHARE)."
        )
        if state is not None and not run.dry_run:
            run.items[item] = replace(state, mapping_version="")
            with run.ledger.transaction(run.lease) as writer:
                writer.set_item(run.source.name, item, run.items[item])

    def _study(self) -> Identifier:
        run, name = self._run, self._table.study
        try:
            study = parse_identifier(name)
        except Problem as problem:
            raise RecordRejected(problem.detail, reason="bad-identifier") from problem
        if study.kind != "study" or study.curie != name:
            raise RecordRejected(f"'{name[:200]}' is not the CURIE of a study.", reason="bad-identifier")
        if run.source.owners and study.prefix not in run.source.owners:
            raise RecordRejected(
                f"{name} belongs to {study.prefix}, but the source '{run.source.name}' may only record for "
                f"{', '.join(run.source.owners)}. Add the owner to the source if that is right.",
                reason="not-owner",
            )
        self._decide(b"{}")
        holder = run.claimed.get(self._curie, self._table.item)
        if holder != self._table.item:
            raise RecordRejected(
                f"The images of {name} were already given by '{holder}' in the same source; one of the two must go.",
                reason="equivocation",
            )
        return study

    def _decide(self, payload: bytes) -> tuple[Candidate, Decision]:
        """How a manifest stands to the ledger; RecordRejected when it is not this source's to change, or too early."""
        run, study = self._run, self._table.study
        owner = study.partition(":")[0]
        candidate = Candidate(self._curie, owner, LIST, study, payload, digest(payload), ())
        heads = run.ledger.find_heads([self._curie, study])
        run.heads |= heads
        require_study(candidate, heads.get(study))
        return candidate, decide(candidate, heads.get(self._curie), run.source)

    def _read(self, checks: RowChecks, sorter: RowSorter) -> None:
        """Takes in the fit rows, and the names of the others."""
        told = bad = 0
        for batch in self._table.batches():
            if isinstance(batch, BadRow):
                bad += 1
                checks.refusals.add(RefusedRow(batch.number, "", batch.reason, batch.detail))
                continue
            for start in range(0, batch.num_rows, _TELL_EVERY_ROWS):
                part = batch.slice(start, _TELL_EVERY_ROWS)
                fit, refused = checks.fit_rows(part)
                sorter.add(fit)
                if refused is not None:
                    sorter.add(_names(refused))
            if checks.read - told >= _TELL_EVERY_ROWS:
                told = checks.read
                self._tell(told)
        rows = checks.read + bad
        if self._table.rows is not None and rows != self._table.rows:
            raise RecordRejected(
                f"The table has {rows} rows, and its source says {self._table.rows}; it was not read whole.",
                reason="gap",
            )
        self._images["read"] += rows

    def _tell(self, rows: int) -> None:
        if self._run.on_progress is not None:
            before = self._run.report.images["read"]
            self._run.report.images["read"] = before + rows
            self._run.on_progress(self._run.report)
            self._run.report.images["read"] = before

    def _merging(self, study: Identifier, checks: RowChecks) -> Merging:
        lists, curie, owner = self._lists, self._curie, study.prefix

        def elsewhere(keys: pa.Array) -> tuple[list[str], list[str]]:
            own = lists.own_entries(owner, keys[0].as_py(), keys[-1].as_py())
            return lists.listed_elsewhere(owner, keys, curie), own

        settings = self._run.settings
        return Merging(
            self._now,
            timedelta(hours=settings.absence_hours),
            lists.absences(curie),
            self._allowed(lists.count(study.curie)),
            elsewhere,
            checks.refusals,
        )

    def _allowed(self, live: int) -> int:
        settings = self._run.settings
        return max(settings.guard_count, int(settings.guard_share * live))

    def _old_rows(self, chunks: list[Chunk]) -> Iterator[pa.Table]:
        for chunk in chunks:
            try:
                rows = decode(self._lists.files.content(chunk.digest))
            except StoreDamaged as problem:
                # What the source has still is written anew; what it lacks can no longer be told from what never was.
                log.error("ingest.chunk_damaged", list=self._curie, chunk=chunk.digest, detail=problem.detail)
                continue
            yield rows.append_column(pa.field(ROW, pa.int64()), pa.repeat(pa.scalar(OLD, pa.int64()), rows.num_rows))

    def _keep(self, rows: pa.Table, ordinal: int, old: dict[str, Chunk]) -> Chunk:
        """The chunk of these rows, written unless the list has it."""
        keys = rows.column("accession")
        first, last = keys[0].as_py(), keys[-1].as_py()
        content = encode(rows)
        name = hashlib.sha256(content).hexdigest()
        if name not in old:
            same = self._same_rows(rows, first, last, old)
            if same is not None:
                return replace(same, ordinal=ordinal)
            self._images.update({"new_chunks": 1, "new_bytes": len(content)})
        if not self._run.dry_run:
            self._lists.files.put(content)
        return Chunk(self._curie, ordinal, first, last, rows.num_rows, name, len(content))

    def _same_rows(self, rows: pa.Table, first: str, last: str, old: dict[str, Chunk]) -> Chunk | None:
        """The old chunk that holds just these rows in other bytes, as another version of pyarrow wrote them."""
        for chunk in old.values():
            if (chunk.first, chunk.last, chunk.rows) == (first, last, rows.num_rows):
                try:
                    if self._lists.files.is_of_this_writer(chunk.digest):
                        return None
                    return chunk if decode(self._lists.files.content(chunk.digest)).equals(rows) else None
                except StoreDamaged:
                    return None
        return None

    def _commit(self, study: Identifier, checks: RowChecks, merging: Merging, summary: _Summary) -> None:
        run, table = self._run, self._table
        payload = canonical(self._manifest(study, summary))
        # What depends on others or on time is read again at the next harvest, whatever the source says of changes.
        version = "" if self._again or merging.absent else run.mapping_version
        refused = checks.refusals.total
        outcome = f"{ROWS_REFUSED}{refused}" if refused else "accepted"
        state = ItemState(table.digest, version, (self._curie,), None, outcome, self._now)
        if run.dry_run:
            self._note(self._decide(payload)[1], checks)
            return
        self._lists.files.sync()
        with run.ledger.transaction(run.lease) as writer:
            candidate, decision = self._decide(payload)
            if decision is not Decision.UNCHANGED:
                run.append(writer, candidate, None, table.url, self._now)
            writer.set_absences(self._curie, merging.absent)
            self._refused_rows(writer, checks)
            writer.clear_findings(run.source.name, table.item)
            writer.replace_findings(run.source.name, table.item, study.curie, _findings(checks), run.run_id)
            writer.set_item(run.source.name, table.item, state)
            self._note(decision, checks)
            writer.heartbeat(run.run_id, run.report.as_dict())
        run.items[table.item] = state
        if run.on_progress is not None:
            run.on_progress(run.report)

    def _note(self, decision: Decision, checks: RowChecks) -> None:
        run = self._run
        run.claimed[self._curie] = self._table.item
        run.count_studies([self._table.study])
        run.report.accepted += 1
        name = {Decision.NEW: "new", Decision.CHANGED: "changed", Decision.UNCHANGED: "unchanged"}[decision]
        setattr(run.report, name, getattr(run.report, name) + 1)
        run.report.images.update(self._images)
        run.report.reasons.update({reason: count for reason, count in checks.refusals.counts.items()})
        run.report.unmapped.update({f"row, {name}": count for name, count in checks.unmapped.items()})
        run.report.properties["unmapped"] += checks.unmapped.total()

    def _manifest(self, study: Identifier, summary: _Summary) -> dict[str, Any]:
        manifest: dict[str, Any] = {
            "type": "ImageList",
            "id": self._curie,
            "accession": self._curie.partition(":")[2],
            "owner": study.prefix,
            "study": study.curie,
            "form": FORM,
            "rows": summary.live,
            "withdrawn": summary.withdrawn,
            "formats": dict(summary.formats),
            "chunks": [chunk.document() for chunk in summary.chunks],
        }
        if summary.size_bytes is not None:
            manifest["total_size_bytes"] = summary.size_bytes
        return manifest

    def _refused_rows(self, writer: LedgerWriter, checks: RowChecks) -> None:
        """Quarantines refused rows one by one, as far as they were kept; those of earlier readings are resolved."""
        run, item = self._run, self._table.item
        owner = self._table.study.partition(":")[0]
        named = {f"{item}#{row.accession or f'row-{row.number}'}"[:1000]: row for row in checks.refusals.kept}
        writer.resolve_quarantine(run.source.name, item)
        for held in run.ledger.quarantined(run.source.name):
            if held.item.startswith(f"{item}#") and held.item not in named:
                writer.resolve_quarantine(run.source.name, held.item)
        for name, row in named.items():
            curie = f"{owner}:{row.accession}" if row.accession else None
            self._quarantine(writer, storable(name), curie, row.reason, row.detail)

    def _quarantine(self, writer: LedgerWriter, item: str, curie: str | None, reason: str, detail: str) -> None:
        writer.quarantine(
            self._run.source.name,
            item,
            identifier=storable(curie) if curie is not None else None,
            reason=reason,
            detail=storable(detail),
            url=storable(self._table.url),
            harvester=f"{self._run.harvester.name}/{self._run.harvester.version}",
        )


def _names(refused: pa.Array) -> pa.Table:
    """Refused rows as the sorter takes them: their accessions, and that they are only mentioned."""
    schema = table_schema()
    arrays = {"accession": refused, ROW: pa.repeat(pa.scalar(MENTIONED, pa.int64()), len(refused))}
    return pa.Table.from_arrays([arrays.get(f.name, pa.nulls(len(refused), f.type)) for f in schema], schema=schema)


def _findings(checks: RowChecks) -> list[Finding]:
    found = []
    if checks.refusals.total:
        said = f"Rows that did not enter: {'; '.join(refused_texts(checks.refusals))}. The quarantine names the first."
        found.append(Finding("rows-quarantined", Severity.WARNING, "rows", str(checks.refusals.total), said))
    for name, count in sorted(checks.unmapped.items()):
        said = f"A column nobody foresaw, in {count} rows; left out. The columns are {', '.join(NAMES)}."
        found.append(Finding("unmapped-property", Severity.INFO, f"row.{storable(name)[:200]}", "", said))
    return found
