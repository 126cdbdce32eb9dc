"""FAIR audits through the command line: what is printed, written, and how policies fail."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.e2e.processes import together, well

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
    every, member, study = together(
        node, ("audit",), ("audit", "--member", "idr", "--json"), ("audit", "--study", "biostudies:S-BIAD1001")
    )
    lines = every.out.splitlines()
    assert f"of {status} studies" in lines[0], lines[:3]
    assert any(line.startswith("R1.1") and "licence-standard" in line for line in lines)
    assert "Mend first:" in lines
    document = member.json
    assert document["studies"] == document["total"]["studies"] < status
    assert {one["name"] for one in document["members"]} == {"idr"}
    assert study.code in (0, 1), study.err


def test_forms_are_written(node: Path, tmp_path: Path) -> None:
    """Tables are written to files or to standard output, with the numbers of the JSON document."""
    document = well(node, "audit", "--json", "--csv", str(tmp_path / "a.csv"), "--wide", str(tmp_path / "w.csv")).json
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8", newline="")))
    by_metric = {item["name"]: item for item in document["items"]}
    for name, item in by_metric.items():
        for outcome in ("pass", "fail", "indeterminate"):
            assert sum(row["metric"] == name and row["outcome"] == outcome for row in rows) == item[outcome]
    assert len(list(csv.DictReader((tmp_path / "w.csv").open(encoding="utf-8", newline="")))) == document["studies"]
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


def test_an_old_position_is_judged_anew(node: Path) -> None:
    """`--position` audits the ledger as it was; one beyond its end is a usage error."""
    now, then, beyond = together(
        node,
        ("audit", "--json"),
        ("audit", "--position", "5", "--json"),
        ("audit", "--position", "999999"),
    )
    assert json.loads(then.out)["basis"]["position"] == 5
    assert 0 < then.json["studies"] <= 5 < now.json["studies"]
    assert beyond.code == 2 and "there is no 999999" in beyond.err
