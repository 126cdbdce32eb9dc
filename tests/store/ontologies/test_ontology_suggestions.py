"""Free text to terms: what is found, how well it fits, and what is never suggested."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.model.ontology_terms import MAX_LENGTH
from catalogue.store.ontologies import Ontology
from catalogue.store.ontologies.matching import abbreviated, fit, readings, words
from tests.store.ontologies.samples import OBO, installed, only_installed


@pytest.fixture(scope="module")
def held() -> Ontology:
    """The curated tables."""
    return Ontology.load()


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    """The small ontology that exists nowhere, and nothing else."""
    home = tmp_path_factory.mktemp("home")
    installed(home, own=OBO)
    return only_installed(home)


@pytest.mark.parametrize(
    ("text", "prefix", "curie"),
    [
        ("Homo sapiens (human)", "NCBITaxon", "NCBITaxon:9606"),  # BioStudies, 54 times
        ("Human (Homo sapiens)", "NCBITaxon", "NCBITaxon:9606"),
        ("Mus muculus", "NCBITaxon", "NCBITaxon:10090"),  # SSBD
        ("M. muculus", "NCBITaxon", "NCBITaxon:10090"),
        ("D.melanogaster", "NCBITaxon", "NCBITaxon:7227"),
        ("Bos Taurus (cow)", "NCBITaxon", "NCBITaxon:9913"),
        ("Zebrafish", "NCBITaxon", "NCBITaxon:7955"),
        ("light sheet microscopy", "FBbi", "FBbi:00000369"),
        ("lightsheet microscopy", "FBbi", "FBbi:00000369"),
        ("fluoresence microscpy", "FBbi", "FBbi:00000246"),
        ("spinning disc confocal microscopy", "FBbi", "FBbi:00000253"),
        ("Brightfield microscopy", "FBbi", "FBbi:00000243"),
        ("STED", "FBbi", "FBbi:00000334"),
        ("structured illumination microscopy", "FBbi", "FBbi:00000332"),
        ("microscopy, electron", "FBbi", "FBbi:00000256"),
        ("HeLa Cell", "CLO", "CLO:0003684"),
        ("NIH 3T3", "CLO", "CLO:0008172"),
        ("nucleus (GO:0005634)", "GO", "GO:0005634"),  # SSBD
        ("T lymphocytes", "CL", "CL:0000084"),
        ("β-galactosidase activity", "GO", "GO:0004565"),
    ],
)
def test_free_text_of_the_archives_finds_its_term(held: Ontology, text: str, prefix: str, curie: str) -> None:
    """Brackets, misspellings, short genus names, word order and joined words do not hide the term."""
    first, *_ = held.suggest(text, [prefix], at_least=85)
    assert first.curie == curie
    assert first.label == held.label(curie)


@pytest.mark.parametrize(
    "text", ["DIC microscopi", "some sort of organism", "Beads", "the", "", "()", "!?", "x" * 9_000]
)
def test_what_no_term_means_gets_no_good_fit(held: Ontology, text: str) -> None:
    """Words without a counterpart, and no words at all, are no misspelling of something else."""
    assert held.suggest(text, ["NCBITaxon", "EFO"], at_least=85) == []


def test_missing_word_is_no_misspelling() -> None:
    """ "DIC microscopy" is not a way to write "microscopy", nor "human" one to write "Human adenovirus 2"."""
    assert fit("DIC microscopy", "microscopy") < 85
    assert fit("human", "Human adenovirus 2") < 85
    assert fit("cryogenic transmission electron microscopy", "scanning-transmission electron microscopy") < 85
    assert fit("microscpy", "microscopy") > 85
    assert fit("U2OS", "U-2 OS") == fit("u-2-os", "U 2 OS") == 100


def test_synonyms_that_are_not_exact_fit_less(made_up: Ontology) -> None:
    """The label fits best, then exact synonyms; narrower, broader and related ones are found, but below."""
    scores = {text: made_up.suggest(text)[0].score for text in ("blue organelle", "cyan organelle", "bluish granule")}
    assert scores["blue organelle"] == 100
    assert scores["blue organelle"] >= scores["cyan organelle"] > scores["bluish granule"] > 85
    assert {s.curie for text in scores for s in made_up.suggest(text, limit=1)} == {"GO:9000002"}


def test_obsolete_term_is_suggested_as_its_replacement(made_up: Ontology) -> None:
    """Nobody is sent to a term that was given up: its one replacement stands in, without one it is left out."""
    assert made_up.suggest("obsolete teal organelle")[0].curie == "GO:9000002"
    assert made_up.suggest("obsolete mixed organelle", at_least=95) == []
    assert not any(made_up.obsolete(s.curie) for s in made_up.suggest("organelle", limit=100))


def test_prefixes_and_roots_narrow_the_search(held: Ontology) -> None:
    """Only terms of the ontologies asked for, at or below the roots asked for."""
    everywhere = held.suggest("microscopy", limit=50)
    assert {s.curie.partition(":")[0] for s in everywhere} > {"FBbi"}
    assert {s.curie.partition(":")[0] for s in held.suggest("microscopy", ["EDAM"], limit=50)} == {"EDAM"}
    below = held.suggest("microscopy", ["FBbi"], ["FBbi:00000345"], limit=50)
    assert below
    assert all("FBbi:00000345" in held.ancestors(s.curie) | {s.curie} for s in below)
    assert "FBbi:00000241" not in {s.curie for s in below}


def test_suggestions_are_best_first_and_limited(held: Ontology) -> None:
    """Each term once, by falling score, no more than asked for and none below the score asked for."""
    found = held.suggest("confocal microscopy", limit=10, at_least=50)
    assert len({s.curie for s in found}) == len(found) == 10
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert min(s.score for s in found) >= 50
    assert len(held.suggest("confocal microscopy", limit=2)) == 2


@given(st.text(max_size=80), st.text(max_size=80))
@settings(deadline=None, max_examples=100)
def test_any_two_texts_can_be_compared(text: str, name: str) -> None:
    """Whatever a depositor writes, the fit is a number from 0 to 100, and nothing fits better than the text itself."""
    assert 0 <= fit(text, name) <= 100
    assert fit(name, name) == (100 if words(name) else 0)
    assert len(readings(text)) <= 8


@given(text=st.text(max_size=80))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_asked_for(made_up: Ontology, text: str) -> None:
    """Quotes, operators and control characters are words or nothing to the index, never a query of their own."""
    assert all(0 <= suggestion.score <= 100 for suggestion in made_up.suggest(text))


def test_long_text_costs_no_more_than_its_beginning(held: Ontology) -> None:
    """A description where a name belongs is read as far as names go."""
    assert len(words("word " * 1_000)) <= 16
    assert held.suggest("confocal microscopy " + "of many things " * 10_000, ["FBbi"], limit=1)
    assert len(words("é" * MAX_LENGTH)[0]) <= MAX_LENGTH


def test_short_names_of_species_are_understood() -> None:
    """The first letter of the genus stands for it; what is no species has no short name."""
    assert abbreviated("Mus musculus") == abbreviated("M. musculus") == abbreviated("m.musculus") == "mmusculus"
    assert abbreviated("Escherichia coli K-12") == abbreviated("E. coli K-12")
    assert abbreviated("fluorescence microscopy") == abbreviated("Mus") == abbreviated("HeLa cell") == ""


def test_terms_without_a_curie_belong_to_their_ontology(tmp_path: Path) -> None:
    """EDAM's development version names terms by word: asked for EDAM, they are found by their IRI."""
    iri = "http://edamontology.org/topic_Light-sheet_microscopy"
    installed(tmp_path, edam=f'<{iri}> a owl:Class ; rdfs:label "Light-sheet microscopy" .')
    found = only_installed(tmp_path).suggest("light sheet microscopy", ["EDAM"])
    assert [(s.curie, s.score) for s in found] == [(iri, 100)]
