"""A scripted harvester: the tests say what the partner holds, ingest sees real bytes and events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from catalogue.ingest.service import Ingest
from catalogue.model.documents import Event, Finding, Listed, Mapped, Severity, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected, SourceUnavailable
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger


@dataclass
class Partner:
    """What the scripted archive serves: item -> record dict, bytes that are not JSON, or an event."""

    held: dict[str, Any] = field(default_factory=dict)
    fails_after: int | None = None
    name: str = "scripted"
    version: str = "1"
    mapped_items: list[str] = field(default_factory=list)

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        for number, (item, held) in enumerate(sorted(self.held.items())):
            if number == self.fails_after:
                raise SourceUnavailable("the partner hung up")
            if isinstance(held, dict):
                yield SourceDocument(item, f"https://partner.example/{item}", json.dumps(held).encode())
            elif isinstance(held, bytes):
                yield SourceDocument(item, f"https://partner.example/{item}", held)
            else:
                yield held
        yield Listed(cursor=str(len(self.held)), complete=True)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        self.mapped_items.append(document.item)
        try:
            record = json.loads(document.content)
        except ValueError as error:
            raise RecordRejected("this is not JSON", reason="not-parsable") from error
        repairs = [Finding("blank", Severity.REPAIRED, "title", "", "trimmed")] if record.pop("_repair", False) else []
        return Mapped([record, *record.pop("_images", ())], repairs, mapped=len(record))


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


class Terms:
    """Two terms are known."""

    known: ClassVar = {"FBbi:00000246": "fluorescence microscopy", "NCBITaxon:9606": "Homo sapiens"}

    def label(self, curie: str) -> str | None:
        return self.known.get(curie)

    def accepts(self, curie: str, label: str) -> bool:
        return self.known.get(curie, "").casefold() == label.casefold()

    def find_label(self, text: str, prefix: str | None = None) -> str | None:
        return next((curie for curie, label in self.known.items() if label == text), None)

    def covers(self, prefix: str) -> bool:
        return prefix in {"FBbi", "NCBITaxon"}

    def obsolete(self, curie: str) -> bool:
        return False

    def replaced_by(self, curie: str) -> list[str]:
        return []

    def consider(self, curie: str) -> list[str]:
        return []

    def suggest(self, text: str, *limits: Any) -> list[Any]:
        return []


def study(number: int, **changes: Any) -> dict[str, Any]:
    accession = f"S-BIADTEST{number}"
    return {
        "type": "Study",
        "id": f"biostudies:{accession}",
        "accession": accession,
        "owner": "biostudies",
        "title": f"An invented study, number {number}",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        **changes,
    }


def image(number: int, of: int, **changes: Any) -> dict[str, Any]:
    accession = f"S-BIADTEST{of}.img{number}"
    name = f"biostudies:{accession}"
    representation = {
        "id": f"{name}/representation/1",
        "format": "OME-Zarr",
        "format_version": "0.4",
        "zarr_format": 2,
        "data_type": "uint8",
        "shape": "4,4",
        "axes": [
            {"id": f"{name}/representation/1/axis/{i}", "index": i, "name": n, "axis_type": "space", "size": 4}
            for i, n in enumerate("yx")
        ],
        "levels": [
            {"id": f"{name}/representation/1/level/0", "index": 0, "path": "0", "shape": "4,4", "chunks": "4,4"}
        ],
        "replicas": [
            {
                "id": f"{name}/representation/1/replica/1",
                "site": "biostudies",
                "endpoint": "https://partner.example/",
                "key": f"img{number}.zarr",
            }
        ],
    }
    return {
        "type": "Image",
        "id": name,
        "accession": accession,
        "owner": "biostudies",
        "study": f"biostudies:S-BIADTEST{of}",
        "representations": [representation],
        **changes,
    }


@dataclass
class Bench:
    """A ledger, a partner, an ingest over both."""

    ledger: Ledger
    partner: Partner
    clock: Clock
    ingest: Ingest

    def harvest(self, **options: Any) -> Any:
        return self.ingest.harvest("scripted", **options)

    def live(self) -> set[str]:
        return {entry.curie for entry in self.ledger.heads(status="public")}


@pytest.fixture
def make_bench(tmp_path: Path) -> Callable[..., Bench]:
    def make(**settings: Any) -> Bench:
        clock = Clock()
        ledger = Ledger(f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db", clock)
        partner = Partner()
        ledger.add_source("scripted", harvester="scripted", location="https://partner.example/")
        ingest = Ingest(ledger, {"scripted": partner}, Terms(), "f" * 64, "0", HarvestSettings(**settings), clock)
        return Bench(ledger, partner, clock, ingest)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
