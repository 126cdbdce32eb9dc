"""/service-info as GA4GH's compliance suite judges it: status, media type, schema; runs with drs-compliance-suite.

Argument: address of the node.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import requests
from compliance_suite.validate_response import ValidateResponse
from ga4gh.testbed.report.case import Case


def main() -> None:
    """Print the outcome of each check as JSON."""
    answer = requests.get(f"{sys.argv[1]}/service-info", headers={"Accept": "application/json"}, timeout=30)
    outcomes = {}
    for name, check in (
        ("status", lambda validator: validator.validate_status_code("200")),
        ("content type", lambda validator: validator.validate_content_type("application/json")),
        ("schema", lambda validator: validator.validate_response_schema()),
    ):
        case, validator = Case(), ValidateResponse()
        validator.set_case(case)
        validator.set_actual_response(answer)
        validator.set_response_schema_file("service_info.json")
        check(validator)
        outcomes[name] = [case.get_status().name, case.message]
    print(json.dumps({"version": version("drs-compliance-suite"), "outcomes": outcomes, "document": answer.json()}))


if __name__ == "__main__":
    main()
