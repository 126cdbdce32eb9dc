"""Trends: each run a point, also of dropped audits; years of release; changed tests are marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.fair.metrics.base import metrics
from catalogue.fair.trends import by_run, by_year
from tests.fair.audited_node import AuditedNode
from tests.fair.conftest import study

OWN = "https://archive.example/terms"


@pytest.fixture
def node(tmp_path: Path, ledger_url: str) -> Iterator[AuditedNode]:
    """Five runs over a growing ledger, of which the first two are dropped; a test changes before the fourth."""
    node = AuditedNode(tmp_path, ledger_url).fill()
    with pytest.MonkeyPatch.context() as patch:
        later = {**metrics(), "licence-standard": replace(metrics()["licence-standard"], version="1.1")}
        for number in range(4, 9):
            if number == 7:
                patch.setattr("catalogue.fair.service.metrics", lambda: later)
            node.put(study(number, license=OWN))
            node.later(24).keep()
    yield node
    node.ledger.close()


def test_a_trend_goes_through_all_runs(node: AuditedNode) -> None:
    """Points are in order, of kept and dropped audits alike, with the numbers that each audit had."""
    points = by_run(node.history.shelf)
    assert [point.position for point in points] == [4, 5, 6, 7, 8]
    assert [point.kept for point in points] == [False, False, True, True, True]
    assert [point.studies for point in points] == [4, 5, 6, 7, 8]
    shares = [point.metrics["licence-standard"] for point in points]
    assert [(share.passes, share.fails) for share in shares] == [(3, 1), (3, 2), (3, 3), (3, 4), (3, 5)]
    assert [share.percent for share in shares] == [75, 60, 50, 42, 37]
    for point in points:
        of_f = [share for name, share in point.metrics.items() if metrics()[name].principle.startswith("F")]
        assert point.letters["F"].fails == sum(share.fails for share in of_f)


def test_a_changed_test_is_marked(node: AuditedNode) -> None:
    """The point from which a test has another version says so, and no other point does."""
    marks = [point.marks for point in by_run(node.history.shelf)]
    assert marks == [(), (), (), ("licence-standard 1.0 → 1.1",), ()]


def test_archives_and_years_have_trends_of_their_own(node: AuditedNode) -> None:
    """A trend of one archive or of one year of release counts its studies alone; years stand side by side."""
    assert [point.studies for point in by_run(node.history.shelf, owner="biostudies")] == [4, 5, 6, 7, 8]
    assert by_run(node.history.shelf, owner="idr") == ()
    points = by_run(node.history.shelf, year="2017")
    assert [(point.position, point.studies) for point in points] == [(7, 1), (8, 1)]
    newest = node.history.shelf.get("latest")
    years = dict(by_year(newest.manifest))
    assert sorted(years) == [str(2010 + number) for number in range(1, 9)]
    assert years["2018"]["R"].fails == years["2011"]["R"].fails + 2  # two metrics ask for a standard licence
    assert sum(year["R"].passes for year in years.values()) == by_run(node.history.shelf)[-1].letters["R"].passes
    assert [point.position for point in by_run(node.history.shelf, most=2)] == [7, 8]
