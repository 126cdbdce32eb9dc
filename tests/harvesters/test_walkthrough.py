"""The harvester that the documentation writes is one: its code and its test run as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from catalogue import resources

PAGE = (resources.docs_dir() / "writing-a-harvester.md").read_text("utf-8")
ROOT = Path(__file__).resolve().parents[2]
# The printed module is put beside the others without being written among them.
CONFTEST = """
from pathlib import Path
import harvesters
harvesters.__path__.append(str(Path(__file__).parent / "written"))
"""


def blocks(language: str) -> list[str]:
    """Blocks of the page in one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_printed_harvester_passes_its_printed_test(tmp_path: Path) -> None:
    """Whoever copies owners.toml, harvester and test from the page starts from green."""
    (owners,), (code, test) = blocks("toml"), blocks("python")
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "lab.py").write_text(code, "utf-8")
    for name, text in (("owners.toml", owners), ("test_lab.py", test), ("conftest.py", CONFTEST)):
        (tmp_path / name).write_text(text, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "12 passed" in done.stdout
