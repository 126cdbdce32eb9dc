"""A throw-away store lives as long as it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.problems import BadRequest, NotFound
from catalogue.query.pool import QueryPool
from catalogue.query.quads import throwaway_store


def test_a_file_of_quads_can_be_asked_and_leaves_nothing(tmp_path: Path) -> None:
    """Quads of a file answer queries, and on leaving their store is gone."""
    file = tmp_path / "some.nq"
    file.write_text('<a:s> <a:p> "1" <a:g> .\n<a:s> <a:p> "2" <a:h> .\n', "utf-8")
    with throwaway_store(file) as link, QueryPool(link, workers=1) as pool:
        assert {row["o"].value for row in pool.select("SELECT ?o { ?s ?p ?o }")} == {"1", "2"}  # type: ignore[union-attr]
        folder = link.parent
        assert folder.exists()
    assert not folder.exists()
    assert file.exists()


def test_a_broken_file_is_named_with_its_fault(tmp_path: Path) -> None:
    """The problem says that the file is not N-Quads."""
    file = tmp_path / "broken.nq"
    file.write_text("<a:s> nonsense\n", "utf-8")
    with pytest.raises(BadRequest, match=r"broken\.nq is not N-Quads"), throwaway_store(file):
        pass


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The problem says which file is not there."""
    with pytest.raises(NotFound, match=r"none\.nq"), throwaway_store(tmp_path / "none.nq"):
        pass
