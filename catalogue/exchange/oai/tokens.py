"""resumptionTokens: all that is needed to go on with a list, signed, so that the node keeps nothing and trusts nothing.

A token names the place in the log after which the list goes on; it may be used again and again while it is valid.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from catalogue.exchange.oai.errors import OaiError

# The reference asks for a day; a weekend lets a harvester that stopped on a Friday go on.
VALID: Final = timedelta(days=3)
_MAC_BYTES: Final = 16
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """A list and how far it was given.

    Args:
        after: position of the last record given; the list goes on behind it.
        until: position above which nothing is given; None where no `until` was asked for: what changes while the list
            is read comes at its end.
        given: records given so far.
        size: records that the whole list had when it began.
        mark: beginning of the hash of the log's entry at `after`, so that a token of another log is refused.
    """

    verb: str
    prefix: str
    within: str | None
    after: int
    until: int | None
    given: int
    size: int
    mark: str


def seal(listing: Listing, secret: bytes, now: datetime) -> tuple[str, datetime]:
    """The token of a listing and the moment at which it expires."""
    expires = (now + VALID).replace(microsecond=0)
    said = [*asdict(listing).values(), int(expires.timestamp())]
    body = json.dumps(said, separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_mac(body, secret))}", expires


def unseal(token: str, secret: bytes, now: datetime) -> Listing:
    """The listing that a token stands for.

    Raises:
        OaiError: `badResumptionToken`: it is none of ours, was altered, or has expired.
    """
    try:
        body_text, _, mac_text = token[:_MOST].partition(".")
        body = _bytes(body_text)
        genuine = hmac.compare_digest(_bytes(mac_text), _mac(body, secret)) and len(token) <= _MOST
    except ValueError:
        genuine = False
    if not genuine:
        raise OaiError(
            "badResumptionToken",
            "This node never gave out that resumptionToken, or it was altered on the way. Begin the list anew.",
        )
    *said, expires = json.loads(body)
    if now.timestamp() > expires:
        ended = datetime.fromtimestamp(expires, UTC)
        raise OaiError(
            "badResumptionToken",
            f"The resumptionToken expired at {ended:%Y-%m-%dT%H:%M:%SZ}. Begin the list anew, with `from` if you like.",
        )
    return Listing(*said)


def _mac(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"oai-pmh/1\n" + body, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    raw: Any = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(raw) != text:
        raise ValueError("written in another way than ours")
    return bytes(raw)
