from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import resources
from catalogue.model import finding_codes as module
from catalogue.model.finding_codes import explain, finding_codes, reasons
from catalogue.problems import REASONS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "harvesters").rglob("*.py"), *(ROOT / "catalogue" / "ingest").rglob("*.py")])
SEVERITIES = frozenset({"REPAIRED", "WARNING", "INFO", "REJECTED"})


def literal(node: ast.expr) -> list[str]:
    """The texts that an expression may give, `*` for what is put in; none for what only a run can tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)]
    if isinstance(node, ast.Attribute) and node.attr == "reason":  # RecordRejected holds it to the closed list
        return sorted(REASONS)
    if isinstance(node, ast.IfExp):
        return literal(node.body) + literal(node.orelse)
    return []


def weighs(call: ast.Call) -> bool:
    """True where an argument is a severity: the call makes a finding, whatever it is called."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    chosen = [
        part for value in given for part in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
    ]
    return any(
        isinstance(part, ast.Attribute)
        and part.attr in SEVERITIES
        and isinstance(part.value, ast.Name)
        and part.value.id == "Severity"
        for part in chosen
    )


def counted(function: ast.AST) -> set[str]:
    """Variables that run over the items of a count: codes that were given before."""
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)]
    over_items = [loop.target for loop in loops if ast.unparse(loop.iter).endswith("_counts.items()")]
    return {node.id for target in over_items for node in ast.walk(target) if isinstance(node, ast.Name)}


def assigned(function: ast.AST, name: str) -> list[str]:
    """Texts that a variable of a function is set to."""
    return [
        text
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        for text in literal(node.value)
    ]


def codes_given(tree: ast.AST) -> Iterator[tuple[int, list[str], str]]:
    """(line, codes, expression) of every call that gives a finding; no codes where the expression hides them."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        elsewhere = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} | counted(function)
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not weighs(call) or not (call.args or call.keywords):
                continue
            named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
            first = named[0] if named else call.args[0] if call.args else None
            if first is None:
                continue
            if isinstance(first, ast.Name):
                if first.id not in elsewhere:
                    yield call.lineno, assigned(function, first.id), ast.unparse(first)
            else:
                yield call.lineno, literal(first), ast.unparse(first)


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_every_code_given_is_explained(path: Path) -> None:
    """R20: each code that an adapter or ingest gives stands in schema/findings/, with who mends it and how."""
    missing = []
    for line, codes, expression in codes_given(ast.parse(path.read_text("utf-8"))):
        for code in codes or [f"<{expression}>"]:
            known = explain(code) or ("*" in code and any(fnmatch.fnmatchcase(name, code) for name in finding_codes()))
            if not known:
                missing.append(f"{path.name}:{line} {code}")
    assert missing == [], (
        "add each to the adapter's schema/findings/NAME.tsv (code, meaning, who, mend; tabs between), or to shared.tsv "
        "when other adapters give it too; a code in <> is no text here: write it out at the call"
    )


def test_the_collector_sees_codes_however_they_are_given() -> None:
    """Plain, composed, chosen and assigned codes are found; a forwarded parameter is its caller's business."""
    text = """
def f(code, found):
    a = "assigned"
    found.note("plain", Severity.INFO, "", "", "")
    self.odd_name(f"{x}-missing", Severity.WARNING if y else Severity.INFO, "")
    Finding(code="named", severity=Severity.REPAIRED)
    note("one" if x else "two", Severity.INFO)
    note(a, Severity.INFO)
    note(code, Severity.INFO)
    note(CODES[x], Severity.INFO)
    for old, times in self._counts.items():
        note(old, Severity.INFO)
    any(one.severity is Severity.INFO for one in found)
"""
    found = [codes for _, codes, _ in codes_given(ast.parse(text))]
    assert found == [["plain"], ["*-missing"], ["named"], ["one", "two"], ["assigned"], []]


def test_each_reason_is_explained_and_no_other() -> None:
    """R20: the closed list of reasons and its table are the same."""
    assert reasons().keys() == REASONS
    assert all(explain(reason) is reasons()[reason] for reason in REASONS)


def test_families_explain_their_members() -> None:
    """A rule of a profile is explained by its family; a code nobody wrote down by nothing."""
    found = explain("profile:gide-0.2-Study-methods")
    assert found is not None and found.code == "profile:*" and found.anchor == "profile"
    assert explain("no-such-code") is None and explain("none:such") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code\tmeaning\n", "begins with"),
        ("code\tmeaning\twho\tmend\nx\ty\tgod\tz\n", "line 2"),
        ("code\tmeaning\twho\tmend\nx\ty\tpartner\t\n", "line 2"),
        ("code\tmeaning\twho\tmend\nwhitespace\ty\tpartner\tz\n", "shared.tsv and in"),
    ],
)
def test_a_bad_table_says_where(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong header, an empty cell, an unknown person or a code defined twice is named with its file."""
    for path in resources.findings_dir().glob("*.tsv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "zzz.tsv").write_text(text)
    monkeypatch.setattr(module.resources, "findings_dir", lambda: tmp_path)
    with pytest.raises(ValueError, match=told):
        finding_codes.__wrapped__()
