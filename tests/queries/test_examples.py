"""Every public example query, with the rows it must give on a small graph of our own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from catalogue import resources
from catalogue.fair.audit import judge_all, wanted_facts
from catalogue.fair.dataset import dataset_of
from catalogue.fair.graph import audit_graphs
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.model.funding.index import Grants
from catalogue.model.funding.rdf import funding_quads
from catalogue.model.namespaces import BASE, contract, expand
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import SHAPES
from catalogue.model.profiles import profiles as shipped_profiles
from catalogue.model.rdf import quads, triples
from catalogue.store.ontologies import OntologyGraphs
from tests.ingest.conftest import image, study

HUMAN, COLI, BACILLUS, YEAST = "NCBITaxon:9606", "NCBITaxon:562", "NCBITaxon:1423", "NCBITaxon:4932"
CONFOCAL, FLUORESCENCE, ELECTRON = "FBbi:00000251", "FBbi:00000246", "FBbi:00000256"
# Preparation of specimens, not a kind of microscopy: it hangs under no imaging method.
SECTIONED = "FBbi:00000026"
PROFILES = shipped_profiles()
LABELS = {
    HUMAN: "Homo sapiens",
    COLI: "Escherichia coli",
    BACILLUS: "Bacillus subtilis",
    YEAST: "Saccharomyces cerevisiae",
    CONFOCAL: "confocal microscopy",
    FLUORESCENCE: "fluorescence microscopy",
    ELECTRON: "electron microscopy",
    SECTIONED: "sectioned tissue",
}


def about(number: int, date: str, archive: str, organisms: list[str], methods: list[str]) -> dict[str, Any]:
    terms = [{"type": "Taxon", "id": t, "label": LABELS[t]} for t in organisms]
    terms += [{"type": "ImagingMethod", "id": t, "label": LABELS[t]} for t in methods]
    publisher = {"type": "Organization", "id": f"https://{archive}.example/", "name": archive}
    return study(number, date_published=date, publisher=publisher, organisms=organisms, methods=methods, terms=terms)


RECORDS = [
    about(1, "2019-12-31", "Alpha", [HUMAN], [CONFOCAL]),
    about(2, "2020-01-01", "Alpha", [COLI], [CONFOCAL, ELECTRON]),
    about(3, "2024-05-06", "Beta", [BACILLUS, HUMAN], [SECTIONED]),
    about(4, "2023-05-06", "Beta", [YEAST], [FLUORESCENCE, CONFOCAL])
    | {"description": "Cells.", "authors": [{"type": "Person", "id": "biostudies:S-BIADTEST4/author/1", "name": "A"}]},
    image(1, of=2),
]
# Studies 1 and 2 share a paper, so that 2 is linked to the grant of 1 by inference alone.
FUNDED = {
    1: {"funding_statement": "Supported by JSPS KAKENHI (16H06372).", "publications": [{"doi": "10.1000/182"}]},
    2: {"publications": [{"doi": "10.1000/182"}]},
    3: {"grants": [{"grant_identifier": "226718/Z/22/Z", "funder": {"name": "Wellcome Trust"}}]},
    4: {"funding_statement": "Supported by JSPS KAKENHI (JP16H06372) and the Uehara Memorial Foundation."},
}
S = [f"biostudies:S-BIADTEST{n}" for n in range(5)]


@pytest.fixture(scope="module")
def store() -> px.Store:
    graph = px.Store()
    checks = ProfileChecks(PROFILES[name] for name in ("gide-0.2", "human-data-1"))
    for record in RECORDS:
        graph.load(quads(record, BASE + record["id"]), format=px.RdfFormat.N_QUADS)
        provenance = {
            "type": "CatalogRecord",
            "id": f"{record['id']}/record",
            "primary_topic": record["id"],
            "owner": record["owner"],
            "status": "public",
            "profile_results": checks.results(record["id"], triples(record)),
        }
        graph.load(quads(provenance, BASE + provenance["id"]), format=px.RdfFormat.N_QUADS)
    for _, content in OntologyGraphs(None)().whole():
        graph.load(content, format=px.RdfFormat.N_QUADS)
    graph.load(funding_quads(Grants.build((S[n], said) for n, said in FUNDED.items())), format=px.RdfFormat.N_QUADS)
    return graph


def rows(store: px.Store, name: str) -> list[tuple[str, ...]]:
    text = resources.query_file("examples", name).read_text("utf-8")
    found = store.query(text, use_default_graph_as_union=True)
    return [tuple("" if term is None else contract(term.value) for term in row) for row in found]


EXPECTED: dict[str, list[tuple[str, ...]]] = {
    "all-taxa": [
        (HUMAN, "Homo sapiens", "2"),
        (BACILLUS, "Bacillus subtilis", "1"),
        (YEAST, "Saccharomyces cerevisiae", "1"),
        (COLI, "Escherichia coli", "1"),
    ],
    "methods-in-hierarchy": [
        (CONFOCAL, "confocal microscopy", "3"),
        (FLUORESCENCE, "fluorescence microscopy", "1"),
        (ELECTRON, "electron microscopy", "1"),
    ],
    "bacteria-by-microscopy": [(S[2], "An invented study, number 2")],
    "studies-since-2020": [
        (S[3], "2024-05-06", "An invented study, number 3", "sectioned tissue"),
        (S[4], "2023-05-06", "An invented study, number 4", "confocal microscopy; fluorescence microscopy"),
        (S[2], "2020-01-01", "An invented study, number 2", "confocal microscopy; electron microscopy"),
    ],
    "methods-per-publisher": [
        ("Alpha", CONFOCAL, "confocal microscopy", "2"),
        ("Alpha", ELECTRON, "electron microscopy", "1"),
        ("Beta", SECTIONED, "sectioned tissue", "1"),
        ("Beta", FLUORESCENCE, "fluorescence microscopy", "1"),
        ("Beta", CONFOCAL, "confocal microscopy", "1"),
    ],
    "studies-per-organism": [
        ("Homo sapiens", "2", "biostudies"),
        ("Bacillus subtilis", "1", "biostudies"),
        ("Saccharomyces cerevisiae", "1", "biostudies"),
        ("Escherichia coli", "1", "biostudies"),
    ],
    "profile-results": [
        (f"{SHAPES}gide-0.2", "biostudies", "1", "3"),
        (f"{SHAPES}human-data-1", "biostudies", "0", "2"),
    ],
    "broken-rules": [
        (f"{SHAPES}gide-0.2-Study-thumbnails", "biostudies", "4"),
        (f"{SHAPES}gide-0.2-Study-authors", "biostudies", "3"),
        (f"{SHAPES}gide-0.2-Study-description", "biostudies", "3"),
        (f"{SHAPES}human-data-1-Study-access", "biostudies", "2"),
    ],
    "studies-per-grant": [
        ("Japan Society for the Promotion of Science", "JP16H06372", "2", "biostudies"),
        ("Wellcome", "226718/Z/22/Z", "1", "biostudies"),
    ],
    "images-and-addresses": [
        ("biostudies:S-BIADTEST2.img1", S[2], "4,4", "https://partner.example/img1.zarr"),
    ],
}


def sorted_cells(row: tuple[str, ...]) -> tuple[str, ...]:
    # GROUP_CONCAT has no order of its own.
    return tuple("; ".join(sorted(cell.split("; "))) for cell in row)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_example_gives_its_rows(store: px.Store, name: str) -> None:
    """Each example query answers what its summary says, in the order it says."""
    found = [sorted_cells(row) for row in rows(store, name)]
    assert found == [sorted_cells(row) for row in EXPECTED[name]]


def test_all_classes_counts_studies(store: px.Store) -> None:
    """The list of classes holds ours with the right numbers."""
    found = dict(rows(store, "all-classes"))
    assert found["omm:Study"] == "4" and found["omm:Image"] == "1"


def test_all_predicates_counts_uses(store: px.Store) -> None:
    """The list of predicates holds the ones every study has, once a study."""
    found = dict(rows(store, "all-predicates"))
    assert found["dcterms:title"] == "4" and found["omm:organism"] == "5"


@pytest.fixture(scope="module")
def audited(store: px.Store) -> px.Store:
    """The same with an audit by two metrics, beside a study whose licence is a text of its archive."""
    graph = px.Store()
    graph.bulk_extend(store)
    chosen = {name: metrics()[name] for name in ("licence-standard", "organism-stated")}
    own = study(3, license="https://archive.example/terms")
    records = [own if record["id"] == own["id"] else record for record in RECORDS if record["type"] == "Study"]
    dataset = dataset_of([("study", "0" * 64, record) for record in records], wanted_facts(chosen.values()))
    for _, content in audit_graphs(judge_all(dataset, chosen, {}, NodeFacts()), [], "failing"):
        graph.load(content, format=px.RdfFormat.N_QUADS)
    return graph


AUDITED: dict[str, list[tuple[str, ...]]] = {
    "studies-without-standard-licence-per-funder": [
        ("Wellcome", S[3], "An invented study, number 3", "The licence is no address that programs recognise."),
    ],
    "pass-rate-per-metric-and-archive": [
        ("licence-standard/1.0", f"{BASE}biostudies", "3", "1", "75"),
        ("organism-stated/1.0", f"{BASE}biostudies", "3", "1", "75"),
    ],
}


@pytest.mark.parametrize("name", sorted(AUDITED))
def test_example_over_an_audit_gives_its_rows(audited: px.Store, name: str) -> None:
    """Queries over the newest audit answer from its named graphs, whichever results these hold."""
    assert rows(audited, name) == AUDITED[name]


EXAMPLES = sorted(resources.queries_dir("examples").glob("*.rq"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[p.stem for p in EXAMPLES])
def test_example_says_what_it_is(path: Path) -> None:
    """Each example opens with summary, parameters and returns, and is listed in a test."""
    text = path.read_text("utf-8")
    for key in ("summary", "parameters", "returns"):
        assert re.search(rf"^#\+ {key}: \S", text, re.MULTILINE), key
    assert path.stem in {*EXPECTED, *AUDITED, "all-classes", "all-predicates"}


def test_term_iris_are_what_the_field_uses() -> None:
    """Terms in our graph are OBO PURLs, so that other data sets join."""
    assert expand(CONFOCAL) == "http://purl.obolibrary.org/obo/FBbi_00000251"
