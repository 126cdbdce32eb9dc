"""YAML is read by the core schema of 1.2, within bounds, and every value and fault has its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from catalogue.validation.nodes import MAX_DEPTH
from catalogue.validation.source import SourceText
from catalogue.validation.yaml_text import read_yaml
from tests.validation.test_json_text import parts

# Line breaks that YAML alone knows would be folded by its own rules.
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029\ufeff"), max_size=20
).filter(lambda text: not re.match(r"[-+.]?\d", text))  # PyYAML writes 0E0 and 0o7 plain, which 1.2 takes for numbers
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Any:
    """The value of the one document."""
    (node,) = read_yaml(SourceText(text)).documents
    return node.value


@given(VALUES, st.booleans())
def test_written_values_are_read_again(value: Any, flow: bool) -> None:
    """What a YAML writer writes is read as it was, every part from the place it says."""
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=1_000)
    (root,) = read_yaml(SourceText(text)).documents
    assert root.value == value
    for node in parts(root):
        if node.parts is None and "\n" not in text[node.start : node.end]:
            assert yaml.safe_load(text[node.start : node.end] or "~") == node.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-03-07", "2023-03-07"),
        ("2020-07", "2020-07"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("~", None),
        ("", None),
        ("12", 12),
        ("012", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.5e3", 1500.0),
        ("10.1038/s41597", "10.1038/s41597"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    """Dates, yes and no, and numbers with signs of other kinds stay text."""
    assert read(f"a: {text}\n") == {"a": value}


def test_anchors_repeat_values() -> None:
    """A value named with & is repeated by *, at the place where it is repeated."""
    (node,) = read_yaml(SourceText("a: &x [1, 2]\nb: *x\n")).documents
    assert node.value == {"a": [1, 2], "b": [1, 2]}
    repeated = node.part("b")
    assert repeated is not None and repeated.start == 16


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title: a: b\n", 1, "quotes"),
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a: [1, 2\nb: 3\n", 2, "comma|field"),
        ('b: 1\na: "x\n', 2, "does not end"),
        ("a: 1\nb\nc: 2\n", 3, "colon|field"),
        ("- a\nb: c\n", 2, "item"),
        ("a: &x [1, *x]\n", 1, "inside what it names"),
        ("a: *y\n", 1, "was not named"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: !!binary aGk=\n", 1, "tag"),
        ("? [a]\n: 1\n", 1, "plain text"),
        ("a: 1e999\n", 1, "beyond"),
        ("", 1, "empty"),
        ("# only a note\n", 1, "empty"),
        ("[" * 100_000, 1, "deeper"),
        ("a: " + "{a: " * 100_000, 1, "deeper"),
        ("- " * 100_000 + "x", 1, "deeper"),
        ("\n".join(" " * depth + "a:" for depth in range(3_000)), MAX_DEPTH + 1, "deeper"),
    ],
)
def test_fault_is_told_with_its_line(text: str, line: int, said: str) -> None:
    """What is no YAML, or too deep, is refused in words at its line."""
    with pytest.raises(RecordRejected, match=said) as caught:
        read_yaml(SourceText(text))
    assert caught.value.members["place"].line == line


def test_repeated_keys_are_told() -> None:
    """A key that stands twice is a fault with both lines."""
    made = read_yaml(SourceText("a: 1\nb: 2\na: 3\n"))
    assert [(fault.place.line, fault.code) for fault in made.faults] == [(3, "duplicate-key")]
    assert "line 1" in made.faults[0].message


def test_bomb_of_anchors_ends_at_once() -> None:
    """A billion laughs are counted as what they would become, and never made."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(RecordRejected, match="values") as caught:
        read_yaml(SourceText("\n".join(lines)))
    assert caught.value.reason == "too-large"


def test_many_keys_twice_end_the_reading() -> None:
    """A file of one key again and again is not answered with a fault for each."""
    with pytest.raises(RecordRejected, match="stand twice"):
        read_yaml(SourceText("a: 1\n" * 5_000))


def refusal(text: str) -> tuple[str, int, int]:
    """(what is said, line, column) of a text that is refused."""
    with pytest.raises(RecordRejected) as caught:
        read(text)
    place = caught.value.members["place"]
    return caught.value.detail, place.line, place.column


def test_quote_without_end_is_marked_at_its_beginning() -> None:
    """Of a text in quotes that does not end the opening quote is shown, not the end of the file."""
    said, line, column = refusal('type: Study\ntitle: "Hearts\nowner: idr\n')
    assert (line, column) == (2, 8) and "begins with this quote" in said


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  - b: 1\n\tc: 2\n", "a: 1\n\tb: 2\n"])
def test_tab_is_told_as_one(text: str) -> None:
    """A tab in the indentation is named, with what to use instead."""
    assert "Use spaces" in refusal(text)[0]


def test_line_indented_too_little_is_told_as_one() -> None:
    """A field one blank short of its neighbours is not only said to lack a dash."""
    said, line, _ = refusal("a:\n  - b: 1\n   c: 2\n")
    assert line == 3 and "indent" in said.lower()


def test_second_object_inside_the_first_is_one_fault() -> None:
    """Two records without --- between, and a list without dashes, are told once; other repeated keys each."""
    record = "type: Study\nid: a:1\ntitle: x\n"
    (fault,) = read_yaml(SourceText(record + record)).faults
    assert fault.place.line == 4 and "put a line --- before it (the other is in line 1)" in fault.message
    (fault,) = read_yaml(SourceText("authors:\n  type: Person\n  id: a\n  type: Person\n  id: b\n")).faults
    assert fault.place.line == 4 and "'- '" in fault.message
    faults = read_yaml(SourceText("a: 1\nb: 2\nc: 3\nb: 4\nc: 5\n")).faults
    assert [fault.place.line for fault in faults] == [4, 5]
