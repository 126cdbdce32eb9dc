"""Look-ups over several ontologies: which of them tells a term, which labels are accepted, what is obsolete."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from catalogue.store.ontologies import Ontology, Scope
from catalogue.store.ontologies.table import TermTable
from catalogue.store.ontologies.term import Term
from tests.store.ontologies.samples import OBO, installed, only_installed

METHODS = """
obo:FBbi_00000246 a owl:Class ; rdfs:label "fluorescence microscopy" ; oio:hasExactSynonym "fluo" ;
    rdfs:subClassOf obo:FBbi_00000345 .
obo:FBbi_00000345 a owl:Class ; rdfs:label "light microscopy" .
"""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    """The small ontology that exists nowhere, installed."""
    return installed(tmp_path_factory.mktemp("home"), own=OBO)


def test_installed_file_wins_over_the_curated_table(tmp_path: Path) -> None:
    """Label and parents come from the installed file; accepted labels of both count."""
    held = installed(tmp_path, own=METHODS.replace('"fluorescence microscopy"', '"renamed"'))
    assert held.label("FBbi:00000246") == "renamed"
    assert {"fluo", "fluorescence microscopy", "epifluorescence microscopy"} <= held.labels("FBbi:00000246")
    assert held.parents("FBbi:00000246") == ("FBbi:00000345",)
    assert held.label("FBbi:00000251") == "confocal microscopy"


def test_term_is_told_by_the_ontology_that_has_most_of_its_prefix(tmp_path: Path) -> None:
    """CL's release brings along a few terms of GO under other labels: GO's own file tells those."""
    go = "".join(f'obo:GO_900000{n} a owl:Class ; rdfs:label "right {n}" .\n' for n in range(1, 6))
    cl = 'obo:GO_9000001 a owl:Class ; rdfs:label "stale" .\nobo:GO_9000007 a owl:Class ; rdfs:label "only here" .\n'
    cl += "".join(f'obo:CL_900000{n} a owl:Class ; rdfs:label "cell {n}" .\n' for n in range(1, 4))
    held = installed(tmp_path, a_cl=cl, go=go)
    assert held.label("GO:9000001") == "right 1"
    assert not held.accepts("GO:9000001", "stale")
    assert held.label("GO:9000007") == "only here"
    home = held.home("CL:9000001")
    assert home is not None
    assert home.name == "a_cl"


def test_only_whole_ontologies_can_call_a_term_unknown(tmp_path: Path) -> None:
    """A prefix is covered by the file that is named after it or consists of it; curated excerpts cover nothing."""
    assert not Ontology.load().covers("FBbi")
    go = "".join(f'obo:GO_900000{n} a owl:Class ; rdfs:label "g{n}" .\n' for n in range(1, 6))
    held = installed(
        tmp_path, own=METHODS + 'obo:CL_9000001 a owl:Class ; rdfs:label "stray" .', uberon=go + METHODS,
        efo='<http://www.ebi.ac.uk/efo/EFO_0000001> a owl:Class ; rdfs:label "factor" .\n' + go,
    )  # fmt: skip
    assert [held.covers(prefix) for prefix in ("FBbi", "CL", "GO", "EFO", "UBERON")] == [True, False, True, True, False]


def test_replacement_of_an_obsolete_term_is_named(made_up: Ontology) -> None:
    """What replaces a term, and what is to be considered instead, are told as the ontology tells them."""
    held = made_up
    assert held.obsolete("GO:9000003")
    assert held.replaced_by("GO:9000003") == ("GO:9000002",)
    assert held.consider("GO:9000004") == ("GO:9000001", "GO:9000002")
    assert (held.label("GO:9000009"), held.replaced_by("GO:9000009")) == (None, ("GO:9000002",))
    assert not held.obsolete("GO:9000002")


@pytest.mark.parametrize(
    ("curie", "label", "accepted"),
    [
        ("GO:9000003", "obsolete teal organelle", True),
        ("GO:9000003", "teal organelle", True),
        ("GO:9000003", "Blue Organelle", True),
        ("GO:9000003", "azure body", False),
        ("GO:9000009", "cyan organelle", True),
        ("GO:9000002", "cyan-organelle", True),
        ("GO:9000002", "bluish granule", False),
        ("GO:9999999", "anything", False),
    ],
)
def test_labels_of_obsolete_terms_are_accepted(made_up: Ontology, curie: str, label: str, accepted: bool) -> None:
    """The old name, and the names of what took its place, stand for an obsolete term; narrower ones never do."""
    assert made_up.accepts(curie, label) is accepted


def test_a_label_finds_its_term_only_when_it_is_certain(tmp_path: Path) -> None:
    """find_label gives one term, None for an unknown or ambiguous label; current terms come before obsolete ones."""
    held = Ontology.load()
    assert held.find_label("Mouse") == "NCBITaxon:10090"
    assert held.find_label("confocal microscopy", "FBbi") == "FBbi:00000251"
    assert held.find_label("confocal microscopy", "NCBITaxon") is None
    assert held.find_label("no such thing") is None
    twice = METHODS.replace('"light microscopy"', '"fluorescence microscopy"')
    installed(tmp_path, own=twice)
    assert only_installed(tmp_path).find_label("fluorescence microscopy") is None
    gone = METHODS + 'obo:FBbi_00000999 a owl:Class ; rdfs:label "light microscopy" ; owl:deprecated true .'
    installed(tmp_path, own=gone)
    assert only_installed(tmp_path).find_label("light microscopy") == "FBbi:00000345"


def test_cycles_end(tmp_path: Path) -> None:
    """Two classes that are each other's parent have each other as ancestor and no more."""
    installed(
        tmp_path,
        own='obo:GO_9000001 a owl:Class ; rdfs:label "1" ; rdfs:subClassOf obo:GO_9000002, obo:GO_9000001 .\n'
        'obo:GO_9000002 a owl:Class ; rdfs:label "2" ; rdfs:subClassOf obo:GO_9000001 .\n',
    )
    assert only_installed(tmp_path).ancestors("GO:9000001") == {"GO:9000002"}


def test_table_gives_back_what_was_written() -> None:
    """A term with everything comes out as it went in, also when all terms are asked for."""
    term = Term(
        "GO:9000001", "label", {Scope.EXACT: ["a", "b"], Scope.RELATED: ["c"]}, ["GO:9000002"], "Means.", True,
        ["GO:9000003"], ["GO:9000004"], True,
    )  # fmt: skip
    table = TermTable.of([Term("GO:9000002", "z", is_class=True), term])
    assert table.find("GO:9000001") == term
    assert [found.curie for found in table] == ["GO:9000001", "GO:9000002"]
    assert sorted(table.names())[:2] == [("GO:9000001", 0, "label"), ("GO:9000001", 1, "a")]
    assert table.named("LABEL") == table.named("b") == ["GO:9000001"]
    assert table.named("c") == []


def test_threads_may_share_an_ontology(made_up: Ontology) -> None:
    """The harvest thread and the views' thread of a worker ask at the same time."""
    held = made_up
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(200):
            held.term.cache_clear()
            if held.label("GO:9000002") != "blue organelle" or not held.ancestors("GO:9000002"):
                wrong.append(held)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
