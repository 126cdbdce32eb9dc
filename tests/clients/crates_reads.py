"""Reads the RO-Crates of a node with roc-validator; RO-Crate's context comes from a file, nothing else is fetched.

Arguments: file of the context, severity (REQUIRED or RECOMMENDED), file with a JSON list of addresses.
Its last line is a JSON object: address -> {issues, executed, skipped, root, kinds}.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from requests import Response
from rocrate_validator import services
from rocrate_validator.models import Validator
from rocrate_validator.utils.http import HttpRequester

MEDIA_TYPE = 'application/ld+json; profile="https://w3id.org/ro/crate"'
CONTEXT = "https://w3id.org/ro/crate/1.2/context"


def main() -> None:
    """Every crate, its findings and what its root says."""
    context, severity, addresses = sys.argv[1:]
    _serve(Path(context).read_bytes())
    settings = services.ValidationSettings(
        rocrate_uri=None,
        metadata_dict={},
        profile_identifier="ro-crate-1.2",
        requirement_severity=severity,
        metadata_only=True,
        packaging_mode="detached",
        offline=True,
        skip_availability_check=True,
    )
    validator = Validator(settings)
    found = {}
    for address in json.loads(Path(addresses).read_text()):
        request = urllib.request.Request(address, headers={"Accept": MEDIA_TYPE})
        with urllib.request.urlopen(request, timeout=20) as answer:
            crate = json.load(answer)
        found[address] = _findings(validator.validate(metadata_dict=crate)) | _content(crate)
    print(json.dumps({"version": version("roc-validator"), "crates": found}))


def _serve(context: bytes) -> None:
    """Answers the validator's requests from the file, and any other request with 504."""

    def get(_self: Any, url: str, **_options: Any) -> Response:
        response = Response()
        response.url = url
        response.status_code = 200 if url == CONTEXT else 504
        response._content = context if url == CONTEXT else b""
        response.headers["Content-Type"] = "application/ld+json"
        return response

    HttpRequester.get = HttpRequester.head = get


def _findings(result: Any) -> dict[str, Any]:
    return {
        "issues": [
            [issue.check.identifier, str(issue.violatingEntity), issue.message] for issue in result.get_issues()
        ],
        "executed": len(result.executed_checks),
        "skipped": sorted({detail.check.identifier for detail in result.skipped_check_details}),
    }


def _content(crate: dict[str, Any]) -> dict[str, Any]:
    """The root as the specification finds it, and how many entities there are of each type."""
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    descriptor = next(e for e in entities.values() if "https://w3id.org/ro/crate/" in str(e.get("conformsTo")))
    return {"root": entities[descriptor["about"]["@id"]], "kinds": Counter(e["@type"] for e in entities.values())}


main()
