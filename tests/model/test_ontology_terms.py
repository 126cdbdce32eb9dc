"""Repair of ontology term identifiers: the table of field.md section 7, and what must never happen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.namespaces import ONTOLOGIES, expand
from catalogue.model.ontology_terms import repair_term

OBO = "http://purl.obolibrary.org/obo/"


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("Fbbi_00000243", "FBbi:00000243"),  # idr0070
        ("fbbi_00000251", "FBbi:00000251"),
        ("obo:FBbi:00000246", "FBbi:00000246"),
        ("FBbi:246", "FBbi:00000246"),
        (OBO + "FBBI_00000246", "FBbi:00000246"),
        (OBO + "FBbi_ 00000254", "FBbi:00000254"),  # 194-Obashi-SpineDyn
        ("NCBI:txid9606", "NCBITaxon:9606"),
        ("NCBItaxon_7227", "NCBITaxon:7227"),
        (OBO + "NCBITaxon_09606", "NCBITaxon:9606"),
        ("https://www.ncbi.nlm.nih.gov/datasets/taxonomy/9606", "NCBITaxon:9606"),
        ("http://purl.bioontology.org/ontology/NCBITAXON/44689", "NCBITaxon:44689"),
        ("https://identifiers.org/taxonomy:9606", "NCBITaxon:9606"),
        ("EFO_0003789", "EFO:0003789"),
        (OBO + "EFO_0003789", "EFO:0003789"),
        ("G0:0003406", "GO:0003406"),  # 78-Takagi-CellDyn
        ("CLO_0008068", "CLO:0008068"),
        ("MI_2213", "MI:2213"),
        ("NCIT_C181930", "NCIT:C181930"),
        ("topic_3954", "EDAM:topic_3954"),
        ("obo:BAO_0002004", "BAO:0002004"),
    ],
)
def test_known_spelling_is_repaired(text: str, curie: str) -> None:
    """The one canonical CURIE comes out, marked as repaired, with the original beside it."""
    form = repair_term(text)
    assert form is not None
    assert (form.curie, form.repaired, form.original) == (curie, True, text)
    assert form.iri == expand(curie)


@pytest.mark.parametrize(
    "text",
    ["FBbi:00000246", OBO + "FBbi_00000246", "obo:FBbi_00000246", "http://www.ebi.ac.uk/efo/EFO_0007550",
     "http://edamontology.org/topic_3954", "http://www.bioassayontology.org/bao#BAO_0002004", "obo:DUO_0000007",
     "obo:CL_0000000"],
)  # fmt: skip
def test_canonical_form_is_not_a_repair(text: str) -> None:
    """CURIE, IRI and obo: form are right as they are."""
    form = repair_term(text)
    assert form is not None
    assert not form.repaired


@pytest.mark.parametrize(
    "text",
    ["", "#term", "9606", "00000251", "NCBI:9606", "NCBITaxon:0", "FBbi:123456789", "FBbi:", "FBbi:abc", "GO:00１２345",
     OBO + "WormBase ID_WBStrain00000190", OBO + "eng2a_mCherry", OBO + "BTO_0004163, " + OBO + "CLO_0001716",
     "confocal microscopy", "https://example.org/FBbi_00000246/more", "FBbi:00000246#x", "ＦＢbi:00000246", "x" * 600],
)  # fmt: skip
def test_doubtful_text_is_no_term(text: str) -> None:
    """What could mean something else is left to the caller."""
    assert repair_term(text) is None


def test_bare_number_needs_the_slot_to_speak_for_it() -> None:
    """A number is a term only where its place leaves no doubt, and with all its digits."""
    assert repair_term("00000251", "FBbi").curie == "FBbi:00000251"  # type: ignore[union-attr]
    assert repair_term("9606", "NCBITaxon").curie == "NCBITaxon:9606"  # type: ignore[union-attr]
    assert repair_term("0026155", "FBbi") is None  # idr0147: seven digits are not FBbi's


_PREFIXES = st.sampled_from([name for name, entry in ONTOLOGIES.items() if "width" in entry] + ["NCBITaxon"])


@given(_PREFIXES, st.integers(1, 9_999), st.booleans(), st.sampled_from([":", "_"]), st.sampled_from(["", "obo:", OBO]))
def test_number_and_ontology_survive_any_spelling(prefix: str, number: int, upper: bool, joint: str, base: str) -> None:
    """Case, padding and form change; the ontology and the number never do."""
    form = repair_term(f"{base}{prefix.upper() if upper else prefix.lower()}{joint}{number}")
    assert form is not None
    assert form.curie.partition(":")[0] == prefix
    assert int(form.curie.partition(":")[2]) == number


@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(
            re.compile(r"(obo:|http://purl\.obolibrary\.org/obo/)?[A-Za-z]{2,9}[:_/ ]{0,2}[0-9C]{0,9}"), fullmatch=True
        ),
    )
)
def test_repair_is_idempotent(text: str) -> None:
    """What was repaired is canonical: repairing it again changes nothing."""
    form = repair_term(text)
    if form is not None:
        for again in (form.curie, form.iri):
            second = repair_term(again)
            assert second is not None
            assert (second.curie, second.repaired) == (form.curie, False)
