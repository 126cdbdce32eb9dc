"""OBO and RDF files: the same terms come out of both, and only what is kept of them."""

from __future__ import annotations

import io
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.store.ontologies import Scope, Term
from catalogue.store.ontologies.installing import read_terms
from catalogue.store.ontologies.table import TermTable
from tests.store.ontologies.samples import OBO, OWL, PREFIXES

ORGANELLE = Term(
    "GO:9000002",
    "blue organelle",
    {
        Scope.EXACT: ["cyan organelle"],
        Scope.NARROW: ["azure body"],
        Scope.BROAD: ["coloured organelle"],
        Scope.RELATED: ["bluish granule"],
    },
    ["EDAM:topic_3382", "GO:9000001"],
    is_class=True,
)


def terms(content: str, suffix: str) -> dict[str, Term]:
    """All terms that a table of this content holds, by CURIE."""
    table = TermTable.of(read_terms(io.BytesIO(content.encode()), suffix))
    return {term.curie: term for term in table}


@pytest.mark.parametrize(("content", "suffix"), [(OBO, ".obo"), (OWL, ".owl")])
def test_labels_synonyms_by_scope_and_parents_are_kept(content: str, suffix: str) -> None:
    """A term has its label, its synonyms by scope and its named parents; relations and other languages stay out."""
    found = terms(content, suffix)
    assert found["GO:9000002"] == ORGANELLE
    assert found["GO:9000001"].definition == 'What cells have "inside".'
    assert found["GO:9000001"].synonyms == {}
    assert "http://purl.obolibrary.org/obo/XYZ_0000001" in found
    assert len(found) == 6


def test_obo_and_owl_of_one_ontology_give_the_same_terms() -> None:
    """Which of an ontology's release files is installed makes no difference."""
    assert terms(OBO, ".obo") == terms(OWL, ".owl")


@pytest.mark.parametrize(("content", "suffix"), [(OBO, ".obo"), (OWL, ".owl")])
def test_obsolete_terms_know_what_took_their_place(content: str, suffix: str) -> None:
    """Replacement, candidates and identifiers that were merged into a term are kept."""
    found = terms(content, suffix)
    assert (found["GO:9000003"].obsolete, found["GO:9000003"].replaced_by) == (True, ["GO:9000002"])
    assert (found["GO:9000004"].obsolete, found["GO:9000004"].consider) == (True, ["GO:9000001", "GO:9000002"])
    merged = found["GO:9000009"]
    assert (merged.obsolete, merged.label, merged.replaced_by) == (True, "", ["GO:9000002"])


def test_identifiers_in_other_spellings_come_out_canonical() -> None:
    """IDR's subset writes obo:FBBI_00000246 (2026-03-13), which has to join with obo:FBbi_00000246."""
    turtle = 'obo:FBBI_00000246 a owl:Class ; rdfs:label "fluo" ; rdfs:subClassOf obo:FBBI_00000345 .'
    obo = "format-version: 1.4\n\n[Term]\nid: FBBI:00000246\nname: fluo\nis_a: FBBI:00000345\n"
    for found in (terms(PREFIXES + turtle, ".ttl"), terms(obo, ".obo")):
        assert found["FBbi:00000246"].parents == ["FBbi:00000345"]


def test_pieces_of_a_term_are_put_together() -> None:
    """Statements about a term may lie apart in the file; what only another statement makes a class is kept."""
    lines = [
        'obo:GO_9000001 rdfs:label "one" .',
        'obo:GO_9000002 a owl:Class ; rdfs:label "two" .',
        'obo:GO_9000001 oio:hasExactSynonym "uno", "one" ; owl:deprecated true .',
        "obo:GO_9000001 a owl:Class ; obo:IAO_0100001 obo:GO_9000002 .",
        'obo:GO_9000003 rdfs:label "no class" .',
        "obo:GO_9000004 a owl:Class .",
    ]
    found = terms(PREFIXES + "\n".join(lines), ".ttl")
    assert set(found) == {"GO:9000001", "GO:9000002"}
    one = found["GO:9000001"]
    assert (one.label, one.exact(), one.obsolete, one.replaced_by) == ("one", ["one", "uno"], True, ["GO:9000002"])


def test_curated_spelling_of_older_files_is_read() -> None:
    """FBbi's editors wrote IAO_0000118 for a synonym, EDAM oboInOwl:hasDefinition, IDR dwc:Taxon for the class."""
    turtle = (
        "@prefix dwc: <http://rs.tdwg.org/dwc/terms/> .\n"
        'obo:NCBITaxon_2 a dwc:Taxon ; rdfs:label "Bacteria" ; dwc:scientificName "Bacteria" .\n'
        'obo:FBbi_00000246 a owl:Class ; rdfs:label "fluo" ; obo:IAO_0000118 "FM" ; oio:hasDefinition "Glows." .\n'
    )
    found = terms(PREFIXES + turtle, ".ttl")
    assert found["NCBITaxon:2"].exact() == ["Bacteria"]
    assert (found["FBbi:00000246"].exact(), found["FBbi:00000246"].definition) == (["fluo", "FM"], "Glows.")


def test_what_a_term_may_bring_along_is_bounded() -> None:
    """Names that are no names and a thousand-and-first synonym are left out."""
    many = ", ".join(f'"s{n}"' for n in range(1_500))
    turtle = f'obo:GO_1 a owl:Class ; rdfs:label "a", "{"x" * 600}", "  " ; oio:hasExactSynonym {many} .'
    term = terms(PREFIXES + turtle.replace("GO_1", "GO_9000001"), ".ttl")["GO:9000001"]
    assert term.label == "a"
    assert len(term.synonyms[Scope.EXACT]) == 1_000
    assert max(map(len, term.exact())) < 100


# fastobo 0.14.2 takes a backslash before the closing quote for an escaped quote, however it is escaped itself.
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\\"), min_size=1, max_size=12
)
_TERMS = st.builds(
    lambda number, names, synonyms, parents, obsolete: (number, names, synonyms, parents, obsolete),
    st.integers(1, 9),
    _NAMES,
    st.lists(st.tuples(st.sampled_from(Scope), _NAMES), max_size=4),
    st.lists(st.integers(1, 9), max_size=3),
    st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_TERMS, max_size=6, unique_by=lambda made: made[0]))
def test_any_ontology_reads_the_same_from_obo_and_from_turtle(made: list[tuple]) -> None:
    """Whatever labels, synonyms and parents hold, both formats give the same table."""
    obo, turtle = ["format-version: 1.4\n"], [PREFIXES]
    for number, label, synonyms, parents, obsolete in made:
        curie, iri = f"GO:900000{number}", f"obo:GO_900000{number}"
        obo.append(f"\n[Term]\nid: {curie}\nname: {escaped(label)}\n")
        turtle.append(f"{iri} a owl:Class ; rdfs:label {quoted(label)} .\n")
        for scope, text in synonyms:
            obo.append(f"synonym: {quoted(text)} {scope.name} []\n")
            turtle.append(f"{iri} oio:has{scope.name.capitalize()}Synonym {quoted(text)} .\n")
        for parent in parents:
            obo.append(f"is_a: GO:900000{parent}\n")
            turtle.append(f"{iri} rdfs:subClassOf obo:GO_900000{parent} .\n")
        if obsolete:
            obo.append("is_obsolete: true\n")
            turtle.append(f"{iri} owl:deprecated true .\n")
    one, other = terms("".join(obo), ".obo"), terms("".join(turtle), ".ttl")
    assert {curie: astuple(term) for curie, term in one.items()} == {c: astuple(t) for c, t in other.items()}


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    return "".join("\\" + c if c in '\\!{}"' else c for c in text)


def test_reading_needs_no_memory_for_the_file() -> None:
    """Terms come one by one: the first is there before the rest of an endless file is."""

    class Endless(io.RawIOBase):
        count = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            if size == 0:
                return b""
            self.count += 1
            return f"[Term]\nid: GO:{self.count:07}\nname: n{self.count}\n\n".encode()

    first = next(iter(read_terms(Endless(), ".obo")))
    assert (first.curie, first.label) == ("GO:0000001", "n1")
