"""Rendered pages kept while their records stay as they are: what many harvesters ask for is made once.

They are kept compressed, 12 to 20 times smaller: readers go through all pages in turn, so that a store which holds only
some of them holds none that is asked for next.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from catalogue.store.originals import Packer, decompress

Rendered = tuple[bytes, str]
"""A body and its strong ETag."""


def digested(body: bytes) -> Rendered:
    """The body with the ETag that equal bodies share."""
    return body, hashlib.sha256(body).hexdigest()[:32]


class RenderedPages:
    """The pages last asked for, up to a number of bytes; safe to share between threads.

    Args:
        most_bytes: of all pages together, as they are kept.
    """

    def __init__(self, most_bytes: int = 32 << 20):
        self._most, self._held, self._lock = most_bytes, 0, Lock()
        self._pages: OrderedDict[Any, Rendered] = OrderedDict()

    def get(self, key: Any, make: Callable[[], bytes]) -> Rendered:
        """The page of this key, made where it is not held.

        Args:
            key: everything that the page is made of, such as the positions of its entries; one that stood before in the
                ledger never comes back.
        """
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
        if found is not None:
            return decompress(found[0]), found[1]
        made = digested(make())
        self._keep(key, Packer().compress(made[0]), made[1])
        return made

    def _keep(self, key: Any, frame: bytes, etag: str) -> None:
        with self._lock:
            if key in self._pages or len(frame) > self._most:
                return
            self._pages[key] = (frame, etag)
            self._held += len(frame)
            while self._held > self._most:
                self._held -= len(self._pages.popitem(last=False)[1][0])
