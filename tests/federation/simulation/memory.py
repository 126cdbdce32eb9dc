"""The real checks of a pull, each made once for the same input, and pages small enough that a log has several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any
from unittest import mock

from catalogue.exchange import exchange_json
from catalogue.federation import feed, merge, payloads, pull
from catalogue.model import signing, tenure
from catalogue.model.log_entry import LogEntry
from catalogue.model.table import schema_version
from catalogue.problems import RecordRejected
from catalogue.store.image_lists import Chunk
from tests.federation.simulation.owners_side import NEWER

PAGE_ENTRIES = 4
PAGE_BYTES = 6_000

is_signed = lru_cache(maxsize=1 << 16)(signing.is_signed)


@lru_cache(maxsize=1 << 14)
def _payload_fault(shape: LogEntry, content: bytes, max_bytes: int) -> tuple[str, str] | None:
    try:
        payloads.check_payload(shape, content, max_bytes)
    except RecordRejected as rejection:
        return rejection.reason, rejection.detail
    return None


@lru_cache(maxsize=256)
def _chunk_fault(shape: LogEntry, chunk: Chunk, content: bytes) -> tuple[str, str] | None:
    try:
        payloads.check_chunk(shape, chunk, content)
    except RecordRejected as rejection:
        return rejection.reason, rejection.detail
    return None


def _shape(log: LogEntry) -> LogEntry:
    """The header without what no check of a payload looks at."""
    return replace(log, epoch=0, seq=1, generated_at="", asserted_by="", previous="")


def _raise(fault: tuple[str, str] | None) -> None:
    if fault is not None:
        raise RecordRejected(fault[1], reason=fault[0])


@contextmanager
def remembered(is_old: Callable[[], bool]) -> Iterator[None]:
    """Within it, pulls remember what they checked.

    Args:
        is_old: whether the node that pulls now does not know the version NEWER of the model.
    """

    def check_payload(log: LogEntry, content: bytes, max_bytes: int) -> None:
        shape = _shape(log)
        if log.schema_version == NEWER and not is_old():
            shape = replace(shape, schema_version=schema_version())
        _raise(_payload_fault(shape, content, max_bytes))

    def check_chunk(log: LogEntry, chunk: Chunk, content: bytes) -> None:
        _raise(_chunk_fault(_shape(log), chunk, content))

    with ExitStack() as stack:
        changes: list[tuple[Any, str, Any]] = [
            (merge, "is_signed", is_signed),
            (tenure, "is_signed", is_signed),
            (feed, "is_signed", is_signed),
            (pull, "check_payload", check_payload),
            (pull, "check_chunk", check_chunk),
            (pull, "PAGE_BYTES", PAGE_BYTES),
            (exchange_json, "PAGE_ENTRIES", PAGE_ENTRIES),
            (feed, "PAGE_ENTRIES", PAGE_ENTRIES),
        ]
        for module, name, value in changes:
            stack.enter_context(mock.patch.object(module, name, value))
        yield
