"""A dump of thousands of studies and a million listed images, the next one after 1 % changed, and a static folder.

Run as `python -m tests.bench.bench_dump [--studies 5000] [--images 1000000] [--lists 100] [--work DIR]`. The ledger is
filled directly; dumps are made by the real command, whose wall time, CPU time and peak memory are printed with the
sizes of the files, beside the time to check and to read all of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app import open_node
from catalogue.model.image_columns import FORM, arrow_schema
from catalogue.model.payload import canonical
from catalogue.store.image_chunks import encode
from catalogue.store.ledger import Ledger
from tests.bench.bench_images import make_rows, sizes
from tests.web.studies_for_pages import STUDY, study

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK_ROWS = 10_000
FIRST = 1_000_000


# A process of its own, small: the peak of a child that is started counts that of whoever started it.
MEASURED = """
import json, os, sys, time
began = time.monotonic()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
status, used = os.wait4(pid, 0)[1:]
print(json.dumps([time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss]))
sys.exit(status != 0)
"""


def append(ledger: Ledger, records: Iterator[tuple[str, dict[str, Any]]]) -> None:
    """Appends records of (kind, payload), some hundred in a transaction."""
    batch: list[tuple[str, dict[str, Any]]] = []
    for one in records:
        batch.append(one)
        if len(batch) == 500:
            _send(ledger, batch)
            batch = []
    _send(ledger, batch)


def _send(ledger: Ledger, batch: list[tuple[str, dict[str, Any]]]) -> None:
    with ledger.transaction() as writer:
        for kind, record in batch:
            writer.append(
                curie=record["id"],
                owner=record["owner"],
                kind=kind,
                parent=record.get("study"),
                status="public",
                payload=canonical(record),
                source="bench",
                harvester="bench/1",
                retrieved_at=NOW,
            )


def rich_studies(numbers: range, title: str = "Heart of zebrafish") -> Iterator[tuple[str, dict[str, Any]]]:
    """Studies of the BioImage Archive with people, samples, methods, papers."""
    text = json.dumps(study())
    accession = STUDY.partition(":")[2]
    for number in numbers:
        record = json.loads(text.replace(accession, f"S-BIAD{number}"))
        yield "study", record | {"title": f"{title}, {number}"}


def listed_studies(ledger: Ledger, lists: int, images: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Studies of IDR, each followed by its image list, whose chunks are kept."""
    start = FIRST
    for number, count in enumerate(sizes(lists, images), 1):
        curie = f"idr:idr{number:04d}"
        base = {
            "owner": "idr",
            "title": f"A screen, {number}",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
        yield "study", {"type": "Study", "id": curie, "accession": curie[4:], **base}
        chunks = [_chunk(ledger, number, start + n, min(CHUNK_ROWS, count - n)) for n in range(0, count, CHUNK_ROWS)]
        ledger.image_lists.files.sync()
        start += count
        manifest = {"type": "ImageList", "id": f"{curie}/images", "accession": f"{curie[4:]}/images", "owner": "idr"}
        counts = {"form": FORM, "rows": count, "withdrawn": 0, "formats": {"OME-Zarr": count}}
        yield "image-list", {**manifest, "study": curie, **counts, "chunks": chunks}


def _chunk(ledger: Ledger, number: int, start: int, count: int) -> dict[str, Any]:
    made = make_rows(number, start, count, np.zeros(count, dtype=np.int64))
    arrays = [
        made.column(field.name).cast(field.type) if field.name in made.column_names else pa.nulls(count, field.type)
        for field in arrow_schema()
    ]
    content = encode(pa.Table.from_arrays(arrays, schema=arrow_schema()))
    said = {"sha256": ledger.image_lists.files.put(content), "rows": count, "size_bytes": len(content)}
    return said | {"first": str(start), "last": str(start + count - 1)}


def command(home: Path, *arguments: str) -> tuple[float, float, int, dict[str, Any]]:
    """(wall seconds, CPU seconds, peak bytes, what it printed) of one command."""
    whole = [sys.executable, "-m", "app", "--home", str(home), *arguments, "--json"]
    done = subprocess.run([sys.executable, "-c", MEASURED, *whole], stdout=subprocess.PIPE, check=True)
    *said, used = done.stdout.decode().splitlines()
    wall, cpu, peak = json.loads(used)
    return wall, cpu, peak * 1024, json.loads("\n".join(said))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints how long the block took."""
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


def show(what: str, done: tuple[float, float, int, dict[str, Any]]) -> dict[str, Any]:
    """Prints the figures of a command; gives what it said."""
    wall, cpu, peak, said = done
    print(f"{what}: {wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak / (1 << 20):.0f} MiB; {said}", flush=True)
    return said


def read_back(folder: Path, said: dict[str, Any]) -> None:
    """Reads everything of a dump and holds the counts against what it says."""
    with timed("sha256sum -c"):
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)
    with timed("pyarrow reads all tables"):
        tables = {path.stem: pq.read_table(path).num_rows for path in sorted(folder.glob("*.parquet"))}
        tables["images"] = pq.read_table(folder / "images").num_rows
    print(tables)
    assert (tables["studies"], tables["images"]) == (said["counts"]["studies"], said["counts"]["images"])
    with timed("N-Quads counted"), gzip.open(folder / "records.nq.gz") as lines:
        assert sum(1 for _ in lines) == said["counts"]["triples"]
    with timed("log parsed"), gzip.open(folder / "entries.jsonl.gz") as lines:
        assert sum(1 for line in lines if json.loads(line)["header"]) == said["position"]
    for path in sorted(folder.iterdir()):
        size = path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.iterdir())
        print(f"  {path.name}: {size:,} bytes")


def run(home: Path, studies: int, images: int, lists: int) -> None:
    """All measurements in a fresh home."""
    node = open_node(home)
    node.initialise()
    with timed(f"filled with {studies} studies, {images} images in {lists} lists"), node.ledger as ledger:
        append(ledger, rich_studies(range(1, studies - lists + 1)))
        append(ledger, listed_studies(ledger, lists, images))
    first = show("first dump", command(home, "dumps", "make"))
    read_back(home / "dumps" / first["name"], first)
    show("nothing changed", command(home, "dumps", "make"))
    with open_node(home).ledger as ledger:
        append(ledger, rich_studies(range(1, studies // 100 + 1), "A heart again"))
    show("after 1 % changed", command(home, "dumps", "make"))
    site = home.parent / "site"
    show("static folder", command(home, "export", "--static", str(site)))
    show("static folder again", command(home, "export", "--static", str(site)))


def in_folder(work: Path | None, measure: Callable[[Path], None]) -> None:
    """Measures in a folder below `work`, which is removed afterwards."""
    folder = Path(tempfile.mkdtemp(dir=work))
    try:
        measure(folder / "home")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=5_000)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--lists", type=int, default=100)
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    in_folder(asked.work, lambda home: run(home, asked.studies, asked.images, asked.lists))
