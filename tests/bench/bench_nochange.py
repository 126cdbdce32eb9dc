"""What a round costs in which nothing changed, for each partner folder, and one with one change among 5,000 records.

`python -m tests.bench.bench_nochange [--only WORD] [--records N]`; goal: at most 5 requests and 1 s a partner (R7).
A new adapter adds a row to SOURCES.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import open_node
from tests.bench.partner_server import Asked, index_of, listing_of, served
from tests.conftest import PARTNERS
from tests.e2e.archive import SUFFIX, accession, crate
from tests.e2e.processes import command

MOST_REQUESTS, MOST_S = 5, 1.0
Files = dict[str, tuple[bytes, str]]
JSON = "application/json"


@dataclass(frozen=True)
class Served:
    """One partner folder and how it is read.

    Args:
        files: path -> bytes and media type, from the partner's folder.
        location: of the source, on the server.
    """

    name: str
    harvester: str
    folder: str
    files: Callable[[Path], Files]
    location: str
    owners: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def _below(folder: Path, suffix: str) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*" + suffix)) if path.is_file())
    return {"/" + path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def indexed(suffix: str) -> Callable[[Path], Files]:
    """The documents of a folder behind a JSON index that states versions, `/index.json`."""

    def files(folder: Path) -> Files:
        documents = _below(folder, suffix)
        found = {path: (body, JSON) for path, body in documents.items()}
        return found | {"/index.json": (index_of(documents), JSON)}

    return files


def listed(suffix: str) -> Callable[[Path], Files]:
    """The documents of a folder behind nginx's listing."""

    def files(folder: Path) -> Files:
        documents = {f"/{path.rpartition('/')[2]}": body for path, body in _below(folder, suffix).items()}
        found = {path: (body, JSON) for path, body in documents.items()}
        return found | {"/": (listing_of(documents), "text/html")}

    return files


def plain(folder: Path) -> Files:
    """The files of a folder, each at its path."""
    return {path: (body, "text/plain") for path, body in _below(folder, "").items()}


def without_twins(folder: Path) -> Files:
    """Submissions as BioStudies has them, without the corrected copy that lies beside some."""
    submissions = {path: body for path, body in _below(folder, ".json").items() if "/S-" in path}
    documents = {path: body for path, body in submissions.items() if "_override" not in path}
    found = {path: (body, JSON) for path, body in documents.items()}
    return found | {"/index.json": (index_of(documents), JSON)}


def stores(folder: Path) -> Files:
    """Recorded OME-Zarr stores behind a list."""
    roots = {p.parent for name in (".zattrs", "zarr.json") for p in folder.rglob(name)}
    outermost = sorted(root for root in roots if not any(parent in roots for parent in root.parents))
    rows = "url\n" + "".join(f'"{root.relative_to(folder).as_posix()}"\n' for root in outermost)
    return plain(folder) | {"/list.csv": (rows.encode(), "text/csv")}


SOURCES = (
    Served("gide-bia", "gide", "gide-bia", indexed(SUFFIX), "/index.json"),
    Served("gide-idr", "gide", "gide-idr", indexed(SUFFIX), "/index.json"),
    Served("gide-ssbd", "gide", "gide-ssbd", indexed(SUFFIX), "/index.json"),
    Served("gide-bia, as a folder", "gide", "gide-bia", listed(SUFFIX), "/"),
    Served("biostudies", "biostudies", "biostudies/pagetab", without_twins, "/index.json"),
    Served("empiar", "empiar", "empiar/entry-json", indexed(".json"), "/index.json"),
    Served("ssbd-rdf", "ssbd", "ssbd-rdf", indexed(".ttl"), "/index.json"),
    Served("bia-ro-crate", "ro_crate", "bia-ro-crate/studies", indexed("ro-crate-metadata.json"), "/index.json",
           options={"form": "index"}),
    Served("ome-zarr, recorded", "ome_zarr", "ome-zarr/recorded/uk1s3.embassy.ebi.ac.uk", stores, "/list.csv",
           ("idr",), {"study": "idr0062"}),
)  # fmt: skip


def harvest(home: Path) -> dict[str, Any]:
    """The report of one `ommatidia harvest`."""
    done = subprocess.run([*command(home, "harvest", "--json")], capture_output=True, timeout=1800, check=False)
    if done.returncode not in (0, 4, 5):
        raise SystemExit(f"harvest ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    (report,) = json.loads(done.stdout)
    return dict(report)


def prepare(home: Path, asked: Asked, source: Served) -> None:
    """A node that may read the partner on loopback."""
    home.mkdir()
    host = asked.url.removeprefix("http://")
    (home / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{host}"]\n')
    node = open_node(home)
    node.initialise()
    with node.ledger as ledger:
        ledger.add_source(
            "partner",
            harvester=source.harvester,
            location=asked.url + source.location,
            owners=source.owners,
            options=source.options,
        )


def round_of(home: Path, asked: Asked) -> tuple[dict[str, Any], int]:
    """Report and number of requests of one harvest."""
    asked.paths.clear()
    return harvest(home), len(asked.paths)


def measure(source: Served, files: Files, home: Path) -> bool:
    """Prints one row; whether the goal is met."""
    with served(files.get) as asked:
        prepare(home, asked, source)
        first, requests = round_of(home, asked)
        second, again = round_of(home, asked)
    if first["state"] not in ("completed", "partial"):
        print(f"{source.name:24} {first['state']}: {first['detail']}")
        return False
    met = again <= MOST_REQUESTS and second["seconds"] < MOST_S and not second["new"] + second["changed"]
    print(
        f"{source.name:24} {first['read']:6} {requests:6} {first['seconds']:8.2f} {again:6} {second['seconds']:8.2f} "
        f"{second['bytes_raw']:9} {'yes' if met else 'NO'}"
    )
    return met


def one_change(records: int, home: Path) -> bool:
    """Prints what one changed record among many costs; whether that is one."""
    documents = {f"/{accession(number)}{SUFFIX}": crate(number) for number in range(records)}
    files = {path: (body, JSON) for path, body in documents.items()}
    files["/index.json"] = (index_of(documents), JSON)
    source = Served("synthetic", "gide", "", lambda _: files, "/index.json")
    with served(files.get) as asked:
        prepare(home, asked, source)
        first, requests = round_of(home, asked)
        print(f"{records} records: first copy {requests} requests, {first['seconds']:.2f} s")
        same, again = round_of(home, asked)
        print(f"no change: {again} requests, {same['seconds']:.2f} s, {same['bytes_raw']:,} bytes")
        path = f"/{accession(records // 2)}{SUFFIX}"
        documents[path] = crate(records // 2, name="Another title")
        files[path] = (documents[path], JSON)
        files["/index.json"] = (index_of(documents), JSON)
        one, requests = round_of(home, asked)
        print(
            f"one changed: {requests} requests, {one['seconds']:.2f} s, {one['bytes_raw']:,} bytes, "
            f"{one['changed']} changed, {one['unchanged']} unchanged"
        )
    return requests == 2 and one["changed"] == 1 and again == 1


def main() -> None:
    """Prints the table; ends with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name has this word")
    parser.add_argument("--records", type=int, default=5000)
    options = parser.parse_args()
    met = []
    with tempfile.TemporaryDirectory() as folder:
        if PARTNERS.is_dir():
            print(f"{'partner':24} {'read':>6} {'asked':>6} {'s':>8} {'again':>6} {'s':>8} {'bytes':>9} goal")
            rows = [source for source in SOURCES if options.only in source.name]
            met += [measure(s, s.files(PARTNERS / s.folder), Path(folder) / str(n)) for n, s in enumerate(rows)]
        if options.records:
            met.append(one_change(options.records, Path(folder) / "many"))
    raise SystemExit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
