"""Buckets and digests of what a node holds."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.store.leaves import Leaf, bucket_digest, bucket_of, owner_digest


@pytest.mark.parametrize(
    ("curie", "bucket"),
    [
        ("biostudies:S-BIAD634", "S-BIAD0"),
        ("biostudies:S-BIAD634/images", "S-BIAD0"),
        ("biostudies:S-BIAD634.embryo-1", "S-BIAD0"),
        ("biostudies:S-BIAD1000", "S-BIAD1"),
        ("idr:6001240", "6001"),
        ("idr:idr0001", "idr0"),
        ("ssbd:ssbd-repos-000123", "ssbd-repos-0"),
        ("biostudies:3F2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2"),
        ("ega:noname", "noname"),
    ],
)
def test_bucket_of_an_accession(curie, bucket):
    """Thousands of accessions by number stand together, a study's images with it, UUIDs by their first digits."""
    assert bucket_of(curie) == bucket


def test_many_uuids_are_spread():
    """No bucket holds a large part of the images whose accessions are UUIDs, or each change would read all of them."""
    names = [bucket_of(f"biostudies:{uuid.uuid5(uuid.NAMESPACE_URL, str(n))}") for n in range(20_000)]
    assert max(names.count(name) for name in set(names)) < 40


@given(st.lists(st.integers(1, 5_000), unique=True, max_size=60), st.randoms())
def test_digests_do_not_depend_on_order(numbers, random):
    """P9: the same records give the same digests, in whatever order they came."""
    leaves = [Leaf(f"empiar:{n}", 0, place, "public", f"{n:064x}") for place, n in enumerate(numbers, start=1)]
    mixed = leaves[:]
    random.shuffle(mixed)
    one, two = (
        owner_digest(
            bucket_digest(name, [leaf for leaf in part if bucket_of(leaf.curie) == name])
            for name in {bucket_of(leaf.curie) for leaf in part}
        )
        for part in (leaves, mixed)
    )
    assert one == two


@given(st.sampled_from(["curie", "epoch", "seq", "status", "payload_digest"]))
def test_every_part_of_a_leaf_counts(part):
    """P1: two nodes that hold anything else of one record have other digests."""
    said = {"curie": "idr:idr0001", "epoch": 0, "seq": 1, "status": "public", "payload_digest": "0" * 64}
    other = {"curie": "idr:idr0002", "epoch": 1, "seq": 2, "status": "suppressed", "payload_digest": "1" * 64}
    assert Leaf(**said).digest != Leaf(**{**said, part: other[part]}).digest
