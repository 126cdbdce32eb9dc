"""Which addresses the fetcher may touch."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import now

from catalogue.problems import FetchRefused
from harvesters.addresses import Origin, is_public, origin_of, parse_url, shown
from harvesters.http import Fetcher

PRIVATE_NETWORKS = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
private_ipv4 = st.sampled_from(PRIVATE_NETWORKS).flatmap(
    lambda text: st.integers(
        int(ipaddress.IPv4Network(text)[0]), int(ipaddress.IPv4Network(text)[-1])
    ).map(ipaddress.IPv4Address)
)  # fmt: skip


def odd_forms(address: ipaddress.IPv4Address) -> list[str]:
    """Other notations that `inet_aton` and browsers take for the same address."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{c << 8 | d}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{b}.{c}.0x{d:x}",
        f"{a}.{b}.{c}.{d}.",
    ]


def ipv6_forms(address: ipaddress.IPv4Address) -> list[str]:
    """IPv6 addresses that lead to an IPv4 one."""
    number = int(address)
    return [
        f"::ffff:{address}",
        f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"2001:0:4136:e378:8000:63bf:{(number ^ 0xFFFFFFFF) >> 16:x}:{(number ^ 0xFFFFFFFF) & 0xFFFF:x}",
    ]


@given(private_ipv4)
def test_private_ipv4_address_is_not_public(address: ipaddress.IPv4Address) -> None:
    """No address of a private, local or reserved IPv4 network passes as public."""
    assert not is_public(str(address))


@given(private_ipv4, st.integers(0, 5))
def test_private_address_inside_ipv6_is_not_public(address: ipaddress.IPv4Address, form: int) -> None:
    """Wrapping a private IPv4 address into any IPv6 transition form does not make it public."""
    assert not is_public(ipv6_forms(address)[form])


@pytest.mark.parametrize(
    "text",
    ["::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"],
)
def test_local_ipv6_address_is_not_public(text: str) -> None:
    """Loopback, link-local, unique-local, site-local, multicast and documentation IPv6 are not public."""
    assert not is_public(text)


@pytest.mark.parametrize("text", ["8.8.8.8", "193.62.193.80", "2001:4860:4860::8888", "2a00:1450:4001::1"])
def test_internet_address_is_public(text: str) -> None:
    """An ordinary Internet address passes."""
    assert is_public(text)


@given(st.ip_addresses(v=4), st.integers(0, 8))
def test_ipv4_in_an_odd_form_is_refused(address: ipaddress.IPv4Address, form: int) -> None:
    """A host in decimal, octal, hexadecimal or shortened IPv4 form is refused, whatever address it hides."""
    host = odd_forms(address)[form]
    if host == str(address):
        return
    with pytest.raises(FetchRefused):
        parse_url(f"http://{host}/")


@given(private_ipv4, st.integers(0, 5))
def test_fetcher_refuses_private_ipv6_forms_as_host(address: ipaddress.IPv4Address, form: int) -> None:
    """A URL whose host is a private address in any IPv6 form is refused before a connection is made."""
    fetcher = Fetcher(contact="https://example.org/", sleep=lambda _: None, clock=now)
    with pytest.raises(FetchRefused):
        fetcher.get(f"http://[{ipv6_forms(address)[form]}]/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "javascript:alert(1)", "data:,x",
        "simplecache::http://example.org/", "//example.org/", "example.org", "http:///x", "http://",
        "http://user@example.org/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/",
        "http://example.org\\@127.0.0.1/", "http://exa mple.org/", "http://example.org/\r\nX: y", "http://example.org/\x00",
        "http://[::1", "http://[v1.x]/", "http://[fe80::1%25eth0]/", "http://example.org:0/", "http://example.org:99999/",
        "http://example.org:x/", "http://１２７.0.0.1/", "http://ⓔxample.org/", "http://-x.org/", "http://a..b/",
        "http://" + "a" * 64 + ".org/", "http://127.1/", "http://0/", "http://0x7f000001/", "http://1.2.3.4.5/",
        "http://example.org/" + "a" * 8000,
    ],
)  # fmt: skip
def test_malformed_or_foreign_url_is_refused(url: str) -> None:
    """Other schemes, credentials, blanks, and hosts that two parsers could read differently are refused."""
    with pytest.raises(FetchRefused):
        parse_url(url)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_becomes_plain_http(text: str) -> None:
    """Whatever follows the scheme, the result is an ASCII http URL with that very origin, or a refusal."""
    try:
        origin, url = parse_url("http://" + text)
    except FetchRefused:
        return
    assert url.isascii()
    assert url.startswith(str(origin) + "/")
    assert origin_of(url) == origin
    assert "@" not in str(origin)


def test_origin_is_in_lower_case_with_its_port() -> None:
    """Host case and default port do not make two origins."""
    assert (
        origin_of("HTTPS://Example.ORG/x")
        == Origin("https", "example.org", 443)
        == origin_of("https://example.org:443")
    )


def test_origin_is_written_as_in_a_url() -> None:
    """IPv6 hosts are bracketed and only unusual ports shown."""
    assert str(origin_of("http://[2001:4860::1]:8080/x")) == "http://[2001:4860::1]:8080"
    assert str(origin_of("http://example.org:80/x")) == "http://example.org"


def test_blank_in_path_needs_encoding_but_brackets_are_encoded_for_the_caller() -> None:
    """Characters that no URL may hold literally are percent-encoded; encoded ones stay as they are."""
    assert (
        parse_url("http://example.org/a[1]%20b/é.json?x=[1]")[1]
        == "http://example.org/a%5B1%5D%20b/%C3%A9.json?x=%5B1%5D"
    )


@pytest.mark.parametrize(
    "url",
    ["https://example.org/x?token=hush#hush", "https://hush:hush@example.org/x", "https://hush@example.org/x?hush"],
)
def test_messages_show_no_secret_of_a_url(url: str) -> None:
    """User information, query and fragment never reach a message."""
    assert "hush" not in shown(url)
    assert "example.org/x" in shown(url)
