"""What every command waits for before it does anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Processor time of importing one: 40 ms (jsonschema_rs) to 300 ms (sqlalchemy); Python alone starts in 13 ms.
HEAVY = {"jsonschema_rs", "numpy", "pydantic", "sqlalchemy"}


def test_help_loads_no_service() -> None:
    """`ommatidia --help` lists the commands without the libraries that only some of them need."""
    command = [sys.executable, "-X", "importtime", "-m", "app", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=600)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "quarantine" in done.stdout and "catalogue.cli.quarantine" in loaded
    assert not HEAVY & loaded
