"""Versions of records into the ledger, with their provenance; what enters is catalogue.ingest.applying's to decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from catalogue.ingest.decide import restorations
from catalogue.ingest.harmonise import TermSource
from catalogue.ingest.harvester import Harvester
from catalogue.ingest.prepare import Candidate
from catalogue.ingest.report import RunReport
from catalogue.model.documents import SourceSpec
from catalogue.settings import HarvestSettings
from catalogue.store.books import Lease
from catalogue.store.entries import GONE, Entry
from catalogue.store.ledger import Ledger
from catalogue.store.writer import LedgerWriter


@dataclass(slots=True)
class Appending:
    """One run over one source, as far as it writes to the ledger.

    Args:
        mapping_version: names adapter, schema and ontologies; when it differs from an item's, the item is mapped again.
        schema_version: of the model, under which new versions are written.
        run_id: of the ledger's run table; 0 in a dry run, which writes nothing.
        heads: newest versions of the records in the batch.
        entered: studies of which a version was written or stands.
    """

    ledger: Ledger
    source: SourceSpec
    harvester: Harvester
    ontology: TermSource
    settings: HarvestSettings
    mapping_version: str
    schema_version: str
    run_id: int
    clock: Callable[[], datetime]
    report: RunReport
    lease: Lease | None = None
    dry_run: bool = False
    heads: dict[str, Entry] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)

    @property
    def adapter(self) -> str:
        """Name and version of the harvester, as entries and quarantine have it."""
        return f"{self.harvester.name}/{self.harvester.version}"

    def has_study(self, candidate: Candidate) -> bool:
        """Whether the study that an image belongs to is live; a study needs none."""
        study = self.heads.get(candidate.parent or "")
        return (
            candidate.parent is None
            or candidate.parent in self.entered
            or (study is not None and study.status == "public" and study.kind == "study")
        )

    def append(
        self,
        writer: LedgerWriter,
        candidate: Candidate,
        original: str | None,
        url: str | None,
        read_at: datetime | None,
    ) -> None:
        """Makes a candidate the newest version of its record; a study that comes back brings its images along."""
        head = self.heads.get(candidate.curie)
        self.heads[candidate.curie] = writer.append(
            curie=candidate.curie,
            owner=candidate.owner,
            kind=candidate.kind,
            parent=candidate.parent,
            status="public",
            payload=candidate.payload,
            source=self.source.name,
            source_url=url,
            original_digest=original,
            harvester=self.adapter,
            run_id=self.run_id,
            retrieved_at=read_at or self.clock(),
            aliases=candidate.aliases,
            schema_version=self.schema_version,
        )
        if candidate.kind == "study" and head is not None and head.status in GONE:
            for image in restorations(self.ledger, candidate.curie):
                self.append_again(writer, image, "public", image.payload)

    def append_again(self, writer: LedgerWriter, entry: Entry, status: str, payload: bytes) -> None:
        """Another version of what `entry` is a version of, with its provenance."""
        self.heads[entry.curie] = writer.append(
            curie=entry.curie,
            owner=entry.owner,
            kind=entry.kind,
            parent=entry.parent,
            status=status,
            payload=payload,
            source=entry.source,
            source_url=entry.source_url,
            original_digest=entry.original_digest,
            harvester=entry.harvester,
            run_id=self.run_id,
            retrieved_at=entry.retrieved_at,
            aliases=entry.aliases,
            schema_version=entry.schema_version if payload == entry.payload else self.schema_version,
        )
