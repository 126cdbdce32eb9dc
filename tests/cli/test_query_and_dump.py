"""sparql, dump, rebuild, serve --quads: what leaves the node on the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pyoxigraph as px
import pytest
import requests

from tests.cli.conftest import COUNT
from tests.e2e.archive import broken, curie
from tests.e2e.processes import command, ommatidia, serving, well

GOOD = COUNT - broken(COUNT)
STUDIES = """PREFIX omm: <https://w3id.org/ommatidia/terms/>
SELECT ?study ?title WHERE { ?study a omm:Study ; <http://purl.org/dc/terms/title> ?title } ORDER BY ?study"""


def store_of(home: Path) -> list[str]:
    """Every quad that readers of the node see, sorted."""
    return sorted(str(quad) for quad in px.Store.read_only(str(home / "graph" / "current")))


@pytest.fixture(scope="session")
def query(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a query for all studies and titles."""
    file = tmp_path_factory.mktemp("query") / "studies.rq"
    file.write_text(STUDIES)
    return file


def test_sparql_answers_as_json_csv_and_table(node: Path, query: Path) -> None:
    """One query gives the same rows in each form; the file may come from standard input."""
    bindings = json.loads(well(node, "sparql", str(query), "--format", "json").out)["results"]["bindings"]
    rows = [(row["study"]["value"], row["title"]["value"]) for row in bindings]
    assert len(rows) == GOOD + 5
    assert ("https://w3id.org/ommatidia/" + curie(0), "Cells under light, part 0") in rows
    text = well(node, "sparql", "-", "--format", "csv", stdin=STUDIES).out
    assert list(csv.reader(io.StringIO(text))) == [["study", "title"], *map(list, rows)]
    table = well(node, "sparql", stdin=STUDIES).out.splitlines()
    assert table[0].split() == ["study", "title"] and len(table) == len(rows) + 1


def test_sparql_answers_graphs_as_turtle(node: Path) -> None:
    """A CONSTRUCT gives Turtle that parses to the record's triples."""
    text = f"DESCRIBE <https://w3id.org/ommatidia/{curie(0)}>"
    triples = list(px.parse(well(node, "sparql", "--format", "turtle", stdin=text).out, format=px.RdfFormat.TURTLE))
    assert any(t.object == px.Literal("Cells under light, part 0") for t in triples)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        (b"SELEKT ?s WHERE { ?s ?p ?o }", "query-syntax"),
        (b"SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", "query-refused"),
        (b'SELECT ?s { ?s ?p "\xff\xfe" }', "bad-request"),
    ],
    ids=["syntax", "service", "not text"],
)
def test_sparql_refusals_are_usage_errors(node: Path, text: bytes, slug: str) -> None:
    """A query that cannot be run ends with 2 and one sentence that says why."""
    ran = ommatidia(node, "sparql", "-", stdin=text)
    assert ran.code == 2 and f"[{slug}]" in ran.err and ran.out == ""


def test_sparql_names_a_format_it_does_not_know(node: Path, tmp_path: Path) -> None:
    """An unknown format or a missing query file is a usage error."""
    ran = ommatidia(node, "sparql", "--format", "nosuch", stdin="ASK {}")
    assert ran.code == 2 and "nosuch" in ran.err
    ran = ommatidia(node, "sparql", str(tmp_path / "none.rq"))
    assert ran.code == 2 and "no query file" in ran.err


def test_dump_as_nquads_holds_what_the_graph_holds(node: Path) -> None:
    """The N-Quads parse, have a graph for every record and its provenance, and say what the store says of them."""
    dumped = px.Store()  # spells numbers and dates as the node's store does
    dumped.load(well(node, "dump").out.encode(), format=px.RdfFormat.N_QUADS)
    graphs = {graph.value for graph in dumped.named_graphs()}
    base = "https://w3id.org/ommatidia/"
    assert {base + curie(0), base + curie(0) + "/record", base + "idr:90010001"} <= graphs
    # The store keeps a triple that several records share once, in a graph of its own, and sources' words not at all.
    words = ("sourceLabel", "sourceId")
    said = {str(quad.triple) for quad in dumped if not quad.predicate.value.endswith(words)}
    assert said <= {line.rpartition(" ")[0] for line in store_of(node)}


def test_dump_as_json_lines_is_written_whole_or_not_at_all(node: Path, tmp_path: Path) -> None:
    """One object a line with record and provenance; a folder that is not there is a usage error."""
    file = tmp_path / "all.jsonl"
    ran = well(node, "dump", "--format", "jsonl", "--out", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == GOOD + 5 + 6 and "Wrote" in ran.err
    assert rows == sorted(rows, key=lambda row: row["curie"])
    assert all(row["record"]["id"] == row["curie"] and row["provenance"]["source_digest"] for row in rows)
    ran = ommatidia(node, "dump", "--out", str(tmp_path / "none" / "x.nq"))
    assert ran.code == 2 and "none" in ran.err and ran.out == ""


def test_dump_into_a_pipe_that_closes_is_quiet(node: Path) -> None:
    """`ommatidia dump | head` ends without a word, with 1 since not all was written."""
    process = subprocess.Popen(command(node, "dump"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(240) == 1
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.communicate()


def test_rebuild_gives_the_same_graph(home: Path) -> None:
    """Views made again from the ledger hold exactly the quads that they held."""
    before = store_of(home)
    ran = well(home, "rebuild")
    assert f"{GOOD + 5 + 6} ledger entries" in ran.out
    assert store_of(home) == before
    told = well(home, "status", "--json").json
    assert set(told["views"].values()) == {told["position"]}


def test_views_that_are_lost_come_back(home: Path, tmp_path: Path) -> None:
    """A home whose graph and index were deleted is whole again after init."""
    before = store_of(home)
    (home / "graph").rename(tmp_path / "graph")
    (home / "search").rename(tmp_path / "search")
    well(home, "init")
    assert store_of(home) == before
    assert well(home, "search", "danio", "--json").json["total"] > 0


def test_serve_quads_answers_queries_over_any_file(tmp_path: Path) -> None:
    """An N-Quads file is served at the SPARQL route from a store that is thrown away, in no home."""
    file = tmp_path / "data.nq"
    file.write_text('<http://e.x/s> <http://e.x/p> "v" <http://e.x/g> .\n')
    home = tmp_path / "home"
    with serving(home, "--quads", str(file), ready="") as (address, _):
        answer = requests.get(
            address + "sparql",
            params={"query": "SELECT ?o { ?s ?p ?o }"},
            headers={"Accept": "text/csv"},
            timeout=20,
        )
        assert (answer.status_code, answer.text.split()) == (200, ["o", "v"])
    assert not (home / "ledger.db").exists()


def test_serve_quads_refuses_a_file_that_is_none(tmp_path: Path) -> None:
    """A missing file and one that is no N-Quads end with a sentence."""
    ran = ommatidia(tmp_path / "home", "serve", "--port", "0", "--quads", str(tmp_path / "none.nq"))
    assert ran.code == 2 and "none.nq" in ran.err
    bad = tmp_path / "bad.nq"
    bad.write_text("this is no quad\n")
    ran = ommatidia(tmp_path / "home", "serve", "--port", "0", "--quads", str(bad))
    assert ran.code in (1, 2) and ran.err
