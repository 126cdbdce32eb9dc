"""Millions of images from Parquet or CSV lists into a fresh node, through the real command line; then 1 % changes.

Run as `python -m tests.bench.bench_images --studies 143 --images 14084893 [--csv] [--work DIR]`. Prints wall time, peak
memory of the command and of the process that reads the lists, sizes of ledger, chunks and graph, and look-up times.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from harvesters.image_table import FORMAT

FIRST_ACCESSION = 1_000_000
FILE_ROWS = 1_000_000


def sizes(studies: int, images: int) -> list[int]:
    """Images of each study: a few large, most small, as in IDR; they add up."""
    weights = np.array([1 / (n + 1) for n in range(studies)])
    counts = np.maximum((weights / weights.sum() * images).astype(int), 1)
    counts[0] += images - counts.sum()
    return [int(count) for count in counts]


def make_rows(study: int, start: int, count: int, version: np.ndarray) -> pa.Table:
    """Invented rows of one study: plates of 384 wells, sizes and digests that differ between images.

    Args:
        start: number of the first image.
        version: of each image; another one means another title and size.
    """
    numbers = np.arange(start, start + count)
    accessions = pa.array(numbers).cast(pa.string())
    plates = [f"Plate-{n // 384:05d}" for n in numbers.tolist()]
    wells = (numbers % 384).tolist()
    mixed = (numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ version.astype(np.uint64)
    return pa.table(
        {
            "accession": accessions,
            "title": [
                f"{plate} [Well {well // 24}-{well % 24}; Field #{number % 6}]" + (f" v{v}" if v else "")
                for plate, well, number, v in zip(plates, wells, numbers.tolist(), version.tolist(), strict=True)
            ],
            "organism": ["NCBITaxon:9606"] * count,
            "organism_label": ["Homo sapiens"] * count,
            "method": ["FBbi:00000246"] * count,
            "gene_symbol": [f"GENE{n % 18_000}" for n in (numbers // 6).tolist()],
            "format": ["OME-Zarr"] * count,
            "format_version": ["0.4"] * count,
            "zarr_format": np.full(count, 2),
            "data_type": ["uint16"] * count,
            "size_c": np.full(count, 3),
            "size_z": np.full(count, 1 + study % 40),
            "size_y": np.full(count, 1024),
            "size_x": np.full(count, 1344),
            "pixel_size_x_um": np.full(count, 0.325),
            "pixel_size_y_um": np.full(count, 0.325),
            "total_size_bytes": (mixed % np.uint64(50_000_000)).astype(np.int64) + 1_000_000,
            "level_paths": ["0;1;2"] * count,
            "level_shapes": [f"3,{1 + study % 40},1024,1344;3,{1 + study % 40},512,672;3,{1 + study % 40},256,336"]
            * count,
            "site": ["idr"] * count,
            "endpoint": ["https://images.example.org/idr/"] * count,
            "key": [f"zarr/v0.4/idr{study:04d}/{n}.zarr" for n in numbers.tolist()],
            "checksum_algorithm": ["md5"] * count,
            "checksum_value": [f"{m:016x}{m ^ 0x5A5A:016x}" for m in mixed.tolist()],
            "plate_name": plates,
            "row_index": np.array(wells) // 24,
            "column_index": np.array(wells) % 24,
            "field_index": numbers % 6,
        }
    )


def write_lists(folder: Path, counts: list[int], changed: dict[int, np.ndarray], form: str, only: bool = False) -> int:
    """Files and index of all studies; gives their bytes.

    Args:
        changed: study -> which of its images changed, by place.
        only: leave studies that are not in `changed` as they are.
    """
    index = folder / "index.json"
    before = {t["study"]: t for t in json.loads(index.read_text())["tables"]} if only else {}
    tables, start, total = [], FIRST_ACCESSION, 0
    for study, count in enumerate(counts, start=1):
        name = f"idr:idr{study:04d}"
        if only and study not in changed:
            tables.append(before[name])
            start += count
            continue
        version = np.zeros(count, dtype=np.int64)
        version[changed.get(study, np.zeros(0, dtype=np.int64))] = 1
        files = []
        for first in range(0, count, FILE_ROWS):
            rows = min(FILE_ROWS, count - first)
            path = folder / f"idr{study:04d}-{first // FILE_ROWS}.{form}"
            _write(path, study, start + first, version[first : first + rows])
            content = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    content.update(block)
            size = path.stat().st_size
            total += size
            files.append({"path": path.name, "sha256": content.hexdigest(), "size_bytes": size, "rows": rows})
        tables.append({"study": name, "files": files})
        start += count
    index.write_text(json.dumps({"format": FORMAT, "tables": tables}))
    return total


def _write(path: Path, study: int, start: int, version: np.ndarray) -> None:
    step = 100_000
    parts = (
        make_rows(study, start + n, len(version[n : n + step]), version[n : n + step])
        for n in range(0, len(version), step)
    )
    first = next(parts)
    writer = pq.ParquetWriter(path, first.schema) if path.suffix == ".parquet" else pacsv.CSVWriter(path, first.schema)
    with writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(part)


def prepare_home(home: Path, lists: Path, studies: int) -> None:
    """A node that knows the studies, as another harvester would have given them."""
    from catalogue.model.payload import canonical
    from catalogue.store.ledger import Ledger

    run(home, "init")
    run(home, "source", "add", "lists", "--harvester", "image_table", "--location", str(lists), "--owner", "idr")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", lambda: datetime.now(UTC)) as ledger, ledger.transaction() as writer:
        for study in range(1, studies + 1):
            name = f"idr{study:04d}"
            record = {
                "type": "Study",
                "id": f"idr:{name}",
                "accession": name,
                "owner": "idr",
                "title": f"An invented screen, number {study}",
                "license": "https://creativecommons.org/licenses/by/4.0/",
            }
            writer.append(
                curie=f"idr:{name}",
                owner="idr",
                kind="study",
                status="public",
                payload=canonical(record),
                source="studies",
                harvester="invented/1",
                retrieved_at=datetime.now(UTC),
            )


class Peak(threading.Thread):
    """Greatest resident memory of a process and of its children, sampled."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.own, self.reader, self.over = pid, 0, 0, False

    def run(self) -> None:
        while not self.over:
            self.own = max(self.own, _rss(self.pid))
            for child in _children(self.pid):
                self.reader = max(self.reader, _rss(child))
            time.sleep(0.05)


def _rss(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in listed.read_text().split()]
    return found


def run(home: Path, *arguments: str) -> str:
    """Standard output of one `ommatidia` command."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "--home", str(home), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def harvest(home: Path, title: str) -> None:
    """One harvest, measured and printed."""
    before, spent = kept(home), processor_s()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--home", str(home), "harvest", "--json"], stdout=subprocess.PIPE, text=True
    )
    peak = Peak(process.pid)
    peak.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    spent = processor_s() - spent
    peak.over = True
    if process.returncode != 0:
        raise SystemExit(f"harvest: exit {process.returncode}\n{output}")
    (report,) = json.loads(output)
    images = report["images"] or {"read": 0, "new_chunks": 0, "new_bytes": 0, "chunks": 0}
    after = kept(home)
    print(
        f"{title}: {seconds:.1f} s wall ({report['seconds']:.1f} s reading), {spent:.1f} s of processor with the "
        f"reader's, load {os.getloadavg()[0]:.1f}; {images['read']:,} rows read = "
        f"{images['read'] / seconds:,.0f} rows/s; {report['new']} new, {report['changed']} changed, "
        f"{report['unchanged']} unchanged lists; {images.get('new_chunks', 0):,} of {images.get('chunks', 0):,} chunks "
        f"written, {images.get('new_bytes', 0) / 1e6:,.1f} MB; peak {peak.own / 1e6:,.0f} MB, "
        f"reader {peak.reader / 1e6:,.0f} MB"
    )
    for name in after:
        print(f"  {name}: {after[name] / 1e6:,.2f} MB ({(after[name] - before[name]) / 1e6:+,.2f})")
    sys.stdout.flush()


def processor_s() -> float:
    """Seconds of processor of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kept(home: Path) -> dict[str, int]:
    """Bytes on disk, by part of the node."""
    parts = {"ledger": [home / "ledger.db", home / "ledger.db-wal"], "chunks": list((home / "chunks").rglob("*"))}
    parts["graph"] = [path for path in (home / "graph").rglob("*")]
    return {
        name: sum(p.stat().st_size for p in paths if p.is_file() and not p.is_symlink())
        for name, paths in parts.items()
    }


def look_up(home: Path, images: int) -> None:
    """Times to resolve images of lists by name, cold and from the same chunks again."""
    from catalogue.resolver.service import Resolver, State
    from catalogue.store.ledger import Ledger

    with Ledger(f"sqlite:///{home / 'ledger.db'}", lambda: datetime.now(UTC), create=False, read_only=True) as ledger:
        resolver = Resolver(ledger)
        random.seed(1)
        names = [f"idr:{FIRST_ACCESSION + random.randrange(images)}" for _ in range(500)]
        resolver.resolve(names[0])
        times, spent = [], time.process_time()
        for name in names:
            started = time.perf_counter()
            found = resolver.resolve(name)
            times.append(time.perf_counter() - started)
            assert found.state is State.PUBLIC, name
        spent = time.process_time() - spent
        started = time.perf_counter()
        unknown = resolver.resolve(f"idr:{FIRST_ACCESSION + images + 5}")
        missed = time.perf_counter() - started
        assert unknown.state is State.UNKNOWN
    times.sort()
    print(
        f"resolve, 500 images at random: median {statistics.median(times) * 1e3:.2f} ms, "
        f"p99 {times[494] * 1e3:.2f} ms, {spent / 500 * 1e3:.2f} ms of processor; "
        f"an image that is not there {missed * 1e3:.2f} ms"
    )


def main() -> None:
    """Prints the figures of the first harvest, of one without change, and of two changes of 1 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=143)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--csv", action="store_true", help="lists as CSV instead of Parquet")
    parser.add_argument("--work", type=Path, help="folder to work in; a temporary one when absent")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="bench-images-"))
    lists, home, form = work / "lists", work / "home", "csv" if options.csv else "parquet"
    lists.mkdir(parents=True)
    try:
        counts = sizes(options.studies, options.images)
        started = time.perf_counter()
        total = write_lists(lists, counts, {}, form)
        print(
            f"{options.images:,} images in {options.studies} studies ({counts[0]:,} the largest) as {form}: "
            f"{total / 1e6:,.0f} MB, written in {time.perf_counter() - started:.0f} s; load {os.getloadavg()[0]:.1f}"
        )
        prepare_home(home, lists, options.studies)
        harvest(home, "first harvest")
        look_up(home, options.images)
        harvest(home, "no change")
        generator = np.random.default_rng(1)
        tenth = {s: c for s, c in enumerate(counts, start=1) if s % 10 == 5}
        some = {
            s: np.arange(c)[: max(round(0.01 * options.images * c / sum(tenth.values())), 1)] for s, c in tenth.items()
        }
        write_lists(lists, counts, some, form, only=True)
        harvest(
            home, f"1 % changed, neighbours in {len(some)} of the studies ({sum(map(len, some.values())):,} images)"
        )
        spread = {
            s: np.sort(generator.choice(c, max(round(c / 100), 1), replace=False))
            for s, c in enumerate(counts, start=1)
        }
        write_lists(lists, counts, spread, form)
        harvest(home, f"1 % changed, at random in all studies ({sum(map(len, spread.values())):,} images)")
        started = time.perf_counter()
        run(home, "fsck")
        print(f"fsck: {time.perf_counter() - started:.1f} s")
    finally:
        if options.work is None:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
