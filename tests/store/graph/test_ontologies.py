"""Ontology files: what is kept of them, which wins, and what hostile ones do."""

from __future__ import annotations

import gzip
import lzma
import time
from pathlib import Path

import pytest

from catalogue.problems import BadRequest
from catalogue.store import ontologies
from catalogue.store.ontologies import Ontology, install

# Traps: FBBI in capitals (IDR's subset, 2026-03-13), a restriction as parent and a German label, which OBO files carry.
TURTLE = """
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
obo:FBBI_00000246 a owl:Class ; rdfs:label "fluorescence microscopy", "Fluoreszenzmikroskopie"@de ;
    oio:hasExactSynonym "fluo"@en ; oio:hasBroadSynonym "imaging" ;
    rdfs:subClassOf obo:FBBI_00000345, [ a owl:Restriction ] ; rdfs:comment "left out" .
obo:FBBI_00000345 a owl:Class ; rdfs:label "light microscopy" .
obo:FBBI_00000999 a owl:Class ; rdfs:label "given up" ; owl:deprecated true .
obo:RO_1 a owl:ObjectProperty ; rdfs:label "no class" .
"""
ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">%s]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
<rdf:Description rdf:about="http://example.org/a"><rdfs:label>&j;</rdfs:label></rdf:Description></rdf:RDF>"""
    % ENTITIES
)
OWL = b"""<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY obo "http://purl.obolibrary.org/obo/">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
 xmlns:owl="http://www.w3.org/2002/07/owl#">
<owl:Class rdf:about="&obo;GO_0005634"><rdfs:label>nucleus</rdfs:label></owl:Class></rdf:RDF>"""


@pytest.fixture
def turtle(tmp_path: Path) -> Path:
    """TURTLE as a file."""
    path = tmp_path / "methods.ttl"
    path.write_text(TURTLE)
    return path


def test_named_classes_are_kept_under_canonical_identifiers(tmp_path: Path, turtle: Path) -> None:
    """Labels, accepted labels and named parents are kept; properties, restrictions and foreign labels are not."""
    assert install(tmp_path, "own", turtle) == 3
    held = Ontology.load([tmp_path / "ontologies" / "own.nt"])
    assert held.label("FBbi:00000246") == "fluorescence microscopy"
    assert held.labels("FBbi:00000246") == {"fluorescence microscopy", "fluo"}
    assert held.synonyms("FBbi:00000246") == {"imaging"}
    assert held.parents("FBbi:00000246") == ("FBbi:00000345",)
    assert held.deprecated("FBbi:00000999")
    assert len(held) == 3


@pytest.mark.parametrize(("suffix", "pack"), [(".ttl.xz", lzma.compress), (".ttl.gz", gzip.compress)])
def test_packed_files_are_read(tmp_path: Path, suffix: str, pack) -> None:
    """.xz and .gz files are unpacked."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(pack(TURTLE.encode()))
    assert install(tmp_path, "own", path) == 3


def test_harmless_entities_of_owl_files_are_read(tmp_path: Path) -> None:
    """OBO's RDF/XML abbreviates namespaces by entities in a DOCTYPE."""
    path = tmp_path / "go.owl"
    path.write_bytes(OWL)
    install(tmp_path, "go", path)
    assert Ontology.load(tmp_path).label("GO:0005634") == "nucleus"


def test_entity_bomb_is_refused_and_this_process_lives(tmp_path: Path) -> None:
    """Nested entities end the parser's process only; nothing is installed."""
    path = tmp_path / "bomb.owl"
    path.write_bytes(BOMB)
    with pytest.raises(BadRequest, match="bomb"):
        install(tmp_path, "bomb", path)
    assert not (tmp_path / "ontologies").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.ttl", b"not turtle"), ("a.obo", b"x"), ("a.ttl.xz", b"not packed"), ("a.ttl", b""), ("missing.ttl", None)],
)
def test_useless_files_are_refused_with_a_reason(tmp_path: Path, name: str, content: bytes | None) -> None:
    """An unparsable, unknown, damaged, empty or missing file is a bad request that names it."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadRequest, match=name.partition(".")[0]):
        install(tmp_path, "own", tmp_path / name)


@pytest.mark.parametrize("name", ["../up", "Big", "", "a" * 50])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, turtle: Path, name: str) -> None:
    """A name may not leave the folder."""
    with pytest.raises(BadRequest):
        install(tmp_path, name, turtle)


def test_installed_file_wins_over_the_curated_table(tmp_path: Path, turtle: Path) -> None:
    """Label and parents come from the installed file; accepted labels of both count."""
    turtle.write_text(TURTLE.replace('"fluorescence microscopy"', '"renamed"'))
    install(tmp_path, "own", turtle)
    held = Ontology.load(tmp_path)
    assert held.label("FBbi:00000246") == "renamed"
    assert {"fluo", "fluorescence microscopy", "epifluorescence microscopy"} <= held.labels("FBbi:00000246")
    assert held.parents("FBbi:00000246") == ("FBbi:00000345",)
    assert held.label("FBbi:00000251") == "confocal microscopy"


def test_curated_tables_carry_the_demo_hierarchies() -> None:
    """Every curated term reaches its root, and its parents are in the table."""
    held = Ontology.load()
    assert {"NCBITaxon:1", "NCBITaxon:2759", "NCBITaxon:40674"} <= held.ancestors("NCBITaxon:10090")
    assert "NCBITaxon:2" in held.ancestors("NCBITaxon:562")
    assert {"FBbi:00000241", "FBbi:00000246"} <= held.ancestors("FBbi:00000369")
    for curie in ontologies_terms():
        assert all(parent in held or parent.startswith("http") for parent in held.parents(curie)), curie
        assert held.label(curie), curie
        assert curie == "NCBITaxon:1" or held.parents(curie), curie


def ontologies_terms() -> list[str]:
    """CURIEs of the curated tables, the roots aside."""
    from catalogue.model.namespaces import contract

    content = b"".join(p.read_bytes() for p in ontologies.sources(None))
    lines = ontologies.cut_down(content, ".ttl").splitlines()
    found = {contract(line.split()[0].decode().strip("<>")) for line in lines}
    return sorted(curie for curie in found if not curie.startswith("http"))


@pytest.mark.parametrize(
    ("curie", "label", "accepted"),
    [
        ("FBbi:00000369", "light sheet fluorescence microscopy", True),
        ("FBbi:00000369", "SPIM", True),
        ("FBbi:00000246", "Fluorescence  Microscopy", True),
        ("FBbi:00000249", "time-lapse microscopy", True),
        ("NCBITaxon:9606", "human", True),
        ("FBbi:00000256", "laser scanning confocal microscopy", False),
        ("FBbi:00000367", "two-photon excitation microscopy", False),
        ("NCBITaxon:10090", "Mus muculus", False),
        ("FBbi:99999999", "anything", False),
    ],
)
def test_labels_are_checked(curie: str, label: str, accepted: bool) -> None:
    """Known spellings pass, other concepts' names do not (all seen in SSBD and BIA records)."""
    assert Ontology.load().accepts(curie, label) is accepted


def test_a_label_finds_its_term_only_when_it_is_certain(tmp_path: Path, turtle: Path) -> None:
    """find_label gives one term, None for an unknown or ambiguous label."""
    held = Ontology.load()
    assert held.find_label("Mouse") == "NCBITaxon:10090"
    assert held.find_label("confocal microscopy", "FBbi") == "FBbi:00000251"
    assert held.find_label("confocal microscopy", "NCBITaxon") is None
    assert held.find_label("no such thing") is None
    turtle.write_text(TURTLE.replace('"light microscopy"', '"fluorescence microscopy"'))
    install(tmp_path, "own", turtle)
    assert Ontology.load([tmp_path / "ontologies" / "own.nt"]).find_label("fluorescence microscopy") is None


def test_cycles_end(tmp_path: Path) -> None:
    """Two classes that are each other's parent have each other as ancestor and no more."""
    path = tmp_path / "cycle.nt"
    sub, label = ontologies.PARENT, ontologies.LABEL
    one, two = "<http://purl.obolibrary.org/obo/GO_0000001>", "<http://purl.obolibrary.org/obo/GO_0000002>"
    path.write_text(f'{one} {label} "1" .\n{two} {label} "2" .\n{one} {sub} {two} .\n{two} {sub} {one} .\n')
    assert Ontology.load([path]).ancestors("GO:0000001") == {"GO:0000002"}


@pytest.mark.partners
def test_whole_fbbi_and_idr_taxa_load_fast(tmp_path: Path, partners: Path) -> None:
    """FBbi and IDR's taxon subset install, answer hierarchy questions and load in under 0.3 s."""
    install(tmp_path, "fbbi", partners / "ontologies" / "fbbi.owl.xz")
    install(tmp_path, "taxa", partners / "ontologies" / "idr_ncbitaxon_hierarchy_subset.ttl")
    began = time.process_time()
    held = Ontology.load(tmp_path)
    assert time.process_time() - began < 0.3
    assert len(held) > 850
    assert "NCBITaxon:2" in held.ancestors("NCBITaxon:562")
    assert "FBbi:00000241" in held.ancestors("FBbi:00000585")
    assert held.accepts("FBbi:00000258", "transmission electron microscopy")
