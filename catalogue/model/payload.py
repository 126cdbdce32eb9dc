"""Canonical bytes of a record and their digest: what the ledger stores and compares."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(record: dict[str, Any]) -> bytes:
    """The record as UTF-8 JSON with sorted keys and no blanks; equal records give equal bytes.

    Raises:
        ValueError: the record holds NaN or an infinity.
    """
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(content: bytes) -> str:
    """SHA-256 of the bytes, in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()
