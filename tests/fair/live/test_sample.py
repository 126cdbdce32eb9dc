"""Which images and tombstones stand for all: the same ones each time, at no pattern that their owner chose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.fair.live.places import first_of
from catalogue.fair.live.sample import sampled_images, sampled_tombstones
from tests.exchange.harvested import Node, study


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with an empty ledger."""
    one = Node(tmp_path)
    with one.ledger:
        yield one


def image(number: int) -> dict[str, Any]:
    curie = f"biostudies:S-BIAD1.{number:03}"
    return {
        "type": "Image",
        "id": curie,
        "accession": f"S-BIAD1.{number:03}",
        "owner": "biostudies",
        "study": "biostudies:S-BIAD1",
    }


def test_sample_is_the_same_each_time_and_where_images_come_and_go(node: Node) -> None:
    """New images leave the sample as it is, unless their own hash is among the first."""
    node.put(study(1), *(image(n) for n in range(40)))
    first = [record["id"] for record in sampled_images(node.ledger, "biostudies:S-BIAD1", 3)]
    assert len(first) == 3 and first == sorted(first)
    assert [record["id"] for record in sampled_images(node.ledger, "biostudies:S-BIAD1", 3)] == first
    node.put(*(image(n) for n in range(40, 44)))
    again = [record["id"] for record in sampled_images(node.ledger, "biostudies:S-BIAD1", 3)]
    fresh = {image(n)["id"] for n in range(40, 44)}
    assert set(first) - set(again) <= set(first) and set(again) - set(first) <= fresh


def test_sample_is_no_beginning(node: Node) -> None:
    """An owner who knows the order of names does not know the sample."""
    names = [f"n{number:04}" for number in range(1000)]
    assert first_of(names, 3) != names[:3]
    assert first_of(list(reversed(names)), 3) == first_of(names, 3)


def test_study_without_images_has_none(node: Node) -> None:
    """Nothing stands for nothing."""
    node.put(study(1))
    assert sampled_images(node.ledger, "biostudies:S-BIAD1", 3) == []


def test_withdrawn_studies_only(node: Node) -> None:
    """Tombstones are those of studies that were withdrawn."""
    node.put(study(1), study(2), study(3))
    node.withdraw("biostudies:S-BIAD2")
    assert sampled_tombstones(node.ledger, 5) == ["biostudies:S-BIAD2"]
