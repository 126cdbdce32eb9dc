"""Partner text and addresses made safe to print: plain lines, safe links, sizes, dates, spelled for people."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import Any
from urllib.parse import quote, urlsplit

from catalogue.model.namespaces import is_absolute

_SPACES = re.compile(r"\s+")
_HEADER_SAFE = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+", re.ASCII)
_KEPT = frozenset("\t\r\n\x0b\x0c\u200c\u200d\u2028\u2029")  # blanks, and the joiners that spelling needs


def plain(text: Any) -> str:
    """The text on one line, without control, bidi-override and other invisible format characters."""
    return unbroken(text).strip()


def unbroken(text: Any) -> str:
    """As `plain`, but blanks at either end are kept: for pieces of a line."""
    said = str(text)
    if not said.isprintable():
        said = "".join(c for c in said if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return _SPACES.sub(" ", said)


def xml_text(text: Any) -> str:
    """The text as `plain`, without the characters that XML 1.0 cannot hold."""
    return "".join(character for character in plain(text) if not _is_noncharacter(ord(character)))


def ago(span_s: float) -> str:
    """A span of time in its largest whole unit: `3 days`, `1 hour`; under a minute `less than a minute`."""
    for unit, length_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(span_s // length_s)
        if count >= 1:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a minute"


def _is_noncharacter(point: int) -> bool:
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def safe_url(text: Any) -> str | None:
    """The address when it is an absolute http(s) one with a host and no forbidden character, else None."""
    if not isinstance(text, str) or len(text) > 2_000 or text != text.strip() or not is_absolute(text):
        return None
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  a port that is no number raises ValueError here
    except ValueError:
        return None
    return text if parts.hostname and "@" not in parts.netloc else None


def header_url(text: Any) -> str | None:
    """The address when it may stand between `<` and `>` of a Link header as it is, else None."""
    url = safe_url(text)
    return url if url is not None and _HEADER_SAFE.fullmatch(url) else None


def is_public(url: str) -> bool:
    """True when others than this machine's network can be expected to reach the address."""
    checked = safe_url(url)
    host = (urlsplit(checked).hostname or "").rstrip(".").lower() if checked else ""
    if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".test")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


def spaced(number: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def path_of(curie: str) -> str:
    """A CURIE as one or more segments of an address path."""
    return quote(curie, safe=":/")
