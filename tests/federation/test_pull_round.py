"""What one pull asks, takes in and remembers, whatever the member answers."""

from __future__ import annotations

import pytest
from pair import Pair

from catalogue.federation import pull
from catalogue.problems import SourceChanged
from tests.federation.simulation import material
from tests.federation.simulation.documents import document


@pytest.fixture
def pair() -> Pair:
    """A member with three studies of IDR, and an empty node."""
    made = Pair()
    for number in range(3):
        made.write(number)
    return made


def test_pull_takes_in_what_the_member_has_and_finds_both_equal(pair):
    """P1: after one pull the digests of the owner are equal."""
    report, _ = pair.pull()
    assert (report.applied, report.equal, report.unexplained) == (3, True, [])
    assert pair.here.owner_digest("idr") == pair.there.owner_digest("idr")


def test_nothing_new_costs_one_conditional_request(pair):
    """P12, R7: whoever is equal asks once, and is told that nothing changed."""
    first, _ = pair.pull()
    report, asked = pair.pull(etag=first.etag)
    assert (report.unchanged, report.applied, asked) == (True, 0, ["federation/node.json"])


def test_statement_alone_makes_the_member_say_something_new(pair):
    """P11: who writes an owner's records is learnt at the next pull, though no entry was written since."""
    first, _ = pair.pull()
    pair.there.change_key(material.key(0, 1), "2026-11-22T10:00:00.000000Z")
    pair.there.key = material.key(0, 1)
    report, _ = pair.pull(etag=first.etag)
    assert not report.unchanged
    assert [one.tenure.epoch for one in pair.here.disk.tenures["idr"]] == [0, 1]


def test_relayed_statement_alone_makes_a_relay_say_something_new(pair):
    """P11: a node behind a relay learns of a hand-over of others as well."""
    pair.pull()
    before = document(pair.here, "relay", "federation/node.json")
    pair.there.change_key(material.key(0, 1), "2026-11-22T10:00:00.000000Z")
    pair.here.put_tenure(pair.there.disk.tenures["idr"][1], pair.there.node)
    assert document(pair.here, "relay", "federation/node.json") != before


def test_digests_of_another_moment_are_not_taken_for_those_of_the_etag(pair):
    """P1: an old answer for the digests does not hide what the member wrote since."""
    pair.pull()
    stale = document(pair.there, "member", "federation/digest.json")
    pair.write(7)
    report, _ = pair.pull(lambda path, content: stale if path == "federation/digest.json" else content)
    assert (report.applied, report.etag) == (0, "")
    assert pair.pull(etag=report.etag)[0].applied == 1


def test_member_that_became_another_node_is_not_read(pair):
    """R17: an address that answers as another node gives nothing."""
    other = Pair()
    other.there.key = material.key(5)
    with pytest.raises(SourceChanged, match="not the member"):
        pair.pull(lambda path, _content: document(other.there, "other", path))
    assert pair.here.disk.rows == []


def test_log_that_cannot_be_had_holds_up_no_other_owner(pair, monkeypatch):
    """P15: headers of one owner that are larger than any page may be leave the owners after it as they are."""
    monkeypatch.setattr(pull, "PAGE_BYTES", 6_000)
    pair.write(1, owner="ssbd")
    report, _ = pair.pull(lambda path, content: b"x" * 6_001 if "/log/idr/" in path else content)
    assert (report.applied, report.complete, len(report.notes)) == (1, False, 1)
    assert pair.here.place("ssbd", 0).seq == 1
    assert pair.pull()[0].applied == 3
