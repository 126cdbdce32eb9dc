"""ResourceSync 1.1: what a client that follows the lists ends up with."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from tests.exchange.harvested import Node, study
from tests.web.studies_for_pages import image

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS = "{http://www.openarchives.org/rs/terms/}"
HERE = "http://node.example.org"
DAY = 86_400.0


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Three days of changes: made, changed, withdrawn, made again, suppressed, replaced."""
    found = Node(tmp_path)
    found.put(*(study(number) for number in range(1, 7)), image("biostudies:S-BIAD1.a", "biostudies:S-BIAD1"))
    found.clock.go(DAY)
    found.put(study(2, "Changed"))
    found.withdraw("biostudies:S-BIAD3")
    found.withdraw("biostudies:S-BIAD4")
    found.clock.go(DAY)
    found.put(study(4, "Again"))
    found.put(study(5, "Doubtful"), status="suppressed")
    found.withdraw("biostudies:S-BIAD6", "replaced", replaced_by="biostudies:S-BIAD1")
    found.clock.go(2)
    return found


@dataclass
class Reader:
    """A client in process that trusts nothing it reads."""

    client: FlaskClient
    seen: list[str] = field(default_factory=list)

    def tree(self, address: str) -> Any:
        """The document at an address of the node."""
        assert address.startswith(HERE)
        self.seen.append(address.removeprefix(HERE))
        response = self.client.get(address.removeprefix(HERE))
        assert response.status_code == 200, (address, response.text)
        return etree.fromstring(response.data)

    def find(self, capability: str) -> str:
        """Address of a capability, by the way that leads to it."""
        description = self.tree(f"{HERE}/.well-known/resourcesync")
        listed = self.tree(description.findtext(f".//{SITEMAP}loc"))
        for url in listed.iter(f"{SITEMAP}url"):
            if url.find(f"{RS}md").get("capability") == capability:
                return str(url.findtext(f"{SITEMAP}loc"))
        raise AssertionError(capability)

    def entries(self, address: str) -> list[Any]:
        """Entries of a list or of all lists of an index."""
        root = self.tree(address)
        if root.tag == f"{SITEMAP}sitemapindex":
            parts = [part.findtext(f"{SITEMAP}loc") for part in root.iter(f"{SITEMAP}sitemap")]
            return [entry for part in parts for entry in self.entries(part)]
        return list(root.iter(f"{SITEMAP}url"))


def listed(reader: Reader) -> dict[str, str]:
    """Address -> hashes, of the resource list."""
    entries = reader.entries(reader.find("resourcelist"))
    return {entry.findtext(f"{SITEMAP}loc"): entry.find(f"{RS}md").get("hash") for entry in entries}


def replayed(reader: Reader) -> dict[str, str]:
    """Address -> hashes, after all changes were carried out in order."""
    state: dict[str, str] = {}
    for entry in reader.entries(reader.find("changelist")):
        address, said = entry.findtext(f"{SITEMAP}loc"), entry.find(f"{RS}md")
        assert said.get("datetime") == entry.findtext(f"{SITEMAP}lastmod")
        assert (said.get("change") == "created") == (address not in state)
        if said.get("change") == "deleted":
            del state[address]
        else:
            state[address] = said.get("hash")
    return state


@pytest.fixture(params=[5000, 4, 1])
def reader(node: Node, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader of a node whose lists cover as many positions of the log."""
    monkeypatch.setattr(
        "catalogue.exchange.resourcesync.documents.ResourceSync.__init__.__defaults__", (request.param,)
    )
    return Reader(node.app().test_client())


def test_replayed_changes_are_the_resource_list(reader: Reader) -> None:
    """P13: the change lists, carried out in order, give the resources of the resource list with their hashes."""
    assert replayed(reader) == listed(reader) != {}


def test_listed_resources_are_what_is_served(reader: Reader) -> None:
    """Every resource is served at its address with the length and the hashes that the list tells."""
    entries = reader.entries(reader.find("resourcelist"))
    names = {entry.findtext(f"{SITEMAP}loc").rpartition("/")[2] for entry in entries}
    assert names == {
        "biostudies:S-BIAD1.nt", "biostudies:S-BIAD2.nt", "biostudies:S-BIAD4.nt", "biostudies:S-BIAD5.nt",
        "biostudies:S-BIAD1.a.nt",
    }  # fmt: skip
    for entry in entries:
        served = reader.client.get(entry.findtext(f"{SITEMAP}loc").removeprefix(HERE))
        said = entry.find(f"{RS}md")
        assert served.status_code == 200 and served.content_type.startswith(said.get("type"))
        md5 = hashlib.md5(served.data, usedforsecurity=False).hexdigest()
        assert said.get("hash") == f"md5:{md5} sha-256:{hashlib.sha256(served.data).hexdigest()}"
        assert int(said.get("length")) == len(served.data)


def test_the_dump_holds_the_same_bytes(reader: Reader) -> None:
    """The packages of the dump hold every resource once, as served, described by their manifests."""
    found: dict[str, str] = {}
    for entry in reader.entries(reader.find("resourcedump")):
        response = reader.client.get(entry.findtext(f"{SITEMAP}loc").removeprefix(HERE))
        assert response.content_type == "application/zip" and int(response.headers["Content-Length"])
        package = zipfile.ZipFile(io.BytesIO(response.data))
        manifest = etree.fromstring(package.read("manifest.xml"))
        assert manifest.find(f"{RS}md").get("capability") == "resourcedump-manifest"
        for url in manifest.iter(f"{SITEMAP}url"):
            said = url.find(f"{RS}md")
            content = package.read(said.get("path").lstrip("/"))
            assert f"sha-256:{hashlib.sha256(content).hexdigest()}" in said.get("hash")
            assert url.findtext(f"{SITEMAP}loc") not in found
            found[url.findtext(f"{SITEMAP}loc")] = said.get("hash")
    assert found == listed(reader)


def test_change_lists_are_daily(node: Node) -> None:
    """Each day with changes has a list that says which time it covers; a day without has none."""
    node.clock.go(5 * DAY)
    node.put(study(9))
    node.clock.go(2)
    reader = Reader(node.app().test_client())
    index = reader.tree(reader.find("changelist"))
    days = [part.findtext(f"{SITEMAP}loc").split("/")[-2] for part in index.iter(f"{SITEMAP}sitemap")]
    assert days == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-08"]
    periods = [part.find(f"{RS}md") for part in index.iter(f"{SITEMAP}sitemap")]
    assert periods[0].get("from") == "2026-03-01T00:00:00.000000Z"
    assert periods[0].get("until") == "2026-03-02T00:00:00.000000Z"
    assert periods[-1].get("until") == index.find(f"{RS}md").get("until") < "2026-03-09"


def test_unknown_lists_are_not_found(node: Node) -> None:
    """Days, positions and blocks that no index names are 404 with the place where to look."""
    client = node.app().test_client()
    for path in (
        "resources/9.xml", "dump/9.zip", "changes/2026-03-01/2.xml", "changes/2026-03-05/1.xml",
        "changes/9999-12-31/1.xml", "changes/yesterday/1.xml", "changes/2026-03-01/0.xml",
    ):  # fmt: skip
        response = client.get(f"/resourcesync/{path}")
        assert response.status_code == 404 and response.json["title"] == "Not found", path


def test_an_empty_node_has_empty_lists(tmp_path: Path) -> None:
    """A node without records offers lists without entries."""
    reader = Reader(Node(tmp_path).app().test_client())
    assert listed(reader) == replayed(reader) == {}
    assert reader.entries(reader.find("resourcedump")) == []


def test_the_running_second_is_no_part_of_lists(node: Node) -> None:
    """Lists tell until when they hold, and what is recorded later is not in them."""
    reader = Reader(node.app().test_client())
    before = listed(reader)
    node.put(study(99))
    assert listed(reader) == before == replayed(reader)
    node.clock.go(1)
    assert len(listed(reader)) == len(before) + 1
