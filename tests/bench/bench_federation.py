"""A new member from nothing to equal digests, and what digests cost, beside the bare reading of the same files.

Run as `python -m tests.bench.bench_federation [--studies N] [--images N] [--leaves N]`; needs ../shared/partners.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import requests

from catalogue.model.payload import canonical
from catalogue.store.leaves import Leaf, bucket_digest, bucket_of, owner_digest
from catalogue.store.ledger import Ledger
from tests.bench.bench_first_copy import CRATES, copies
from tests.bench.bench_images import make_rows


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def fill(home: Path, studies: int, images: int) -> None:
    """A ledger with real studies under ever new accessions, and one image list."""
    from app import open_node

    node = open_node(home)
    node.initialise()
    folder = home.parent / "crates"
    folder.mkdir()
    for path, content in copies(CRATES, studies).items():
        (folder / path.lstrip("/")).write_bytes(content)
    node.ledger.add_source("bia", harvester="gide", location=str(folder))
    report = node.ingest.harvest("bia")
    print(f"  {report.accepted} studies harvested in {report.seconds:.1f} s ({report.quarantined} quarantined)")
    if images:
        add_images(node.ledger, images)
    node.ledger.close()


def add_images(ledger: Ledger, images: int) -> None:
    """One study with a list of so many images, as an image table would give it."""
    from catalogue.model.image_columns import arrow_schema
    from catalogue.store.image_chunks import encode

    chunks = []
    for start in range(0, images, 10_000):
        rows = make_rows(1, 1_000_000 + start, min(10_000, images - start), np.zeros(min(10_000, images - start), int))
        table = rows.select([name for name in rows.column_names if name in arrow_schema().names])
        for field in arrow_schema():
            if field.name not in table.column_names:
                import pyarrow as pa

                table = table.append_column(field.name, pa.nulls(table.num_rows, field.type))
        table = table.select(arrow_schema().names).cast(arrow_schema())
        content = encode(table)
        names = table.column("accession")
        chunks.append(
            {
                "sha256": ledger.image_lists.files.put(content),
                "rows": table.num_rows,
                "size_bytes": len(content),
                "first": names[0].as_py(),
                "last": names[-1].as_py(),
            }
        )
    ledger.image_lists.files.sync()
    study = {"type": "Study", "id": "idr:idr0001", "accession": "idr0001", "owner": "idr", "title": "A screen"}
    study["license"] = "https://creativecommons.org/licenses/by/4.0/"
    manifest = {
        "type": "ImageList", "id": "idr:idr0001/images", "study": "idr:idr0001", "owner": "idr",
        "accession": "idr0001/images", "rows": images, "withdrawn": 0, "chunks": chunks,
    }  # fmt: skip
    with ledger.transaction() as writer:
        for curie, kind, parent, record in (
            ("idr:idr0001", "study", None, study),
            ("idr:idr0001/images", "image-list", "idr:idr0001", manifest),
        ):
            writer.append(
                curie=curie, owner="idr", kind=kind, parent=parent, status="public", payload=canonical(record),
                source="lists", harvester="image_table/1", retrieved_at=now(),
            )  # fmt: skip
    print(f"  {images:,} images in {len(chunks)} chunks, {sum(c['size_bytes'] for c in chunks) / 1e6:.0f} MB")


@contextmanager
def static(folder: Path) -> Iterator[str]:
    """A plain server of files."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of a node's own server, in a process of its own, without a worker."""
    line = [sys.executable, "-m", "app", "--home", str(home), "serve", "--port", "0", "--no-worker"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        yield said.split(" at ")[1].split()[0].rstrip("/")
    finally:
        process.terminate()
        process.wait(30)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass


def bare_reading(url: str, digest: dict[str, Any], chunks: list[str]) -> tuple[float, int]:
    """Seconds and bytes of asking for the same files and looking at nothing."""
    begun, size = time.perf_counter(), 0
    with requests.Session() as session:
        for owner in digest["owners"]:
            for page in range(1, (owner["seq"] - 1) // 100 + 2):
                size += len(session.get(f"{url}/federation/log/{owner['owner']}/{owner['epoch']}/{page}.json").content)
        for name in chunks:
            size += len(session.get(f"{url}/chunks/{name}.parquet").content)
    return time.perf_counter() - begun, size


def pull_all(home: Path, url: str) -> tuple[float, Any]:
    """Seconds from an empty node to equal digests, and the report."""
    from app import open_node

    home.mkdir()
    host = url.split("/")[2]
    (home / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{host}"]\n')
    node = open_node(home)
    node.initialise()
    begun = time.perf_counter()
    member = node.members.join(url, "other")
    report = node.members.pull(member.name)
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    with node.views() as views:
        from catalogue.store.views import catch_up

        for view in views:
            catch_up(node.ledger, view)
    print(f"  views of it: {time.perf_counter() - begun:.1f} s")
    node.ledger.close()
    return seconds, report


def digests(count: int) -> None:
    """What digests over many records cost: read from SQLite as the ledger reads them, and hashed."""
    names = (f"empiar:{10_000 + n}" for n in range(count))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "heads.db")
        database.execute("create table head (curie text primary key, owner text, bucket text, seq integer)")
        database.execute("create index place on head (owner, bucket)")
        rows = ((name, "empiar", bucket_of(name), n) for n, name in enumerate(names, start=1))
        while part := list(islice(rows, 50_000)):
            database.executemany("insert into head values (?, ?, ?, ?)", part)
        begun = time.perf_counter()
        buckets = []
        for (bucket,) in database.execute("select distinct bucket from head").fetchall():
            found = database.execute("select curie, seq from head where owner = 'empiar' and bucket = ?", (bucket,))
            buckets.append(bucket_digest(bucket, [Leaf(curie, 0, seq, "public", "0" * 64) for curie, seq in found]))
        owner_digest(buckets)
        whole = time.perf_counter() - begun
        begun = time.perf_counter()
        owner_digest(buckets)
        again = time.perf_counter() - begun
    print(
        f"digests of {count:,} records: {whole:.2f} s in {len(buckets):,} buckets; of kept buckets {again * 1e3:.1f} ms"
    )


def main() -> None:
    """Prints the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--studies", type=int, default=5_000)
    options.add_argument("--images", type=int, default=1_000_000)
    options.add_argument("--leaves", type=int, default=1_000_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        print("the member that is read:")
        fill(root / "one", given.studies, given.images)
        from app import open_node

        node = open_node(root / "one")
        from catalogue.exchange.static_member import export_static

        chunks = [path.stem for path in (root / "one" / "chunks").glob("??/*.parquet")]
        begun = time.perf_counter()
        export_static(node.ledger, root / "files", name="one", url="", dump=None)
        print(f"  as a folder of files: {time.perf_counter() - begun:.1f} s")
        from catalogue.exchange.exchange_json import digest_document

        said = digest_document(node.ledger.digests.node())
        entries = sum(owner["seq"] for owner in said["owners"])
        node.ledger.close()
        with static(root / "files") as url:
            bare, size = bare_reading(url, said, chunks)
            print(f"bare reading of {size / 1e6:.0f} MB of files: {bare:.1f} s, {entries / bare:,.0f} entries/s")
            seconds, report = pull_all(root / "two", url)
            show("from files", seconds, report, entries, bare)
        with serving(root / "one") as url:
            seconds, report = pull_all(root / "three", url)
            show("from a running node", seconds, report, entries, bare)
    digests(given.leaves)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    sys.stdout.flush()


def show(title: str, seconds: float, report: Any, entries: int, bare: float) -> None:
    """One line of figures."""
    print(
        f"pull {title}: {report.applied} of {entries} entries, equal {report.equal}, {seconds:.1f} s, "
        f"{report.applied / seconds:,.0f} entries/s, {seconds / bare:.1f} times the bare reading"
    )


if __name__ == "__main__":
    main()
