"""Which URLs and network addresses the fetcher may touch; pure rules, no connection is made here."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from catalogue.problems import FetchRefused

_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"^{_LABEL}(?:\.{_LABEL})*\.?$")
# WHATWG URL, "ends in a number": such a host is an IPv4 address in some notation, never a name.
_NUMERIC = re.compile(r"^(?:0x[0-9a-f]*|[0-9]+)$")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL (RFC 6454), in lower case."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, checked: for programs that connect by themselves (git)."""

    host: str
    port: int
    addresses: tuple[str, ...]


def origin_of(url: str) -> Origin:
    """The origin of an http(s) URL.

    Raises:
        FetchRefused: the URL has another scheme, credentials, or a host in a form that hides an address.
    """
    return parse_url(url)[0]


def joined(base: str, reference: str) -> str:
    """Where a reference found at a URL leads.

    Raises:
        FetchRefused: it leads to no valid URL.
    """
    try:
        return urljoin(base, reference)
    except ValueError:
        _refuse(reference, "url-form", "is not a valid URL")


@lru_cache(maxsize=256)  # the fetcher asks four times of each URL
def parse_url(url: str) -> tuple[Origin, str]:
    """Origin and canonical text of a URL that may be fetched, without fragment.

    Raises:
        FetchRefused: as for `origin_of`; `rule` names the rule broken.
    """
    if len(url) > 8000:
        _refuse(url[:200] + "...", "url-form", "is longer than 8,000 characters")
    if any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url):
        _refuse(url, "url-form", "holds blanks, control characters or backslashes; encode them")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _refuse(url, "url-form", "is not a valid URL")
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        _refuse(url, "scheme", "is neither http nor https; nothing else is fetched")
    if "@" in parts.netloc:
        _refuse(url, "userinfo", "holds a user name or password; give credentials in the source's options")
    host = _host(url, parts)
    if port == 0:
        _refuse(url, "url-form", "has port 0")
    origin = Origin(scheme, host, port or _PORTS[scheme])
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return origin, f"{origin}{path}{query}"


def _host(url: str, parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if not host:
        _refuse(url, "url-form", "has no host")
    if "[" in parts.netloc:
        if "%" in host:
            _refuse(url, "host-form", "names a network interface")
        try:
            return ipaddress.IPv6Address(host).compressed
        except ValueError:
            _refuse(url, "host-form", "has a host that is not an IPv6 address")
    if not host.isascii():
        _refuse(url, "host-form", "has a host with letters beyond ASCII; write it in its xn-- form")
    if not _NAME.match(host) or len(host) > 253:
        _refuse(url, "host-form", "has a host that is no name and no address")
    if _NUMERIC.match(host.rstrip(".").rsplit(".", 1)[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            _refuse(url, "host-form", "has an IPv4 address in an odd form; write it as four decimal numbers")
    return host


def is_public(text: str) -> bool:
    """Whether an address belongs to the open Internet, also behind every IPv4-in-IPv6 form."""
    try:
        address: Address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None and not is_public(str(inner)):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or (address.is_reserved and address not in _NAT64)
        or address.is_unspecified
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that mapped, compatible, 6to4, Teredo (its client) and NAT64 forms lead to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_loopback(text: str) -> bool:
    """Whether an address is this machine."""
    address: Address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback


def shown(url: str) -> str:
    """The URL as it may appear in messages: no user information, query or fragment, which may hold tokens."""
    text = re.sub(r"[?#].*$", "", url, flags=re.DOTALL)
    text = re.sub(r"^([a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/]*@", r"\1//", text)
    return "".join(c if c.isprintable() else "?" for c in text)[:300]


def _refuse(url: str, rule: str, what: str) -> NoReturn:
    raise FetchRefused(f"The address {shown(url)} {what}.", rule=rule)
