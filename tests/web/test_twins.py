from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.model.payload import canonical
from catalogue.resolver.identities import Identities
from catalogue.resolver.service import Resolver
from catalogue.store.claims import Claims, ClaimsView
from catalogue.store.decisions import ACCEPT
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import BARE, HOSTILE, MOMENT, SCRIPT, STUDY, bare_study, hostile_study, study
from tests.web.test_hostile_records import BIDI, read


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A node where IDR names the BioImage Archive's study, SSBD's hostile record names IDR's, and Ada agrees."""
    evil = hostile_study() | {
        "identity_statements": [
            {
                "id": f"{HOSTILE}/identity/1",
                "same_study_as": BARE,
                "evidence": "owner_statement",
                "evidence_detail": f"{SCRIPT}\u202egpj",
                "stated_by": SCRIPT,
            }
        ]
    }
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: MOMENT)
    ledger.add_source("x", harvester="gide", location="x")
    with ledger.transaction() as writer:
        for record in (study(), bare_study() | {"alternative_identifiers": ["S-BIAD90001"]}, evil):
            writer.append(
                curie=record["id"], owner=record["owner"], kind="study", status="public", payload=canonical(record),
                source="x", harvester="gide/2", retrieved_at=MOMENT,
            )  # fmt: skip
    view = ClaimsView(tmp_path / "identity")
    catch_up(ledger, view)
    identities = Identities(Claims(tmp_path / "identity"), ledger.decisions)
    identities.decide(STUDY, BARE, ACCEPT, "Ada", "same plates")
    return create_web(Services(ledger=ledger, resolver=Resolver(ledger), identities=identities)).test_client()


def test_r25_study_page_tells_its_other_records_with_the_evidence(client: FlaskClient) -> None:
    """R25: each twin is linked with who says so; the record itself stays one of its own and answers under its name."""
    text, found = read(client, f"/studies/{BARE}")
    assert "Also recorded as" in text and f"/studies/{STUDY}" in found.addresses
    assert "Image Data Resource says so" in text and "alternative identifier S-BIAD90001" in text
    assert "<bdi>Ada</bdi> compared both (2026-11-20): <bdi>same plates</bdi>" in text
    assert "the record that others point to" in text
    assert client.get(f"/id/{BARE}").headers["Location"].endswith(f"/studies/{BARE}")


def test_evidence_of_a_hostile_record_is_text(client: FlaskClient) -> None:
    """What a record says of itself and others is shown as words, on its own page and on those of its twins."""
    for name in (HOSTILE, BARE, STUDY):
        text, found = read(client, f"/studies/{name}")
        assert "Also recorded as" in text
        assert SCRIPT not in text and not BIDI.search(text) and not found.handlers
        assert "script:None" not in found.tags
