"""The account of a document: whatever is read or not, the books balance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import MAX_FINDINGS_PER_CODE, Account, Entry, crosswalk_reasons

KEYS = st.sampled_from(["a", "b", "c", "title"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", " ", "x", "n/a", "7"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)
VERBS = st.sampled_from(["text", "texts", "whole", "decimal", "flag", "entries", "entry", "raw", "leave", ""])


def keys_of(value: Any) -> int:
    """Number of keys of all objects in a value."""
    if isinstance(value, list):
        return sum(map(keys_of, value))
    return len(value) + sum(map(keys_of, value.values())) if isinstance(value, dict) else 0


def read(entry: Entry, verbs: list[str], depth: int = 0) -> None:
    """Read the properties of an entry, each by the next of the verbs."""
    for place, key in enumerate(entry.keys()):
        verb = verbs[(place + depth) % len(verbs)]
        if verb == "leave":
            entry.leave(key, "for a reason")
        elif verb:
            found = getattr(entry, verb)(key)
            for inner in found if isinstance(found, list) else [found]:
                if isinstance(inner, Entry):
                    read(inner, verbs, depth + 1)


@given(DOCUMENTS, st.lists(VERBS, min_size=1, max_size=4))
def test_every_key_is_counted_once(document: dict[str, Any], verbs: list[str]) -> None:
    """Mapped, ignored and unmapped are together the keys of the document, however it is read."""
    account = Account({"b": "known and left out"})
    read(account.open(document), verbs)
    mapped, ignored, unmapped = account.close()
    assert mapped + ignored.total() + unmapped.total() == keys_of(document)


def test_what_nobody_asked_for_is_unmapped_and_found() -> None:
    """An unknown property is counted with all below it, under its path, and becomes a finding."""
    account = Account()
    entry = account.open({"title": "T", "lens": {"maker": "Z", "na": 1.4}}, "entry")
    assert entry.text("title") == "T"
    mapped, ignored, unmapped = account.close()
    assert (mapped, ignored, unmapped) == (1, {}, {"entry/lens": 3})
    assert [(f.code, f.path) for f in account.findings] == [("unmapped-property", "entry/lens")]


def test_left_out_paths_hold_for_what_stands_below() -> None:
    """A property that the crosswalk leaves out is ignored with its reason, whatever it contains."""
    account = Account({"entry/internal": "for the archive's staff"})
    account.open({"internal": {"owner": {"id": 1}}, "note": ""}, "entry")
    assert account.close() == (
        0, {"entry/internal: for the archive's staff": 3, "entry/note: empty": 1}, {},
    )  # fmt: skip


def test_values_of_other_forms_are_refused_with_a_finding() -> None:
    """What is no number, flag or object is left out, said, and counted as ignored."""
    account = Account()
    entry = account.open({"count": "many", "part": -1, "open": "maybe", "sample": ["x"], "width": "5760"})
    assert (entry.whole("count"), entry.whole("part"), entry.flag("open"), entry.entries("sample")) == (
        None, None, None, [],
    )  # fmt: skip
    assert entry.whole("width") == 5760
    assert [f.code for f in account.findings] == ["number-form", "number-form", "flag-form", "wrong-type"]


def test_texts_are_tidied_and_placeholders_left_out() -> None:
    """Blanks around and within go, line breaks stay where asked for, words for nothing are repaired away."""
    account = Account()
    entry = account.open({"a": "  two\n words ", "b": "N/A", "c": [["x"], "x", 7], "d": {"#text": "t", "@lang": "en"}})
    assert (entry.text("a", lines=True), entry.text("a"), entry.text("b")) == ("two\n words", "two words", None)
    assert (entry.text("b", word=True), entry.texts("c"), entry.text("d")) == ("N/A", ["x", "7"], "t")
    assert [f.severity for f in account.findings] == [Severity.REPAIRED]


def test_flood_of_findings_is_cut_and_counted() -> None:
    """One document cannot fill the book of findings."""
    account = Account()
    entry = account.open({f"k{n}": "x" for n in range(500)})
    for number in range(500):
        entry.whole(f"k{number}")
    account.close()
    assert len(account.findings) == MAX_FINDINGS_PER_CODE + 1
    assert account.findings[-1].value == "500"


@pytest.mark.parametrize(
    ("value", "word"), [([], "a list"), ("junk", "a text"), (None, "null"), (True, "true or false")]
)
def test_document_that_is_no_object_is_refused(value: Any, word: str) -> None:
    """A list or text where an object is expected is not parsable, and is called what it is in the partner's words."""
    with pytest.raises(RecordRejected, match=f"The document is {word}") as refused:
        Account().open(value, "entry")
    assert refused.value.reason == "not-parsable"


def test_reasons_come_from_the_crosswalk() -> None:
    """What the crosswalk leaves out has its reason there, and only there."""
    reasons = crosswalk_reasons("empiar", "empiar_meta:cets/")
    assert "finds files" in reasons["regions/movie_stack_filter_pattern"]
    assert "regions/name" not in reasons


def test_numbers_and_flags_of_xml_stand_in_lists_of_one() -> None:
    """What harvesters.xmlbytes gives is a list for every element; one member is that value, two are a complaint."""
    account = Account()
    entry = account.open({"n": ["512"], "f": [" true "], "two": ["1", "2"], "none": [""]})
    assert (entry.whole("n"), entry.flag("f"), entry.whole("none")) == (512, True, None)
    assert entry.whole("two") is None
    assert [finding.code for finding in account.findings] == ["number-form"]
