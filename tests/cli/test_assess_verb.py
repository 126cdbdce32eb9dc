"""assess: a record before it is published, without a node; thresholds, files, JSON."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.e2e.archive import crate
from tests.e2e.processes import ommatidia, well

RECORD = """\
type: Study
id: biostudies:S-BIAD1
accession: S-BIAD1
owner: biostudies
title: Nuclei of zebrafish embryos
license: https://creativecommons.org/licenses/by/4.0/
"""


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A home that was never made."""
    return tmp_path / "no-node"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(RECORD)
    return path


def test_a_file_needs_no_node(nowhere: Path, record: Path) -> None:
    """The report says what is missing; nothing is made in the home."""
    told = well(nowhere, "assess", str(record)).out
    assert "Judged: study.yaml" in told and "no funder was stated" in told
    assert not nowhere.exists()


def test_a_pipeline_fails_below_its_threshold(nowhere: Path, record: Path, tmp_path: Path) -> None:
    """Exit 3 with the shortfall; 0 when it is met; files are written either way."""
    table = tmp_path / "report.csv"
    ran = ommatidia(nowhere, "assess", str(record), "--fail-under", "f2=100", "--csv", str(table))
    assert ran.code == 3 and "below the threshold" in ran.err and table.stat().st_size > 1000
    assert ommatidia(nowhere, "assess", str(record), "--fail-under", "r1.1=50").code == 0


def test_json_says_how_it_was_read(nowhere: Path, record: Path, tmp_path: Path) -> None:
    """Numbers as of an audit, the source, and faults with their lines; several files are a list."""
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        RECORD.replace("license: https", "license: [https"[:9] + " https").replace("title: N", "titel: N")
    )
    (tmp_path / "crate.json").write_bytes(crate(1))
    told = well(nowhere, "assess", str(record), str(broken), str(tmp_path / "crate.json"), "--json").json
    assert [one["assessed"]["origin"] for one in told] == ["posted"] * 3
    assert told[0]["total"]["studies"] == 1 and not told[0]["assessed"]["faults"]
    assert any(fault["line"] for fault in told[1]["assessed"]["faults"])
    assert json.dumps(told)


def test_what_cannot_be_assessed_is_said(nowhere: Path, record: Path) -> None:
    """No file, no name, a private host, one file for two reports."""
    for arguments in (["no-such.yaml"], ["no name"], ["http://127.0.0.1:9/x"],
                      [str(record), str(record), "--pdf", "x.pdf"]):  # fmt: skip
        ran = ommatidia(nowhere, "assess", *arguments)
        assert ran.code in (1, 2) and ran.err.strip(), arguments


def test_an_address_that_nobody_answers_meets_no_policy(tmp_path: Path) -> None:
    """Exit 5 with any threshold: its name alone may meet one, and no silence is a failure."""
    home = tmp_path / "home"
    well(home, "init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        port = taken.getsockname()[1]
        (home / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["127.0.0.1:{port}"]\n')
        for asked in ("0", "licence-standard=100"):
            ran = ommatidia(home, "assess", f"http://127.0.0.1:{port}/study", "--fail-under", asked)
            assert ran.code == 5 and "nobody answered" in ran.err, (ran.code, ran.out[:300], ran.err)
