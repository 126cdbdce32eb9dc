"""Strict, bounded reading of partner JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.jsonbytes import parse_json

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
    max_leaves=20,
)


@given(_JSON, st.booleans(), st.sampled_from([None, 2]))
def test_any_json_is_read_as_it_is(value: Any, ascii_only: bool, indent: int | None) -> None:
    """Strictness never changes or refuses a proper document, brackets and quotes in texts included."""
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    parsed = parse_json(raw)
    assert parsed.value == value
    assert not parsed.controls_removed


@pytest.mark.parametrize("text", ['"', '\\"', "[", '{"', "\\\\", '\\\\"[', "}]", '"[{'])
def test_structure_inside_texts_does_not_count(text: str) -> None:
    """Depth is that of the document, not of brackets in a title."""
    assert parse_json(json.dumps({text * 100: [text * 100]}).encode()).value == {text * 100: [text * 100]}


def test_depth_is_bounded_exactly() -> None:
    """64 levels pass, 65 do not."""
    assert parse_json(b"[" * 64 + b"]" * 64).value
    with pytest.raises(RecordRejected, match="deeper than 64"):
        parse_json(b"[" * 65 + b"]" * 65)
    with pytest.raises(RecordRejected, match="deeper than 64"):
        parse_json(b'{"a":' * 65 + b"1" + b"}" * 65)


def test_key_twice_is_named() -> None:
    """The curator learns which key."""
    with pytest.raises(RecordRejected, match="'license' stands twice"):
        parse_json(b'{"license": 1, "a": {"license": 1, "license": 2}}')


def test_size_is_bounded() -> None:
    """A document over the limit is refused before it is decoded."""
    with pytest.raises(RecordRejected) as caught:
        parse_json(b'"' + b"x" * 100 + b'"', max_bytes=100)
    assert caught.value.reason == "too-large"


def test_controls_are_removed_and_counted() -> None:
    """Escaped control characters go, tabs and line breaks stay, an escaped backslash is no escape."""
    parsed = parse_json(rb'{"a\u0007": ["x\u0000y\tz\n", "\\u0000", "\uffff"]}')
    assert parsed.value == {"a": ["xy\tz\n", "\\u0000", ""]}
    assert parsed.controls_removed == 3


def test_surrogate_pair_is_a_character_and_a_half_is_none() -> None:
    """Emoji in escapes are read; half a pair is refused."""
    assert parse_json(rb'"\ud83d\ude00"').value == "\U0001f600"
    assert parse_json(rb'"\\ud83d"').value == "\\ud83d"
    with pytest.raises(RecordRejected) as caught:
        parse_json(rb'"\ud83d"')
    assert caught.value.reason == "bad-encoding"
