"""The secret with which this node signs what it hands out and takes back, kept in its data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from catalogue.problems import SettingsInvalid

_BYTES: Final = 32
FILE: Final = "exchange.key"


def load_secret(folder: Path, name: str = FILE) -> bytes:
    """32 secret bytes of the node; made at the first call, readable by the node's user only.

    Processes that start together agree on one: it is written beside its place and linked into it once.

    Raises:
        SettingsInvalid: the file is there and is no such secret.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    if not place.exists():
        _make(place)
    found = place.read_bytes()
    if len(found) != _BYTES:
        raise SettingsInvalid(
            f"The file {name} in the node's data folder is no secret of {_BYTES} bytes. Delete it; a new one is made, "
            "and what the old one signed (resumptionTokens given out before) is refused."
        )
    return found


def _make(place: Path) -> None:
    beside = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(beside, place)
        except FileExistsError:
            return  # another process was first; its secret is the node's
    finally:
        beside.unlink()
