"""A ledger with harvested images, a service over it, and a server in this process that misbehaves on request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from catalogue.cli.demo.member_server import MemberHandler
from catalogue.cli.demo.stores import DemoImage, write_store
from catalogue.images.service import ImageService
from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.model.payload import canonical
from catalogue.settings import ImageSettings
from catalogue.store.ledger import Ledger
from harvesters.http import Fetcher
from harvesters.ome_zarr import OmeZarrHarvester

SMALL = DemoImage(
    "a.zarr", "idr9001", "nuclei-stack", 5, "zyx", "0.5", (1.0, 1.0, 1.0), ("micrometer",) * 3,
    (("DNA", "FFFFFF"),), 3, 160, identifier="90019999",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def write_small_site(folder: Path, **changes: Any) -> None:
    """SMALL and the list that names it."""
    write_store(replace(SMALL, **changes), folder)
    (folder / "images.csv").write_text("url,origin,identifier\na.zarr,idr9001,90019999\n")


def fetcher(*urls: str) -> Fetcher:
    """The real fetcher, allowed to reach these loopback addresses, asking once."""
    hosts = frozenset(url.split("/")[2] for url in urls)
    return Fetcher(
        contact="https://w3id.org/ommatidia/",
        allow_private=hosts,
        attempts=1,
        timeout_s=30,
        parallel=8,
        pause_s=(0, 0),
        clock=lambda: NOW,
    )


def records_of(location: str, owners: tuple[str, ...], transport: Any) -> list[tuple[dict[str, Any], bytes]]:
    """Image records a list gives, each with its original."""
    harvester = OmeZarrHarvester(transport)
    spec = SourceSpec("demo", "ome_zarr", location, owners)
    events = harvester.fetch(spec, None, {})
    return [
        (record, event.content)
        for event in events
        if isinstance(event, SourceDocument)
        for record in harvester.map(event, spec).records
    ]


def append(ledger: Ledger, record: dict[str, Any], *, original: bytes | None = None, status: str = "public") -> None:
    """Append a record as ingest would."""
    with ledger.transaction() as writer:
        digest = writer.put_original(original, "application/json") if original is not None else None
        writer.append(
            curie=record["id"],
            owner=record["owner"],
            kind="image" if "study" in record else "study",
            parent=record.get("study"),
            status=status,
            payload=canonical(record),
            source="demo",
            harvester="ome_zarr/1",
            retrieved_at=NOW,
            original_digest=digest,
        )


def withdraw(ledger: Ledger, curie: str) -> None:
    """Append a tombstone."""
    head = ledger.head(curie)
    assert head is not None
    tombstone = {
        "type": "Tombstone", "id": curie, "accession": curie.partition(":")[2], "owner": head.owner,
        "record_type": "Study", "title": "withdrawn", "date_withdrawn": "2026-11-22", "reason": "removed-at-source",
    }  # fmt: skip
    with ledger.transaction() as writer:
        writer.append(
            curie=curie, owner=head.owner, kind=head.kind, parent=head.parent, status="withdrawn",
            payload=canonical(tombstone), source="demo", harvester="gide/1", retrieved_at=NOW,
        )  # fmt: skip


def study(curie: str, **fields: Any) -> dict[str, Any]:
    """A study just large enough to own images."""
    prefix, _, accession = curie.partition(":")
    return {"type": "Study", "id": curie, "accession": accession, "owner": prefix, "title": "A study", **fields}


@dataclass
class Gallery:
    """A ledger of images and the service that opens them."""

    ledger: Ledger
    service: ImageService
    records: dict[str, dict[str, Any]]
    cache: Path


def make_gallery(folder: Path, records: list[tuple[dict[str, Any], bytes]], transport: Any, **settings: Any) -> Gallery:
    """A gallery of these records below `folder`; `local_roots` goes to the service, the rest to its settings."""
    local_roots = settings.pop("local_roots", ())
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}", lambda: NOW)
    ledger.add_source("demo", harvester="ome_zarr", location="demo", owners=("biostudies", "empiar", "idr", "ssbd"))
    for curie in sorted({record["study"] for record, _ in records}):
        append(ledger, study(curie))
    for record, original in records:
        append(ledger, record, original=original)
    cache = folder / "thumbnails"
    service = ImageService(ledger, transport, ImageSettings(**settings), cache, local_roots=local_roots)
    return Gallery(ledger, service, {record["id"]: record for record, _ in records}, cache)


@dataclass
class Faults:
    """What the server does wrong: `chunk` changes the answer for chunk objects (status, body, headers)."""

    url: str = ""
    chunk: Callable[[str, bytes], tuple[int, bytes, dict[str, str]]] | None = None
    seen: list[str] = field(default_factory=list)


@contextmanager
def serving(root: Path) -> Iterator[Faults]:
    """A server of a folder whose chunk answers a test may spoil."""
    faults = Faults()

    class Handler(MemberHandler):
        """The demo server, with faults."""

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            faults.seen.append(self.path)
            file = self.root / self.path.lstrip("/")
            if faults.chunk is None or name.startswith(".z") or name in ("zarr.json", "images.csv"):
                return super().do_GET()
            status, body, headers = faults.chunk(self.path, file.read_bytes() if file.is_file() else b"")
            length = headers.pop("length", str(len(body)))
            self.send_response(HTTPStatus(status))
            self.send_header("Content-Length", length)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)
            if length != str(len(body)):
                self.close_connection = True
            return None

    Handler.root = root.resolve()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    faults.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield faults
    finally:
        server.shutdown()
        server.server_close()
