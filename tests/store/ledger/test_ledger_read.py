"""Heads, children, aliases and counts say what the newest entries say."""

from __future__ import annotations

import pytest

from catalogue.problems import AmbiguousIdentifier


@pytest.fixture
def filled(ledger, study):
    """Three studies of two owners, three images, one study and one image withdrawn."""
    with ledger.transaction() as writer:
        for curie in ("idr:idr0002", "empiar:10002", "idr:idr0001"):
            study(writer, curie)
        for number in (3, 1, 2):
            study(writer, f"idr:100{number}", kind="image", parent="idr:idr0001")
        study(writer, "idr:idr0002", status="withdrawn")
        study(writer, "idr:1003", kind="image", parent="idr:idr0001", status="withdrawn")
    return ledger


def test_heads_are_paged_by_curie(filled):
    """Pages follow each other without overlap, filtered by kind and status."""
    assert [e.curie for e in filled.heads(kind="study")] == ["empiar:10002", "idr:idr0001", "idr:idr0002"]
    first = filled.heads(kind="study", limit=2)
    assert [e.curie for e in filled.heads(kind="study", after_curie=first[-1].curie)] == ["idr:idr0002"]
    assert [e.curie for e in filled.heads(status="withdrawn")] == ["idr:1003", "idr:idr0002"]
    assert len(filled.heads()) == 6


def test_children_are_the_public_records_of_a_parent(filled):
    """Withdrawn images are left out unless asked for; pages go by curie."""
    assert [e.curie for e in filled.children("idr:idr0001")] == ["idr:1001", "idr:1002"]
    assert [e.curie for e in filled.children("idr:idr0001", after_curie="idr:1001")] == ["idr:1002"]
    assert len(filled.children("idr:idr0001", status=None)) == 3
    assert filled.count_children("idr:idr0001") == 2
    assert filled.count_children("idr:idr0001", status=None) == 3
    assert filled.children("idr:idr0002") == []


def test_head_is_the_newest_version(filled):
    """Tombstones are heads too; what was never recorded has none."""
    assert filled.head("idr:idr0002").status == "withdrawn"
    assert filled.head("idr:idr0002").action == "delete"
    assert filled.head("idr:idr9999") is None
    found = filled.find_heads(["idr:idr0001", "idr:none", "idr:1001", "idr:idr0001"])
    assert {curie: entry.position for curie, entry in found.items()} == {"idr:idr0001": 3, "idr:1001": 5}


def test_counts_follow_the_newest_versions(filled):
    """Public studies and images, the withdrawn, and versions are counted, in all and per owner."""
    assert filled.counts() == {
        "studies": 2,
        "images": 2,
        "withdrawn": 2,
        "entries": 8,
        "owners": {
            "empiar": {"studies": 1, "images": 0, "withdrawn": 0},
            "idr": {"studies": 1, "images": 2, "withdrawn": 2},
        },
    }


@pytest.mark.parametrize(
    "text",
    ["EMPIAR-10002", " empiar-10002 ", "http://www.ebi.ac.uk/EMPIAR-10002", "https://www.ebi.ac.uk/empiar-10002/"],
)
def test_alias_is_found_in_any_spelling(ledger, study, text):
    """Case, blanks, scheme and a last slash do not matter."""
    with ledger.transaction() as writer:
        study(writer, "empiar:10002", aliases=("EMPIAR-10002", "https://www.ebi.ac.uk/EMPIAR-10002/"))
    assert ledger.find_alias(text) == "empiar:10002"
    assert ledger.find_alias("EMPIAR-1000") is None


def test_alias_of_an_older_version_still_leads_to_its_record(ledger, study):
    """A former name resolves after later versions no longer give it, and after withdrawal."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", aliases=("old-name",))
        study(writer, "idr:idr0001", title="new", aliases=("new-name",))
        study(writer, "idr:idr0001", status="withdrawn")
    assert ledger.find_alias("old-name") == ledger.find_alias("new-name") == "idr:idr0001"


def test_alias_belongs_to_those_who_claim_it_now(ledger, study):
    """A name that moved on to another record leads there; a name claimed by two is ambiguous and says whose."""
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", aliases=("shared",))
        study(writer, "idr:idr0002", aliases=("shared",))
    with pytest.raises(AmbiguousIdentifier) as caught:
        ledger.find_alias("shared")
    assert caught.value.members["candidates"] == ["idr:idr0001", "idr:idr0002"]
    with ledger.transaction() as writer:
        study(writer, "idr:idr0001", title="gave it up")
    assert ledger.find_alias("shared") == "idr:idr0002"
