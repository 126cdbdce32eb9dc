"""A whole node on PostgreSQL: records, audits, looks, uses and pages, from the first harvest to a comparison."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from catalogue.fair.usage.rules import count_visits
from catalogue.store.ledger import Ledger
from tests.e2e.archive import curie, write_crate
from tests.e2e.processes import add_source, serving, together, until, well

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OWN_PAGES = ("forms-negotiated", "signposting")


def make_node(folder: Path, ledger_url: str) -> tuple[Path, Path]:
    """(home of a node with three studies, folder of their crates)."""
    home, crates = folder / "home", folder / "crates"
    home.mkdir()
    crates.mkdir()
    (home / "ommatidia.toml").write_text(f'ledger_url = "{ledger_url}"\n[fair]\naudit_hours = 0\nlive_per_hour = 0\n')
    for number in range(3):
        write_crate(crates, number)
    add_source(home, "bia", crates)
    well(home, "harvest")
    return home, crates


def look(address: str, name: str) -> None:
    """A person looks at pages of the node; each is there."""
    study = curie(0)
    pages = (
        f"studies/{study}", "fair", f"fair/studies/{study}", "fair/members/biostudies", "fair/audits",
        f"fair/audits/{name}", "fair/metrics", "funders", "usage",
    )  # fmt: skip
    for page in pages:
        answer = requests.get(address + page, headers={"User-Agent": BROWSER, "Accept": "text/html, */*"}, timeout=60)
        assert answer.status_code == 200, f"{page}: {answer.status_code} {answer.text[:500]}"
    shown = requests.get(f"{address}fair/studies/{study}.csv", timeout=60).text
    assert shown.count(study) >= 50


def count_uses(ledger_url: str) -> dict[str, int]:
    """Usage metric -> count of the first study, as it is some hours later."""
    with Ledger(ledger_url, lambda: datetime.now(UTC) + timedelta(hours=3), create=False) as ledger:
        ledger.usage.fold(count_visits)
        return {one.usage_metric: one.usage_value for one in ledger.usage.of(curie(0))}


def made_at_once(home: Path) -> str:
    """Name of the audit that two processes make at once; the slower one finds it there, or is told to wait."""
    ran = together(home, *(("audit", "make", "--json"),) * 2)
    assert sorted(one.code for one in ran) in ([0, 0], [0, 6]), [one.err for one in ran]
    assert all("[locked]" in one.err for one in ran if one.code)
    (name,) = {one.json["name"] for one in ran if one.code == 0}
    return str(name)


@pytest.mark.parametrize("ledger_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_node_audits_looks_and_counts(tmp_path: Path, ledger_url: str) -> None:
    """Harvest, audit, pages, looks beside uses, a second audit by two processes at once, its causes, its proof."""
    home, crates = make_node(tmp_path, ledger_url)
    first = well(home, "audit", "make", "--json").json["name"]
    with serving(home, "--no-worker", log=tmp_path / "log") as (address, process):
        look(address, first)
        seen = well(home, "audit", "look", "--json", *(word for one in OWN_PAGES for word in ("--check", one))).json
        assert seen["seen"] == 3 * len(OWN_PAGES) and not seen["left_alone"]
        assert {name: counts["pass"] for name, counts in seen["checks"].items()} == dict.fromkeys(OWN_PAGES, 3)
        process.send_signal(signal.SIGTERM)
        until(lambda: process.poll() is not None, "the server ends")
    assert count_uses(ledger_url) == {"total_dataset_investigations": 1, "unique_dataset_investigations": 1}
    write_crate(crates, 1, keywords=None)
    write_crate(crates, 3)
    well(home, "harvest")
    second = made_at_once(home)
    differs, proved = together(home, ("audit", "diff", first, second, "--json"), ("audit", "verify", first, "--json"))
    causes = {(c["study"], c["metric"]): {why["cause"] for why in c["why"]} for c in differs.json["changes"]}
    assert causes[curie(1), "keywords-stated"] >= {"the record changed"}
    assert causes[curie(0), "signposting"] == {"it was looked at again"}
    assert [study["study"] for study in differs.json["came"]] == [curie(3)] and not differs.json["went"]
    assert [check["held"] for check in proved.json["checks"]] == [True] * 4, proved.out
