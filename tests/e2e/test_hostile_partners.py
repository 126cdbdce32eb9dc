"""Misbehaving partners beside good ones, through the real command; tests/bench/bench_hostile.py has them all."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app import open_node
from catalogue.federation.outlook import AT_ONCE, Outlook
from tests.e2e.archive import SUFFIX
from tests.e2e.hostile_answers import document, good, lists, silence
from tests.e2e.hostile_formats import FORMATS
from tests.e2e.hostile_listings import LISTINGS
from tests.e2e.hostile_partners import HOSTILE
from tests.e2e.hostile_run import GOOD_DOCUMENTS, Outcome, complaints, harvest
from tests.e2e.processes import add_source, ommatidia, started, until, well
from tests.harvesters.loopback_server import answer, serving

# A row of each threat that costs no time-out, and one that hangs.
LONG = {"endless-pages-new", "index-of-a-quarter-million", "store-of-endless-series", "oai-records-without-end"}
QUICK = [one for one in (*HOSTILE, *FORMATS, *LISTINGS) if not one.slow and one.name not in LONG]
ROWS = [*QUICK, *(one for one in HOSTILE if one.name == "half-then-hang")]

# Whoever waits for a hanging partner with these settings waits longer than any test.
PATIENT = '[harvest]\nallow_private_hosts = ["127.0.0.1"]\ntimeout_s = 600\n'


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One harvest of two good partners and the misbehaving ones."""
    return harvest(tmp_path_factory.mktemp("hostile") / "home", ROWS, timeout_s=5.0, parallel=8)


@pytest.mark.parametrize("name", [one.name for one in ROWS])
def test_misbehaving_partner_ends_with_its_reason(outcome: Outcome, name: str) -> None:
    """TP3 to TP12: whatever a partner does, its run ends with the stated reason, within its requests."""
    (one,) = [one for one in ROWS if one.name == name]
    assert complaints(one, outcome) == []


def test_good_partners_notice_nothing(outcome: Outcome) -> None:
    """TP5: every record of the good partners entered, in one request each and one for the index."""
    for name in ("good-0", "good-1"):
        report = outcome.reports[name]
        assert (report["state"], report["new"], report["quarantined"]) == ("completed", GOOD_DOCUMENTS, 0)
        assert outcome.asked[name] == report["requests"] == GOOD_DOCUMENTS + 1


def test_nobody_was_led_inside(outcome: Outcome) -> None:
    """TP3: redirects, next links, listed addresses, contexts and entities reach no private address of ours."""
    assert outcome.canary == []


def test_memory_stays_bounded(outcome: Outcome) -> None:
    """TP4: bombs, floods and endless bodies leave the process below 500 MB."""
    assert outcome.peak_bytes < 500 << 20
    assert "Traceback" not in outcome.said


def test_clock_of_a_partner_is_told_and_corrects_nothing(outcome: Outcome) -> None:
    """R23: a partner whose clock is 400 days ahead is read, and its clock shown."""
    report = outcome.reports["future-dates"]
    assert report["state"] == "completed"
    assert abs(report["clock_skew_s"] - 400 * 86_400) < 600


def outlook_of(home: Path, name: str) -> Outlook:
    """How a source of the node stands."""
    (found,) = [one for one in open_node(home).schedule().outlooks() if one.source.name == name]
    return found


def test_forbidden_source_stays_stopped_until_a_person_acts(tmp_path: Path) -> None:
    """R9: after 403 `source list` says why, `source resume` lets the source on, and a harvest by hand clears it."""
    home = tmp_path / "home"
    with serving() as server:
        server.routes["/index.json"] = answer(b"", "403 Forbidden")
        add_source(home, "partner", server.url + "/index.json")
        (home / "ommatidia.toml").write_text('[harvest]\nallow_private_hosts = ["127.0.0.1"]\n')
        assert ommatidia(home, "harvest").code == 5
        (row,) = well(home, "source", "list", "--json").json
        assert (row["state"], row["due"]) == ("stopped", "never")
        assert "403" in row["detail"] and "source resume partner" in row["detail"]
        well(home, "source", "resume", "partner")
        assert outlook_of(home, "partner").due == AT_ONCE
        lists(server, {document(1): good(1)})
        well(home, "harvest", "partner")
        assert not outlook_of(home, "partner").stopped


def test_watch_reads_what_is_due_and_ends_cleanly(tmp_path: Path) -> None:
    """`harvest --watch` reads new sources, a hanging one included, and Ctrl-C ends it within seconds, nothing lost."""
    home = tmp_path / "home"
    with serving() as server, serving() as hanging:
        lists(server, {document(n): good(n) for n in range(5)})
        hanging.otherwise = silence()
        add_source(home, "partner", server.url + "/index.json")
        add_source(home, "hanging", hanging.url + "/index.json")
        (home / "ommatidia.toml").write_text(PATIENT)
        log = tmp_path / "log"
        with started(home, "harvest", "--watch", log=log) as process:
            until(lambda: "harvest.done" in log.read_text() and hanging.requests, "the good source is read")
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        assert "Traceback" not in log.read_text()
        states = [run.state for name in ("partner", "hanging") if (run := outlook_of(home, name).last) is not None]
        assert states == ["completed", "interrupted"]
        assert "Cells under light" in well(home, "show", "biostudies:S-BIAD900001").out


def test_interrupted_harvest_ends_at_once_and_keeps_what_was_read(tmp_path: Path) -> None:
    """R6: Ctrl-C while partners hang ends the command within seconds; every run is marked interrupted."""
    home = tmp_path / "home"
    with serving() as server:
        server.otherwise = silence()
        lists(server, {document(n): good(n) for n in range(3)} | {"/hangs" + SUFFIX: silence()})
        add_source(home, "half", server.url + "/index.json")
        with serving() as hanging:
            hanging.otherwise = silence()
            add_source(home, "hanging", hanging.url + "/index.json")
            (home / "ommatidia.toml").write_text(PATIENT)
            with started(home, "harvest", log=tmp_path / "log") as process:
                until(lambda: hanging.requests and "/hangs" + SUFFIX in server.paths, "both sources hang")
                process.send_signal(signal.SIGINT)
                assert process.wait(60) == 130
        assert "Traceback" not in (tmp_path / "log").read_text()
        states = [run.state for name in ("half", "hanging") if (run := outlook_of(home, name).last) is not None]
        assert states == ["interrupted", "interrupted"]
