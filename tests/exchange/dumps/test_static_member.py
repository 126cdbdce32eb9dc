"""A folder of files that is a member: a node pulls it from a plain file server and holds the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app import LocalNode
from catalogue.exchange.exchange_json import node_message
from catalogue.exchange.static_member import NODE, Written, export_static
from catalogue.model.signing import is_signed
from catalogue.problems import Conflict
from catalogue.settings import HarvestSettings, Settings
from tests.exchange.dumps.dumping import KEY, DumpingNode
from tests.ingest.tables.conftest import rows, study
from tests.web.studies_for_pages import STUDY, append, tombstone

GONE = "idr:idr9102"


class QuietFiles(SimpleHTTPRequestHandler):
    """A web server that knows nothing but files."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the folder on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def exported(node: DumpingNode, folder: Path, **options: Any) -> Written:
    """The folder, level with the node."""
    node.dump()
    return export_static(node.ledger, folder, name="Static", url="", dump=node.shelf.find("latest"), **options)


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    """File -> inode and modification time."""
    return {
        str(p.relative_to(folder)): (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def archive(tmp_path: Path) -> DumpingNode:
    """An archive that runs no server: a few studies that any member can hold, and an image list."""
    node = DumpingNode(tmp_path / "archive")
    node.partner.studies += [f"idr{number}" for number in range(9100, 9230)]
    node.ingest.harvest("lists")
    append(node.ledger, tombstone("idr:idr9101", "Study", "gone"))
    return node


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Callable[[str], LocalNode]]:
    """A node that may read loopback addresses."""
    made = []

    def make(url: str) -> LocalNode:
        host = url.removeprefix("http://")
        settings = Settings(home=tmp_path / "puller", harvest=HarvestSettings(allow_private_hosts=(host,)))
        node = LocalNode(settings)
        node.initialise()
        made.append(node)
        return node

    yield make
    for node in made:
        node.ledger.close()


def test_a_node_joins_a_folder_and_holds_the_same(
    archive: DumpingNode, tmp_path: Path, puller: Callable[[str], LocalNode]
) -> None:
    """P1: a node that pulls a folder of files over a plain web server has the archive's digests, and its image rows."""
    folder = tmp_path / "site"
    exported(archive, folder)
    with served(folder) as url:
        node = puller(url)
        member = node.members.join(url)
        assert (member.node, member.key) == (KEY.node, KEY.public)
        report = node.members.pull(member.name)
        assert report.equal, report
        assert node.ledger.digests.node().owners == archive.ledger.digests.node().owners
        assert node.ledger.image_lists.count("idr:idr0001") == 60
        assert node.ledger.head("idr:100007").record["title"] == "plate 1041 [Well 71]"  # type: ignore[union-attr]
        append(archive.ledger, tombstone(GONE, "Study", "gone"))
        archive.partner.tables["idr0001"] = rows(100_000, 70)
        archive.ingest.harvest("lists")
        exported(archive, folder)
        assert node.members.pull(member.name).equal
        assert node.ledger.head(GONE).status == "withdrawn"  # type: ignore[union-attr]
        assert node.ledger.image_lists.count("idr:idr0001") == 70


def test_only_what_changed_is_written_again(archive: DumpingNode, tmp_path: Path) -> None:
    """A second export of the same state writes nothing; one more entry leaves full pages and old entries alone."""
    folder = tmp_path / "site"
    first = exported(archive, folder)
    before = state_of(folder)
    assert first.files == len(before)
    assert exported(archive, folder) == Written(first.files, 0, 0)
    assert state_of(folder) == before
    append(archive.ledger, study("idr9400"))
    exported(archive, folder)
    after = state_of(folder)
    changed = {name for name in after if after[name] != before.get(name)}
    log = {name for name in changed if name.startswith("federation/")}
    assert log == {
        NODE,
        "federation/digest.json",
        "federation/digest/idr.json",
        "federation/digest/idr/idr9.json",
        "federation/log/idr/0/2.json",
        "federation/log/idr/0/2.headers.json",
        "federation/entry/idr/0/134.json",
    }


def test_what_was_withdrawn_goes_from_the_folder(archive: DumpingNode, tmp_path: Path) -> None:
    """P18: chunks and dumps with withdrawn rows are gone after the next export; what is not ours stays."""
    folder = tmp_path / "site"
    exported(archive, folder)
    (folder / "index.html").write_text("the archive's own page")
    (folder / "federation" / ".partial-7").write_text("left by an export that was killed")
    old = {path.name for path in (folder / "chunks").iterdir()}
    lists = [path.name for path in (folder / "dumps" / "latest" / "images").iterdir()]
    archive.partner.tables["idr0001"] = rows(100_000, 59)
    for _ in range(2):
        archive.ingest.harvest("lists", full=True)
    done = exported(archive, folder)
    assert done.removed >= 3
    assert not old & {path.name for path in (folder / "chunks").iterdir()}
    assert lists != [path.name for path in (folder / "dumps" / "latest" / "images").iterdir()]
    assert (folder / "index.html").exists()
    assert not (folder / "federation" / ".partial-7").exists()


def test_the_node_document_is_signed_and_written_last(archive: DumpingNode, tmp_path: Path) -> None:
    """A reader that finds a new digest finds everything behind it: an interrupted export leaves the old one."""
    folder = tmp_path / "site"
    exported(archive, folder)
    before = (folder / NODE).read_bytes()
    said = json.loads(before)
    assert is_signed(KEY.public, node_message(said), said["signature"])
    assert said["prefixes"] == ["idr"]
    append(archive.ledger, study("idr9400"))

    def stop(what: str, _done: int, _total: int) -> None:
        if what.startswith("log"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exported(archive, folder, on_progress=stop)
    assert (folder / NODE).read_bytes() == before
    exported(archive, folder)
    assert json.loads((folder / NODE).read_bytes())["digest"] != said["digest"]


def test_folders_of_others_are_left_alone(archive: DumpingNode, tmp_path: Path, still: DumpingNode) -> None:
    """A folder with something else in it, or of another node, is refused untouched."""
    other = tmp_path / "documents"
    other.mkdir()
    (other / "thesis.tex").write_text("x")
    with pytest.raises(Conflict, match="something else"):
        exported(archive, other)
    folder = tmp_path / "site"
    exported(archive, folder)
    said = json.loads((folder / NODE).read_bytes()) | {"node": "n0000000000000000"}
    (folder / NODE).write_text(json.dumps(said))
    with pytest.raises(Conflict, match="n0000000000000000"):
        exported(archive, folder)


def test_files_are_the_answers_of_a_server(still: DumpingNode, tmp_path: Path) -> None:
    """P13: each file of the folder has the bytes that the node answers at the same address."""
    from catalogue.resolver.service import Resolver
    from catalogue.web.factory import Services, create_web

    folder = tmp_path / "site"
    still.dump()
    dump = still.shelf.find("latest")
    export_static(still.ledger, folder, name="Ommatidia node", url="", dump=dump)
    client = create_web(Services(ledger=still.ledger, resolver=Resolver(still.ledger), dumps=still.shelf)).test_client()
    names = [name for name in state_of(folder) if not name.startswith(".")]
    assert any(name.startswith("chunks/") for name in names) and f"federation/digest/{STUDY[:10]}.json" in names
    for name in names:
        assert client.get(f"/{name}").data == (folder / name).read_bytes(), name
