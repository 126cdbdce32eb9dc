"""Which statements about who writes an owner's records are believed."""

from __future__ import annotations

from catalogue.federation.belief import Beliefs, weigh
from catalogue.model.log_entry import START
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, Tenure, first_tenure, next_tenure

KNOWN = {"idr", "empiar"}
NOW = "2026-11-22T10:00:00.000000Z"
A, B, C, D, STRANGER = (NodeKey(bytes([number]) * 32) for number in range(1, 6))
MEMBERS = {A.public, B.public, C.public, D.public}


def signed(said: Tenure, *keys: NodeKey) -> SignedTenure:
    return SignedTenure(said, {key.public: key.sign(said.message) for key in keys})


def first(key: NodeKey, owner: str = "idr") -> SignedTenure:
    return signed(first_tenure(owner, key.node, key.public, NOW), key)


def following(before: SignedTenure, key: NodeKey, *keys: NodeKey, reason: str = "transfer") -> SignedTenure:
    return signed(next_tenure(before.tenure, key.node, key.public, (3, "a" * 64), reason, NOW), *keys)


def weighed(*shown: SignedTenure, kept: tuple[SignedTenure, ...] = ()) -> Beliefs:
    chains: dict[str, list[SignedTenure]] = {}
    for one in kept:
        chains.setdefault(one.tenure.owner, []).append(one)
    return weigh(shown, chains, MEMBERS, KNOWN)


def test_first_statement_of_a_node_known_through_others_is_believed():
    """P1: in a line of five nodes the ends know each other only through what the nodes between them show."""
    found = weighed(first(STRANGER))
    assert (found.new, found.refused, found.conflicts) == ([first(STRANGER)], [], [])


def test_chain_whose_first_key_nobody_has_any_more_is_believed():
    """P1: who joins after a node changed its key believes the statement with the former key and the one after it."""
    old = first(STRANGER)
    assert weighed(following(old, A, STRANGER, A, reason="key"), old).new == [
        old,
        following(old, A, STRANGER, A, reason="key"),
    ]


def test_first_statement_that_its_node_did_not_sign_is_refused():
    """R17: nobody else can say of a node that it writes an owner's records."""
    found = weighed(signed(first(A).tenure, B))
    assert found.new == []
    assert "not signed with the key that it names" in found.refused[0][1]


def test_statement_about_an_unknown_prefix_is_refused():
    """R17: a prefix that the map here does not have belongs to nobody."""
    [(_, why)] = weighed(first(A, owner="nobody")).refused
    assert "not in the prefix map" in why


def test_known_statement_changes_nothing():
    """R4: what is known already is neither new nor a conflict."""
    assert weighed(first(A), kept=(first(A),)) == Beliefs()


def test_other_statement_of_the_same_epoch_is_a_conflict_and_ours_stands():
    """P6: two nodes that say they record the same archive are told to a person."""
    found = weighed(first(B), kept=(first(A),))
    assert found.new == []
    assert found.conflicts == [(first(B), first(A))]


def test_spoiled_copy_of_a_known_statement_is_no_conflict():
    """P6: only who signed two statements of one epoch is reported; a bit that fell on the way, or a forgery, is not."""
    spoiled = SignedTenure(first_tenure("idr", A.node, A.public, NOW.replace("10:", "11:")), first(A).signatures)
    found = weighed(spoiled, kept=(first(A),))
    assert (found.conflicts, len(found.refused)) == ([], 1)
    before, second = first(A), following(first(A), B, A, B)
    forged = following(before, C, C)
    assert weighed(forged, kept=(before, second)).conflicts == []


def test_transfer_needs_the_signatures_of_both():
    """P11: neither the heir alone nor the former writer alone moves an owner."""
    before = first(A)
    assert weighed(following(before, B, A, B), kept=(before,)).new == [following(before, B, A, B)]
    for keys in ((A,), (B,)):
        assert weighed(following(before, B, *keys), kept=(before,)).new == []


def test_more_than_half_of_the_members_move_the_owner_of_a_lost_node():
    """P11: three of four members are enough, two are not, and a stranger's vote counts nothing."""
    before = first(A)
    assert weighed(following(before, B, B, C, D, reason="recovery"), kept=(before,)).new
    assert not weighed(following(before, B, B, C, reason="recovery"), kept=(before,)).new
    assert not weighed(following(before, B, B, C, STRANGER, reason="recovery"), kept=(before,)).new


def test_statement_that_skips_an_epoch_or_follows_another_is_refused():
    """P11: statements form one chain from the first."""
    before, other = first(A), first(C)
    second = following(before, B, A, B)
    third = following(second, C, B, C)
    assert weighed(third, kept=(before,)).new == []
    assert weighed(following(other, B, C, B), kept=(before,)).new == []
    assert weighed(third, second, kept=(before,)).new == [second, third]
    assert weighed(third).new == []
    assert second.tenure.previous != START
