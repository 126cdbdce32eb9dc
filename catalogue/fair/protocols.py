"""Protocols by which data and metadata can be had: which are standard and free, and which can ask who is there.

Source: F-UJI 3.5.1, data/standard_uri_protocols.yaml, of which those that carry files; S3 is one vendor's.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

OPEN: Final = frozenset({"https", "http", "ftp", "ftps", "sftp"})
"""Schemes of protocols that anybody may implement and that every system can speak."""
AUTHENTICATING: Final = OPEN | {"s3", "gs"}
"""Schemes of protocols that can ask for a name and a password or key."""


def scheme_of(address: str) -> str:
    """The scheme of an address in lower case; "" where it has none."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""
