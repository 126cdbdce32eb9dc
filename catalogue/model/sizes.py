"""Numbers of bytes as people read them, the same in pages and documents."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def human_size(size: int) -> str:
    """Bytes in the largest binary unit that leaves a number of at least 1, with about three digits: `41.3 MiB`."""
    value, place = float(size), 0
    while value >= 1024 and place < len(_UNITS) - 1:
        value, place = value / 1024, place + 1
    if place == 0:
        return f"{size:,} bytes" if size != 1 else "1 byte"
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {_UNITS[place]}"
