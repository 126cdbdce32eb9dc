"""Partner XML becomes plain dicts within bounds; what could hurt is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.xmlbytes import parse_xml

NAMES = {"urn:a": "a", "urn:plain": ""}


def test_elements_attributes_and_texts_become_dicts() -> None:
    """Children by name in order, attributes with @, texts as they stand, names by the prefixes asked for."""
    content = (
        b'<?xml version="1.0" encoding="ISO-8859-1"?><r xmlns="urn:plain" xmlns:x="urn:a"><x:t l="en">\xe9</x:t>'
        + (b'<x:t>two</x:t><o xmlns="urn:other"/></r>')
    )
    assert parse_xml(content, NAMES) == {
        "r": {"a:t": [{"@l": "en", "#text": "é"}, "two"], "{urn:other}o": [""]}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<a><b></a>", "not-parsable"),
        (b"", "not-parsable"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not-parsable"),
        (b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "not-parsable"),
        (b"<a>\xff</a>", "bad-encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "bad-encoding"),
        ("<a/>".encode("utf-16"), "bad-encoding"),
        (b"<a>" * 65 + b"</a>" * 65, "not-parsable"),
        (b"<a>" + b"<b/>" * 1_001 + b"</a>", "too-large"),
        (b"<a>" + b" " * 100_000 + b"</a>", "too-large"),
    ],
)
def test_hostile_xml_is_refused(content: bytes, reason: str) -> None:
    """Entities, foreign encodings, depth and floods each end in their reason (TP4, TP7)."""
    with pytest.raises(RecordRejected) as refused:
        parse_xml(content, NAMES, max_bytes=50_000, max_nodes=1_000)
    assert refused.value.reason == reason


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(content: bytes) -> None:
    """Nothing but RecordRejected ever comes out of bad bytes."""
    try:
        parse_xml(content, NAMES)
    except RecordRejected:
        return
