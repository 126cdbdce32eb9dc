from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from records_for_dcat import PLACE, ROOT, Graph, entry, example, read, said, study

from catalogue.exchange.dcat.dataset import dataset, owners_identifier
from catalogue.exchange.dcat.forms import FORMS, N_TRIPLES, RDF_XML, TURTLE, render
from catalogue.exchange.dcat.place import Subject
from catalogue.model.namespaces import BASE
from tests.web.studies_for_pages import hostile_study

FULL = example("Study-full")
IRI = BASE + FULL["id"]
ENGINE = {
    ".ttl": ox.RdfFormat.TURTLE, ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES,
}  # fmt: skip


def graph(record: dict[str, Any], **changed: Any) -> Graph:
    """What is said of a study."""
    return read(render([dataset(entry(record, **changed), PLACE)], N_TRIPLES))


def test_a_full_study_says_in_dcat_what_its_record_says() -> None:
    """Title, words, days, licence, access and version of the record are those of the data set."""
    found = graph(FULL)
    for predicate, value in {
        "dct:title": FULL["title"],
        "dct:description": FULL["description"],
        "dct:issued": FULL["date_published"],
        "dct:modified": FULL["date_updated"],
        "dct:license": FULL["license"],
        "dcat:version": FULL["version"],
        "dcat:landingPage": FULL["landing_page"],
        "dct:publisher": FULL["publisher"]["id"],
        "dct:language": "http://publications.europa.eu/resource/authority/language/ENG",
    }.items():
        assert said(found, IRI, predicate) == {value}, predicate
    assert said(found, IRI, "dcat:keyword") == set(FULL["keywords"])
    assert len(said(found, IRI, "dct:creator")) == len(FULL["authors"])
    assert said(found, FULL["publisher"]["id"], "foaf:name") == {FULL["publisher"]["name"]}


def test_access_is_told_by_the_authoritys_term() -> None:
    """dct:accessRights is the EU's IRI and a rights statement; without access in the record there is none."""
    found = graph(study(access={"id": "idr:idr9001/access", "access_level": "RESTRICTED"}))
    (right,) = said(found, f"{BASE}idr:idr9001", "dct:accessRights")
    assert right == "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
    assert said(found, right, "rdf:type") == {"http://purl.org/dc/terms/RightsStatement"}
    assert not said(graph(study()), f"{BASE}idr:idr9001", "dct:accessRights")


def test_what_is_missing_stays_missing() -> None:
    """A bare study has neither description, contact, theme, publisher nor day: nothing is made up."""
    found = graph(study(), source_url=None)
    stated = {p for s, p, _ in found if s == f"{BASE}idr:idr9001"}
    assert not [p for p in stated if p.endswith(("description", "contactPoint", "theme", "publisher", "issued"))]
    assert "unknown" not in str(found).lower()


def test_owners_identifier_comes_first_and_others_beside_it() -> None:
    """SEMIC: dct:identifier is the first catalogue's, all others are adms:identifier and stay as they are."""
    record = study(doi="10.17867/10000101", alternative_identifiers=["OLD-77"], former_identifiers=["idr0001-x"])
    found = graph(record)
    iri = f"{BASE}idr:idr9001"
    assert said(found, iri, "dct:identifier") == {"idr9001"}
    notations = {o for node in said(found, iri, "adms:identifier") for o in said(found, node, "skos:notation")}
    assert notations == {"idr:idr9001", "https://doi.org/10.17867/10000101", "OLD-77", "idr0001-x"}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (study(), "idr9001"),
        (study(id="empiar:10311", accession="10311", owner="empiar"), "EMPIAR-10311"),
        # 1-Some alone fits no pattern of ssbd's bare accessions, so that nobody could say whose it is.
        (study(id="ssbd:1-Some", accession="1-Some", owner="ssbd"), "ssbd:1-Some"),
    ],
)
def test_identifiers_of_two_owners_cannot_be_taken_for_one(record: dict[str, Any], expected: str) -> None:
    """dct:identifier is the archive's own writing where that alone tells the owner, else it carries the prefix."""
    assert owners_identifier(record) == expected


def test_contact_is_given_where_it_is_stated() -> None:
    """The corresponding author with an address is the contact; an author without that role is not."""
    found = graph(FULL)
    contacts = said(found, IRI, "dcat:contactPoint")
    mails = {mail for node in contacts for mail in said(found, node, "vcard:hasEmail")}
    assert "mailto:ada@example.org" in mails
    plain = study(authors=[{"type": "Person", "id": "idr:idr9001/author/1", "name": "A", "email": "a@example.org"}])
    assert not said(graph(plain), f"{BASE}idr:idr9001", "dcat:contactPoint")


def test_files_and_stores_are_distributions() -> None:
    """A file has address, type, size and one checksum; a site's Zarr store is one in the format OME-Zarr."""
    own = "idr:idr9001"
    digests = [
        {"id": f"{own}/file/1/checksum/md5", "algorithm": "md5", "checksum_value": "d41d8cd98f00b204e9800998ecf8427e"},
        {"id": f"{own}/file/1/checksum/sha256", "algorithm": "sha256", "checksum_value": "ab" * 32},
    ]
    record = study(
        files=[
            {"id": f"{own}/file/1", "url": "https://x.example/a.csv", "media_type": "text/csv",
             "total_size_bytes": 12, "checksums": digests},
            {"id": f"{own}/file/2", "url": "javascript:alert(1)"},
        ],
        holdings=[
            {"id": f"{own}/holding/1", "site": "EBI", "endpoint": "https://s3.example/idr/",
             "key_template": "zarr/{study}/{accession}.zarr"},
            {"id": f"{own}/holding/2", "site": "Gone", "endpoint": "https://gone.example/",
             "key_template": "{accession}.zarr", "status_of_copy": "lost"},
        ],
    )  # fmt: skip
    found, iri = graph(record), f"{BASE}{own}"
    file, store = f"{iri}/file/1", f"{iri}/holding/1"
    assert said(found, file, "dcat:downloadURL") == {"https://x.example/a.csv"}
    assert said(found, file, "dcat:byteSize") == {"12"}
    assert said(found, file, "dcat:mediaType") == {"http://www.iana.org/assignments/media-types/text/csv"}
    (checksum,) = said(found, file, "spdx:checksum")
    assert said(found, checksum, "spdx:checksumValue") == {"ab" * 32}
    assert said(found, store, "dcat:accessURL") == {"https://s3.example/idr/zarr/idr9001/"}
    assert said(found, store, "dct:format") == {"https://w3id.org/ommatidia/terms/OmeZarr"}
    distributions = said(found, iri, "dcat:distribution")
    assert f"{iri}/file/2" not in distributions and f"{iri}/holding/2" not in distributions


def test_every_form_of_the_record_is_a_distribution() -> None:
    """Each document form is offered at the node's own address with its media type."""
    found = graph(study())
    urls = {u for d in said(found, f"{BASE}idr:idr9001", "dcat:distribution") for u in said(found, d, "dcat:accessURL")}
    assert {f"{ROOT}/studies/idr:idr9001{suffix}" for suffix in (".ttl", ".jsonld", ".nt", ".crate.json")} <= urls


def test_catalogue_record_tells_where_the_study_is_from() -> None:
    """The CatalogRecord says when it changed, what it conforms to, what it was made from, and the source's entry."""
    found = graph(study(date_updated="2024-05-01"))
    record = f"{BASE}idr:idr9001/record"
    assert said(found, record, "foaf:primaryTopic") == {f"{BASE}idr:idr9001"}
    assert said(found, record, "dct:modified") == {"2026-11-20T09:30:00Z"}
    assert said(found, record, "dct:conformsTo") == {"https://semiceu.github.io/DCAT-AP/releases/3.0.1/"}
    assert said(found, record, "prov:wasDerivedFrom") == {"https://archive.example/record.json"}
    (source,) = said(found, record, "dct:source")
    assert said(found, source, "dct:modified") == {"2024-05-01"}
    assert said(found, source, "rdfs:seeAlso") == {"https://archive.example/record.json"}


def test_a_folder_of_the_operator_is_nobodys_business() -> None:
    """Where a record was read from a disk, its CatalogRecord names no source."""
    found = graph(study(), source_url="/home/operator/crates/a.json")
    assert "/home/operator" not in str(found)


def test_no_blank_nodes_and_the_same_bytes_again() -> None:
    """Every node has a name, and equal entries give equal bytes in every form."""
    for form in FORMS:
        first = render([dataset(entry(FULL), PLACE)], form)
        assert first == render([dataset(entry(dict(reversed(FULL.items()))), PLACE)], form)
        assert not any(s.startswith("_:") or o.startswith("_:") for s, _, o in read(first, ENGINE[form.suffix]))


def test_all_forms_say_the_same() -> None:
    """A foreign parser reads the same triples in Turtle, JSON-LD, RDF/XML and N-Triples."""
    graphs = [read(render([dataset(entry(FULL), PLACE)], form), ENGINE[form.suffix]) for form in FORMS]
    assert graphs[0] and all(one == graphs[0] for one in graphs)


def test_hostile_record_stays_text() -> None:
    """Markup, script addresses and quotes of a hostile record are literals in well-formed documents, no addresses."""
    blocks = [dataset(entry(hostile_study()), PLACE)]
    assert read(render(blocks, TURTLE), ox.RdfFormat.TURTLE) == read(render(blocks, N_TRIPLES))
    etree.fromstring(render(blocks, RDF_XML))
    assert not [o for _, p, o in read(render(blocks, N_TRIPLES)) if o.startswith("javascript:") and "URL" in p]


@given(st.text(min_size=1, max_size=40))
def test_any_text_survives_every_form(title: str) -> None:
    """Any title is read back the same from all forms; only what XML cannot hold is replaced, and line ends are one."""
    blocks = [dataset(entry(study(title=title)), PLACE)]
    read_back = {
        title
        for form in FORMS
        for title in said(read(render(blocks, form), ENGINE[form.suffix]), f"{BASE}idr:idr9001", "dct:title")
    }
    (found,) = read_back
    assert found == title.replace("\r\n", "\n").replace("\r", "\n") or "�" in found
    etree.fromstring(render(blocks, RDF_XML))


def test_parts_hang_below_the_name_they_are_given() -> None:
    """In a document that is itself the address of the data set, parts are its fragments, so that they resolve."""
    subject = Subject(f"{ROOT}/fdp/dataset/{FULL['id']}", FULL["id"], "#")
    found = read(render([dataset(entry(FULL), PLACE, subject=subject)], N_TRIPLES))
    own = [s for s, _, _ in found if s.startswith(subject.iri)]
    assert own and all(s == subject.iri or s.startswith(f"{subject.iri}#") for s in own)
    assert not [s for s, _, _ in found if s.startswith(f"{BASE}{FULL['id']}")]
