from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.store.books import Quarantined, StoredFinding
from catalogue.store.issues import Issue
from catalogue.web.factory import Services
from catalogue.web.federation.withholding import Withholding
from tests.web.studies_for_pages import BARE, GONE, HUMAN, IMAGE, ORPHAN, PLAIN_IMAGE, STUDY

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def noticed(curie: str | None) -> Issue:
    return Issue(finding=StoredFinding("crates", "a.json", curie, "whitespace", "repaired", "", "", "", None))


def refused(**changed: object) -> Quarantined:
    given = {
        "source": "crates",
        "item": "a.json",
        "identifier": STUDY,
        "reason": "schema-required",
        "detail": "",
        "url": "https://crates.example.org/a.json",
        "original_digest": "0" * 64,
        "harvester": "gide/2",
        "first_seen": MOMENT,
        "last_seen": MOMENT,
        "tries": 1,
        "resolved_at": None,
    }
    return Quarantined(**{**given, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("curie", "hidden"),
    [
        (STUDY, False),
        (BARE, False),
        (IMAGE, False),
        (PLAIN_IMAGE, False),
        ("biostudies:S-BIAD424242", False),
        (None, False),
        (HUMAN, True),
        (GONE, True),
        (ORPHAN, True),
    ],
)
def test_only_open_public_records_show_their_values(services: Services, curie: str | None, hidden: bool) -> None:
    """A restricted or withdrawn record, and an image whose study is withdrawn, hides value and message."""
    withholding = Withholding(services.ledger)
    assert withholding.hides(noticed(curie)) is hidden
    withholding.look_at([noticed(curie)])
    assert withholding.hides(noticed(curie)) is hidden


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, True),
        ({"identifier": None}, True),
        ({"original_digest": None}, False),
        ({"reason": "policy"}, False),
        ({"url": None}, False),
        ({"url": "/home/operator/a.json"}, False),
        ({"url": "http://127.0.0.1:9/a.json"}, False),
        ({"url": "http://10.0.0.1/a.json"}, False),
        ({"url": "https://archive.internal/a.json"}, False),
        ({"identifier": HUMAN}, False),
        ({"identifier": GONE}, False),
    ],
)
def test_an_original_is_shown_where_anybody_could_fetch_it(services: Services, changed: dict, shown: bool) -> None:
    """Bytes from a folder, a private network, a withheld document or a restricted record are never offered."""
    assert Withholding(services.ledger).shows_original(refused(**changed)) is shown
