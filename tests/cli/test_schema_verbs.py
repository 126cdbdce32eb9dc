"""schema versions, show, diff: they need no node, and say what the model and its changes are."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app import open_node
from catalogue.cli import schema
from catalogue.cli.main import build_cli, run
from catalogue.model.released import Sheet, present, released_versions

LAST = released_versions()[-1]


def tell(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and standard output of a command run in this process."""
    code = run(build_cli(open_node), ["schema", *arguments])
    return code, capsys.readouterr().out


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """The model with a title that is optional and a new class, under the number of the last release."""
    sheet = copy.deepcopy(schema.released(LAST))
    sheet["classes"]["Study"]["slots"]["title"]["many"] = True
    sheet["classes"]["Dome"] = {**sheet["classes"]["Grant"], "iri": "https://w3id.org/ommatidia/terms/Dome"}
    monkeypatch.setattr(schema, "present", lambda: sheet)
    return sheet


def test_versions_lists_releases_and_the_present_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Each released version is there once with its size, and the present one last."""
    code, said = tell(capsys, "versions", "--json")
    rows: list[dict[str, Any]] = json.loads(said)
    released = [row["version"] for row in rows if row["state"] == "released"]
    assert (code, released) == (0, released_versions())
    assert rows[-1]["version"] == present()["version"] and rows[-1]["classes"] == len(present()["classes"])
    assert "0.1.0" in tell(capsys, "versions")[1]


def test_show_prints_classes_and_fields_of_any_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name all classes are told in short, with one its fields; a former version is told as it was."""
    assert "CatalogRecord" in tell(capsys, "show")[1]
    code, said = tell(capsys, "show", "Study", "--version", "0.1.0")
    assert (code, said.splitlines()[0]) == (0, "Study (omm:Study), version 0.1.0")
    (row,) = [line.split() for line in said.splitlines() if line.startswith("authors ")]
    assert row[:3] == ["authors", "0..n", "Person"]
    as_json = json.loads(tell(capsys, "show", "Study", "--json")[1])
    assert as_json == present()["classes"]["Study"]
    assert json.loads(tell(capsys, "show", "--version", "0.1.0", "--json")[1])["version"] == "0.1.0"


@pytest.mark.parametrize("name", ["Study", "Access", "Image"])
def test_show_folds_long_lists_of_values(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """No line of a class is longer than a wide window, and no value is cut."""
    _, said = tell(capsys, "show", name)
    assert max(map(len, said.splitlines())) <= 200
    for slot in present()["classes"][name]["slots"].values():
        assert all(value in said for value in slot.get("values", ()))


@pytest.mark.parametrize("arguments", [("show", "Nothing"), ("show", "--version", "0.0.1"), ("diff", "../0.1.0")])
def test_unknown_class_or_version_is_named(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """What is not there is said with what is, and ends with 1."""
    assert run(build_cli(open_node), ["schema", *arguments]) == 1
    said = capsys.readouterr().err
    assert arguments[-1] in said and ("0.1.0" in said or "Study" in said)


def test_diff_of_the_present_model_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """The model as it stands may follow the last release."""
    code, said = tell(capsys, "diff", "--json")
    told = json.loads(said)
    assert (code, told["fits"], told["from"], told["to"]) == (0, True, LAST, present()["version"])
    assert told["compatible"] is all(change["compatible"] for change in told["changes"])


def test_diff_lists_what_can_break_first_and_asks_for_a_version(
    capsys: pytest.CaptureFixture[str], changed: Sheet
) -> None:
    """A change under an old number ends with 3 and names the smallest version that would do."""
    code, said = tell(capsys, "diff")
    lines = said.splitlines()
    assert code == 3 and lines[0] == f"{LAST} -> {LAST}: 2 changes"
    assert lines[2].strip().startswith("Study.title: was one value, is a list")
    assert lines[4].strip() == "Dome: new class (https://w3id.org/ommatidia/terms/Dome)"
    code, said = tell(capsys, "diff", LAST, "--json")
    told = json.loads(said)
    assert (code, told["fits"], told["compatible"], len(told["changes"])) == (3, False, False, 2)
    changed["version"] = told["smallest"]
    assert tell(capsys, "diff")[0] == 0
