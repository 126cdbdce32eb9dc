"""The signposting client finds in headers and link sets of every page what the ledger says."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.image_places import places
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from catalogue.web.licences import describe_licence
from catalogue.web.negotiation import offers
from tests.clients.served_node import served_node
from tests.clients.study_nodes import invented_studies, real_studies
from tests.web.studies_for_pages import (
    BARE,
    GONE,
    HUMAN,
    IMAGE,
    ORPHAN,
    PLAIN_IMAGE,
    STUDY,
    append,
    clock,
    image,
    study,
)

signposting = pytest.importorskip("signposting")


def targets(links: Any) -> list[str]:
    """Addresses of links."""
    return sorted(str(link.target) for link in links)


def of_page(address: str) -> Any:
    """What the client finds in the header of a page, and no more."""
    return signposting.find_signposting_http(address)


def of_linkset(page: str, end: str) -> Any:
    """What the client finds in a link set about its page; links of other contexts are told apart."""
    return signposting.find_signposting_linkset(page + end).for_context(page)


def same(found: Any, page: str, record: dict[str, Any], *, whole: bool) -> None:
    """Holds links to the record; a header may lack authors of a long list."""
    kind = record["type"]
    assert str(found.citeAs.target) == BASE + record["id"]
    forms = {(page + o.suffix, o.media_type, o.profile) for o in offers(kind) if o.suffix}
    assert {(str(x.target), str(x.type), next(map(str, x.profiles), None)) for x in found.describedBy} == forms
    schema = {"Study": "Dataset", "Image": "ImageObject"}[kind]
    assert targets(found.types) == ["https://schema.org/AboutPage", f"https://schema.org/{schema}"]
    licence = record.get("license")
    assert (str(found.license.target) if found.license else None) == (
        (describe_licence(licence).spdx or licence) if licence else None
    )
    orcids = sorted({person["orcid"] for person in record.get("authors", ()) if "orcid" in person})
    told = targets(found.authors)
    assert told == orcids if whole or len(orcids) <= 20 else set(told) < set(orcids)
    assert targets(found.linksets) == [f"{page}/linkset", f"{page}/linkset.json"]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Ledger]]:
    """Address and ledger of a node with invented studies."""
    with invented_studies(tmp_path_factory.mktemp("signposting")) as running:
        yield running


@pytest.mark.parametrize("curie", [STUDY, BARE, HUMAN, IMAGE, PLAIN_IMAGE])
def test_signposting_reads_pages_and_linksets_as_the_ledger_has_them(node: tuple[str, Ledger], curie: str) -> None:
    """Signposting level 1 and 2: header, link set in JSON and in text say what the record says, items included."""
    address, ledger = node
    entry = ledger.head(curie)
    assert entry is not None
    page = f"{address}/{'images' if entry.kind == 'image' else 'studies'}/{curie}"
    children = [f"{address}/images/{child.curie}" for child in ledger.children(curie)]
    data = [place.fetched[0] for place in places(entry.record)]
    for found in (of_page(page), of_linkset(page, "/linkset.json"), of_linkset(page, "/linkset")):
        same(found, page, entry.record, whole=True)
        assert targets(found.items) == sorted(children + data)
        above = f"/studies/{entry.record['study']}" if entry.kind == "image" else "/catalog"
        assert str(found.collection.target) == address + above


@pytest.mark.parametrize(("curie", "kind"), [(GONE, "studies"), (ORPHAN, "images")])
def test_signposting_reads_a_tombstone(node: tuple[str, Ledger], curie: str, kind: str) -> None:
    """A withdrawn record stays citable: its page answers 410 and still tells where its tombstone is."""
    page = f"{node[0]}/{kind}/{curie}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = of_page(page)
    assert str(found.citeAs.target) == BASE + curie
    assert targets(found.describedBy) == sorted(page + offer.suffix for offer in offers("Tombstone") if offer.suffix)


def test_signposting_reads_all_images_of_a_study(tmp_path: Path) -> None:
    """Items: the header names the first eight of 300 images within its limit, the link set each of them."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, study())
        names = [f"{STUDY}.field-{number:03}" for number in range(300)]
        for name in names:
            append(ledger, image(name, STUDY), parent=STUDY)
        with served_node(Services(ledger, Resolver(ledger))) as address:
            page = f"{address}/studies/{STUDY}"
            all_of_them = [f"{address}/images/{name}" for name in names]
            assert targets(of_page(page).items) == all_of_them[:8]
            for end in ("/linkset.json", "/linkset"):
                assert targets(of_linkset(page, end).items) == all_of_them
                back = signposting.find_signposting_linkset(page + end).for_context(all_of_them[7])
                assert str(back.collection.target) == page


@pytest.mark.partners
@pytest.mark.slow
def test_signposting_reads_every_real_study(partners: Path, tmp_path: Path) -> None:
    """Signposting level 2: header and link set of all studies of the partners' crates say what their records say."""
    with real_studies(tmp_path, partners) as (address, records):
        for curie, record in records.items():
            page = f"{address}/studies/{curie}"
            same(of_page(page), page, record, whole=False)
            same(of_linkset(page, "/linkset.json"), page, record, whole=True)
