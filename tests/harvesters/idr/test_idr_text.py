"""Bytes of IDR's files: encodings, line ends, quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.idr_text import parse_text, rows_of_cells, table_rows


def lines(content: bytes) -> list[str]:
    """Lines that are not blank."""
    return [line for line in parse_text(content).lines if line]


def repairs(content: bytes) -> dict[str, str]:
    """Code -> message of what was mended."""
    return {code: message for code, _, message in parse_text(content).repairs}


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("Hériché JK, 100\u00a0U/ml".encode("latin-1"), "Hériché JK, 100\u00a0U/ml", "ISO 8859-1"),  # idr0108
        ("Parkinson’s, 13µm – or so".encode("cp1252"), "Parkinson’s, 13µm – or so", "Windows-1252"),  # idr0155
        (b"CH-8057 Z\x9frich", "CH-8057 Zürich", "Mac Roman"),  # idr0113
        (b"OPERA\xa8 QHS", "OPERA® QHS", "Mac Roman"),  # idr0072
        (b"Dulbecco\xd5s at 37 \xa1C", "Dulbecco’s at 37 °C", "Mac Roman"),  # idr0115
        (b"S100A4+\xcaand PDPN+", "S100A4+\u00a0and PDPN+", "Mac Roman"),  # idr0150
        (b"10\xd7 objective, 37 \xb0C", "10× objective, 37 °C", "ISO 8859-1"),  # idr0111
    ],
)
def test_old_encodings_are_told_by_plausible_letters(content: bytes, text: str, encoding: str) -> None:
    """What is not UTF-8 is read in the encoding whose letters make words, and the guess is recorded."""
    assert lines(content) == [text]
    assert repairs(content)["encoding-guessed"] == f"Not UTF-8; read as {encoding}. Save the file as UTF-8."


def test_one_odd_line_leaves_the_others_utf8() -> None:
    """A file of UTF-8 with one old line keeps its UTF-8 letters."""
    assert lines("Zürich\n".encode() + b"Z\xfcrich") == ["Zürich", "Zürich"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_ends_a_line(ends: str) -> None:
    """LF, CRLF, CR (idr0056's library) and CR CR LF (idr0093) give the same lines."""
    assert lines(ends.join(("a", "b", "c")).encode()) == ["a", "b", "c"]


def test_mixed_line_ends_are_noted() -> None:
    """idr0101 mixes LF and CR in one file: all lines are read, and a finding says so."""
    assert lines(b"a\nb\rc\r\nd") == ["a", "b", "c", "d"]
    assert set(repairs(b"a\nb\rc\r\nd")) == {"line-ends"}
    assert not repairs(b"a\r\nb\r\n")


def test_mark_and_control_characters_are_taken_out() -> None:
    """A byte order mark (idr0096) and control characters (idr0156) are no text."""
    assert lines(b"\xef\xbb\xbfa\x0bb") == ["ab"]
    assert set(repairs(b"\xef\xbb\xbfa\x0bb")) == {"byte-order-mark", "control-character"}


def test_two_byte_text_is_refused() -> None:
    """UTF-16 and binary files are no study files, whatever their letters."""
    with pytest.raises(RecordRejected) as refused:
        parse_text("Study Title".encode("utf-16"))
    assert refused.value.reason == "bad-encoding"


def cells(content: str) -> list[list[str]]:
    """Rows of a sheet whose only key is `Key`."""
    return rows_of_cells(parse_text(content.encode()), lambda cell: cell == "Key")


def test_quoted_cells_hold_line_breaks_and_tabs() -> None:
    """idr0072 breaks lines inside quoted cells, several in a row."""
    assert cells('Key\t"one\ntwo"\tthree\t"four\nfive"\nKey\t"a\tb"') == [
        ["Key", "one\ntwo", "three", "four\nfive"],
        ["Key", "a\tb"],
    ]


def test_doubled_quotes_are_one() -> None:
    """A quote inside a quoted cell is written twice."""
    assert cells('Key\t"so ""called"" cells"') == [["Key", 'so "called" cells']]


def test_an_unpaired_quote_ends_at_its_line() -> None:
    """idr0161: a quote that nothing closes does not swallow the rows behind it."""
    assert cells('Key\t"high setting\nKey\tnext') == [["Key", '"high setting'], ["Key", "next"]]
    assert cells('Key\tuses the "high" setting') == [["Key", 'uses the "high" setting']]


@given(st.text(alphabet='"\t\nabK,', max_size=200))
def test_no_text_loses_letters(text: str) -> None:
    """Whatever quotes and tabs do, every letter of the text stands in some cell."""
    found = "".join(cell for row in cells(text) for cell in row)
    assert [c for c in found if c.isalpha()] == [c for c in text if c.isalpha()]


def test_a_quote_that_is_never_closed_ends_a_table() -> None:
    """A cell of more than a million characters is a fault of the table, not its content."""
    with pytest.raises(RecordRejected) as refused:
        table_rows(parse_text(b'a,b\n"' + b"x" * (1 << 21)), ",")
    assert refused.value.reason == "not-parsable"
