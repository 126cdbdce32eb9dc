"""Options and limits of sources, and who may let a stopped one on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import open_node
from catalogue.cli.main import build_cli, run


def ommatidia(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code of a command in this process, and all it said."""
    code = run(build_cli(open_node), ["--home", str(home), *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_options_of_a_source_are_kept_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options given at `source add` stand in `source list`."""
    add = ("source", "add", "p", "--harvester", "gide", "--location", str(tmp_path))
    code, said = ommatidia(tmp_path / "n", capsys, *add, "--option", "hours=22-06", "--option", "ref=a=b")
    assert code == 0, said
    (row,) = json.loads(ommatidia(tmp_path / "n", capsys, "source", "list", "--json")[1])
    assert row["options"] == {"hours": "22-06", "ref": "a=b"}
    assert (row["state"], row["due"]) == ("new", "now")


@pytest.mark.parametrize("option", ["hours=late", "rate=0", "bytes_per_day=much", "hours", "=x", "Hours=1-2"])
def test_option_that_means_nothing_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    """A limit that cannot be understood is an error when the source is added, not at night."""
    add = ("source", "add", "p", "--harvester", "gide", "--location", str(tmp_path), "--option", option)
    assert ommatidia(tmp_path / "n", capsys, *add)[0] == 2


def test_source_that_is_not_stopped_cannot_be_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`source resume` says that there is nothing to resume."""
    ommatidia(tmp_path / "n", capsys, "source", "add", "p", "--harvester", "gide", "--location", str(tmp_path))
    code, said = ommatidia(tmp_path / "n", capsys, "source", "resume", "p")
    assert code == 1
    assert "not stopped" in said


def test_watch_takes_no_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--watch reads all sources; a name beside it is a mistake and not ignored."""
    ommatidia(tmp_path / "n", capsys, "init")
    assert ommatidia(tmp_path / "n", capsys, "harvest", "p", "--watch")[0] == 2


def test_hours_of_the_settings_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting that means no hours ends every harvest with a sentence that names it."""
    home = tmp_path / "n"
    ommatidia(home, capsys, "init")
    (home / "ommatidia.toml").write_text('[harvest]\nhours = "at night"\n')
    code, said = ommatidia(home, capsys, "harvest")
    assert code == 2
    assert "harvest.hours" in said
