"""The API of FAIR tests as OpenAPI 3.1: exactly the routes of api.py, which a test holds it to.

Source: FTR's API description (development/api/open_api_description.yaml), of which this is a superset.
"""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.benchmark import DEFAULT
from catalogue.fair.ftr.names import CC0

_JSONLD: Final = "application/ld+json"
_EXAMPLES: Final = {"test": "licence-standard", "metric": "licence-standard", "benchmark": DEFAULT}
_PROBLEM: Final = {
    "description": "A problem document (RFC 9457), which says what to do.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe_api(address: str, software: str) -> dict[str, Any]:
    """The description.

    Args:
        address: of the API, without a slash at its end; may be relative.
        software: version of ommatidia-node.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FAIR tests of Ommatidia",
            "summary": "Tests, metrics and benchmarks, and their results for any study.",
            "description": "Follows the API of FAIR Test Results (FTR) 1.3. Every answer is JSON-LD with its context "
            "inside, so that no network is needed to read it.",
            "version": software or "unstated",
            "license": {"name": "CC0-1.0", "url": CC0},
        },
        "servers": [{"url": address}],
        "paths": {
            "/tests": _listing("test", "tests", "testid"),
            "/tests/{id}": _one("test"),
            "/metrics": _listing("metric", "metrics", "metricid"),
            "/benchmarks": _listing("benchmark", "benchmarks", "benchmarkid"),
            "/assess/test/{id}": _assess("test", "The TestResult of one test."),
            "/assess/benchmark/{id}": _assess("benchmark", "The TestResultSet of all tests of a benchmark."),
            "/openapi.json": {
                "get": {
                    "summary": "This description.",
                    "operationId": "getDescription",
                    "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {}}}},
                }
            },
        },
        "components": {"schemas": _SCHEMAS},
    }


def _listing(kind: str, plural: str, parameter: str) -> dict[str, Any]:
    return {
        "get": {
            "summary": f"All {plural}, or the one that is asked for.",
            "operationId": f"get{plural.capitalize()}",
            "parameters": [
                {
                    "name": parameter,
                    "in": "query",
                    "required": False,
                    "description": f"Identifier of a {kind}, with or without its version, or its IRI.",
                    "schema": {"type": "string", "examples": [_EXAMPLES[kind]]},
                }
            ],
            "responses": {"200": _linked(f"The {plural}."), "404": _PROBLEM},
        }
    }


def _one(kind: str) -> dict[str, Any]:
    return {
        "get": {
            "summary": f"One {kind}.",
            "operationId": f"get{kind.capitalize()}",
            "parameters": [_identifier(kind)],
            "responses": {"200": _linked(f"The {kind}."), "404": _PROBLEM},
        }
    }


def _assess(kind: str, gives: str) -> dict[str, Any]:
    return {
        "post": {
            "summary": f"Run a {kind} on a resource.",
            "description": "A study that this node holds is answered from its newest audit. Any other address is "
            "fetched now. Metadata that are not published yet can be posted instead; nothing is kept of them.",
            "operationId": f"assess{kind.capitalize()}",
            "parameters": [_identifier(kind)],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ResourceAssessmentRequest"}}},
            },
            "responses": {
                "200": _linked(gives),
                **dict.fromkeys(("400", "403", "404", "410", "413", "422"), _PROBLEM),
                "429": {
                    **_PROBLEM,
                    "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
                },
            },
        }
    }


def _identifier(kind: str) -> dict[str, Any]:
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"Identifier of the {kind}.",
        "schema": {"type": "string", "examples": [_EXAMPLES[kind]]},
    }


def _linked(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_JSONLD: {"schema": {"$ref": "#/components/schemas/JsonLd"}}}}


_SCHEMAS: Final[dict[str, Any]] = {
    "ResourceAssessmentRequest": {
        "type": "object",
        "anyOf": [{"required": ["resource_identifier"]}, {"required": ["metadata"]}],
        "properties": {
            "resource_identifier": {
                "type": "string",
                "description": "What is to be assessed: an address, a DOI, a CURIE, or any other name of a study.",
                "examples": ["https://w3id.org/ommatidia/idr:idr0001"],
            },
            "metadata": {
                "type": "string",
                "description": "A record of the model as YAML or JSON, or an RO-Crate, that is not published yet.",
            },
            "file_name": {"type": "string", "description": "Name of the file that the metadata are of."},
        },
    },
    "JsonLd": {
        "type": "object",
        "required": ["@context", "@graph"],
        "properties": {"@context": {"type": "object"}, "@graph": {"type": "array", "items": {"type": "object"}}},
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    },
}
