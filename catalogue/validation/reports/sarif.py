"""The report as SARIF 2.1.0, which editors and code hosts show beside the lines.

Source: OASIS SARIF 2.1.0, sections 3.13 to 3.30.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from catalogue.model.profiles import get_profile
from catalogue.model.table import schema_version
from catalogue.validation.results import Report, Result, rule_name, rule_source
from catalogue.validation.source import Place

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"violation": "error", "warning": "warning", "info": "note"}


def render_sarif(report: Report) -> str:
    """One SARIF log with one run."""
    found = [(file.name, result) for file in report.files for result in file.results]
    rules = list(dict.fromkeys(result.rule for _, result in found))
    first = {result.rule: result for _, result in reversed(found)}
    run = {
        "tool": {
            "driver": {
                "name": "ommatidia validate",
                "version": schema_version(),
                "informationUri": "https://w3id.org/ommatidia/",
                "rules": [_rule(first[iri]) for iri in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file.name)}} for file in report.files],
        "results": [_result(name, result, rules.index(result.rule)) for name, result in found],
        "properties": {"profiles": list(report.profiles)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(result: Result) -> dict[str, Any]:
    profile = get_profile(result.profile) if result.profile else None
    described: dict[str, Any] = {
        "id": rule_name(result),
        "shortDescription": {"text": profile.title if profile else rule_source(result).capitalize()},
        "defaultConfiguration": {"level": _LEVELS[result.severity]},
        "properties": {"iri": result.rule},
    }
    if result.help:
        described["fullDescription"] = {"text": result.help}
    return described


def _result(file: str, result: Result, index: int) -> dict[str, Any]:
    hint = f" Did you mean {result.suggestion}?" if result.suggestion else ""
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}}}
    if result.place is not None:
        location["physicalLocation"]["region"] = _region(result.place)
    if result.focus:
        name = f"{result.focus} {result.path}".strip()
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    return {
        "ruleId": rule_name(result),
        "ruleIndex": index,
        "level": _LEVELS[result.severity],
        "message": {"text": f"{result.message}.{hint}"},
        "locations": [location],
    }


def _region(place: Place) -> dict[str, Any]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + place.length,
        "snippet": {"text": place.excerpt[place.offset : place.offset + place.length]},
    }


def _uri(name: str) -> str:
    """A relative reference for a relative path, a file URI for an absolute one."""
    path = PurePath(name)
    if name == "-":
        return "stdin"
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
