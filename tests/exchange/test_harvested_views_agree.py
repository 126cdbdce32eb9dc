"""P13: what OAI-PMH, ResourceSync, the sitemap and the dump say of the node is one and the same."""

from __future__ import annotations

import json

import pyoxigraph
import pytest
from lxml import etree

from catalogue.exchange.dump import DumpFormat, dump
from catalogue.store.entries import GONE
from tests.exchange.harvested import BASE, Node, study
from tests.exchange.oai_answers import OAI, pages
from tests.exchange.test_resourcesync_documents import Reader, listed
from tests.web.studies_for_pages import human_study, image
from tests.web.studies_for_pages import study as full_study


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Studies with every field and with few, an image, changes, a suppressed, a withdrawn and a replaced record."""
    found = Node(tmp_path_factory.mktemp("views"))
    plain = {"description": "Without what XML cannot hold."}
    found.put(*(study(number) | plain for number in range(1, 9)), full_study(), human_study())
    found.put(image("biostudies:S-BIAD1.a", "biostudies:S-BIAD1"))
    found.clock.go(60)
    found.put(study(2, "Changed") | plain)
    found.put(study(3, "Doubtful") | plain, status="suppressed")
    found.withdraw("biostudies:S-BIAD4")
    found.withdraw("biostudies:S-BIAD5", "replaced", replaced_by="biostudies:S-BIAD6")
    found.clock.go(2)
    return found


def names(addresses: object) -> set[str]:
    """CURIEs in which addresses end."""
    return {str(address).rpartition("/")[2].removesuffix(".nt") for address in addresses}  # type: ignore[attr-defined]


def test_all_views_have_the_same_records(node: Node) -> None:
    """P13: OAI live = resource list = live heads = sitemap with what is suppressed = dump without tombstones."""
    client = node.app().test_client()
    headers = [header for page in pages(client) for header in page.headers]
    live = names(header.identifier for header in headers if not header.is_deleted)
    suppressed = names(header.identifier for header in headers if "status:suppressed" in header.sets)
    heads = node.ledger.heads()
    assert live == {entry.curie for entry in heads if entry.status not in GONE}
    assert names(h.identifier for h in headers if h.is_deleted) == {e.curie for e in heads if e.status in GONE}
    assert names(listed(Reader(client))) == live
    root = etree.fromstring(client.get("/sitemap/0.xml").data)
    assert names(url.findtext("{*}loc") for url in root) | suppressed == live and len(root) == len(live) - 1
    lines = [json.loads(line) for line in dump(node.ledger, DumpFormat.JSONL)]
    assert {line["curie"] for line in lines if line["record"]["type"] != "Tombstone"} == live


def test_all_views_say_the_same_of_a_record(node: Node) -> None:
    """P13: metadata and about of OAI-PMH's `rdf` together are the triples of the document that ResourceSync lists."""
    client = node.app().test_client()
    compared = 0
    for page in pages(client, "ListRecords", metadataPrefix="rdf"):
        for record in page.root.iter(f"{OAI}record"):
            if record.find(f"{OAI}header").get("status") == "deleted":
                continue
            curie = record.findtext(f"{OAI}header/{OAI}identifier").removeprefix(BASE)
            said = set()
            for part in ("metadata", "about"):
                graph = etree.tostring(record.find(f"{OAI}{part}")[0])
                said |= set(pyoxigraph.parse(graph, format=pyoxigraph.RdfFormat.RDF_XML))
            kind = "images" if curie.endswith(".a") else "studies"
            served = client.get(f"/{kind}/{curie}.nt").data
            assert said == set(pyoxigraph.parse(served, format=pyoxigraph.RdfFormat.N_TRIPLES)), curie
            compared += 1
    assert compared == 9
