"""CSV forms and the badge say what the report says, and no cell becomes a program."""

from __future__ import annotations

import csv
import io
from collections import Counter
from xml.etree import ElementTree

import pytest

from catalogue.fair.forms import badge
from catalogue.fair.forms.base import get_form
from catalogue.fair.forms.csv_rows import plain
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report
from tests.fair.reports_for_forms import Links


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_long_table_has_the_numbers_of_the_report(report: Report) -> None:
    """Counting the lines of the long table by metric and outcome gives the report's own counts."""
    lines = rows(get_form(".csv").render(report, Links()))
    counted = Counter((line["metric"], line["outcome"]) for line in lines)
    assert len(lines) == len(report.studies) * len(report.metrics)
    for metric in report.metrics:
        for outcome, number in report.count(metric.id).items():
            assert counted[metric.id, outcome.value] == number, metric.id


def test_failures_say_what_to_add_and_who_can(report: Report) -> None:
    """Each line that fails names who can mend it; no other does."""
    for line in rows(get_form(".csv").render(report, Links())):
        assert bool(line["who_can_mend"]) == (line["outcome"] == "fail"), line


def test_wide_table_has_the_numbers_of_the_report(report: Report) -> None:
    """A column of the wide table, counted, is the report's count of that item."""
    lines = rows(get_form(".wide.csv").render(report, Links()))
    assert [line["study"] for line in lines] == [study.curie for study in report.studies]
    for item, counted in report.items:
        assert Counter(line[item.id] for line in lines) == {
            outcome.value: number for outcome, number in counted.counts.items() if number
        }


def test_no_cell_is_a_formula(report: Report) -> None:
    """A title that begins with an equals sign is text to a spreadsheet."""
    lines = rows(get_form(".wide.csv").render(report, Links()))
    assert lines[2]["title"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_first_character_makes_a_formula(first: str) -> None:
    """Wide forms of the signs, which East Asian spreadsheets read alike, are taken for text, too."""
    assert plain(f"{first}1+1") == f"'{first}1+1"
    assert plain(f"a{first}1") == f"a{first}1"


def test_badge_says_how_many_of_the_decided_are_met(report: Report) -> None:
    """The badge is SVG with the numbers as text and in its title."""
    root = ElementTree.fromstring(badge.render(report, Links()))
    said = f"{report.total.counts[Outcome.PASS]} of {report.total.decided}"
    texts = [element.text or "" for element in root.iter() if element.text]
    assert said in texts and any(said in text and report.benchmark.title in text for text in texts)
