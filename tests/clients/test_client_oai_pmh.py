"""Clients of OAI-PMH that nobody here wrote read the node whole: count and content equal the ledger's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sickle import Sickle

from catalogue.model import rdf
from catalogue.store.entries import GONE
from tests.clients.running import run_python
from tests.clients.seeded import heads, seed, titles, told
from tests.exchange.harvested import BASE, Node

HERE = Path(__file__).parent
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return seed(tmp_path_factory.mktemp("oai"))


@pytest.fixture(scope="module")
def base(node: Node) -> Iterator[str]:
    with node.served() as address:
        yield f"{address}/oai"


def test_sickle_reads_every_record_in_every_format(node: Node, base: str) -> None:
    """Sickle's list of each format has each record once that can be had in it, with date, deletion and content."""
    sickle = Sickle(base)
    expected, texts = told(node), titles(node)
    for prefix in ("oai_dc", "rdf"):
        records = list(sickle.ListRecords(metadataPrefix=prefix))
        assert {r.header.identifier: (r.header.datestamp, r.header.deleted) for r in records} == expected
        assert len(records) == len(expected)
    read = {r.header.identifier: r.metadata for r in sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True)}
    assert {name: metadata["title"] for name, metadata in read.items()} == {n: [t] for n, t in texts.items()}
    studies = [entry for entry in heads(node) if entry.kind == "study"]
    of_dcat = {record.header.identifier for record in sickle.ListRecords(metadataPrefix="dcat")}
    assert of_dcat == {BASE + entry.curie for entry in studies}
    full = [e for e in studies if e.status in GONE or {"authors", "date_published"} <= e.record.keys()]
    of_datacite = {record.header.identifier for record in sickle.ListRecords(metadataPrefix="oai_datacite")}
    assert of_datacite == {BASE + entry.curie for entry in full} and len(of_datacite) == len(studies) - 1


def test_the_whole_graph_survives_the_way_through_xml(node: Node, base: str) -> None:
    """P13: the triples of `rdf`, read by rdflib, are those of the record, but for characters XML cannot hold."""
    import rdflib

    for record in list(Sickle(base).ListRecords(metadataPrefix="rdf", ignore_deleted=True))[::20]:
        graph = record.xml.find(".//{*}metadata")[0]
        found = rdflib.Graph().parse(data=etree.tostring(graph), format="xml")
        entry = node.ledger.head(record.header.identifier.removeprefix(BASE))
        assert entry is not None
        lines = rdf.triples(entry.record).decode().replace("\\u0000", "\ufffd").replace("\\u0007", "\ufffd")
        expected = rdflib.Graph().parse(data=lines.replace("\ufffe", "\ufffd"), format="nt")
        assert set(found) == set(expected)


def test_scythe_reads_every_record(node: Node, base: str) -> None:
    """oaipmh-scythe reads records, headers, sets and formats, equal to the ledger."""
    said = run_python("oai", HERE / "oai_reads.py", base, "oai_dc")
    expected = told(node)
    assert {name: (stamp, gone) for name, stamp, gone, _ in said["records"]} == expected
    assert len(said["records"]) == len(said["headers"]) == len(expected)
    read = {name: metadata["title"] for name, _, gone, metadata in said["records"] if not gone}
    assert read == {name: [text] for name, text in titles(node).items()}
    assert said["formats"] == ["oai_dc", "oai_datacite", "dcat", "rdf"] and "kind:study" in said["sets"]
    of_set = run_python("oai", HERE / "oai_reads.py", base, "oai_dc", "kind:image")
    assert [name for name, *_ in of_set["records"]] == [f"{BASE}biostudies:S-BIAD1.a"]


def test_pyoai_reads_every_record(node: Node, base: str) -> None:
    """pyoai reads records, headers, sets and formats, equal to the ledger."""
    said = run_python("pyoai", HERE / "pyoai_reads.py", base)
    expected = told(node)
    assert {name: (stamp, gone) for name, stamp, gone, _ in said["records"]} == expected
    assert len(said["records"]) == len(said["headers"]) == len(expected)
    read = {name: metadata["title"] for name, _, gone, metadata in said["records"] if not gone}
    assert read == {name: [text] for name, text in titles(node).items()}
    assert said["formats"] == ["oai_dc", "oai_datacite", "dcat", "rdf"] and said["email"].endswith("example.org")


def _schema() -> etree.XMLSchema:
    from tests.clients.running import _MADE

    place = _MADE / "pyoai" / "OAI-PMH.xsd"
    if not place.exists():
        pytest.skip("the XML Schema of OAI-PMH is not installed (`make clients`)")
    return etree.XMLSchema(etree.parse(place))


def test_answers_are_valid_by_the_schema_of_the_protocol(node: Node) -> None:
    """Every kind of answer, errors included, is valid by OAI-PMH.xsd; oai_dc by what its schema demands."""
    schema, client = _schema(), node.app().test_client()
    name = f"{BASE}biostudies:S-BIAD5"
    asked = [
        "verb=Identify", "verb=ListMetadataFormats", f"verb=ListMetadataFormats&identifier={name}", "verb=ListSets",
        "verb=ListIdentifiers&metadataPrefix=oai_dc", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01",
        *(f"verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_datacite", "dcat", "rdf")),
        f"verb=GetRecord&metadataPrefix=oai_dc&identifier={name}",
        f"verb=GetRecord&metadataPrefix=oai_dc&identifier={BASE}biostudies:S-BIAD7",
        "verb=nonsense", "", "verb=ListRecords&metadataPrefix=oai_dc&from=x",
        "verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "verb=ListRecords&metadataPrefix=mods",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=%3C%26%22", "verb=ListRecords&resumptionToken=%3C",
        "verb=ListSets&resumptionToken=x", "verb=ListRecords&metadataPrefix=oai_dc&set=no:such",
    ]  # fmt: skip
    for query in asked:
        root = etree.fromstring(client.get(f"/oai?{query}").data)
        assert schema.validate(root), (query, schema.error_log.last_error)
    token = root_token(client.get(f"/oai?{asked[4]}").data)
    while token:
        root = etree.fromstring(
            client.get("/oai", query_string={"verb": "ListIdentifiers", "resumptionToken": token}).data
        )
        assert schema.validate(root), schema.error_log.last_error
        token = root_token(etree.tostring(root))


def root_token(content: bytes) -> str:
    """The resumptionToken of an answer, "" where there is none."""
    found: Any = etree.fromstring(content).find(".//{http://www.openarchives.org/OAI/2.0/}resumptionToken")
    return (found.text or "") if found is not None else ""


def test_dublin_core_has_its_fifteen_elements_only(base: str) -> None:
    """oai_dc.xsd by its rules: the root oai_dc:dc, holding elements of DC 1.1 with text alone."""
    allowed = {
        "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format",
        "identifier", "source", "language", "relation", "coverage", "rights",
    }  # fmt: skip
    for record in Sickle(base).ListRecords(metadataPrefix="oai_dc", ignore_deleted=True):
        (root,) = record.xml.find("{*}metadata")
        assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
        for child in root:
            assert child.tag.removeprefix(DC) in allowed and len(child) == 0 and not child.attrib
