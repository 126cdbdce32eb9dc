"""The ways out of this process: for each kind of host a Fetcher with its own patience."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from catalogue.wiring.store import StoreParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogue.images.service import ImageService
    from harvesters.http import Fetcher


class Doors(StoreParts):
    """Fetchers, and the images that are read through one."""

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one way out of this process for harvests."""
        from harvesters.http import Fetcher

        part = self.settings.harvest
        return Fetcher(
            contact=part.contact,
            allow_private=frozenset(part.allow_private_hosts),
            timeout_s=part.timeout_s,
            max_bytes=part.max_document_bytes,
            clock=self.clock,
            cache_dir=self.home / "cache",
            sleep=self._sleep,
            interrupt=lambda: self._sleep(0),
        )

    @cached_property
    def _member_fetcher(self) -> Fetcher:
        from harvesters.hosts import LEAVE_ALONE_S
        from harvesters.http import Fetcher

        # Members agreed to be read; a page after the other without a pause is what they are made for.
        return Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=frozenset(self.settings.harvest.allow_private_hosts),
            timeout_s=self.settings.federation.timeout_s,
            attempts=2,
            # One that asks for more is read at another time, and keeps nobody waiting meanwhile (P14).
            patience_s=10.0,
            pause_s=(0.0, 0.1),
            parallel=2,
            # Whoever looks at members every few seconds wants to know within that time that one is there again.
            leave_alone_s=min(LEAVE_ALONE_S, 5 * self.settings.federation.interval_s),
            clock=self.clock,
            sleep=self._sleep,
            interrupt=lambda: self._sleep(0),
        )

    def _look_fetcher(
        self,
        allow_private: frozenset[str],
        pause_s: float,
        parallel: int,
        rest: Callable[[float], None] | None = None,
    ) -> Fetcher:
        from harvesters.http import Fetcher

        rest = rest or self._rest
        # What does not answer at once is looked at again another day; nobody is asked twice in a row.
        return Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=allow_private,
            timeout_s=self.settings.fair.live_timeout_s,
            attempts=1,
            pause_s=(pause_s, max(pause_s, 5.0) if pause_s else 0.0),
            parallel=parallel,
            clock=self.clock,
            sleep=rest,
            interrupt=lambda: rest(0),
        )

    @cached_property
    def images(self) -> ImageService:
        """Pixels, through a fetcher with the time limit for images."""
        from catalogue.images.service import ImageService
        from harvesters.http import Fetcher

        part = self.settings.images
        transport = Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=frozenset(self.settings.harvest.allow_private_hosts),
            timeout_s=part.timeout_s,
            max_bytes=part.max_preview_bytes,
            attempts=2,
            pause_s=(0.0, 0.0),
            parallel=8,
            clock=self.clock,
        )
        return ImageService(self.ledger, transport, part, self.home / "thumbnails")

    def _sleep(self, seconds: float) -> None:
        """Waits; ends the harvest under way when the node is asked to stop."""
        from catalogue.ingest.service import HarvestStopped

        if self.stopping.wait(seconds):
            raise HarvestStopped("the node was asked to stop")

    def _rest(self, seconds: float) -> None:
        """Waits; ends the look under way when the node is asked to stop."""
        from catalogue.fair.live.world import LookStopped

        if self.stopping.wait(seconds):
            raise LookStopped
