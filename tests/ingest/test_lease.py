"""A run that waits for a slow partner keeps its source to itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from catalogue.ingest import lease
from catalogue.ingest.lease import kept_alive
from catalogue.model.documents import Event, Listed, SourceSpec
from catalogue.problems import Locked
from catalogue.store.books import Lease
from tests.ingest.conftest import Bench, study


def wait_until(true: object, seconds: float = 60.0) -> bool:
    """Whether something comes true in time."""
    assert callable(true)
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not true():
        if time.monotonic() > end:
            return False
        pause.wait(0.002)
    return True


def test_lease_outlives_a_partner_that_says_nothing_for_minutes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a fetch waits, the lease is prolonged, so that no other process starts on the source and undoes the run."""
    monkeypatch.setattr(lease, "RENEW_EVERY_S", 0.002)
    tries = []

    def slow(source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        for _ in range(5):
            bench.clock.now += timedelta(seconds=50)
            until = bench.clock.now + timedelta(seconds=55)
            assert wait_until(lambda until=until: any(held.expires > until for held in bench.ledger.leases()))
        try:
            bench.ingest.harvest("scripted")
        except Locked:
            tries.append("locked")
        yield from type(bench.partner).fetch(bench.partner, source, since, known)

    bench.partner.held = {"a": study(1)}
    bench.partner.fetch = slow  # type: ignore[method-assign]
    assert bench.harvest().new == 1
    assert tries == ["locked"]
    assert bench.ledger.leases() == []


def test_renewing_goes_on_after_a_busy_moment() -> None:
    """One renewal that fails does not end the others."""
    renewed = threading.Event()
    calls = []

    class Ledger:
        """Busy the first time."""

        def renew_lease(self, held: Lease, ttl_s: float = 60.0) -> Lease:
            calls.append(held)
            if len(calls) == 1:
                raise Locked("busy")
            renewed.set()
            return held

    with kept_alive(Ledger(), Lease("harvest:x", "me", None), 0.001):  # type: ignore[arg-type]
        assert renewed.wait(60)


def test_lease_taken_by_another_ends_the_run_without_a_trace(bench: Bench) -> None:
    """A run whose lease another process took commits nothing more, and says that it is locked."""

    def robbed(source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        for held in bench.ledger.leases():
            bench.ledger.release_lease(held)
        bench.ledger.acquire_lease("harvest:scripted", "another")
        yield from type(bench.partner).fetch(bench.partner, source, since, known)
        yield Listed(None, False)

    bench.partner.held = {"a": study(1)}
    bench.partner.fetch = robbed  # type: ignore[method-assign]
    with pytest.raises(Locked):
        bench.harvest()
    assert bench.live() == set() and bench.ledger.items("scripted") == {}
