"""Python's collector of cycles, held still while an audit is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """No cycles are looked for inside.

    An audit makes many small objects that live until its end and have no cycles; looking for some took a third of its
    time (871 studies, 103 metrics: 3.2 s with, 2.1 s without).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
