"""The demo members, each served by a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gallery import write_small_site

from catalogue.cli.demo.members import Member, RunningMember, start_member
from tests.e2e.members import members_in


@pytest.fixture(scope="session")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Member]:
    """The three demo archives on disk."""
    return members_in(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def idr(members: list[Member]) -> Member:
    """The member with idr accessions."""
    return next(member for member in members if member.key == "idr")


@pytest.fixture(scope="session")
def running(members: list[Member]) -> Iterator[list[RunningMember]]:
    """The three demo archives, served."""
    servers = [start_member(member) for member in members]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small store and its list; copy it before changing anything."""
    folder = tmp_path_factory.mktemp("small") / "site"
    write_small_site(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path
