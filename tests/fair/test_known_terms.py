"""States of ontology terms as facts of an audit."""

from __future__ import annotations

from catalogue.fair.dataset import dataset_of
from catalogue.fair.known_terms import KnownTerms
from catalogue.model.namespaces import BASE
from catalogue.store.ontologies import Ontology

RECORD = {
    "type": "Study",
    "id": "ssbd:1-A-B",
    "accession": "1-A-B",
    "owner": "ssbd",
    "title": "An example study",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "terms": [
        {"id": "NCBITaxon:9606", "type": "Taxon", "label": "Homo sapiens"},
        # 19-Yamamoto-AveBrainConn and six more of SSBD name this term, which GO has given up.
        {"id": "GO:0005623", "type": "OntologyTerm", "label": "cell"},
        {"id": "NCBITaxon:184585", "type": "Taxon", "label": "Engraulis encrasicolus"},
        {"id": "ssbd:1-A-B/term/1", "type": "OntologyTerm", "label": "a thing"},
    ],
}


def states(known: KnownTerms) -> dict[str, str]:
    """Term -> state."""
    dataset = dataset_of([("study", "0" * 64, RECORD)], ["terms"], [known.of_study])
    return {
        row.text.removeprefix(BASE).rpartition("/")[2]: row.said("state")
        for row in dataset.facts["terms"][BASE + RECORD["id"]]
    }


def test_terms_are_current_obsolete_or_unknown() -> None:
    """What the shipped tables tell is told; what they lack is unknown, since they are excerpts."""
    assert states(KnownTerms()) == {
        "NCBITaxon_9606": "current",
        "GO_0005623": "obsolete",
        "NCBITaxon_184585": "unknown",
        "1": "unknown",
    }


def test_terms_of_samples_are_told_from_terms_of_imaging() -> None:
    """Structured illumination is of imaging, fixed tissue and antibodies are not; of others nothing is told."""
    curies = {
        "FBbi:00000332": "imaging",  # idr0021, structured illumination
        "FBbi:00000246": "imaging",
        "FBbi:00000002": "sample",  # SSBD gives it as a measurementMethod
        "FBbi:00000401": "sample",  # 150-Abe-SomiteDev, antibody
        "FBbi:99999999": "",
        "GO:0005623": "",
    }
    record = RECORD | {"terms": [{"id": curie, "type": "OntologyTerm", "label": "a"} for curie in curies]}
    dataset = dataset_of([("study", "0" * 64, record)], ["terms"], [KnownTerms().of_study])
    rows = dataset.facts["terms"][BASE + RECORD["id"]]
    assert {row.text.rpartition("/")[2].replace("_", ":"): row.said("branch") for row in rows} == curies


def test_a_whole_ontology_can_say_that_a_term_is_missing() -> None:
    """Only an ontology that is held whole makes a term missing."""

    class Whole(Ontology):
        def covers(self, prefix: str) -> bool:
            return prefix == "NCBITaxon"

    assert states(KnownTerms(Whole(Ontology.load().sources)))["NCBITaxon_184585"] == "missing"


def test_digest_changes_with_the_ontologies() -> None:
    """Whoever keeps results can tell whether they still hold."""
    assert KnownTerms().digest == KnownTerms().digest != KnownTerms(Ontology()).digest
