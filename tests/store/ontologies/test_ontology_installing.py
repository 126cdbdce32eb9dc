"""Files of the operator's choice: installed whole or not at all, within limits that no file can lift."""

from __future__ import annotations

import fcntl
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.problems import BadRequest, Locked
from catalogue.store.ontologies import Ontology, install
from catalogue.store.ontologies.installing import Limits
from catalogue.store.ontologies.sources import Installed
from tests.store.ontologies.samples import OBO, OWL, installed, only_installed, source

ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">%s]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
<rdf:Description rdf:about="http://example.org/a"><rdfs:label>&j;</rdfs:label></rdf:Description></rdf:RDF>"""
    % ENTITIES
)
HEAD = b"format-version: 1.4\n\n[Term]\nid: GO:9000001\nname: a\n"
LIMITS = Limits(file_bytes=1 << 20, memory_bytes=400 << 20, cpu_seconds=120, seconds=300, table_bytes=1 << 20)


def nothing_installed(home: Path) -> bool:
    """Neither a table nor anything half made lies in the data folder."""
    return not list(Installed(home).folder.glob("*")) and not list(Installed(home).folder.glob(".new*"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.obo", OBO.encode()),
        ("a.obo.gz", gzip.compress(OBO.encode(), mtime=0)),
        ("a.obo.xz", lzma.compress(OBO.encode())),
        ("a.owl", OWL.encode()),
        ("a.owl.xz", lzma.compress(OWL.encode())),
    ],
)
def test_each_format_installs_plain_and_packed(tmp_path: Path, name: str, content: bytes) -> None:
    """OBO and RDF files count as soon as they are installed, harmless entities of OBO's RDF/XML included."""
    (tmp_path / name).write_bytes(content)
    assert install(tmp_path, "own", tmp_path / name) == 6
    held = only_installed(tmp_path)
    assert held.label("GO:9000002") == "blue organelle"
    assert held.ancestors("GO:9000002") == {"GO:9000001", "EDAM:topic_3382"}


def test_release_replaces_the_one_before(tmp_path: Path) -> None:
    """One name is one release: what the new file lacks is gone, with its index."""
    before = installed(tmp_path, own=OBO).digest
    again = installed(tmp_path, own='obo:GO_9000001 a owl:Class ; rdfs:label "renamed" .')
    assert (again.label("GO:9000001"), again.label("GO:9000002")) == ("renamed", None)
    assert again.digest != before
    assert len(list(Installed(tmp_path).folder.glob("own.names-*"))) == 1
    assert [s.curie for s in again.suggest("renamed", ["GO"], at_least=99)] == ["GO:9000001"]


def test_same_bytes_give_the_same_digest(tmp_path: Path) -> None:
    """Installed again, packed or not, a file changes nothing for harvests and views."""
    first = installed(tmp_path, own=OBO).digest
    (tmp_path / "packed.obo.xz").write_bytes(lzma.compress(OBO.encode()))
    install(tmp_path, "own", tmp_path / "packed.obo.xz")
    assert Ontology.load(tmp_path).digest == first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", b"not turtle"),
        ("a.obo", b"not obo"),
        ("a.obo", b"\xff\xfe\x00"),
        ("a.obo", b"format-version: 1.4\n"),
        ("a.obo", HEAD + b"is_a GO:1\n"),
        ("a.csv", b"x"),
        ("a.ttl.xz", b"not packed"),
        ("a.obo.gz", gzip.compress(OBO.encode(), mtime=0)[:200]),
        ("a.ttl", b""),
        ("missing.ttl", None),
    ],
)
def test_useless_files_are_refused_with_a_reason(tmp_path: Path, name: str, content: bytes | None) -> None:
    """An unparsable, unknown, damaged, empty or missing file is a bad request that names it; nothing is left."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadRequest, match=name.partition(".")[0]):
        install(tmp_path, "own", tmp_path / name)
    assert nothing_installed(tmp_path)


@pytest.mark.parametrize("name", ["../up", "Big", "", "a" * 50, "taxa"])
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    """A name may not leave the folder, nor be that of a shipped table, whose graph it would share."""
    (tmp_path / "a.obo").write_text(OBO)
    with pytest.raises(BadRequest):
        install(tmp_path, name, tmp_path / "a.obo")


def test_entity_bomb_is_refused_and_this_process_lives(tmp_path: Path) -> None:
    """Nested entities end the parser's process only; nothing is installed."""
    (tmp_path / "bomb.owl").write_bytes(BOMB)
    with pytest.raises(BadRequest, match="bomb"):
        install(tmp_path, "bomb", tmp_path / "bomb.owl", LIMITS)
    assert nothing_installed(tmp_path)


@pytest.mark.parametrize(
    ("name", "pack", "filling", "times"),
    [
        ("bomb.obo.xz", lzma.compress, b"! nothing\n", 500_000),
        ("bomb.obo.gz", gzip.compress, b"x", 600 << 20),
    ],
)
def test_packed_bomb_is_refused(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes], filling: bytes, times: int
) -> None:
    """A small file that unpacks to a large one is read no further than the limit."""
    packed = tmp_path / name
    packed.write_bytes(pack(HEAD + b"comment: " + filling * times))
    with pytest.raises(BadRequest, match="more than 1 MiB"):
        install(tmp_path, "bomb", packed, LIMITS)
    assert nothing_installed(tmp_path)


def test_hostile_obo_is_bounded_in_memory(tmp_path: Path) -> None:
    """One frame larger than the memory allowed ends its reader, not this process."""
    (tmp_path / "huge.obo").write_bytes(HEAD + b'synonym: "%s" EXACT []\n' % (b"x" * 100_000) * 1_200)
    with pytest.raises(BadRequest, match="huge"):
        install(tmp_path, "huge", tmp_path / "huge.obo", Limits(memory_bytes=300 << 20))
    assert nothing_installed(tmp_path)


def test_hostile_obo_is_bounded_in_time_and_output(tmp_path: Path) -> None:
    """A file that takes too long, or fills the disk, is given up."""
    lines = [b"\n[Term]\nid: GO:%07d\nname: name number %d\n" % (n, n) for n in range(40_000)]
    (tmp_path / "long.obo").write_bytes(HEAD + b"".join(lines))
    with pytest.raises(BadRequest, match="too long"):
        install(tmp_path, "long", tmp_path / "long.obo", Limits(seconds=0.3))
    (tmp_path / "large.obo").write_bytes(HEAD + b"".join(lines[:2_000]))
    with pytest.raises(BadRequest, match="large"):
        install(tmp_path, "large", tmp_path / "large.obo", Limits(table_bytes=100 << 10))
    assert nothing_installed(tmp_path)


def test_one_installation_at_a_time(tmp_path: Path) -> None:
    """While one goes on another is told to wait; what a killed one left behind is gone with the next."""
    (tmp_path / "a.obo").write_text(OBO)
    folder = Installed(tmp_path).folder
    (folder / ".new-killed").mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Locked, match="wait"):
        install(tmp_path, "own", tmp_path / "a.obo")
    os.close(descriptor)
    assert install(tmp_path, "own", tmp_path / "a.obo") == 6
    assert not list(folder.glob(".new*"))


def test_damaged_and_outdated_files_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read does not stop the node; the log says to add the ontology again."""
    installed(tmp_path, own=OBO)
    (Installed(tmp_path).folder / "broken.db").write_bytes(b"no database at all" * 100)
    (Installed(tmp_path).folder / "older.nt").write_bytes(b"")
    held = Ontology.load(tmp_path)
    assert held.label("GO:9000001") == "thing of cells"
    said = capsys.readouterr().out
    assert "broken" in said
    assert "ontology add older" in said


def test_index_that_is_gone_gives_no_suggestions(tmp_path: Path) -> None:
    """A release replaced beside a running harvest takes its suggestions away, and nothing else."""
    held = installed(tmp_path, own=OBO)
    index = source(tmp_path, "own").table.facts["digest"]
    folder = Installed(tmp_path).names_of("own", index)
    folder.rename(folder.with_name("elsewhere"))
    assert held.suggest("blue organelle", ["GO"], at_least=99) == []
    assert held.label("GO:9000002") == "blue organelle"
