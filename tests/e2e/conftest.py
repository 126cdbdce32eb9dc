"""The demo members, written once and served, for tests of several processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.cli.demo.members import Member, RunningMember, start_member
from tests.e2e.members import members_in
from tests.e2e.processes import add_source


@pytest.fixture(scope="session")
def idr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMember]:
    """The demo member IDR, served over HTTP by a process of its own."""
    (member,) = [m for m in members_in(tmp_path_factory.getbasetemp()) if m.key == "idr"]
    with start_member(member) as running:
        yield running


@pytest.fixture
def member(idr: RunningMember) -> Member:
    """The archive of that member on disk."""
    return idr.member


@pytest.fixture
def home(idr: RunningMember, tmp_path: Path) -> Path:
    """An empty node that may read the member on loopback and believes an absence at once."""
    folder = tmp_path / "home"
    folder.mkdir()
    host = idr.url.split("/")[2]
    (folder / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{host}"]\nabsence_hours = 0\n')
    return folder


@pytest.fixture
def images(home: Path, idr: RunningMember) -> str:
    """The name of a source of the node: the member's images, over HTTP."""
    add_source(home, "zz-images", idr.url + "images.csv", "idr", harvester="ome_zarr")
    return "zz-images"
