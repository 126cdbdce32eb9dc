"""ontology add, list, show, suggest: what they tell people and machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import open_node
from catalogue.cli.main import build_cli
from catalogue.problems import BadRequest, NotFound
from tests.store.ontologies.samples import OBO


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with one ontology of the operator's, added on the command line."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "made-up.obo").write_text(OBO)
    done = run(folder / "home", "add", "made-up", str(folder / "made-up.obo"))
    assert done.exit_code == 0, done.output
    assert "Installed made-up: 6 terms." in done.stdout
    return folder / "home"


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(build_cli(open_node), ["--home", str(home), "ontology", *arguments])


def told(home: Path, *arguments: str) -> object:
    """The JSON document that a verb prints."""
    done = run(home, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_list_tells_what_counts_and_how_large_it_is(home: Path) -> None:
    """Shipped tables come first, then the operator's ontologies, each with its number of terms."""
    rows = told(home, "list")
    assert rows[-1] == {"name": "made-up", "from": "installed", "terms": 6}
    assert {"taxa", "methods", "data_use"} <= {row["name"] for row in rows if row["from"] == "shipped"}
    assert "made-up" in run(home, "list").stdout


def test_show_tells_all_that_is_known_of_a_term(home: Path) -> None:
    """Label, synonyms by scope, definition, parents with labels, and where it comes from; any spelling of the id."""
    shown = told(home, "show", "obo:GO_9000002")
    assert shown["label"] == "blue organelle"
    assert shown["narrow_synonyms"] == ["azure body"]
    assert shown["parents"] == [
        {"id": "EDAM:topic_3382", "label": "Imaging"},
        {"id": "GO:9000001", "label": "thing of cells"},
    ]
    assert (shown["ontology"], shown["from"], shown["obsolete"]) == ("made-up", "installed", False)
    text = run(home, "show", "GO:9000002").stdout
    assert "cyan organelle" in text and "GO:9000001 thing of cells" in text


def test_show_tells_what_replaced_an_obsolete_term(home: Path) -> None:
    """An obsolete term is said to be one, with its replacement or with candidates."""
    assert told(home, "show", "GO:9000003")["replaced_by"] == [{"id": "GO:9000002", "label": "blue organelle"}]
    text = run(home, "show", "GO:9000004").stdout
    assert "obsolete" in text and "GO:9000002 blue organelle" in text


def test_show_of_an_unknown_term_says_what_to_do(home: Path) -> None:
    """A term that nothing installed has is not found, with the way to install its ontology or to look for another."""
    problem = run(home, "show", "GO:0000001").exception
    assert isinstance(problem, NotFound)
    assert "ontology add" in problem.detail and "ontology suggest" in problem.detail


def test_suggest_gives_terms_with_scores_best_first(home: Path) -> None:
    """A free text gives CURIEs, labels and scores, restricted to the ontologies asked for, in any case."""
    first, *others = told(home, "suggest", "light sheet microscopy", "--prefix", "fbbi")
    assert first == {"curie": "FBbi:00000369", "label": "SPIM", "name": "light-sheet microscopy", "score": 100}
    assert all(first["score"] >= other["score"] for other in others)
    assert {other["curie"].partition(":")[0] for other in others} == {"FBbi"}
    assert len(told(home, "suggest", "organelle", "--limit", "2")) == 2
    assert "FBbi:00000369" in run(home, "suggest", "light sheet microscopy").stdout


def test_suggest_says_when_nothing_is_like_it(home: Path) -> None:
    """No term is a good answer too; an unknown prefix is a wrong question."""
    assert told(home, "suggest", "!?") == []
    assert "Nothing like it" in run(home, "suggest", "!?").stdout
    problem = run(home, "suggest", "x", "--prefix", "nonsense").exception
    assert isinstance(problem, BadRequest)
    assert "FBbi" in problem.detail


def test_hostile_names_do_not_drive_the_terminal(home: Path, tmp_path: Path) -> None:
    """Labels are the ontology's words: control characters and markup are shown, not obeyed."""
    (tmp_path / "evil.ttl").write_text(
        "<http://purl.obolibrary.org/obo/MI_0001> a <http://www.w3.org/2002/07/owl#Class> ;\n"
        '  <http://www.w3.org/2000/01/rdf-schema#label> "\\u001b[31m[bold]evil" .\n'
    )
    assert run(tmp_path / "home", "add", "evil", str(tmp_path / "evil.ttl")).exit_code == 0
    text = run(tmp_path / "home", "show", "MI:0001").stdout
    assert "\x1b" not in text
    assert "[bold]evil" in text
