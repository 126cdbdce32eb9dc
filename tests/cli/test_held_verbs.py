"""held: what it lists, shows, lets pass and discards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import COUNT
from tests.e2e.processes import add_source, ommatidia, well


@pytest.fixture
def home(tmp_path: Path, crates: Path) -> Path:
    """A node whose source lost two thirds of its crates, twice a day apart as far as it knows."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "ommatidia.toml").write_text("[harvest]\nabsence_hours = 0\n")
    add_source(home, "bia", crates)
    ommatidia(home, "harvest")
    for number, path in enumerate(sorted(crates.rglob("*.json"))):
        if number % 3:
            path.unlink()
    ommatidia(home, "harvest")
    assert ommatidia(home, "harvest").code == 4
    return home


def test_held_batch_is_listed_shown_and_let_pass(home: Path) -> None:
    """What was held is named record by record; accepted it is done, and done once."""
    (batch,) = ommatidia(home, "held", "list", "--json").json
    number = str(batch["batch"])
    shown = ommatidia(home, "held", "show", number, "--json").json
    assert len(shown["records"]) == shown["withdrawn"] == batch["withdrawn"] > COUNT // 3
    assert {row["reason"] for row in shown["records"]} == {"absent-from-source"}
    assert shown["records"][0]["identifier"] in ommatidia(home, "held", "show", number).out
    (report,) = ommatidia(home, "held", "accept", number, "--json").json
    assert (report["withdrawn"], report["kind"]) == (batch["withdrawn"], "accept")
    again = ommatidia(home, "held", "accept", number)
    assert again.code == 0 and "accepted before" in again.out
    assert "Nothing is held." in ommatidia(home, "held", "list").out
    assert "accepted" in ommatidia(home, "held", "list", "bia", "--all").out


def test_dropped_batch_stays_as_it_was(home: Path) -> None:
    """A dropped batch is over: it says what comes next, and neither verb takes it again."""
    done = well(home, "held", "drop", "1")
    assert "next harvest" in done.out
    for verb in ("accept", "drop"):
        refused = ommatidia(home, "held", verb, "1")
        assert refused.code == 1 and "dropped" in refused.err
    assert ommatidia(home, "held", "show", "99").code == 1
