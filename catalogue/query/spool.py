"""An answer on its way: written by the pool as fast as the engine gives it, read by the client at its own pace."""

from __future__ import annotations

import tempfile
import threading
import time

_MEMORY_BYTES = 1 << 20


class Spool:
    """Bytes of one answer, in memory up to 1 MB and in an unlinked temporary file beyond.

    A slow reader therefore holds a file of at most `max_result_bytes`, never a worker.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - closed by close()
        self._changed = threading.Condition()
        self._size = 0
        self._done = self._closed = False
        self._error: Exception | None = None

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    @property
    def finished(self) -> bool:
        """The answer is whole."""
        return self._done and self._error is None

    @property
    def ended(self) -> bool:
        """Nothing more will be written: the answer is whole, or was cut short."""
        return self._done

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            OSError: the temporary file cannot grow.
        """
        with self._changed:
            if self._closed:
                return
            self._file.seek(0, 2)
            self._file.write(data)
            self._size += len(data)
            self._changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """Say that the answer is whole, or why it never will be; the first word counts."""
        with self._changed:
            if not self._done:
                self._done, self._error = True, error
                self._changed.notify_all()

    def wait(self, size: int, timeout_s: float) -> bool:
        """True when more than `size` bytes are there or the answer has ended, False after `timeout_s` without.

        Raises:
            Exception: the one given to `end`.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while self._size <= size and not self._done:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            if self._error is not None:
                raise self._error
            return self._size > size or self._done

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`, at most `length`; empty where nothing is written yet."""
        with self._changed:
            if self._closed:
                return b""
            self._file.seek(offset)
            return self._file.read(length)

    def close(self) -> None:
        """Forget the bytes."""
        with self._changed:
            self._closed = True
            self._file.close()
