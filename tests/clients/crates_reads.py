"""Reads the RO-Crates of a node with roc-validator; the RO-Crate context comes from a file, nothing is fetched for it.

Arguments: file of the context, profile (ro-crate-1.2), severity (REQUIRED, RECOMMENDED), file with a JSON list of
addresses. Its last line is a JSON object: address -> {passed, issues, skipped, checks, failed, root}.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rocrate_validator import services
from rocrate_validator.utils import document_loader

MEDIA_TYPE = 'application/ld+json; profile="https://w3id.org/ro/crate"'


def main() -> None:
    """Every crate, its findings and what its root says."""
    context, profile, severity, addresses = sys.argv[1:]
    published = json.loads(Path(context).read_text())
    document_loader._fetch_json_ld = lambda _address: published
    found = {}
    for address in json.loads(Path(addresses).read_text()):
        request = urllib.request.Request(address, headers={"Accept": MEDIA_TYPE})
        with urllib.request.urlopen(request, timeout=20) as answer:
            crate = json.load(answer)
        found[address] = _validated(crate, profile, severity) | {"root": _root(crate), "entities": _kinds(crate)}
    print(json.dumps({"version": version("roc-validator"), "crates": found}))


def _validated(crate: dict[str, Any], profile: str, severity: str) -> dict[str, Any]:
    result = services.validate_metadata_as_dict(
        crate,
        services.ValidationSettings(
            rocrate_uri=None,
            profile_identifier=profile,
            requirement_severity=severity,
            metadata_only=True,
            packaging_mode="detached",
            offline=True,
            skip_availability_check=True,
        ),
    )
    return {
        "issues": [
            f"{issue.check.identifier} {issue.violatingEntity}: {issue.message}" for issue in result.get_issues()
        ],
        "executed": len(result.executed_checks),
        "skipped": sorted({detail.check.identifier for detail in result.skipped_check_details}),
    }


def _root(crate: dict[str, Any]) -> dict[str, Any]:
    """The root as the specification finds it: what the metadata descriptor is about."""
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    descriptor = next(e for e in entities.values() if "https://w3id.org/ro/crate/" in str(e.get("conformsTo")))
    return entities[descriptor["about"]["@id"]]


def _kinds(crate: dict[str, Any]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for entity in crate["@graph"]:
        for kind in [entity["@type"]] if isinstance(entity["@type"], str) else entity["@type"]:
            kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


main()
