"""Checks texts as a user would, without a node: crates go through the real harvester's mapping."""

from __future__ import annotations

import json
from typing import Any

from catalogue.validation.results import FileReport, Kind, Result
from catalogue.validation.service import Validator
from harvesters.gide import GideHarvester

STUDY = """\
type: Study
id: idr:idr0001
accession: idr0001
owner: idr
title: A study
license: https://creativecommons.org/licenses/by/4.0/
"""


def map_crate(document: Any, source: Any) -> Any:
    """The mapping of the `gide` harvester, which needs no network."""
    return GideHarvester(None).map(document, source)  # type: ignore[arg-type]


def check(
    content: str | bytes,
    *profiles: str,
    name: str = "study.yaml",
    kind: Kind | None = None,
    class_name: str | None = None,
) -> FileReport:
    """The report on one file of that content."""
    given = content.encode() if isinstance(content, str) else content
    return Validator(profiles, map_crate).check(name, given, kind, class_name)


def check_json(value: Any, *profiles: str, name: str = "ro-crate-metadata.json") -> FileReport:
    """The report on a JSON file, written over several lines."""
    return check(json.dumps(value, indent=1), *profiles, name=name)


def places(report: FileReport) -> list[tuple[str, int, int]]:
    """(path, line, column) of each result that has a place."""
    return [(one.path, one.place.line, one.place.column) for one in report.results if one.place]


def only(report: FileReport) -> Result:
    """The one result there must be, notes left aside."""
    (found,) = [one for one in report.results if one.severity != "info"]
    return found
