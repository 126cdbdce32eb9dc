"""Terms of records held against ontologies: what is put right, what is only said, and what is never touched."""

from __future__ import annotations

import copy
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.ingest.harmonise import harmonise
from catalogue.model.documents import Finding, Severity
from catalogue.store.ontologies import Ontology
from tests.ingest.conftest import study
from tests.store.ontologies.samples import OBO, installed


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    """The curated tables and the small ontology that exists nowhere, as the operator's GO."""
    return installed(tmp_path_factory.mktemp("home"), go=OBO)


def record(**term: str) -> dict[str, Any]:
    """A study with one term."""
    return study(1, terms=[{"type": "OntologyTerm", **term}])


def found(ontology: Ontology, **term: str) -> dict[str, Finding]:
    """Findings about a study with one term, by code."""
    return {finding.code: finding for finding in harmonise(record(**term), ontology)}


def test_obsolete_term_names_its_replacement(held: Ontology) -> None:
    """A warning says what the ontology puts in the term's place; the record keeps its id."""
    given = record(id="GO:9000003", label="teal organelle")
    (finding,) = harmonise(given, held)
    assert (finding.code, finding.severity, finding.path) == ("term-obsolete", Severity.WARNING, "terms[0]")
    assert "GO:9000002 'blue organelle'" in finding.message
    assert given["terms"][0]["id"] == "GO:9000003"


def test_obsolete_term_without_replacement_lists_the_candidates(held: Ontology) -> None:
    """What the ontology would consider instead is named as candidates, with labels."""
    message = found(held, id="GO:9000004", label="mixed organelle")["term-obsolete"].message
    assert "candidates: GO:9000001 'thing of cells', GO:9000002 'blue organelle'" in message


def test_merged_identifier_is_obsolete_and_keeps_its_label(held: Ontology) -> None:
    """An identifier merged into another has no label of its own: what the source says stays."""
    given = record(id="GO:9000009", label="Blue organelle")
    (finding,) = harmonise(given, held)
    assert finding.code == "term-obsolete"
    assert given["terms"][0] == {"type": "OntologyTerm", "id": "GO:9000009", "label": "Blue organelle"}


def test_wrong_label_gets_suggestions_of_the_same_ontology(held: Ontology) -> None:
    """Beside the mismatch stands what the label fits: up to three terms with labels and scores, as a note."""
    findings = found(held, id="GO:9000001", label="cyan organell")
    assert set(findings) == {"label-mismatch", "term-suggestion"}
    finding = findings["term-suggestion"]
    assert (finding.severity, finding.value) == (Severity.INFO, "cyan organell")
    assert "GO:9000002 'blue organelle' (9" in finding.message
    assert "Nothing was changed" in finding.message


def test_identifier_in_place_of_a_label_is_no_wrong_label(held: Ontology) -> None:
    """A source that gives a bare number and no label called the term nothing: the preferred label is put in."""
    given = record(id="GO:9000001", label="9000001", source_id="9000001")
    assert not harmonise(given, held)
    assert given["terms"][0]["label"] == "thing of cells"
    assert "source_label" not in given["terms"][0]


def test_misspelt_label_of_the_right_id_is_said_to_be_one(held: Ontology) -> None:
    """Where the label fits the id that is given best, the advice is to mend the label and not the id."""
    message = found(held, id="NCBITaxon:10090", label="Mus muculus")["term-suggestion"].message
    assert "NCBITaxon:10090 'Mus musculus' (96)" in message
    assert "mend the label" in message


@pytest.mark.parametrize(
    ("kind", "label", "curie"),
    [
        ("ImagingMethod", "confocal microscopy", "FBbi:00000251"),
        ("ImagingMethod", "structured illumination microscopy", "FBbi:00000332"),
        ("Taxon", "M. muculus", "NCBITaxon:10090"),
        ("OntologyTerm", "NIH 3T3", "CLO:0008172"),
        ("ImagingMethod", "Mus musculus", None),
        ("ImagingMethod", "cryostat sectioned tissue", None),
        ("Taxon", "confocal microscopy", None),
        ("OntologyTerm", "a mouse of ours", None),
    ],
)
def test_label_without_id_gets_suggestions_of_its_kind(
    held: Ontology, kind: str, label: str, curie: str | None
) -> None:
    """A study's own term is looked for where terms of its kind are: taxa in NCBITaxon, methods among FBbi's methods."""
    findings = found(held, type=kind, id="biostudies:S-BIADTEST1/term/1", label=label)
    assert set(findings) == ({"term-suggestion"} if curie else set())
    assert curie is None or f"may mean {curie} '" in findings["term-suggestion"].message


@pytest.mark.parametrize(
    ("slot", "label", "curie"),
    [
        ("cell_lines", "NIH 3T3", "CLO:0008172"),
        ("cell_types", "T lymphocytes", "CL:0000084"),
        ("anatomical_parts", "Brain stem", "UBERON:0002298"),
        ("cellular_components", "golgi", "GO:0005794"),
        ("chemicals", "DMSO", "CHEBI:28262"),
    ],
)
def test_label_without_id_is_looked_for_by_its_place(held: Ontology, slot: str, label: str, curie: str) -> None:
    """A cell line is looked for among cell lines, a tissue among tissues: the slot that holds the term decides."""
    own = "biostudies:S-BIADTEST1/term/1"
    terms = [{"type": "OntologyTerm", "id": own, "label": label}]
    samples = [{"id": "biostudies:S-BIADTEST1/biosample/1", "type": "Biosample", slot: [own]}]
    (finding,) = harmonise(study(1, terms=terms, biosamples=samples), held)
    assert f"may mean {curie} '" in finding.message
    assert all(name.startswith(curie.partition(":")[0]) for name in re.findall(r"\w+:\d+", finding.message))


def test_looking_for_terms_is_bounded(held: Ontology) -> None:
    """A document with a label in every line costs no more than one with a hundred of them."""
    own = [f"biostudies:S-BIADTEST1/term/{number}" for number in range(20_000)]
    terms = [{"type": "OntologyTerm", "id": curie, "label": f"HeLa cell {curie[-3:]}"} for curie in own]
    began = time.process_time()
    findings = harmonise(study(1, terms=terms, biosamples=[{"cell_lines": own}]), held)
    assert time.process_time() - began < 5
    assert len(findings) <= 100


def test_ids_of_other_vocabularies_are_nobodys_guess(held: Ontology) -> None:
    """A term with an IRI that we know nothing of is right as it stands."""
    assert found(held, id="https://vocabulary.example/confocal", label="confocal microscopy") == {}
    assert found(held, id="biostudies:S-BIADTEST2/term/1", label="confocal microscopy") == {}


def test_unknown_ids_are_reported_only_where_the_ontology_is_installed(held: Ontology) -> None:
    """GO is installed here; of FBbi there is an excerpt, which says nothing about what it lacks."""
    assert set(found(held, id="GO:0000001", label="x")) == {"term-unknown"}
    assert found(held, id="FBbi:99999999", label="x") == {}


_LABELS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["Mus muculus", "cyan organelle", "confocal microscopy", "HeLa cells", "teal organelle"]),
)
_IDS = st.sampled_from(
    ["GO:9000001", "GO:9000003", "GO:9000009", "NCBITaxon:10090", "FBbi:00000246", "biostudies:S-BIADTEST1/term/1"]
)


_KINDS = st.sampled_from(["Taxon", "ImagingMethod", "OntologyTerm"])


@given(made=st.lists(st.tuples(_IDS, _LABELS, _KINDS), max_size=4))
@settings(deadline=None, max_examples=60)
def test_suggestions_never_change_a_record(held: Ontology, made: list[tuple[str, str, str]]) -> None:
    """With and without suggestions the record comes out the same, its ids and labels as they came in kept."""
    given = study(1, terms=[{"type": kind, "id": curie, "label": label} for curie, label, kind in made])
    plain = copy.deepcopy(given)
    harmonise(given, held)
    harmonise(plain, _Silent(held))  # type: ignore[arg-type]
    assert given == plain
    for term, (curie, label, _) in zip(given["terms"], made, strict=True):
        assert term["id"] == curie
        assert label in ("", curie, term["label"], term.get("source_label"))


class _Silent:
    """An ontology that suggests nothing."""

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ontology, name)

    def suggest(self, *asked: Any) -> list[Any]:
        return []
