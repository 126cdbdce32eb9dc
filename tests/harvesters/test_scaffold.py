"""A new harvester starts from a file that works and a test that holds it to the contract."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from catalogue.problems import BadRequest
from harvesters.base import members
from harvesters.scaffold import write_harvester


def load(name: str, path: Path) -> ModuleType:
    """The module in a file, under a name of its own."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A folder that looks like the project's sources; modules loaded from it are forgotten afterwards."""
    (tmp_path / "harvesters").mkdir()
    (tmp_path / "harvesters" / "base.py").touch()
    yield tmp_path
    for name in ("harvesters.new_lab", "test_new_lab"):
        sys.modules.pop(name, None)


def test_new_harvester_passes_its_contract_as_it_stands(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is written can be run, and its author starts from green."""
    code, test = write_harvester("new_lab", checkout)
    load("harvesters.new_lab", code)
    written = load("test_new_lab", test)
    contract = written.TestNewLabContract()
    promises = [name for name in dir(contract) if name.startswith("test_")]
    assert len(promises) >= 7
    for number, name in enumerate(promises):
        promise = getattr(contract, name)
        folder = tmp_path_factory.mktemp(f"fetch{number}")
        promise(folder) if "tmp_path" in promise.__func__.__code__.co_varnames[:2] else promise()
    written.test_properties_stand_where_the_model_has_them()
    written.test_study_without_title_is_refused()


def test_written_files_say_their_name_and_nothing_else_is_left_to_fill_in(checkout: Path) -> None:
    """Code and test are where every harvester has them, with the name put in."""
    code, test = write_harvester("new_lab", checkout)
    assert code == checkout / "harvesters" / "new_lab.py"
    assert test == checkout / "tests" / "harvesters" / "new_lab" / "test_new_lab.py"
    assert 'name = "new_lab"' in code.read_text()
    assert "$" not in code.read_text() + test.read_text()


@pytest.mark.parametrize("name", ["", "Lab", "1lab", "a-b", "../x", "gide", "base", "a" * 50])
def test_name_that_is_no_name_or_taken_is_refused(checkout: Path, name: str) -> None:
    """Nothing is written over, nothing outside the two places."""
    with pytest.raises(BadRequest):
        write_harvester(name, checkout)
    assert {path.name for path in checkout.rglob("*") if path.is_file()} == {"base.py"}


def test_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    """A harvester is part of the project's sources."""
    with pytest.raises(BadRequest):
        write_harvester("new_lab", tmp_path)


def test_templates_are_no_harvesters() -> None:
    """The folder of templates adds no member."""
    assert "$name" not in members()
