"""init, source, harvest, quarantine retry: what they write, say and end with."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from app import open_node
from catalogue.ingest.holder import new_holder
from tests.cli.conftest import COUNT
from tests.e2e.archive import SUFFIX, accession, broken, crate, curie, write_archive, write_crate
from tests.e2e.processes import add_source, command, kill_group, ommatidia, started, together, until, well

INTERFACE = [
    *("source", "read", "accepted", "new", "changed", "unchanged", "withdrawn", "renamed", "repaired", "quarantined"),
    *("findings", "seconds"),
]


def test_harvest_reports_the_fields_of_the_interface_and_numbers_that_add_up(crates: Path, tmp_path: Path) -> None:
    """A first harvest gives one object a source, whose counts account for every file; a second one changes nothing."""
    home = tmp_path / "home"
    well(home, "init")
    ran = well(home, "source", "add", "bia", "--harvester", "gide", "--location", str(crates))
    assert "ommatidia harvest bia" in ran.out
    first = ommatidia(home, "harvest", "--json")
    (report,) = first.json
    assert list(report)[: len(INTERFACE)] == INTERFACE
    good = COUNT - broken(COUNT)
    expected = {"source": "bia", "read": COUNT, "accepted": good, "new": good, "changed": 0, "unchanged": 0}
    assert {key: report[key] for key in expected} == expected
    assert (report["withdrawn"], report["repaired"], report["quarantined"]) == (0, good, broken(COUNT))
    assert report["findings"] >= good and report["seconds"] > 0
    assert first.code == 4 and first.err == ""
    before = position(home)
    again = ommatidia(home, "harvest", "bia", "--json")
    (report,) = again.json
    assert (report["read"], report["unchanged"], report["new"], report["changed"]) == (COUNT, good, 0, 0)
    assert report["quarantined"] == broken(COUNT) and again.code == 4
    assert position(home) == before == good


def test_full_harvest_of_the_same_bytes_appends_nothing(home: Path) -> None:
    """--full maps everything again and finds that nothing differs."""
    before = position(home)
    ran = ommatidia(home, "harvest", "bia", "--full", "--json")
    assert ran.json[0]["unchanged"] == COUNT - broken(COUNT) and ran.json[0]["new"] == ran.json[0]["changed"] == 0
    assert position(home) == before


def test_dry_run_decides_everything_and_writes_nothing(home: Path, crates: Path) -> None:
    """A dry run tells what is new, changed and rejected and leaves every file of the home as it is."""
    add_source(home, "other", crates)
    write_crate(crates, 0, name="A title that nobody has seen")
    (crates / f"{accession(777)}{SUFFIX}").write_bytes(crate(777))
    with sqlite3.connect(home / "ledger.db") as ledger:
        before = list(ledger.iterdump())
    links = {name: (home / "graph" / name).readlink() for name in ("current", "live")}
    ran = ommatidia(home, "harvest", "other", "--dry-run", "--json")
    (report,) = ran.json
    # Everything but the one new study belongs to the source `bia`.
    assert (report["read"], report["new"], report["changed"]) == (COUNT + 1, 1, 0)
    assert report["reasons"]["not-owner"] == COUNT - broken(COUNT)
    with sqlite3.connect(home / "ledger.db") as ledger:
        assert list(ledger.iterdump()) == before
    assert {name: (home / "graph" / name).readlink() for name in ("current", "live")} == links


def test_mended_crate_leaves_quarantine_and_a_changed_one_is_counted(crates: Path, tmp_path: Path) -> None:
    """Mending every broken file ends with exit 0, an empty quarantine and exactly the changes made."""
    home = tmp_path / "home"
    add_source(home, "bia", crates)
    assert ommatidia(home, "harvest").code == 4
    for number in range(COUNT):
        write_crate(crates, number, **({"name": "Another title"} if number == 0 else {}))
    ran = well(home, "harvest", "--json")
    assert (ran.json[0]["new"], ran.json[0]["changed"], ran.json[0]["quarantined"]) == (broken(COUNT), 1, 0)
    assert well(home, "quarantine", "list", "--json").json == []
    assert well(home, "show", curie(0), "--json").json["title"] == "Another title"


def test_retry_maps_kept_originals_again(home: Path) -> None:
    """A retry counts another try of every rejected document and needs no source for it."""
    before = well(home, "quarantine", "list", "--source", "bia", "--json").json
    ran = ommatidia(home, "quarantine", "retry", "--source", "bia", "--json")
    assert ran.code == 4
    (report,) = ran.json
    assert (report["source"], report["read"], report["quarantined"]) == ("bia", len(before), len(before))
    after = well(home, "quarantine", "list", "--source", "bia", "--json").json
    assert [row["tries"] for row in after] == [row["tries"] + 1 for row in before]
    assert [row["first_seen"] for row in after] == [row["first_seen"] for row in before]


def test_source_that_is_gone_ends_with_5_and_keeps_what_was_read(home: Path, crates: Path, tmp_path: Path) -> None:
    """An unreachable source costs only itself: exit 5, the other is read, nothing is withdrawn."""
    add_source(home, "gone", f"git+file://{tmp_path}/no-such-repository")
    write_crate(crates, 500)
    add_source(home, "here", crates, "biostudies")
    before = position(home)
    ran = ommatidia(home, "harvest", "gone", "here", "--json")
    gone, here = ran.json
    assert ran.code == 5
    assert gone["state"] == "failed" and gone["detail"] and gone["read"] == 0
    assert here["new"] == 1 and here["withdrawn"] == 0
    assert position(home) == before + 1


def test_source_that_another_process_reads_ends_with_6(home: Path, crates: Path) -> None:
    """While another process holds the lease the source is refused with a document that says so; others are read."""
    holder = new_holder().replace(".", "-")
    with sqlite3.connect(home / "ledger.db") as ledger:
        ledger.execute("INSERT INTO lease VALUES ('harvest:bia', ?, '2999-01-01T00:00:00.000000Z')", (holder,))
    ran = ommatidia(home, "harvest", "bia", "--json")
    assert (ran.code, ran.json["status"]) == (6, 503)
    assert ran.json["type"].endswith("/locked") and ran.json["detail"]
    assert "locked" in ran.err
    both = ommatidia(home, "harvest", "bia", "idr-1", "--json")
    assert both.code == 6
    assert [(report["source"], report["state"]) for report in both.json] == [("bia", "locked"), ("idr-1", "completed")]


def test_interrupted_harvest_ends_with_130_and_the_next_goes_on(tmp_path: Path) -> None:
    """Ctrl-C in the middle keeps what was acknowledged; the next run reads the rest, each crate recorded once."""
    home, folder = tmp_path / "home", tmp_path / "many"
    count = 700
    write_archive(folder, count)
    add_source(home, "bia", folder)
    with started(home, "harvest", "--json", log=tmp_path / "said") as process:
        until(lambda: recorded(home) > 0 or process.poll() is not None, "a first batch is committed", pause_s=0.005)
        process.send_signal(signal.SIGINT)
        process.wait(240)
    said = (tmp_path / "said").read_text()
    assert process.returncode == 130, said
    assert "Traceback" not in said and "run the command again" in said
    kept = recorded(home)
    good = count - broken(count)
    assert 0 < kept < good, "the signal came too late to interrupt anything"
    ran = ommatidia(home, "harvest", "--json")
    assert ran.code == 4
    assert (ran.json[0]["new"], ran.json[0]["unchanged"]) == (good - kept, kept)
    assert position(home) == recorded(home) == good
    well(home, "fsck")


def test_killed_harvest_is_gone_on_with_at_once(tmp_path: Path) -> None:
    """A harvest that was killed leaves no lease for anybody to wait for."""
    home, folder = tmp_path / "home", tmp_path / "many"
    write_archive(folder, 500)
    add_source(home, "bia", folder)
    process = subprocess.Popen(command(home, "harvest"), start_new_session=True, stdout=subprocess.DEVNULL, text=True)
    try:
        until(lambda: recorded(home) > 0 or process.poll() is not None, "a first batch is committed", pause_s=0.005)
    finally:
        kill_group(process)
    ran = ommatidia(home, "harvest", "--json")
    assert ran.code == 4, ran.out + ran.err
    assert recorded(home) == 500 - broken(500)


def test_source_add_refuses_what_cannot_be_read(tmp_path: Path) -> None:
    """Unknown harvesters, owners, folders and names that would leave the home are usage errors; nothing is added."""
    home = tmp_path / "home"
    open_node(home).initialise()
    good = {"--harvester": "gide", "--location": str(tmp_path), "--owner": "idr"}
    tried = (
        ("../../etc", {}),
        ("a", {"--harvester": "nosuch"}),
        ("a", {"--owner": "nobody"}),
        ("a", {"--location": str(tmp_path / "none")}),
    )
    commands = (
        ("source", "add", name, *(part for pair in (good | change).items() for part in pair)) for name, change in tried
    )
    for ran in together(home, *commands):
        assert ran.code == 2 and ran.err and not ran.out, ran
    assert well(home, "source", "list", "--json").json == []


def test_same_name_for_another_source_is_refused(home: Path, tmp_path: Path) -> None:
    """A name is taken once; adding the very same source again is no error."""
    (listed,) = [s for s in well(home, "source", "list", "--json").json if s["source"] == "idr-1"]
    same = ("source", "add", "idr-1", "--harvester", "gide", "--location", listed["location"], "--owner", "idr")
    well(home, *same)
    ran = ommatidia(home, "source", "add", "idr-1", "--harvester", "gide", "--location", str(tmp_path))
    assert ran.code == 1 and "exists already" in ran.err


def test_init_leaves_what_is_there(home: Path) -> None:
    """init in a home with records keeps them."""
    before = position(home)
    well(home, "init")
    assert position(home) == before > 0


def test_folder_that_vanished_withdraws_nothing(home: Path, archive: Path, tmp_path: Path) -> None:
    """A source folder that is not there any more is a failure of the source, not the end of its records."""
    folder = tmp_path / "vanishing"
    shutil.copytree(archive, folder)
    fresh = tmp_path / "fresh"
    add_source(fresh, "bia", folder)
    assert ommatidia(fresh, "harvest").code == 4
    shutil.rmtree(folder)
    ran = ommatidia(fresh, "harvest", "--json")
    assert ran.code == 5 and ran.json[0]["withdrawn"] == 0
    assert well(fresh, "status", "--json").json["counts"]["studies"] == COUNT - broken(COUNT)


def position(home: Path) -> int:
    """The ledger's last position, read beside whoever writes it."""
    return int(count(home, "max(position)"))


def recorded(home: Path) -> int:
    """Records that the ledger holds."""
    return int(count(home, "count(DISTINCT curie)"))


def count(home: Path, what: str) -> int:
    """A number over all entries; 0 while there are none."""
    try:
        with closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
            return ledger.execute(f"SELECT {what} FROM entry").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0
