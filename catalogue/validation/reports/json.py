"""The report as JSON; catalogue/docs/reference.md documents the structure, which only ever gains members."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.profiles import get_profile
from catalogue.model.table import schema_version
from catalogue.validation.results import SEVERITIES, FileReport, Report, Result


def render_json(report: Report, *, strict: bool = False) -> str:
    """One JSON document.

    Args:
        strict: warnings fail as well.
    """
    counts = report.counts()
    document = {
        "conforms": not report.fails(strict=strict),
        "schema_version": schema_version(),
        "profiles": [
            {"name": profile.name, "iri": profile.iri, "title": profile.title, "version": profile.version}
            for profile in map(get_profile, report.profiles)
        ],
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "files": [_file(file) for file in report.files],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _file(file: FileReport) -> dict[str, Any]:
    return {
        "file": file.name,
        "kind": file.kind,
        "records": file.records,
        "triples": file.triples,
        "results": [_result(result) for result in file.results],
        "left_out": file.left_out,
    }


def _result(result: Result) -> dict[str, Any]:
    place = result.place
    return {
        "severity": result.severity,
        "message": result.message,
        "suggestion": result.suggestion or None,
        "help": result.help or None,
        "focus": result.focus or None,
        "label": result.label or None,
        "class": result.kind or None,
        "path": result.path or None,
        "property": result.predicate or None,
        "value": result.value or None,
        "profile": result.profile or None,
        "rule": result.rule,
        "constraints": list(result.constraints),
        "line": place.line if place else None,
        "column": place.column if place else None,
        "excerpt": place.excerpt if place else None,
    }
