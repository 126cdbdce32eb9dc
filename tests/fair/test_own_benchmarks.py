"""Benchmarks of a node's own: a file that cannot be used is left out and told, and costs nobody a page."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from catalogue.fair.benchmark import shipped
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.service import Audits
from tests.store.graph.records import open_ledger

GOOD = """\
id = "our-policy"
version = "1.0"
title = "Our policy"
description = "What we ask for."
[[item]]
id = "licence"
title = "A licence"
metrics = ["licence-standard"]
"""


def test_a_file_that_cannot_be_used_is_left_out_and_told_once(tmp_path: Path) -> None:
    """Others are used; the log says once which file is wrong and why, also of one whose identifier is taken."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "a.toml").write_text(GOOD)
    (folder / "b.toml").write_text('id = "b-1"')
    (folder / "c.toml").write_text(GOOD)
    (folder / "d.toml").mkdir()
    with open_ledger(tmp_path) as ledger, capture_logs() as log:
        audits = Audits(ledger, tmp_path / "fair", folder, NodeFacts, "1.0", "Test node")
        found = [list(audits.benchmarks) for _ in range(2)]
    assert found == [[*shipped(), "our-policy"]] * 2
    told = [one["why"] for one in log if one["event"] == "fair.benchmark_left_out"]
    assert len(told) == 3
    assert "b.toml cannot be used" in told[0] and "our-policy, which is taken" in told[1] and "d.toml" in told[2]
