"""What waited for another source's records enters when they have come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalogue.federation.gaps import close_gaps
from catalogue.problems import Locked
from tests.ingest.conftest import Bench, Partner, image, make_bench, study

__all__ = ["make_bench"]  # a fixture


def two_sources(make: Callable[..., Bench]) -> tuple[Bench, Partner]:
    """A bench whose second source, `images`, has an image of the first one's study."""
    bench = make()
    images = Partner()
    images.name = "images"
    images.held = {"a": image(1, of=1)}
    bench.ingest.harvesters = {"scripted": bench.partner, "images": images}
    bench.ledger.add_source("images", harvester="images", location="https://images.example/")
    return bench, images


def test_image_read_before_its_study_enters_after_it(make_bench: Any) -> None:
    """Order among sources read beside each other does not decide what is accepted; the numbers of the run add up."""
    bench, _ = two_sources(make_bench)
    first = bench.ingest.harvest("images")
    assert first.reasons == {"gap": 1}
    bench.partner.held = {"s": study(1)}
    second = bench.harvest()
    close_gaps(bench.ledger, lambda: bench.ingest, [first, second])
    assert "biostudies:S-BIADTEST1.img1" in bench.live()
    assert bench.ledger.quarantined() == []
    assert (first.read, first.accepted, first.new, first.quarantined, first.reasons) == (1, 1, 1, 0, {})


def test_gap_that_nothing_new_can_close_is_left_alone(make_bench: Any) -> None:
    """Where no other source brought anything, nothing is mapped again."""
    bench, images = two_sources(make_bench)
    first = bench.ingest.harvest("images")
    images.mapped_items.clear()
    close_gaps(bench.ledger, lambda: bench.ingest, [first, bench.harvest()])
    assert images.mapped_items == []
    assert first.reasons == {"gap": 1}


def test_source_that_is_being_read_is_left_to_its_run(make_bench: Any, monkeypatch: Any) -> None:
    """A source under way sees the new records by itself."""
    bench, _ = two_sources(make_bench)
    first = bench.ingest.harvest("images")
    bench.partner.held = {"s": study(1)}
    second = bench.harvest()

    def locked(*_: object) -> None:
        raise Locked("another run")

    monkeypatch.setattr(bench.ingest, "retry", locked)
    close_gaps(bench.ledger, lambda: bench.ingest, [first, second])
    assert first.reasons == {"gap": 1}
