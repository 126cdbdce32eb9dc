"""What a round costs in which nothing changed, for each partner folder, and one with one change among 5,000 records.

`python -m tests.bench.bench_nochange [--only WORD] [--records N]`; goal: at most 5 requests and 1 s a partner (R7).
A new adapter adds a row to SOURCES.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import open_node
from tests.bench.partner_files import JSON, behind_index, indexed, listed, pages, repository, stores, without_twins
from tests.bench.partner_server import Asked, Find, index_of, served
from tests.conftest import PARTNERS
from tests.e2e.archive import SUFFIX, accession, crate

MOST_REQUESTS, MOST_S = 5, 1.0


@dataclass(frozen=True)
class Served:
    """One partner folder and how it is read.

    Args:
        files: from the partner's folder what its server answers.
        location: of the source, on the server.
    """

    name: str
    harvester: str
    folder: str
    files: Callable[[Path], Find]
    location: str
    owners: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


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
    Served("bia-api", "bia", "bia-api/documents", indexed(".json"), "/index.json"),
    Served("datacite", "datacite", "datacite/schema-4.7", indexed(".xml", "text/xml"), "/index.json",
           options={"types": "any", "license": "CC0-1.0"}),
    Served("dcat", "dcat", "dcat", indexed(".ttl", "text/turtle"), "/index.json",
           options={"form": "files", "license": "CC0-1.0"}),
    Served("bioschemas", "bioschemas", "bioschemas/Dataset", pages, "/sitemap.xml", options={"license": "CC0-1.0"}),
    Served("oai-pmh, made", "oai_pmh", "oai-pmh", repository(1000), "/oai", options={"license": "CC0-1.0"}),
    Served("ome-zarr, recorded", "ome_zarr", "ome-zarr/recorded/uk1s3.embassy.ebi.ac.uk", stores, "/list.csv",
           ("idr",), {"study": "idr0062"}),
)  # fmt: skip


def harvest(home: Path) -> dict[str, Any]:
    """The report of one harvest, in this process: a worker has loaded its adapters long before."""
    node = open_node(home)
    with node.ledger:
        return node.ingest.harvest("partner").as_dict()


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


def measure(source: Served, files: Find, home: Path) -> bool:
    """Prints one row; whether the goal is met."""
    with served(files) as asked:
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
    files = behind_index(documents)
    source = Served("synthetic", "gide", "", lambda _: files.get, "/index.json")
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
