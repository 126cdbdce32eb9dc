"""The house rules that a machine can hold (STYLE.md, marked T)."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = [p for d in ("catalogue", "harvesters") for p in (ROOT / d).rglob("*.py")] + [ROOT / "app.py"]
HAND_WRITTEN = [p for p in CODE if "generated, do not edit" not in p.read_text("utf-8")[:400]]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def names(paths: list[Path]) -> list[str]:
    return [str(p.relative_to(ROOT)) for p in paths]


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=names(HAND_WRITTEN))
def test_public_things_have_docstrings(path: Path) -> None:
    """Every public module, class and function says what one gets."""
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "module docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize("path", TESTS, ids=names(TESTS))
def test_each_test_states_its_promise(path: Path) -> None:
    """Every test function has a docstring."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{path.name}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=names(HAND_WRITTEN))
def test_broad_excepts_say_why(path: Path) -> None:
    """A bare or broad except carries a comment on its line or the next."""
    lines = path.read_text("utf-8").splitlines()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = [] if node.type is None else [n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)]
        if node.type is None or {"Exception", "BaseException"} & set(caught):
            assert any("#" in line for line in lines[node.lineno - 1 : node.lineno + 1]), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=names(HAND_WRITTEN))
def test_sparql_lives_in_query_files(path: Path) -> None:
    """No query text stands in Python strings; updates are written only where the graph is written."""
    if "store/graph" in str(path):
        return
    pattern = re.compile(
        r"\b(SELECT|CONSTRUCT|DESCRIBE|ASK)\b[^;]{0,200}?(\bWHERE\b|\{)|\bINSERT DATA\b|\bDROP (SILENT )?GRAPH\b"
    )
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            assert not pattern.search(node.value), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=names(HAND_WRITTEN))
def test_only_app_reads_the_environment_and_the_clock(path: Path) -> None:
    """Settings and the time of day are handed in (STYLE section 8)."""
    if path.name in {"app.py", "settings.py"} and path.parent in (ROOT, ROOT / "catalogue"):
        return
    text = path.read_text("utf-8")
    for line in text.splitlines():
        if "architecture: " in line:  # says why on the same line
            continue
        assert not re.search(r"os\.environ|os\.getenv|datetime\.now\(|datetime\.utcnow|time\.time\(\)", line), line


def test_no_file_without_an_owner() -> None:
    """There is no drawer for things without a name."""
    assert not {p.stem for p in CODE} & {"utils", "util", "helpers", "common", "misc", "manager"}


def test_import_names_belong_to_this_distribution_alone() -> None:
    """No other installed distribution owns `catalogue`, `harvesters` or the `ommatidia` command."""
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name == "ommatidia-node":
            continue
        tops = {str(f).split("/")[0] for f in distribution.files or ()}
        assert not tops & {"catalogue", "harvesters"}, name
        assert "ommatidia" not in {e.name for e in distribution.entry_points if e.group == "console_scripts"}, name


def test_application_is_marked_private() -> None:
    """The application distribution cannot be uploaded by accident."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]


def test_every_setting_is_described() -> None:
    """Each setting says what it is and works without being set."""
    from catalogue.settings import Settings

    def check(model: type) -> None:
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert not field.is_required(), f"{model.__name__}.{name}"
            if hasattr(field.annotation, "model_fields"):
                check(field.annotation)

    check(Settings)


def test_every_problem_has_its_own_slug() -> None:
    """Problem types can be told apart by their slug, and status fits the class."""
    from catalogue import problems

    kinds = [k for k in vars(problems).values() if isinstance(k, type) and issubclass(k, problems.Problem)]
    slugs = [k.slug for k in kinds if k is not problems.Problem]
    assert len(slugs) == len(set(slugs)) > 10


def test_reference_page_lists_every_setting_and_problem() -> None:
    """The documentation names each setting, each problem and each quarantine reason."""
    from catalogue import problems
    from catalogue.settings import Settings

    page = (ROOT / "catalogue" / "docs" / "reference.md").read_text("utf-8")

    def check(model: type, above: str) -> None:
        for name, field in model.model_fields.items():
            if hasattr(field.annotation, "model_fields"):
                check(field.annotation, f"{above}{name}.")
            else:
                assert f"| `{above}{name}` | `" in page and field.description in page, f"{above}{name}"

    check(Settings, "")
    for kind in vars(problems).values():
        if isinstance(kind, type) and issubclass(kind, problems.Problem) and kind is not problems.Problem:
            assert f"| `{kind.slug}` | {kind.status} | {kind.exit_code} |" in page, kind.slug
    for reason in problems.REASONS:
        assert f"`{reason}`" in page
