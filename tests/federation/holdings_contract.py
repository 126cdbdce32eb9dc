"""What every Holdings promises: the real one, and the one of the simulation, which must not be kinder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pytest

from catalogue.federation.holdings import Arrival, Holdings
from catalogue.model.log_entry import START
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, next_tenure
from catalogue.problems import BadRequest, Conflict, RecordRejected
from catalogue.store.leaves import ABSENT
from tests.federation.simulation import material
from tests.federation.simulation.disk import Disk, Row
from tests.federation.simulation.memory_holdings import MemoryHoldings

NOW = "2026-11-22T10:00:00.000000Z"
ME = material.key(1)


class Rig(Protocol):
    """A node under test."""

    holdings: Holdings

    def write(self, name: str, payload: bytes, status: str = "public") -> None:
        """Writes a study as the owner's writer."""
        ...

    def open_again(self) -> Rig:
        """The same node after its process died."""
        ...


def arrival(row: Row, payload: bytes | None = None, reason: str = "") -> Arrival:
    """An entry as it arrives; without its payload when that is refused."""
    content = b"" if reason else row.payload if payload is None else payload
    return Arrival(row.log, row.signature, content, reason, reason, "http://member/page")


class HoldingsContract:
    """The suite; a subclass gives the fixture `rig`, an empty node with the key ME."""

    @pytest.fixture
    def author(self) -> MemoryHoldings:
        """Another node, which writes the records of IDR."""
        return MemoryHoldings(Disk(), material.key(0))

    @pytest.fixture
    def rows(self, author: MemoryHoldings) -> list[Row]:
        """Its log: two studies, the first changed and then withdrawn."""
        one, two = material.curie("idr", 1), material.curie("idr", 2)
        said = [
            (one, "public", material.study(one, 0)),
            (two, "public", material.study(two, 0)),
            (one, "public", material.study(one, 1)),
            (one, "withdrawn", material.tombstone(one, "removed-at-source")),
        ]
        return [author.write(name, "study", status, payload) for name, status, payload in said]

    @staticmethod
    def take_in(rig: Rig, author: MemoryHoldings, rows: Sequence[Row]) -> None:
        """Believes the author and takes in entries."""
        rig.holdings.put_tenure(author.disk.tenures["idr"][0], author.node)
        rig.holdings.take_in([arrival(row) for row in rows], author.node)

    @staticmethod
    def same(rig: Rig, author: MemoryHoldings) -> bool:
        """Whether both hold the same of IDR, by every digest."""
        here = rig.holdings
        return (here.owner_digest("idr"), here.buckets("idr")) == (author.owner_digest("idr"), author.buckets("idr"))

    def test_empty_node_holds_nothing(self, rig: Rig) -> None:
        """An owner of whom nothing is here has no digest, and its log begins where every log does."""
        here = rig.holdings
        assert (here.owner_digest("idr"), here.buckets("idr"), here.leaves("idr", "idr0")) == (None, [], [])
        assert (here.place("idr", 0).seq, here.place("idr", 0).digest) == (0, START)
        assert (here.digest_at("idr", 0, 1), here.tenures(), here.frozen()) == (None, {}, {})
        assert (here.node, here.member_keys()) == (ME.node, {ME.public})

    def test_what_is_taken_in_makes_the_digests_of_its_owner(self, rig, author, rows) -> None:
        """P1: places, digests and leaves are those of the owner, also after the process died."""
        self.take_in(rig, author, rows[:1])
        rig.holdings.take_in([arrival(row) for row in rows[1:]], author.node)
        for now in (rig, rig.open_again()):
            assert self.same(now, author)
            assert now.holdings.place("idr", 0) == author.place("idr", 0)
            assert [now.holdings.digest_at("idr", 0, seq) for seq in range(1, 6)] == [
                *[row.log.digest for row in rows],
                None,
            ]
            assert now.holdings.leaves("idr", "idr0") == author.leaves("idr", "idr0")

    def test_entries_are_taken_in_in_order_or_not_at_all(self, rig, author, rows) -> None:
        """P5, P7: a gap, a repetition or a wrong order is a conflict, and nothing of the call is kept."""
        self.take_in(rig, author, rows[:1])
        for wrong in ([rows[2]], [rows[0]], [rows[1], rows[3]], [rows[2], rows[1]]):
            with pytest.raises(Conflict):
                rig.holdings.take_in([arrival(row) for row in wrong], author.node)
            assert rig.open_again().holdings.place("idr", 0).seq == 1

    def test_payload_of_another_record_is_refused(self, rig, author, rows) -> None:
        """P3: bytes that are not those of the header are not kept."""
        rig.holdings.put_tenure(author.disk.tenures["idr"][0], author.node)
        with pytest.raises(BadRequest):
            rig.holdings.take_in([arrival(rows[0], rows[1].payload)], author.node)
        assert rig.holdings.place("idr", 0).seq == 0

    def test_entry_without_its_payload_is_absent_until_it_is_filled_in(self, rig, author, rows) -> None:
        """P15: the log goes on, the record counts as absent, and a payload that comes later makes it whole."""
        rig.holdings.put_tenure(author.disk.tenures["idr"][0], author.node)
        first, second = rows[:2]
        rig.holdings.take_in([arrival(first, reason="shape-violation"), arrival(second)], author.node)
        assert [leaf.status for leaf in rig.holdings.leaves("idr", "idr0")] == [ABSENT, "public"]
        rig.holdings.fill(first.log, first.payload)
        rig.holdings.fill(first.log, first.payload)
        assert [leaf.status for leaf in rig.open_again().holdings.leaves("idr", "idr0")] == ["public", "public"]

    def test_second_statement_of_an_epoch_is_a_conflict(self, rig, author, rows) -> None:
        """P6: the first one stands; the same again changes nothing."""
        said = author.disk.tenures["idr"][0]
        rig.holdings.put_tenure(said, author.node)
        rig.holdings.put_tenure(said, author.node)
        other = MemoryHoldings(Disk(), material.key(3))
        other.write(rows[0].log.curie, "study", "public", rows[0].payload)
        with pytest.raises(Conflict):
            rig.holdings.put_tenure(other.disk.tenures["idr"][0], "")
        assert rig.open_again().holdings.tenures() == {"idr": [said]}

    def test_frozen_owner_is_known_as_such_and_not_written(self, rig, author, rows) -> None:
        """P6: an alarm of equivocation stops the owner; another kind of alarm does not."""
        name = material.curie("empiar", 1)
        rig.write(name, material.study(name, 0))
        rig.holdings.raise_alarm("tenure-conflict", "two", owner="idr", node=author.node, evidence={})
        assert rig.holdings.frozen() == {}
        rig.holdings.raise_alarm("equivocation", "two", owner="empiar", node=author.node, evidence={})
        assert rig.open_again().holdings.frozen() == {"empiar": "two"}
        with pytest.raises(RecordRejected):
            rig.write(name, material.study(name, 1))

    def test_writer_counts_on_where_its_log_ends(self, rig) -> None:
        """P5: what this node writes makes a statement, and entries without gaps."""
        name = material.curie("empiar", 1)
        for version in range(3):
            rig.write(name, material.study(name, version))
        with pytest.raises(Conflict):
            rig.write(name, material.study(name, 2))
        assert rig.open_again().holdings.place("empiar", 0).seq == 3
        assert rig.holdings.tenures()["empiar"][0].tenure.node == ME.node

    def test_owner_of_another_node_is_not_written(self, rig, author, rows) -> None:
        """P11: who knows that another node writes an owner's records refuses to."""
        self.take_in(rig, author, rows[:2])
        with pytest.raises(RecordRejected):
            rig.write(rows[1].log.curie, material.study(rows[1].log.curie, 4))

    def test_heir_writes_only_when_all_that_came_before_is_here(self, rig, author, rows) -> None:
        """P5, P11: an heir that lacks entries of the former epoch would see records go back when they come."""
        self.take_in(rig, author, rows[:2])
        rig.holdings.put_tenure(handed_over(author, ME, 4), author.node)
        name = rows[1].log.curie
        with pytest.raises(RecordRejected):
            rig.write(name, material.study(name, 4))
        rig.holdings.take_in([arrival(row) for row in rows[2:]], author.node)
        rig.write(name, material.study(name, 4))
        assert rig.open_again().holdings.place("idr", 1).seq == 1

    def test_entries_after_a_hand_over_count_no_longer(self, rig, author, rows) -> None:
        """P11: a statement leaves out what was taken in beyond it; digests are those of who never had it."""
        self.take_in(rig, author, rows)
        rig.holdings.put_tenure(handed_over(author, material.key(3), 2), author.node)
        fresh = MemoryHoldings(Disk(), material.key(4))
        fresh.put_tenure(author.disk.tenures["idr"][0], "")
        fresh.take_in([arrival(row) for row in rows[:2]], author.node)
        for now in (rig, rig.open_again()):
            assert now.holdings.owner_digest("idr") == fresh.owner_digest("idr")

    def test_bucket_whose_records_all_count_no_longer_is_gone(self, rig, author, rows) -> None:
        """P1, P11: a node that had such a record and one that never had say the same digests."""
        far = material.curie("idr", 5000)
        last = author.write(far, "study", "public", material.study(far, 0))
        self.take_in(rig, author, [*rows, last])
        rig.holdings.put_tenure(handed_over(author, material.key(3), 4), author.node)
        fresh = MemoryHoldings(Disk(), material.key(4))
        fresh.put_tenure(author.disk.tenures["idr"][0], "")
        fresh.take_in([arrival(row) for row in rows], author.node)
        assert rig.holdings.buckets("idr") == fresh.buckets("idr")
        assert rig.holdings.owner_digest("idr") == fresh.owner_digest("idr")


def handed_over(author: MemoryHoldings, heir: NodeKey, after: int) -> SignedTenure:
    """The statement that the author's log ends after an entry and goes on with another node."""
    before = author.disk.tenures["idr"][0].tenure
    digest = author.digest_at("idr", 0, after)
    assert digest is not None
    said = next_tenure(before, heir.node, heir.public, (after, digest), "transfer", NOW)
    return SignedTenure(said, {key.public: key.sign(said.message) for key in (author.key, heir)})
