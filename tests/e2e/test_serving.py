"""A served node: changes reach readers whole and within seconds, withdrawn records say so, nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

from catalogue.cli.demo.members import Member
from tests.e2e.archive import curie, write_crate
from tests.e2e.processes import (
    add_source,
    alive,
    answers,
    children,
    heartbeat,
    ommatidia,
    serving,
    together,
    until,
    well,
)

# What "soon" means here: generous, since the machine may be busy with other tests, and nothing waits for it.
SOON_S = 60.0
PAIR = """PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?title ?description WHERE {{ <https://w3id.org/ommatidia/{curie}> dcterms:title ?title ;
  dcterms:description ?description }}"""


@dataclass
class Reader:
    """Asks for title and description of one study again and again and keeps every pair it was given."""

    address: str
    study: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    odd: list[object] = field(default_factory=list)

    def look(self) -> None:
        """One query; anything but one row is odd, unless it says that there was no worker within ten seconds."""
        answer = requests.post(
            self.address + "sparql",
            data={"query": PAIR.format(curie=self.study)},
            headers={"Accept": "application/sparql-results+json"},
            timeout=30,
        )
        if answer.status_code == 503:
            return
        rows = answer.json()["results"]["bindings"] if answer.status_code == 200 else []
        if len(rows) != 1:
            self.odd.append((answer.status_code, answer.text))
            return
        self.pairs.append((rows[0]["title"]["value"], rows[0]["description"]["value"]))


@contextmanager
def reading(address: str, study: str) -> Iterator[Reader]:
    """A reader in a thread, until the block ends."""
    reader, stop = Reader(address, study), threading.Event()

    def run() -> None:
        while not stop.wait(0.01):
            reader.look()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield reader
    finally:
        stop.set()
        thread.join()


def test_change_is_seen_whole_and_soon(home: Path, tmp_path: Path) -> None:
    """A study changed four times at its source is at /sparql and on its page soon after; no reader sees half of it."""
    folder = tmp_path / "crates"
    folder.mkdir()
    for number in range(5):
        write_crate(folder, number, name="version 0", description="version 0")
    add_source(home, "bia", folder)
    well(home, "harvest")
    with serving(home, log=tmp_path / "log") as (address, _), reading(address, curie(1)) as reader:
        for version in range(1, 5):
            text = f"version {version}"
            write_crate(folder, 1, name=text, description=text)
            assert well(home, "harvest", "--json").json[0]["changed"] == 1
            since = time.monotonic()
            until(lambda text=text: (text, text) in reader.pairs, f"{text} at /sparql", SOON_S)
            page = requests.get(f"{address}studies/{curie(1)}", headers={"Accept": "text/html"}, timeout=20)
            assert page.status_code == 200 and text in page.text
            assert time.monotonic() - since < SOON_S
    assert reader.odd == []
    assert {title for title, _ in reader.pairs} == {f"version {version}" for version in range(5)}
    assert all(title == description for title, description in reader.pairs)
    versions = [int(title.rpartition(" ")[2]) for title, _ in reader.pairs]
    assert versions == sorted(versions), "a reader was taken back in time"


def test_withdrawn_study_and_its_images_answer_410(home: Path, member: Member, images: str, tmp_path: Path) -> None:
    """A crate removed from a Git source leaves tombstones, in HTML and JSON-LD, for the study and its images."""
    work = tmp_path / "git"
    shutil.copytree(member.folder / "crates", work)
    git(work, "init", "-q")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "all")
    add_source(home, "idr", f"git+file://{work}", "idr")
    well(home, "harvest", "idr", images)
    with serving(home, log=tmp_path / "log") as (address, _):
        assert answers(f"{address}studies/idr:idr9001", "text/html") == 200
        assert answers(f"{address}images/idr:90010001", "text/html") == 200
        git(work, "rm", "-q", "idr9001-ro-crate-metadata.json")
        git(work, "commit", "-q", "-m", "without idr9001")
        (report,) = well(home, "harvest", "idr", "--json").json
        assert (report["withdrawn"], report["state"]) == (1, "completed")
        for kind, name in (("studies", "idr:idr9001"), ("images", "idr:90010001"), ("images", "idr:90010002")):
            until(lambda k=kind, n=name: answers(f"{address}{k}/{n}") == 410, f"{kind}/{name} answers 410", SOON_S)
            for path in (f"id/{name}", f"{kind}/{name}"):
                tombstones(address + path, name)
        until(lambda: study_count(address) == 4, "the study has left the graph", SOON_S)
        assert answers(f"{address}studies/idr:idr9002", "text/html") == 200
    verbs = (("image", "open", "idr:90010001"), ("image", "info", "idr:90010001"), ("show", "idr:idr9001"))
    for ran in together(home, *((*verb, "--json") for verb in verbs)):
        assert (ran.code, ran.json["status"]) == (1, 410)
        assert ran.json["tombstone"]["type"] == "Tombstone"
    # The member still lists the images; they stay withdrawn with their study, and come back with it.
    assert ommatidia(home, "harvest", images, "--json").json[0]["new"] == 0
    assert ommatidia(home, "image", "info", "idr:90010001").code == 1
    git(work, "revert", "--no-edit", "HEAD")
    (report,) = well(home, "harvest", "idr", "--json").json
    assert report["changed"] + report["new"] == 1
    assert well(home, "image", "open", "idr:90010001", "--json").json["identifier"] == "idr:90010001"


def tombstones(url: str, name: str) -> None:
    """The address answers 410 with a tombstone, as a page and as JSON-LD."""
    page = requests.get(url, headers={"Accept": "text/html"}, timeout=20, allow_redirects=False)
    assert page.status_code == 410 and "withdrawn" in page.text.lower() and name in page.text
    linked = requests.get(url, headers={"Accept": "application/ld+json"}, timeout=20, allow_redirects=False)
    assert linked.status_code == 410 and linked.headers["Content-Type"].startswith("application/ld+json")
    assert "Tombstone" in linked.text and name in linked.text


def study_count(address: str) -> int:
    """Studies in the published graph; -1 when no worker took the query in time."""
    text = "SELECT (COUNT(?s) AS ?n) WHERE { ?s a <https://w3id.org/ommatidia/terms/Study> }"
    answer = requests.post(address + "sparql", data={"query": text}, headers={"Accept": "text/csv"}, timeout=20)
    return int(answer.text.split()[1]) if answer.status_code == 200 else -1


def git(folder: Path, *arguments: str) -> None:
    """One Git command with an author of the test's own."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_serve_harvests_what_is_due_by_itself(home: Path, tmp_path: Path) -> None:
    """A source that was never read is read by the served node's worker without being asked."""
    folder = tmp_path / "crates"
    folder.mkdir()
    write_crate(folder, 1)
    add_source(home, "bia", folder)
    with serving(home, log=tmp_path / "log") as (address, _):
        until(lambda: answers(f"{address}studies/{curie(1)}", "text/html") == 200, "the study has a page")
        until(lambda: study_count(address) == 1, "the study is in the graph")
        # A worker that is busy for long has no fresh beat to show.
        until(lambda: well(home, "status", "--json").json["worker"], "the worker beats")
        assert well(home, "status", "--json").json["sources"][0]["state"] == "completed"


def test_sigterm_ends_serve_and_everything_it_started(home: Path, tmp_path: Path) -> None:
    """After SIGTERM no process of the node is left and its port is free again."""
    log = tmp_path / "log"
    with serving(home, log=log) as (address, process):
        until(lambda: study_count(address) == 0, "a query is answered")
        family = until(lambda: with_worker(process.pid, home), "the worker runs")
        assert len(family) >= 2, "the worker, and a query worker since a query was asked"
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == 0
        until(lambda: not alive(family), "all processes of the node have ended", SOON_S)
        split = urlsplit(address)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((split.hostname, split.port))
    assert "Traceback" not in log.read_text()
    assert well(home, "status", "--json").json["worker"] is None


def test_killed_serve_leaves_no_worker(home: Path, tmp_path: Path) -> None:
    """kill -9 of the server alone ends its worker too, in order, and a new server starts at once."""
    with serving(home, log=tmp_path / "log") as (address, process):
        until(lambda: study_count(address) == 0, "a query is answered")
        family = until(lambda: with_worker(process.pid, home), "the worker runs")
        process.kill()
        process.wait()
        until(lambda: not alive(family), "worker and query workers have ended")
    with serving(home, log=tmp_path / "log") as (_, process):
        until(lambda: with_worker(process.pid, home), "the new worker runs")


def test_killed_worker_is_started_again(home: Path, tmp_path: Path) -> None:
    """kill -9 of the worker costs nothing but seconds: the server starts another, which publishes what came since."""
    folder = tmp_path / "crates"
    folder.mkdir()
    write_crate(folder, 1)
    add_source(home, "bia", folder)
    with serving(home, log=tmp_path / "log") as (address, process):
        until(lambda: study_count(address) == 1, "the first study is in the graph")
        until(lambda: with_worker(process.pid, home), "the worker runs")
        os.kill(heartbeat(home)["pid"], signal.SIGKILL)
        write_crate(folder, 2)
        assert ommatidia(home, "harvest", "--json").json[0]["new"] == 1
        until(lambda: study_count(address) == 2, "the second study is in the graph")
        until(lambda: with_worker(process.pid, home), "another worker runs")


def with_worker(pid: int, home: Path) -> set[int]:
    """All descendants of the server, once a living worker that beats is among them; else nothing."""
    family = children(pid)
    return family if heartbeat(home).get("pid") in family else set()


def test_second_worker_is_refused(home: Path, tmp_path: Path) -> None:
    """`work` beside a running worker ends with 6 and harms nothing."""
    with serving(home, log=tmp_path / "log") as (_, process):
        until(lambda: with_worker(process.pid, home), "the worker runs")
        ran = ommatidia(home, "work")
        assert ran.code == 6 and "[locked]" in ran.err
        assert with_worker(process.pid, home)
    with suppress(ProcessLookupError):
        assert not alive({process.pid})
