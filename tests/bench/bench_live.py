"""Live checks over loopback: studies with one small OME-Zarr image each, all checks, beside a bare session of requests.

Run: python -m tests.bench.bench_live [--studies 5000]
Node, site and looks are processes of their own. The looks are killed once on the way and gone on with.
Goal: 5,000 studies and a chunk of each in less than five minutes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import requests
import zarr

from app import open_node
from catalogue.model.payload import canonical
from tests.e2e.processes import serving
from tests.web.studies_for_pages import study

SHAPE = (64, 64)
FORMS = (
    ("text/html", ""),
    ("application/ld+json", ".jsonld"),
    ("text/turtle", ".ttl"),
    ('application/ld+json;profile="https://w3id.org/ro/crate"', ".crate.json"),
)
GOAL_S = 300


def store(folder: Path) -> dict[str, tuple[bytes, str]]:
    """The objects of one OME-Zarr 0.5 by path, with their media types."""
    group = zarr.create_group(folder, zarr_format=3)
    axes = [{"name": "y", "type": "space"}, {"name": "x", "type": "space"}]
    scale = [{"type": "scale", "scale": [1.0, 1.0]}]
    multiscale = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [multiscale]}
    array = zarr.create_array(folder / "0", shape=SHAPE, chunks=SHAPE, dtype="uint16", fill_value=0)
    array[:] = np.random.default_rng(1).integers(1, 60_000, SHAPE, "uint16")
    files = [file for file in folder.rglob("*") if file.is_file()]
    kinds = {".json": "application/json"}
    return {
        str(file.relative_to(folder)): (file.read_bytes(), kinds.get(file.suffix, "application/octet-stream"))
        for file in files
    }


def serve_site(objects: dict[str, tuple[bytes, str]], pipe: Connection) -> None:
    """The landing page of every study and the image of every study, until the process ends; counts what it is asked."""
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def answer(self) -> None:
            kind, _, rest = self.path.lstrip("/").partition("/")
            number, _, inside = rest.partition("/")
            found: tuple[bytes, str] | None = None
            if kind == "asked":
                found = (json.dumps(asked).encode(), "application/json")
            elif kind == "study":
                found = (b"<html>A study", "text/html")
            elif kind == "image" and number:
                found = objects.get(inside)
            asked[kind if found else "nothing"] += 1
            body, media_type = found or (b"no such thing", "text/plain")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = answer

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


def records(number: int, site: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A study with every field that a page shows, and its image."""
    accession = f"S-BIAD{number}"
    text = json.dumps(study()).replace("S-BIAD90001", accession)
    told = dict(
        json.loads(text), title=f"Light-sheet imaging, experiment {number}", landing_page=f"{site}/study/{number}"
    )
    told.pop("files", None)
    curie = f"biostudies:{accession}.image"
    representation = {
        "id": f"{curie}/representation/1", "format": "OME-Zarr", "zarr_format": 3, "data_type": "uint16",
        "shape": "64,64", "axes": [{"id": f"{curie}/representation/1/axis/{n}", "name": n} for n in "yx"],
        "levels": [{"id": f"{curie}/representation/1/level/0", "path": "0", "shape": "64,64"}],
        "replicas": [
            {"id": f"{curie}/replica/1", "site": "site", "endpoint": f"{site}/image/", "key": str(number)}
        ],
    }  # fmt: skip
    image = {
        "type": "Image", "id": curie, "accession": f"{accession}.image", "owner": "biostudies",
        "study": f"biostudies:{accession}", "title": "An image", "representations": [representation],
    }  # fmt: skip
    return told, image


def fill(home: Path, studies: int, site: str) -> None:
    """A node with so many studies."""
    node = open_node(home)
    node.initialise()
    with node.ledger as ledger:
        for start in range(1, studies + 1, 500):
            with ledger.transaction() as writer:
                for number in range(start, min(start + 500, studies + 1)):
                    for record in records(number, site):
                        writer.append(
                            curie=record["id"], owner="biostudies", kind=record["type"].lower(), status="public",
                            payload=canonical(record), source="bench", harvester="bench", retrieved_at=ledger.clock(),
                            parent=record.get("study"),
                        )  # fmt: skip


def look(home: Path, kill_at: int = 0) -> tuple[float, Any, dict[str, Any]]:
    """Seconds, resources used and report of `audit look`; killed once so many observations are written down."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "app", "--home", str(home), "audit", "look", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if kill_at:
        with open_node(home).ledger as ledger:
            while process.poll() is None and ledger.observations.last() < kill_at:
                time.sleep(0.1)
        process.kill()
    assert process.stdout is not None
    said = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - begun, used, json.loads(said) if said else {}


def cpu_s(pid: int) -> float:
    """Seconds of processor that a running process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare(node: str, site: str, numbers: range) -> float:
    """Seconds of a bare session that fetches what the looks fetch of some studies, one after the other."""
    begun = time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False
        for number in numbers:
            curie = f"biostudies:S-BIAD{number}"
            for accept, suffix in FORMS:
                headers = {"Accept": accept}
                first = session.get(f"{node}/id/{curie}", headers=headers, allow_redirects=False)
                assert first.status_code == 303
                assert session.get(f"{node}/studies/{curie}{suffix}", headers=headers).status_code == 200
            assert session.get(f"{node}/studies/{curie}/linkset.json").status_code == 200
            assert session.head(f"{site}/study/{number}").status_code == 200
            for path in ("zarr.json", "0/zarr.json", "0/c/0/0"):
                assert session.get(f"{site}/image/{number}/{path}").status_code == 200
    return time.perf_counter() - begun


def observed(home: Path) -> int:
    """Number of observations written down."""
    with open_node(home).ledger as ledger:
        return len(ledger.observations.ages())


def measure(work: Path, studies: int, site: str) -> None:
    """Everything, printed as it is known."""
    home = work / "home"
    home.mkdir()
    host = site.partition("//")[2]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = f'[harvest]\nallow_private_hosts = ["{host}"]\n[web]\nport = {port}\n'
    (home / "ommatidia.toml").write_text(settings, "utf-8")
    begun = time.perf_counter()
    fill(home, studies, site)
    print(f"{studies:,} studies with an image each written in {time.perf_counter() - begun:.0f} s")
    with serving(home, "--no-worker", "--port", str(port), ready="healthz") as (address, process):
        node = address.rstrip("/")
        sample = range(1, min(studies, 100) + 1)
        alone_s = bare(node, site, sample) / len(sample)
        print(
            f"bare session, one after the other: {1000 * alone_s:.1f} ms a study (13 requests; {len(sample)} studies)"
        )
        before = requests.get(site + "/asked", timeout=10).json()
        node_s = cpu_s(process.pid)
        killed_s, killed, _ = look(home, kill_at=studies)
        kept = observed(home)
        took, used, report = look(home)
        node_s = cpu_s(process.pid) - node_s
        asked = Counter(requests.get(site + "/asked", timeout=10).json())
        asked.subtract(before)
        print(
            f"all checks: {killed_s + took:.0f} s (goal {GOAL_S}), killed once after {killed_s:.0f} s with {kept:,} "
            f"observations kept; {used.ru_maxrss // 1024} MB; the bare session would take {studies * alone_s:.0f} s; "
            f"load {os.getloadavg()[0]:.1f}"
        )
        own_s = used.ru_utime + used.ru_stime + killed.ru_utime + killed.ru_stime
        print(
            f"processor: looks {own_s:.0f} s, node {node_s:.0f} s, which run beside each other on two cores; a study "
            f"{1000 * own_s / studies:.0f} ms and {1000 * node_s / studies:.0f} ms, with the starts of both looks"
        )
        print(f"asked of the site: {dict(asked)}; {studies:,} landing pages and {3 * studies:,} objects are needed")
        for name, counts in report["checks"].items():
            print(f"  {name}: " + ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count))
        print(f"  left alone: {report['left_alone'] or 'nobody'}; observations: {observed(home):,}")
        size = sum(file.stat().st_size for file in home.glob("ledger.db*"))
        took, _, report = look(home)
        print(f"nothing due: {took:.1f} s, {report['seen']} looks; ledger with observations {size / 1e6:,.0f} MB")


def main() -> None:
    """Runs the site and the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=5000)
    studies = parser.parse_args().studies
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        objects = store(Path(folder) / "store")
        ours, theirs = multiprocessing.Pipe()
        site = multiprocessing.Process(target=serve_site, args=(objects, theirs), daemon=True)
        site.start()
        try:
            measure(Path(folder), studies, ours.recv())
        finally:
            site.terminate()
            site.join()


if __name__ == "__main__":
    main()
