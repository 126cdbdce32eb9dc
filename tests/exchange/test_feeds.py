from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from catalogue.exchange.feeds.matching import FeedRules
from catalogue.exchange.feeds.view import FeedView, Findings
from catalogue.model.profiles import profiles
from catalogue.problems import NotFound
from catalogue.resolver.service import Resolver
from catalogue.store import schema
from catalogue.store.entries import NO_PAYLOAD
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from catalogue.web.factory import Services, create_web
from tests.exchange.signed_ledger import append, append_all, image_list, open_signed, study, tombstone

ZEBRAFISH, MOUSE = "NCBITaxon:7955", "NCBITaxon:10090"
SPIM, MICROSCOPY = "FBbi:00000369", "FBbi:00000241"


@pytest.fixture(scope="module")
def rules() -> FeedRules:
    """With the curated ontology and the shipped profiles."""
    return FeedRules(Ontology.load(), profiles().values())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger that signs."""
    with open_signed(tmp_path) as opened:
        yield opened


Feed = Callable[[str, str], FeedView]


@pytest.fixture
def feed(ledger: Ledger, rules: FeedRules) -> Feed:
    """Makes a feed over the ledger."""
    findings = Findings()
    return lambda kind, term: FeedView(f"/feeds/{kind}/{term}", ledger.log, rules.matcher(kind, term), findings)


def fish(number: int, **more: Any) -> dict[str, Any]:
    return study(
        number, organisms=[ZEBRAFISH], terms=[{"type": "Taxon", "id": ZEBRAFISH, "label": "Danio rerio"}], **more
    )


def test_a_feed_has_what_matches_and_what_no_longer_does(ledger: Ledger, feed: Feed) -> None:
    """Creations and updates that match, an update that ceases to (marked as leaving), and then nothing more of it."""
    append_all(ledger, [fish(1), study(2), fish(3)])
    append(ledger, fish(1, keywords=["heart"]))
    append(ledger, study(1, "Not about fish after all"))
    append(ledger, study(1, "And still not"))
    cut = feed("organism", ZEBRAFISH).cut(1)
    assert cut.shown == (1, 3, 4, 5)
    assert cut.leaving == {5}


def test_a_feed_has_deletions_of_what_matched(ledger: Ledger, feed: Feed) -> None:
    """A tombstone belongs to the feeds in which its record was, and to no other."""
    append_all(ledger, [fish(1), study(2)])
    append_all(ledger, [tombstone(1), tombstone(2)], "withdrawn")
    assert feed("organism", ZEBRAFISH).cut(1).shown == (1, 3)
    assert feed("organism", MOUSE).cut(1).shown == ()
    assert feed("owner", "idr").cut(1).shown == (1, 2, 3, 4)
    assert feed("owner", "idr").cut(1).leaving == frozenset()
    assert feed("owner", "ssbd").cut(1).shown == ()


def test_what_cannot_be_told_is_in_every_feed(ledger: Ledger, feed: Feed) -> None:
    """P18: when the payload of a withdrawn record is purged its deletion still reaches whoever may have it."""
    append(ledger, fish(1))
    append(ledger, tombstone(1), "withdrawn")
    with ledger.transaction() as writer:
        gone = {"payload": b"", "stored_digest": NO_PAYLOAD}
        writer.connection.execute(update(schema.entry).where(schema.entry.c.position == 1).values(**gone))
    assert feed("organism", ZEBRAFISH).cut(1).shown == (1, 2)
    assert feed("organism", MOUSE).cut(1).shown == (1, 2)


def test_terms_below_the_term_match(ledger: Ledger, feed: Feed) -> None:
    """A record belongs to the feeds of its terms and of all their ancestors, not of their descendants."""
    ontology = Ontology.load()
    below = _with_parent(ontology)
    above = ontology.parents(below)[0]
    append(ledger, study(1, methods=[below]))
    append(ledger, study(2, methods=[above]))
    assert feed("method", above).cut(1).shown == (1, 2)
    assert feed("method", below).cut(1).shown == (1,)


def _with_parent(ontology: Ontology) -> str:
    return next(c for c in ("FBbi:00000369", "FBbi:00000251", "FBbi:00000246") if ontology.parents(c))


def test_samples_acquisitions_and_phenotypes_count(ledger: Ledger, feed: Feed) -> None:
    """Terms of parts of a study match as those of the study itself."""
    curie = "idr:idr0001"
    sample = {"id": f"{curie}/biosample/1", "title": "x", "organisms": [ZEBRAFISH]}
    made = {"id": f"{curie}/acquisition/1", "title": "x", "methods": [SPIM]}
    seen = {"id": f"{curie}/phenotype/1", "title": "x", "phenotype_terms": ["CMPO:0000077"]}
    append(ledger, study(1, biosamples=[sample], acquisitions=[made], phenotypes=[seen]))
    for kind, term in (("organism", ZEBRAFISH), ("method", SPIM), ("phenotype", "CMPO:0000077")):
        assert feed(kind, term).cut(1).shown == (1,)
        assert feed(kind, term + "1").cut(1).shown == ()


def test_images_go_with_their_study(ledger: Ledger, feed: Feed) -> None:
    """An image list belongs to a feed when its study did at that moment."""
    append(ledger, fish(1))
    append(ledger, image_list(1), kind="image-list", parent="idr:idr0001")
    append(ledger, study(1, "Not about fish"))
    append(ledger, image_list(1) | {"rows": 5}, kind="image-list", parent="idr:idr0001")
    cut = feed("organism", ZEBRAFISH).cut(1)
    assert cut.shown == (1, 2, 3, 4)
    assert cut.leaving == {3, 4}


def test_a_profile_feed_has_records_that_pass(ledger: Ledger, feed: Feed) -> None:
    """A record that fails a profile is not in its feed; its mended version is."""
    good = fish(1, description="A fish. " * 20, keywords=["fish"], methods=[SPIM], date_published="2024-01-01")
    good |= {
        "landing_page": "https://idr.openmicroscopy.org/study/idr0001/",
        "authors": [{"type": "Person", "id": "idr:idr0001/author/1", "name": "A. Ant"}],
        "publisher": {"type": "Organization", "id": "https://idr.openmicroscopy.org/", "name": "IDR"},
        "terms": [*good["terms"], {"type": "ImagingMethod", "id": SPIM, "label": "SPIM"}],
        "thumbnails": ["https://idr.openmicroscopy.org/1.png"],
    }
    append(ledger, study(1))
    append(ledger, good)
    view = feed("profile", "gide-0.2")
    assert view.cut(1).shown == (2,)
    append(ledger, study(1, "Worse again"))
    assert view.cut(1).shown == (2, 3)
    assert view.cut(1).leaving == {3}


def test_unknown_feeds_are_not_found(rules: FeedRules) -> None:
    """What no feed can be about answers NotFound with what may stand there."""
    for kind, term in (
        ("organism", "fish"),
        ("organism", "nothere:1"),
        ("owner", "nobody"),
        ("profile", "no-such-1"),
        ("colour", "red"),
        ("method", "FBbi:x y"),
    ):
        with pytest.raises(NotFound):
            rules.matcher(kind, term)


def test_feeds_are_streams_of_their_own(ledger: Ledger, rules: FeedRules) -> None:
    """Root, index and pages answer in every form; pages made by another ontology are gone."""
    append_all(ledger, [fish(1), study(2)])
    app = create_web(Services(ledger=ledger, resolver=Resolver(ledger), feeds=rules))
    client = app.test_client()
    root = f"/feeds/organism/{ZEBRAFISH}"
    for end in ("", ".trig", ".nq", ".jsonld"):
        assert client.get(root + end).status_code == 200
    version = rules.matcher("organism", ZEBRAFISH).version
    assert f"{root}/{version}/index/1.trig".encode() in client.get(f"{root}.trig").data
    assert f"{root}/{version}/page/1.trig".encode() in client.get(f"{root}/{version}/index/1.trig").data
    page = client.get(f"{root}/{version}/page/1.trig").data
    assert f"<{root}#stream> <https://w3id.org/tree#member> <https://w3id.org/ommatidia/log/idr/0/1>".encode() in page
    assert b"log/idr/0/2>" not in page
    assert client.get(f"{root}/000000000000/page/1").status_code == 410
    assert client.get("/feeds/profile/gide-0.2.trig").status_code == 200
    assert client.get("/feeds/colour/red").status_code == 404
    assert client.get("/feeds/organism/fish").status_code == 404
