"""FAIR audits through the command line: what is printed, written, and how policies fail."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import open_node
from tests.e2e.archive import curie
from tests.e2e.processes import together, well

DOCS = Path(__file__).resolve().parents[2] / "catalogue" / "docs"
POLICY = """
id = "policy-1"
version = "1.0"
title = "A policy"
description = "Licence and authors."
[[item]]
id = "P-licence"
title = "The licence is a standard one"
principle = "R1.1"
metrics = ["licence-standard"]
[[item]]
id = "P-authors"
title = "An author is identified"
principle = "F1"
metrics = ["authors-identified"]
[[item]]
id = "P-resolves"
title = "The identifier resolves"
principle = "A1"
metrics = ["identifier-resolves"]
"""


def test_a_report_is_printed(node: Path) -> None:
    """What is missing comes first, then each item with its outcomes, then what to mend; members and studies too."""
    status = well(node, "status", "--json").json["counts"]["studies"]
    every, member, study, nobody = together(
        node,
        ("audit",),
        ("audit", "--member", "idr", "--json"),
        ("audit", "--study", curie(1).split(":")[1], "--json"),
        ("audit", "--study", "S-BIAD77", "--json"),
    )
    lines = every.out.splitlines()
    assert f"of {status} studies" in lines[0], lines[:3]
    assert any(line.startswith("R1.1") and "licence-standard" in line for line in lines)
    assert "Mend first:" in lines
    document = member.json
    assert document["scope"]["studies"] == document["total"]["studies"] < status
    assert {one["name"] for one in document["members"]} == {"idr"}
    assert (study.json["scope"]["id"], study.json["scope"]["studies"]) == (curie(1), 1)
    assert (nobody.code, nobody.json["status"]) == (1, 404)


def test_forms_are_written(node: Path, tmp_path: Path) -> None:
    """Tables are written to files or to standard output, with the numbers of the JSON document."""
    document = well(node, "audit", "--json", "--csv", str(tmp_path / "a.csv"), "--wide", str(tmp_path / "w.csv")).json
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8", newline="")))
    by_metric = {item["id"]: item["outcomes"] for item in document["items"]}
    for name, item in by_metric.items():
        for outcome in ("pass", "fail", "indeterminate"):
            assert sum(row["metric"] == name and row["outcome"] == outcome for row in rows) == item[outcome]
    assert (
        len(list(csv.DictReader((tmp_path / "w.csv").open(encoding="utf-8", newline=""))))
        == document["scope"]["studies"]
    )
    out = well(node, "audit", "--csv", "-").out
    assert list(csv.DictReader(io.StringIO(out, newline=""))) == rows


def test_a_policy_fails_with_exit_3(node: Path, tmp_path: Path) -> None:
    """Below a threshold the command ends with 3 and a sentence; met it ends with 0; what is unknown ends with 2."""
    (tmp_path / "policy.toml").write_text(POLICY)
    own = ("audit", "--benchmark", str(tmp_path / "policy.toml"))
    below, met, unknown, nobody, twice, absent = together(
        node,
        (*own, "--fail-under", "r1.1=100,a1=5"),
        (*own, "--fail-under", "p-licence=1", "--json"),
        (*own, "--fail-under", "f2=100"),
        ("audit", "--member", "nobody"),
        ("audit", "--member", "idr", "--study", "idr:idr0001"),
        ("audit", "--benchmark", "ommatidia-2"),
    )
    assert below.code == 3, below.out
    assert "Below the threshold. a1: 5 % is asked, but nothing could be decided (" in below.err
    assert "r1.1" not in below.err
    assert met.code == 0 and met.json["below_threshold"] == []
    assert unknown.code == 2 and "Its principles are f1, a1, r1.1" in unknown.err
    assert nobody.code == 1 and "No archive here" in nobody.err
    assert twice.code == 2 and "not several" in twice.err
    assert absent.code == 1 and "ommatidia-1.0" in absent.err


def test_the_job_of_the_documentation_fails_below_its_threshold(node: Path, tmp_path: Path) -> None:
    """The script of audits.md, with the benchmark of fair.md, ends with 3, says why, and leaves the report."""
    job, own = (
        re.search(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
        for language, page in (("sh", "audits.md"), ("toml", "fair.md"))
    )
    assert job and own
    (tmp_path / "mynode").symlink_to(node)
    (tmp_path / "own.toml").write_text(own[1])
    (tmp_path / "ommatidia").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app "$@"\n')
    (tmp_path / "ommatidia").chmod(0o755)
    found = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", job[1].replace("ssbd", "idr")],
        cwd=tmp_path,
        env={**os.environ, "PATH": found, "PYTHONPATH": str(DOCS.parents[1])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Below the threshold. people: " in done.stdout and "The policy is not met" in done.stdout
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert {row["metric"] for row in csv.DictReader((tmp_path / "report.csv").open(encoding="utf-8", newline=""))} == {
        "licence-standard",
        "authors-identified",
        "affiliations-identified",
    }


def test_an_old_position_is_judged_anew(node: Path) -> None:
    """`--position` audits the ledger as it was; one beyond its end is a usage error."""
    now, then, beyond = together(
        node,
        ("audit", "--json"),
        ("audit", "--position", "5", "--json"),
        ("audit", "--position", "999999"),
    )
    assert then.json["basis"]["position"] == 5
    assert 0 < then.json["scope"]["studies"] <= 5 < now.json["scope"]["studies"]
    assert beyond.code == 2 and "there is no 999999" in beyond.err


def test_audits_are_kept_compared_and_frozen(home: Path) -> None:
    """An audit is made once for what there is, listed, shown with its citation, frozen, compared, verified, removed."""
    assert "No audit is kept yet" in well(home, "audit", "list").out
    first = well(home, "audit", "make", "--position", "5", "--json").json
    second = well(home, "audit", "freeze", "--note", "end of project", "--json").json
    assert first["made"] and second["note"] == "end of project"
    assert "Nothing changed since" in well(home, "audit", "make").out
    names = [row["name"] for row in well(home, "audit", "list", "--json").json]
    assert names == [second["name"], first["name"]]
    shown, difference, document, good, kept, gone = together(
        home,
        ("audit", "show", "latest"),
        ("audit", "diff", first["name"], second["name"]),
        ("audit", "diff", first["name"], second["name"], "--json"),
        ("audit", "verify", second["name"], "--json"),
        ("audit", "remove", second["name"]),
        ("audit", "show", "2026-01-01-1-1-00000000"),
    )
    assert f"https://w3id.org/ommatidia/fair/audits/n{first['iri'].split('/n')[-1].split('/')[0]}/" in shown.out
    assert second["name"] in shown.out and "Frozen" in shown.out and "Mend first:" in shown.out
    came = second["studies"] - first["studies"]
    assert f"New studies: {came}." in difference.out
    assert len(document.json["came"]) == came and document.json["changes"] == []
    assert good.json["held"] and [check["held"] for check in good.json["checks"]] == [True] * 4
    assert kept.code == 1 and "--frozen" in kept.err
    assert gone.code == 1 and "audit list" in gone.err
    well(home, "audit", "remove", second["name"], "--frozen")
    assert [row["name"] for row in well(home, "audit", "list", "--json").json] == [first["name"]]


def test_tampering_ends_with_exit_3(home: Path) -> None:
    """A kept audit of which one byte was changed does not verify, and is neither shown nor compared."""
    name = well(home, "audit", "make", "--json").json["name"]
    table = home / "fair" / "audits" / name / "results.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    verified, shown = together(home, ("audit", "verify", name), ("audit", "show", name))
    assert verified.code == 3 and "DOES NOT HOLD" in verified.out and "results.parquet" in verified.out
    assert shown.code == 1 and "was changed" in shown.err


def test_the_worker_makes_audits(home: Path) -> None:
    """What a worker runs makes an audit in a process of its own; with no hours between audits it makes none."""
    for hours, made in ((0, 0), (24, 1)):
        (home / "ommatidia.toml").write_text(f"[fair]\naudit_hours = {hours}\n")
        node = open_node(home)
        start = datetime.now(UTC)
        node.ledger.clock = lambda start=start: start
        periodic = node.periodic_audit(threading.Event())
        node.ledger.clock = lambda start=start: start + timedelta(hours=1)
        periodic.tick()
        node.ledger.close()
        assert len(node.audit_history.shelf.names()) == made
