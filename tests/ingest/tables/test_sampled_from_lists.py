"""Images of long lists that stand for all of them in live checks."""

from __future__ import annotations

from catalogue.fair.live.sample import sampled_images
from tests.ingest.tables.conftest import Lists, rows


def test_images_of_a_list_are_drawn_by_the_studys_name(lists: Lists) -> None:
    """Of 30,000 listed images the same few stand for all each time, from no one end."""
    lists.partner.tables["idr0001"] = rows(100_000, 30_000)
    lists.harvest()
    first = sampled_images(lists.ledger, "idr:idr0001", 3)
    names = [record["id"] for record in first]
    assert len(set(names)) == 3 and all(record["study"] == "idr:idr0001" for record in first)
    assert [record["id"] for record in sampled_images(lists.ledger, "idr:idr0001", 3)] == names
    assert max(names) > "idr:100100"
    assert sampled_images(lists.ledger, "idr:idr0002", 3) == []


def test_short_list_gives_what_it_has(lists: Lists) -> None:
    """A list of one image is that image."""
    lists.partner.tables["idr0001"] = rows(100_000, 1)
    lists.harvest()
    assert [record["id"] for record in sampled_images(lists.ledger, "idr:idr0001", 3)] == ["idr:100000"]
