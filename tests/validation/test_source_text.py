"""Bytes become text with places, or are refused with one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from catalogue.validation.source import EXCERPT, MAX_BYTES, SourceText, decode

LINES = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs", "Cc")), max_size=30))


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.data())
def test_each_offset_has_its_line_and_column(lines: list[str], end: str, data: st.DataObject) -> None:
    """Line and column are those an editor shows, whatever ends the lines."""
    text = end.join(lines)
    offset = data.draw(st.integers(0, len(text)))
    place = SourceText(text).place(offset)
    before = text[:offset].split("\n")
    assert (place.line, place.column) == (len(before), len(before[-1]) + 1)
    assert place.excerpt[place.offset : place.offset + 1] in (text[offset : offset + 1], "")


def test_line_is_found_in_a_text_of_many_blocks() -> None:
    """Counting by blocks gives the line of a character near the end of a long file."""
    text = "\n".join(f"line {number}" for number in range(1, 30_001))
    place = SourceText(text).place(text.index("line 29999"))
    assert (place.line, place.column, place.excerpt) == (29_999, 1, "line 29999")


def test_long_line_is_shown_around_the_fault() -> None:
    """Of a line of 100,000 characters only the part with the fault is kept."""
    text = "x" * 50_000 + "FAULT" + "x" * 50_000
    place = SourceText(text).place(50_000, 50_005)
    assert len(place.excerpt) == EXCERPT
    assert place.excerpt[place.offset : place.offset + place.length] == "FAULT"
    assert place.column == 50_001


def test_place_ends_with_its_line() -> None:
    """What runs over several lines is marked on its first line alone."""
    place = SourceText("ab\r\ncd").place(1, 6)
    assert (place.line, place.length, place.excerpt) == (1, 1, "ab")


def test_place_of_line_and_column_of_a_parser() -> None:
    """Places that parsers report are found, and those beyond the end are the end."""
    source = SourceText("ab\ncd\n")
    assert source.at(2, 2).excerpt == "cd" and source.at(2, 2).column == 2
    assert source.at(99, 1).line == 3


def test_byte_order_mark_is_no_text() -> None:
    """A BOM at the beginning moves no column."""
    assert decode(b"\xef\xbb\xbftype: Study").text == "type: Study"


@pytest.mark.parametrize(
    ("content", "reason", "said", "line"),
    [
        ("a: 1\nb: Zürich\n".encode("latin-1"), "bad-encoding", "Latin-1", 2),
        ("a: 1".encode("utf-16"), "bad-encoding", "UTF-16", None),
        ("a: 1".encode("utf-32-be"), "bad-encoding", "U+0000", 1),
        (b"a: 1\nb: \x00\n", "bad-encoding", "U+0000", 2),
        (b"a\x1b[31m", "bad-encoding", "U+001B", 1),
        (b"x" * (MAX_BYTES + 1), "too-large", "Split it", None),
    ],
    ids=["latin-1", "utf-16", "utf-32", "nul", "escape", "too large"],
)
def test_what_is_no_text_is_refused(content: bytes, reason: str, said: str, line: int | None) -> None:
    """Wrong encodings, control characters and files beyond the bound are named, with the line where there is one."""
    with pytest.raises(RecordRejected, match=said.replace("+", "[+]")) as caught:
        decode(content)
    assert caught.value.reason == reason
    place = caught.value.members.get("place")
    assert (place.line if place else None) == line
