"""Runs clients that nobody here wrote, each in an environment of its own (`make clients`), and reads what they say.

Their dependencies contradict ours and each other's, so none is imported by the tests themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_MADE = Path(os.environ.get("OMMATIDIA_CLIENTS", _ROOT / ".clients"))


def run_python(environment: str, script: Path, *arguments: str, timeout_s: float = 600.0) -> Any:
    """What a script prints as JSON in its last line, run by the Python of a client's environment; else skipped.

    Args:
        environment: name of a file `tests/clients/environments/NAME.txt`.
        script: beside the test; it may import the client and the standard library, not us.
    """
    python = _MADE / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the clients of environments/{environment}.txt are not installed (`make clients`)")
    return _run([str(python), str(script), *arguments], timeout_s)


def run_node(script: Path, *arguments: str, timeout_s: float = 600.0) -> Any:
    """What a script of Node prints as JSON in its last line; skipped where Node or the packages are absent."""
    modules = _MADE / "node" / "node_modules"
    if not modules.is_dir():
        pytest.skip("the clients of tests/clients/node are not installed (`make clients`, which needs npm)")
    return _run(["node", str(script), *arguments], timeout_s, NODE_PATH=str(modules), OMMATIDIA_MODULES=str(modules))


def _run(command: list[str], timeout_s: float, **variables: str) -> Any:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, env={**os.environ, **variables}, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"{Path(command[1]).name} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
