"""JSON is read strictly, and every value and fault has its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from catalogue.validation.json_text import read_json
from catalogue.validation.nodes import MAX_DEPTH, Node
from catalogue.validation.source import SourceText

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def parts(node: Node) -> list[Node]:
    """The node and all below it."""
    inner = list(node.parts.values()) if isinstance(node.parts, dict) else list(node.parts or ())
    return [node, *(below for part in inner for below in parts(part))]


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_value_is_what_the_standard_library_reads(value: Any, indent: Any, ascii_only: bool) -> None:
    """Any JSON gives the value that json.loads gives, and every part stands where its place says."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    made = read_json(SourceText(text))
    (root,) = made.documents
    assert root.value == value and not made.faults
    for node in parts(root):
        assert json.loads(text[node.start : node.end]) == node.value
        for key, (start, end) in node.keys.items():
            assert json.loads(text[start:end]) == key


def test_sizes_add_up() -> None:
    """A value counts itself and everything in it."""
    assert read_json(SourceText('{"a": [1, {"b": 2}], "c": 3}')).documents[0].size == 6


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('{"a": 1,\n "b" 2}', 2, 6, "colon"),
        ('{"a": 1\n "b": 2}', 2, 2, "comma"),
        ('{"a": 1,\n}', 1, 8, "Take out this comma"),
        ("[1,\n 2,]", 2, 3, "Take out this comma"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ('{"a": yes}', 1, 7, "not 'yes'"),
        ('{"a": NaN}', 1, 7, "not 'NaN'"),
        ('{"a": 1} x', 1, 10, "nothing may follow"),
        ('{"a": 1e400}', 1, 7, "beyond what a number can hold"),
        pytest.param(f'{{"a": -{"9" * 400}}}', 1, 7, "beyond what a number can hold", id="400 digits"),
        pytest.param(f'{{"a": {"9" * 5000}}}', 1, 7, "so many digits", id="5000 digits"),
        ('{"a": "x\ny"}', 1, 7, "does not end"),
        ('{"a": "\\x"}', 1, 7, "wrong escape"),
        ('{"a": [1', 1, 9, "the file ends"),
        ('{"a": 01}', 1, 8, "comma"),
        ('{"a": 1e999}', 1, 7, "beyond"),
        ('{"a": ' + "9" * 5000 + "}", 1, 7, "digits"),
        ('{"a": "\\ud800"}', 1, 7, "surrogate"),
        ('{"a": 1} // note', 1, 10, "nothing may follow"),
        ("[// note\n1]", 1, 2, "no comments"),
        ("", 1, 1, "empty"),
        ("[" * (MAX_DEPTH + 1), 1, MAX_DEPTH + 1, "deeper"),
        ('{"a":' * 100_000, 1, 5 * MAX_DEPTH + 1, "deeper"),
    ],
)
def test_fault_is_told_with_its_place(text: str, line: int, column: int, said: str) -> None:
    """What is no JSON is refused in words, at the character where it goes wrong."""
    with pytest.raises(RecordRejected, match=said) as caught:
        read_json(SourceText(text))
    place = caught.value.members["place"]
    assert (place.line, place.column) == (line, column)


def test_each_repeated_key_is_told() -> None:
    """All keys that stand twice are told with their lines; the rest is read."""
    made = read_json(SourceText('{"a": 1,\n "b": 2,\n "a": 3,\n "c": {"b": 1,\n "b": 2}}'))
    assert [fault.place.line for fault in made.faults] == [3, 5]
    assert "line 1" in made.faults[0].message
    assert made.documents[0].value["a"] == 3


def test_one_value_a_line() -> None:
    """JSON lines are as many documents."""
    made = read_json(SourceText('{"a": 1}\n{"a": 2}\n'), lines=True)
    assert [node.value["a"] for node in made.documents] == [1, 2]
