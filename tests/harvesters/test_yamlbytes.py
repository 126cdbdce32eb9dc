"""YAML of partners: read as texts, within bounds, or refused with a reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.yamlbytes import parse_yaml

# Name -> bytes, and the reason they are refused for.
REFUSED = {
    "alias bomb": (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "not-parsable"),
    "tag": (b"a: !!python/object/apply:os.system ['true']", "not-parsable"),
    "own tag": (b"a: !x 1", "not-parsable"),
    "depth": (b"[" * 40 + b"]" * 40, "not-parsable"),
    "twice": (b"a: 1\na: 2", "not-parsable"),
    "two documents": (b"a: 1\n---\nb: 2", "not-parsable"),
    "broken": (b"a: [1", "not-parsable"),
    "map as key": (b"? {a: 1}\n: 2", "not-parsable"),
    "encoding": (b"a: \xff", "bad-encoding"),
    "control": (b"a: \x00", "not-parsable"),
    "size": (b"a: " + b"x" * 3_000_000, "too-large"),
}


def test_scalars_stay_what_was_written() -> None:
    """No text becomes a date, number, boolean or null."""
    found = parse_yaml(b"day: 2020-10-22\nno: NO\nnumber: 1.10\nempty:\ntext: |\n  a\n  b\n")
    assert found == {"day": "2020-10-22", "no": "NO", "number": "1.10", "empty": "", "text": "a\nb\n"}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_dangerous_or_doubtful_is_refused(name: str) -> None:
    """Aliases, tags, depth, doubles and broken bytes end in a reason of the closed list."""
    content, reason = REFUSED[name]
    with pytest.raises(RecordRejected) as refused:
        parse_yaml(content)
    assert refused.value.reason == reason


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but RecordRejected is raised, whatever comes."""
    with contextlib.suppress(RecordRejected):
        parse_yaml(content)
