"""usage show and usage report, over a node that counted."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from app import open_node
from catalogue.store import schema
from catalogue.store.ledger import Ledger
from catalogue.store.usage import Visit
from tests.e2e.processes import ommatidia, serving
from tests.fair.usage.usage_hits import BROWSER

HOURS_AGO = datetime.now(UTC) - timedelta(hours=3)
MONTH = f"{HOURS_AGO:%Y-%m}"


@pytest.fixture
def used(home: Path) -> tuple[Path, str]:
    """A node with three uses of one study that wait to be counted, and the study."""
    with Ledger(f"sqlite:///{home / 'ledger.db'}", lambda: datetime.now(UTC), create=False) as ledger:
        study = ledger.heads(kind="study", status="public")[0]
        ledger.usage.add(
            [
                Visit(f"s{number}", study.curie, "investigation", "x", HOURS_AGO, "regular", study.owner, "study", 10)
                for number in range(3)
            ]
        )
    return home, study.curie


def test_verbs_show_and_report_what_was_used(used: tuple[Path, str], tmp_path: Path) -> None:
    """What is due is counted first; a record, all archives, one archive, and the month's report agree."""
    home, study = used
    shown = json.loads(ommatidia(home, "usage", "show", study, "--json").out)
    regular = shown["months"][0]["usage"]["regular"]
    assert (regular["total_dataset_investigations"], regular["unique_dataset_investigations"]) == (3, 3)
    owner = study.partition(":")[0]
    (by_owner,) = json.loads(ommatidia(home, "usage", "show", "--owner", owner, "--json").out)
    assert (by_owner["period"], by_owner["usage"]["regular"]) == (MONTH, regular)
    assert json.loads(ommatidia(home, "usage", "show", "--owner", "ssbd", "--json").out) == []
    table = ommatidia(home, "usage", "show").out
    assert MONTH in table and owner in table and "regular" in table
    assert ommatidia(home, "usage", "report", MONTH, "--out", str(tmp_path / "dsr.json")).code == 0
    (dataset,) = json.loads((tmp_path / "dsr.json").read_text())["report-datasets"]
    assert dataset["dataset-id"][-1]["value"] == study
    assert sum(one["count"] for one in dataset["performance"][0]["instance"]) == 6


def test_verbs_refuse_what_they_cannot_tell(used: tuple[Path, str]) -> None:
    """A record together with an owner, no month, and a month that was not counted are refused with the way out."""
    home, study = used
    assert ommatidia(home, "usage", "show", study, "--owner", "idr").code == 2
    assert ommatidia(home, "usage", "report", "November").code == 2
    refused = ommatidia(home, "usage", "report", "2020-01")
    assert refused.code == 1 and "counting began" in refused.err


def test_a_server_that_is_told_to_stop_has_written_what_it_noted(home: Path) -> None:
    """Behind one proxy each client is a session of its own; SIGTERM loses nothing; no file holds an address."""
    with (home / "ommatidia.toml").open("a") as file:
        file.write("\n[usage]\ntrusted_proxies = 1\n")
    with open_node(home).ledger as ledger:
        study = ledger.heads(kind="study", status="public")[0].curie
    with serving(home, "--no-worker", ready="healthz") as (address, process):
        for number in range(3):
            headers = {"User-Agent": BROWSER, "X-Forwarded-For": f"6.6.6.6, 198.51.100.{number}"}
            assert requests.get(f"{address}studies/{study}", headers=headers, timeout=20).status_code == 200
        process.send_signal(signal.SIGTERM)
        process.wait(240)
    with open_node(home).ledger as ledger, ledger.engine.connect() as connection:
        sessions = connection.scalars(select(schema.usage_visit.c.session)).all()
    assert len(set(sessions)) == 3
    for file in home.rglob("*"):
        held = file.read_bytes() if file.is_file() else b""
        assert b"198.51.100." not in held and b"Gecko/20100101" not in held, file
