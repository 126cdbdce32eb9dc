"""Records as XML: always well-formed, always the same text back, whatever a partner wrote."""

from __future__ import annotations

from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalogue.exchange.dcat.dataset import dataset
from catalogue.exchange.dcat.forms import N_TRIPLES, render
from catalogue.exchange.dcat.place import Place
from catalogue.exchange.oai.base import metadata_formats, prefixes_of
from catalogue.exchange.oai.datacite import METADATA_FORMAT as DATACITE
from catalogue.exchange.oai.dcat import METADATA_FORMAT as DCAT
from catalogue.exchange.oai.kept import KeptRecords
from catalogue.exchange.rdf_xml import rdf_xml
from catalogue.exchange.xml_text import attribute, text
from catalogue.model import rdf
from catalogue.model.payload import canonical
from catalogue.store.entries import Entry
from tests.exchange.harvested import START, study
from tests.web.studies_for_pages import HOSTILE, IMAGE, STUDY, bare_study, hostile_study, human_study, image
from tests.web.studies_for_pages import study as full_study

HERE = "http://node.example.org"
KERNEL = "{http://datacite.org/schema/kernel-4}"


def entry(record: dict[str, Any]) -> Entry:
    """An entry that holds the record."""
    return Entry(
        1, record["id"], record["owner"], 0, 1, "study", None, "create", "public", canonical(record), "d", "p", "h",
        "test", None, None, "test", None, START, START,
    )  # fmt: skip


@given(st.text(st.characters()))
def test_any_text_survives_but_for_what_xml_cannot_hold(value: str) -> None:
    """Text and attributes come back as they were; characters that XML 1.0 forbids come back as U+FFFD."""
    tree = etree.fromstring(f'<a b="{attribute(value)}">{text(value)}</a>'.encode())
    expected = "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
        for c in value
    )
    assert (tree.text or "") == tree.get("b") == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_triples_survive_rdf_xml(value: str) -> None:
    """Triples of a record with any title are the same after RDF/XML, but for what XML cannot hold."""
    record = study(1) | {"title": value or "x"}
    lines = rdf.triples(record)
    found = set(pyoxigraph.parse(rdf_xml(lines).encode(), format=pyoxigraph.RdfFormat.RDF_XML))
    expected = set(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert {t.predicate for t in found} == {t.predicate for t in expected} and len(found) == len(expected)
    same = {t for t in expected if "title" not in t.predicate.value and "description" not in t.predicate.value}
    assert same <= found


@pytest.mark.parametrize(
    "record", [full_study(), bare_study(), human_study(), image(IMAGE, STUDY)], ids=lambda r: r["id"]
)
def test_whole_graphs_are_equal_after_rdf_xml(record: dict[str, Any]) -> None:
    """Records with every field, almost none, access terms and images are the same graph in RDF/XML."""
    lines = rdf.triples(record)
    found = set(pyoxigraph.parse(rdf_xml(lines).encode(), format=pyoxigraph.RdfFormat.RDF_XML))
    assert found == set(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES))


def test_lines_that_the_emitter_never_writes_are_refused() -> None:
    """Blank nodes, predicates that XML cannot name and broken lines are errors, not other triples."""
    for line in (b"_:a <http://e/b> <http://e/c> .\n", b"<http://e/a> <http://e/> <http://e/c> .\n",
                 b'<http://e/a> <http://e/b> "c\n', b"<http://e/a> <http://e/1> <http://e/c> .\n"):  # fmt: skip
        with pytest.raises(ValueError, match=r"emitter|XML name"):
            rdf_xml(line)


def test_hostile_texts_stay_texts() -> None:
    """A record whose every text attacks whoever reads it is well-formed in all formats that can hold it."""
    record = hostile_study()
    for member in metadata_formats():
        if member.covers(record):
            try:
                tree = etree.fromstring(member.metadata(entry(record), record, HERE).encode())
            except ValueError:
                assert member.prefix == "rdf"  # its IRIs are none
                continue
            assert not [node for node in tree.iter() if etree.QName(node).localname in ("script", "img", "svg")]


def test_formats_that_a_record_can_be_had_in() -> None:
    """DataCite needs authors and a day; DCAT is about studies; Dublin Core and the graph take everything."""
    assert prefixes_of(entry(full_study())) == ["oai_dc", "oai_datacite", "dcat", "rdf"]
    assert prefixes_of(entry(bare_study())) == ["oai_dc", "dcat", "rdf"]
    assert prefixes_of(entry(image(IMAGE, STUDY))) == ["oai_dc", "rdf"]
    assert not DATACITE.covers(full_study() | {"date_published": "March 2020"})
    assert HOSTILE.startswith("ssbd:")


def test_datacite_says_what_the_record_says() -> None:
    """Names, ORCID, ROR, paper, grant, size and licence of a full study stand where DataCite 4.5 has them."""
    tree = etree.fromstring(DATACITE.metadata(entry(full_study()), full_study(), HERE).encode())
    resource = tree.find(f".//{KERNEL}resource")
    said = {etree.QName(node).localname: node.text for node in resource.iter() if node.text}
    assert said["creatorName"] == "מרים כהן" and said["publicationYear"] == "2024"
    assert resource.find(f".//{KERNEL}creatorName").text == "Ruiz, Ana"
    affiliation = resource.find(f".//{KERNEL}affiliation")
    assert affiliation.get("affiliationIdentifier") == "https://ror.org/02catss52"
    assert said["awardNumber"] == "226718/Z/22/Z" and said["funderName"] == "Imaginary Trust"
    assert resource.find(f".//{KERNEL}relatedIdentifier").attrib["relatedIdentifierType"] == "DOI"
    assert resource.find(f"{KERNEL}identifier").attrib == {"identifierType": "URL"}
    with_doi = full_study() | {"doi": "10.6019/S-BIAD90001"}
    again = etree.fromstring(DATACITE.metadata(entry(with_doi), with_doi, HERE).encode())
    assert again.find(f".//{KERNEL}identifier").attrib == {"identifierType": "DOI"}
    assert [s.text for s in again.iter(f"{KERNEL}size")] == ["41234567890 bytes", "1279 files"]


def test_dcat_says_what_the_catalogue_says() -> None:
    """P13: the DCAT rendering has the triples of the study in the node's DCAT catalogue, no more and no fewer."""
    study_record = full_study() | {"description": 'A\ttab, a "quote" and\na line.'}
    held = entry(study_record)
    found = set(pyoxigraph.parse(DCAT.metadata(held, study_record, HERE).encode(), format=pyoxigraph.RdfFormat.RDF_XML))
    place = Place(HERE, lambda curie, suffix: f"{HERE}/studies/{curie}{suffix}")
    catalogued = render([dataset(held, place)], N_TRIPLES)
    assert found == set(pyoxigraph.parse(catalogued, format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert full_study()["title"] in {triple.object.value for triple in found}


def test_kept_records_are_given_up_when_there_are_too_many() -> None:
    """What was not asked for longest goes first, and the bound holds."""
    kept = KeptRecords(10)
    kept.keep((1, "a"), "12345")
    kept.keep((2, "a"), "12345")
    assert kept.find([(1, "a")])
    kept.keep((3, "a"), "12345")
    assert sorted(kept.find([(1, "a"), (2, "a"), (3, "a")])) == [(1, "a"), (3, "a")]
    kept.keep((4, "a"), "x" * 11)
    assert kept.find([(4, "a")]) == {}
