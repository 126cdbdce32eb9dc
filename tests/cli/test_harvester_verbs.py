"""harvester list, template and new; source set: from a spreadsheet to a study without reading code."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from tests.e2e.processes import ommatidia, well


def test_spreadsheet_from_template_to_study(tmp_path: Path) -> None:
    """A template filled in is a source; its licence, stated once for the source, can be changed."""
    home, sheet = tmp_path / "home", tmp_path / "studies.xlsx"
    well(home, "init")
    assert "source add" in well(home, "harvester", "template", str(sheet)).out
    book = openpyxl.load_workbook(sheet)
    for place, text in enumerate(("EMPIAR-10999", "Cells under ice"), start=1):
        book["studies"].cell(3, place).value = text
    book.save(sheet)
    add = ("source", "add", "lab", "--harvester", "table", "--location", str(sheet), "--owner", "empiar")
    well(home, *add, "--option", "license=CC0-1.0")
    (report,) = ommatidia(home, "harvest", "--json").json
    assert (report["accepted"], report["quarantined"]) == (1, 0)
    well(home, "source", "set", "lab", "--option", "license=CC-BY-4.0")
    (report,) = ommatidia(home, "harvest", "--json").json
    assert (report["changed"], report["unchanged"]) == (1, 0)
    study = ommatidia(home, "show", "empiar:10999", "--json").json
    assert "licenses/by/4.0" in json.dumps(study)
    (source,) = ommatidia(home, "source", "list", "--json").json
    assert source["options"] == {"license": "CC-BY-4.0"}


def test_formats_are_listed_with_what_they_read(tmp_path: Path) -> None:
    """Whoever adds a source finds the name of its format."""
    found = ommatidia(tmp_path / "home", "harvester", "list", "--json").json
    assert {row["harvester"] for row in found} >= {"gide", "ome_zarr", "ngff_list", "table"}
    assert all(row["reads"] and row["version"] for row in found)
    assert len({row["reads"] for row in found}) == len(found)


def test_refusals_say_what_to_do(tmp_path: Path) -> None:
    """An option without value, an unknown owner, a template over a file, a harvester of a taken name."""
    home = tmp_path / "home"
    well(home, "init")
    add = ("source", "add", "x", "--harvester", "table", "--location", str(tmp_path))
    assert "KEY=VALUE" in ommatidia(home, *add, "--option", "license").err
    assert "owners.toml" in ommatidia(home, *add, "--owner", "nobody").err
    (tmp_path / "a.xlsx").touch()
    assert "exists already" in ommatidia(home, "harvester", "template", str(tmp_path / "a.xlsx")).err
    assert "already" in ommatidia(home, "harvester", "new", "gide", "--checkout", str(Path.cwd())).err
    assert ommatidia(home, "source", "set", "nobody", "--option", "a=b").code == 1
