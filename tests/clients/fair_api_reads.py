"""/fair/api as Schemathesis drives it: from its description alone, with sound and unsound requests; then read whole.

Arguments: address of the node, name of a study that it holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import version

import schemathesis

# What a test takes as a name is any text by its schema, and only names of studies are accepted.
LEFT_OUT = "positive_data_acceptance"
NAMES = {"/tests": "testid", "/metrics": "metricid", "/benchmarks": "benchmarkid"}


def main() -> None:
    """Print what came of all checks, and what each operation gave, as JSON."""
    root, study = sys.argv[1:3]
    address = f"{root}/fair/api/openapi.json"
    command = [
        "run", address, "--checks", "all", "--exclude-checks", LEFT_OUT, "--max-examples", "15", "--seed", "1",
        "--phases", "examples,coverage,fuzzing", "--generation-deterministic", "--no-color", "--continue-on-failure",
        "--suppress-health-check", "too_slow", "--request-timeout", "120",  # the machine may be busy
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # it keeps what it found beside it
        run = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", *command]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    schema = schemathesis.openapi.from_url(address)
    read = {path: _read(schema[path]["GET"].Case()) for path in NAMES}
    one = _read(schema["/tests"]["GET"].Case(query={"testid": "licence-standard"}))
    body = {"resource_identifier": study}
    results = _read(schema["/assess/benchmark/{id}"]["POST"].Case(path_parameters={"id": "ommatidia-1.0"}, body=body))
    told = {"version": version("schemathesis"), "code": done.returncode, "said": (done.stdout + done.stderr)[-6000:]}
    print(json.dumps({**told, "read": read, "one": one, "results": results}))


def _read(case: schemathesis.Case) -> list[dict[str, object]]:
    """The nodes of an answer that fits its description."""
    response = case.call_and_validate()
    return list(response.json()["@graph"])


if __name__ == "__main__":
    main()
