"""The README tells the truth: its commands, targets, settings and code exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import open_node
from catalogue.cli.main import build_cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")

VERBS = [
    "validate",
    "init",
    "serve",
    "work",
    "status",
    "rebuild",
    "fsck",
    "dump",
    "announce",
    "dumps make",
    "dumps list",
    "export",
    "harvest",
    "remap",
    "schema versions",
    "schema show",
    "schema diff",
    "sparql",
    "resolve",
    "show",
    "search",
    "demo",
    "source add",
    "source list",
    "source pause",
    "source resume",
    "quarantine list",
    "quarantine show",
    "quarantine retry",
    "member check",
    "member join",
    "member pull",
    "member list",
    "held list",
    "held show",
    "held accept",
    "held drop",
    "findings list",
    "funding list",
    "funding show",
    "identity list",
    "identity show",
    "identity accept",
    "identity reject",
    "identity undo",
    "ontology add",
    "ontology list",
    "ontology show",
    "ontology suggest",
    "image open",
    "image info",
    "image list",
    "purge",
    "audit",
    "audit make",
    "audit look",
    "audit list",
    "audit show",
    "audit freeze",
    "audit diff",
    "audit verify",
    "audit remove",
    "member check",
    "member join",
    "member list",
    "member show",
    "member pull",
    "member pause",
    "member resume",
    "member leave",
    "member alarms",
    "member clear",
    "member key",
    "member owners",
    "member hand-over",
    "member take-over",
    "member cancel",
    "member propose",
    "member vote",
    "member rotate-key",
    "member recover",
]


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=600)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_of_the_interface_has_help(verb: str) -> None:
    """Each verb stands in the README and explains itself."""
    group = verb.split()[0]
    assert re.search(rf"\b{group}\b", README)
    done = CliRunner().invoke(build_cli(open_node), [*verb.split(), "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_make_targets_of_the_readme_exist() -> None:
    """Every `make x` that the README names is a target."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"`?make (\w+)", README))
    assert {"demo", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_settings_of_the_readme_exist() -> None:
    """Every OMMATIDIA_ variable that the README names is read."""
    from catalogue.settings import Settings

    def known(names: list[str], model: type) -> bool:
        field = model.model_fields.get(names[0].lower())
        if field is None:
            return False
        return True if len(names) == 1 else known(names[1:], field.annotation)

    for name in set(re.findall(r"OMMATIDIA_([A-Z_]+)", README)) - {"TEST_POSTGRES"}:
        assert known(name.split("__"), Settings), name


def test_python_example_of_the_readme_runs(tmp_path: Path) -> None:
    """The snippet opens a node; on an empty one it says that the image is not there, and nothing worse."""
    (snippet,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    home = tmp_path / "mynode"
    assert run("-m", "app", "--home", str(home), "init").returncode == 0
    code = snippet.replace('Path("mynode")', f'Path("{home}")')
    done = run("-c", code)
    assert done.stderr.strip().splitlines()[-1].startswith("catalogue.problems.NotFound")
