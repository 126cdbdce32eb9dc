"""Ontology terms of a crate: repaired where certain, kept as the study's own where not."""

from __future__ import annotations

from typing import Any

import pytest
from gide_crates import OBO, codes, crate, map_crate, ref, study

from catalogue.model.documents import Mapped


def method(name: str, label: str, **more: Any) -> Any:
    """The mapping of a crate whose only imaging method is this term."""
    term = {"@id": name, "@type": "DefinedTerm", "name": label, **more}
    return map_crate(crate("S-BIAD7", term, measurementMethod=ref(name)))


def imaging_methods(mapped: Mapped) -> list[dict[str, Any]]:
    """The study's terms that are imaging methods."""
    return [term for term in mapped.records[0]["terms"] if term["type"] == "ImagingMethod"]


def subject(name: str, label: str, **more: Any) -> Any:
    """The mapping of a crate that is about this term."""
    term = {"@id": name, "@type": "DefinedTerm", "name": label, **more}
    return map_crate(crate("S-BIAD7", term, about=ref(name)))


@pytest.mark.parametrize(
    ("name", "label", "curie"),
    [
        ("FBbi:00000257", "scanning electron microscopy (SEM)", "FBbi:00000257"),  # S-BIAD2822
        (OBO + "FBBI_00000246", "fluorescence microscopy", "FBbi:00000246"),  # idr0004, February 2026
        ("obo:FBbi_251", "confocal microscopy", "FBbi:00000251"),
        (OBO + "FBbi_ 00000254", "two-photon laser scanning microscopy", "FBbi:00000254"),  # 194-Obashi-SpineDyn
        ("#00000251", "confocal microscopy", "FBbi:00000251"),  # idr0062
        ("#NCIT_C181930", "Multiplexed Ion Beam Imaging (MIBI)", "NCIT:C181930"),  # idr0163
    ],
)
def test_irregular_method_id_is_repaired(name: str, label: str, curie: str) -> None:
    """The form is mended, the original kept, and a finding says so."""
    mapped = method(name, label)
    (term,) = imaging_methods(mapped)
    assert term == {"type": "ImagingMethod", "id": curie, "label": label, "source_id": name}
    assert mapped.records[0]["methods"] == [curie]
    assert "term-id-form" in codes(mapped)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("#term", "imaging mass cytometry"),  # idr0054
        ("#0026155", "X-Ray Microtomography"),  # idr0147
        ("#00000251", "phase contrast microscopy"),  # the name does not vouch for the number
    ],
)
def test_doubtful_method_id_becomes_the_studys_own_term(name: str, label: str) -> None:
    """What cannot be certain is kept by its label under the study, with a warning."""
    mapped = method(name, label)
    (term,) = imaging_methods(mapped)
    assert (term["id"], term["label"]) == ("biostudies:S-BIAD7/term/1", label)
    assert "term-id-unknown" in codes(mapped)


@pytest.mark.parametrize("name", ["obo:FBbi_00000251", OBO + "FBbi_00000251"])
def test_canonical_id_is_no_finding(name: str) -> None:
    """The ontology's IRI and its obo: form are right as they are."""
    mapped = method(name, "confocal microscopy")
    assert imaging_methods(mapped) == [{"type": "ImagingMethod", "id": "FBbi:00000251", "label": "confocal microscopy"}]
    assert not codes(mapped)


@pytest.mark.parametrize(
    "name",
    [OBO + "NCBITaxon_09606", "https://www.ncbi.nlm.nih.gov/datasets/taxonomy/9606", "obo:NCBITaxon_9606"],
)
def test_every_spelling_of_a_taxon_is_one_organism(name: str) -> None:
    """One species has one CURIE (SSBD in March, in May; the BioImage Archive)."""
    taxon = {"@id": name, "@type": "Taxon", "scientificName": "Homo sapiens"}
    assert study(crate("S-BIAD7", taxon, about=ref(name)))["organisms"] == ["NCBITaxon:9606"]


def test_identifier_beside_a_local_id_names_the_term() -> None:
    """A zero for the letter O in `identifier` is certain (78-Takagi-CellDyn)."""
    mapped = subject("#ontology-term-g0:0003406", "retinal pigment epithelium development", identifier="G0:0003406")
    assert mapped.records[0]["subjects"] == ["GO:0003406"]


def test_identifier_that_contradicts_the_id_is_reported() -> None:
    """The @id wins and the contradiction is shown."""
    mapped = subject(OBO + "CLO_0003684", "HeLa cell", identifier="CLO:0000001")
    assert mapped.records[0]["subjects"] == ["CLO:0003684"]
    assert "term-identifier-differs" in codes(mapped)


def test_two_iris_in_one_id_are_two_terms() -> None:
    """Ids and names that pair up are told apart (378-Minegishi-MetastaticNiche)."""
    mapped = subject(f"{OBO}BTO_0004163, {OBO}CLO_0001716", "MC-38 cell, AML12 cell")
    labels = {term["id"]: term["label"] for term in mapped.records[0]["terms"] if term["type"] == "OntologyTerm"}
    assert labels == {"BTO:0004163": "MC-38 cell", "CLO:0001716": "AML12 cell"}


@pytest.mark.parametrize(
    "name",
    [OBO + "WormBase ID_WBStrain00000190", OBO + "eng2a_mCherry"],  # 131-Wen-NeuronalNucDyn, 150-Abe-SomiteDev
)
def test_invented_obo_iri_is_not_believed(name: str) -> None:
    """An IRI that no ontology made becomes the study's own term."""
    mapped = subject(name, "AML14")
    assert mapped.records[0]["subjects"] == ["biostudies:S-BIAD7/term/1"]
    assert "term-id-unknown" in codes(mapped)


def test_foreign_vocabulary_keeps_its_iri() -> None:
    """A term of an ontology we have no prefix for is referred to by its IRI."""
    assert subject("https://www.jax.org/strain/000664", "C57BL/6J").records[0]["subjects"] == [
        "https://www.jax.org/strain/000664"
    ]


def test_taxon_named_by_its_number_has_no_name() -> None:
    """An id as scientificName is dropped; the CURIE stands in until ingest knows better (460-Tanaka-RadialAxisDyn)."""
    taxon = {"@id": "obo:NCBITaxon_3702", "@type": "Taxon", "scientificName": "NCBITaxon:3702"}
    mapped = map_crate(crate("S-BIAD7", taxon, about=ref("obo:NCBITaxon_3702")))
    labels = {term["id"]: term["label"] for term in mapped.records[0]["terms"]}
    assert labels["NCBITaxon:3702"] == "NCBITaxon:3702"
    assert {"label-is-id", "label-missing"} <= codes(mapped)


def test_embedded_cell_line_is_read() -> None:
    """An object inside hasCellLine is an entity that forgot its place (ssbd-repos-000265)."""
    sample = {
        "@id": "#biosample-1", "@type": "BioSample", "name": "s", "description": "d",
        "hasCellLine": {"@id": OBO + "CLO_0007646", "name": "MDCK cell"},
    }  # fmt: skip
    mapped = map_crate(crate("S-BIAD7", sample, about=ref("#biosample-1")))
    assert mapped.records[0]["biosamples"][0]["cell_lines"] == ["CLO:0007646"]
    assert {"type": "OntologyTerm", "id": "CLO:0007646", "label": "MDCK cell"} in mapped.records[0]["terms"]
    assert "embedded-object" in codes(mapped)


def test_cell_line_in_words_is_kept_as_words() -> None:
    """A name without id is a term of the study, not a guess (161-Tanaka-MEFMitochondrial, March 2026)."""
    sample = {"@id": "#b", "@type": "BioSample", "name": "s", "hasCellLine": "COS7 cell"}
    mapped = map_crate(crate("S-BIAD7", sample, about=ref("#b")))
    (line,) = mapped.records[0]["biosamples"][0]["cell_lines"]
    assert {term["id"]: term["label"] for term in mapped.records[0]["terms"]}[line] == "COS7 cell"
    assert "term-without-id" in codes(mapped)


def test_term_of_a_sample_also_counts_for_the_study() -> None:
    """A taxon that only a biosample names is found by a search for the organism, and reported."""
    sample = {"@id": "#b", "@type": "BioSample", "name": "s", "taxonomicRange": ref("obo:NCBITaxon_9606")}
    taxon = {"@id": "obo:NCBITaxon_9606", "@type": "Taxon", "scientificName": "Homo sapiens"}
    mapped = map_crate(crate("S-BIAD7", sample, taxon, about=ref("#b")))
    assert mapped.records[0]["organisms"] == ["NCBITaxon:9606"]
    assert "taxon-not-on-dataset" in codes(mapped)


def test_structure_in_the_method_slot_is_reported() -> None:
    """An anatomical term is no imaging method (ssbd-repos-000413)."""
    assert "method-not-a-method" in codes(method(OBO + "UBERON_0010291", "Histology"))


def test_names_that_differ_do_not_depend_on_order() -> None:
    """Two labels of one term give the same record in either order, with a finding."""
    one = {"@id": "obo:CLO_0008172", "@type": "DefinedTerm", "name": "NIH-3T3 cell"}
    two = {"@id": OBO + "CLO_0008172", "@type": "DefinedTerm", "name": "EO771, NIH-3T3 cell"}
    there = map_crate(crate("S-BIAD7", one, two, about=ref(one["@id"], two["@id"])))
    back = map_crate(crate("S-BIAD7", one, two, about=ref(two["@id"], one["@id"])))
    assert there.records == back.records
    assert "labels-differ" in codes(there)
