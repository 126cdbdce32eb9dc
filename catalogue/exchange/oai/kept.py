"""Records as they were written last, so that the next harvester does not wait for the same work."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

Key = tuple[int, str]


class KeptRecords:
    """Written records by position and metadataPrefix: a version never changes, so nothing here grows old.

    Args:
        most_bytes: when more is kept, what was not asked for longest is given up.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, str] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, keys: Iterable[Key]) -> dict[Key, str]:
        """Those of the records that are kept."""
        found = {}
        with self._lock:
            for key in keys:
                text = self._kept.get(key)
                if text is not None:
                    self._kept.move_to_end(key)
                    found[key] = text
        return found

    def keep(self, key: Key, text: str) -> None:
        """Keep a record that was written."""
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = text
            self._bytes += len(text)
            while self._bytes > self._most_bytes and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest)
