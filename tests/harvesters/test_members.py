"""Harvesters are found, not listed."""

from __future__ import annotations

import re
from pathlib import Path

import harvesters
from harvesters.base import Members, members


def test_a_member_is_found_by_the_name_of_its_module() -> None:
    """A harvester stands in the module of its name, so that one is loaded without the others; others are none."""
    found = Members(lambda kind: kind.__name__)
    assert dict(found) == {name: kind.__name__ for name, kind in members().items()}
    assert all(name in found for name in members())
    assert not [name for name in ("base", "http", "account", "nobody", "../gide", "", "gide.x") if name in found]


def test_every_partner_format_is_found_by_its_name() -> None:
    """A file in harvesters/ with a class that has the file's name is a harvester of the node, and nothing else is."""
    files = Path(harvesters.__file__).parent.glob("*.py")
    named = {path.stem for path in files if re.search(rf'^    name = "{path.stem}"$', path.read_text("utf-8"), re.M)}
    assert set(members()) == named
    assert named >= {"gide", "table", "ome_zarr"}
