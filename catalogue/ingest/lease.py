"""Keeps a lease alive while its run waits for a slow partner or maps a long batch. Read federation.md, R6."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import structlog

from catalogue.ingest.holder import is_gone
from catalogue.store.books import Lease

log = structlog.get_logger(__name__)

# A lease lives 60 s; two renewals may fail before it is lost.
RENEW_EVERY_S: Final = 15.0


class Leases(Protocol):
    """What renewing asks of the ledger."""

    def renew_lease(self, lease: Lease, ttl_s: float = 60.0) -> Lease:
        """The lease, prolonged."""
        ...


class AllLeases(Protocol):
    """What freeing asks of the ledger."""

    def leases(self) -> list[Lease]:
        """Every lease that is held."""
        ...

    def release_lease(self, lease: Lease) -> None:
        """Gives a lease back."""
        ...


def free_if_abandoned(ledger: AllLeases, name: str) -> None:
    """Gives back a lease whose process died on this machine, so that a run after kill -9 need not wait for it."""
    for lease in ledger.leases():
        if lease.name == name and is_gone(lease.holder):
            log.info("harvest-lease-freed", name=name)
            ledger.release_lease(lease)


@contextmanager
def kept_alive(ledger: Leases, lease: Lease, every_s: float | None = None) -> Iterator[None]:
    """Renews `lease` from a thread of its own until the block ends.

    A renewal that fails is logged and tried again: whether the lease still holds is decided by each transaction.
    """
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_EVERY_S if every_s is None else every_s):
            try:
                ledger.renew_lease(lease)
            # The thread must outlive a busy or failing database, or a short fault would cost the run its lease.
            except Exception as error:  # noqa: BLE001
                log.warning("harvest.lease_not_renewed", lease=lease.name, error=str(error))

    thread = threading.Thread(target=renew, name=f"lease {lease.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
