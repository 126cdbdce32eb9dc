"""A small archive and a node that has read it, made once; tests that change something work on a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.cli.demo.members import Member, RunningMember, start_member
from tests.e2e.archive import write_archive
from tests.e2e.members import members_in
from tests.e2e.processes import add_source, ommatidia

COUNT = 30


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of crates, four of which are broken."""
    folder = tmp_path_factory.mktemp("archive") / "crates"
    write_archive(folder, COUNT)
    return folder


@pytest.fixture(scope="session")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Member]:
    """The three demo archives on disk."""
    return members_in(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def idr(members: list[Member]) -> Iterator[RunningMember]:
    """The demo member IDR, served over HTTP."""
    (member,) = [member for member in members if member.key == "idr"]
    with start_member(member) as running:
        yield running


@pytest.fixture(scope="session")
def node(archive: Path, idr: RunningMember, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a node that has read the archive and the member; not to be changed."""
    home = tmp_path_factory.mktemp("node") / "home"
    home.mkdir()
    host = idr.url.split("/")[2]
    (home / "ommatidia.toml").write_text(
        f'[harvest]\nallow_private_hosts = ["{host}"]\nabsence_hours = 0\nparallel = 1\n'
    )
    add_source(home, "bia", archive)
    # Images come after the studies they belong to: sources are read one by one, in the order of their names.
    add_source(home, "idr-1", idr.url + "crates/index.json", "idr")
    add_source(home, "idr-2", idr.url + "images.csv", "idr", harvester="ome_zarr")
    ran = ommatidia(home, "harvest")
    assert ran.code == 4, ran.out + ran.err
    return home


@pytest.fixture
def home(node: Path, tmp_path: Path) -> Path:
    """A copy of the node's home, to be changed."""
    return Path(shutil.copytree(node, tmp_path / "home", symlinks=True))


@pytest.fixture
def crates(archive: Path, tmp_path: Path) -> Path:
    """A copy of the archive, to be changed."""
    return Path(shutil.copytree(archive, tmp_path / "crates"))
