"""The page on how the model evolves tells the truth: its table is complete and its migration is walked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue import resources
from catalogue.model.evolution import KINDS
from catalogue.model.table import schema_version
from harvesters.gide import GideHarvester
from tests.e2e.archive import write_crate

ROOT = resources.schema_dir().parent
PAGE = (ROOT / "catalogue" / "docs" / "evolution.md").read_text("utf-8")
WALK = PAGE.partition("## A migration, step by step")[2]


def steps(text: str) -> list[tuple[str, list[str]]]:
    """(command, lines shown below it) of the console blocks of a text."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(" ".join(line.split()))
    return found


def test_page_lists_every_kind_of_change() -> None:
    """Each kind of change stands in the table, with whether it is compatible and the words of `schema diff`."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (yes|no) \| (.*) \|$", PAGE, re.MULTILINE)
    assert {kind: (told == "yes", words) for kind, told, words in rows} == KINDS
    assert len(rows) == len(KINDS)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the application to be changed, with the commands of the page on its path and two crates."""
    copy = tmp_path / "copy"
    for name in ("catalogue", "harvesters", "schema", "shapes"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "crates").mkdir()
    for number in (0, 1):
        write_crate(copy / "crates", number, copyrightNotice="The authors")
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, what in (("python", ""), ("ommatidia", " -m app")):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{what} "$@"\n')
        script.chmod(0o755)
    return copy


def run(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OMMATIDIA_")}
    path = f"{place.parent / 'bin'}:{kept['PATH']}"
    given = {**kept, "PATH": path, "PYTHONPATH": str(place)}
    return subprocess.run(
        ["bash", "-c", command], cwd=place, env=given, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_migration_of_the_page_is_walked(place: Path) -> None:
    """Each command of the migration goes well and shows what the page shows; old entries keep version and words."""
    walked = steps(WALK)
    assert len(walked) > 15
    for command, shown in walked:
        done = run(place, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
        for wanted in shown:
            assert any(line.startswith(wanted) for line in lines), f"{command}\n{wanted}\n{done.stdout}"
    (snippet,) = re.findall(r"```python\n(.*?)```", WALK, re.DOTALL)
    (place / "history.py").write_text(snippet)
    done = run(place, "python history.py")
    assert done.stdout.splitlines() == [
        f"{schema_version()} gide/{GideHarvester.version} ['copyright_notice']",
        "9.0.0 gide/rights ['rights_statement']",
    ], done.stderr
