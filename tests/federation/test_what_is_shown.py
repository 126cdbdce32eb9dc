"""The table "What is shown" of the documentation names tests that exist, and every promise has its row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"\| (P\d+) \|[^|]+\| (.+) \|")


def rows() -> dict[str, list[str]]:
    """Promise -> tests as `file::test`."""
    section = (ROOT / "catalogue" / "docs" / "federation.md").read_text().partition("## What is shown")[2]
    return {found[1]: re.findall(r"`([^`]+)`", found[2]) for found in _ROW.finditer(section)}


def test_every_promise_has_tests_that_exist() -> None:
    """P1 to P18 each name at least one test, and each name is that of a test function."""
    found = rows()
    assert list(found) == [f"P{number}" for number in range(1, 19)]
    missing = []
    for promise, tests in found.items():
        assert tests, promise
        for test in tests:
            path, _, name = test.partition("::")
            tree = ast.parse((ROOT / path).read_text()) if (ROOT / path).is_file() else ast.Module([], [])
            if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                missing.append(f"{promise}: {test}")
    assert missing == []
