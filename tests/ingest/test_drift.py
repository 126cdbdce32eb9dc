"""R22: what a source's documents look like is known; a new key is said, a changed form stops the source."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.ingest.drift import MAX_PATHS, Fingerprint, key_paths
from catalogue.model.documents import Listed, SourceDocument, Unreadable
from catalogue.problems import BadRequest
from tests.ingest.conftest import Bench, study


def paths(content: Any, media_type: str = "application/json") -> dict[str, set[str]]:
    """Key paths of one document."""
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    return key_paths(SourceDocument("a", "", written, media_type))


def serve(bench: Bench, count: int, **more: Any) -> None:
    """What the partner has now."""
    bench.partner.held = {f"{n:03}": study(n) for n in range(1, count + 1)} | more


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        ({"a": [{"b": 1}, {"b": "x"}]}, "application/json", {"a[].b": {"number", "text"}}),
        (
            {"@graph": [{"@type": ["Dataset"], "name": "x"}, {"@type": "Person", "name": None}]},
            "application/ld+json",
            {"@graph[Dataset].name": {"text"}},
        ),
        ({"attributes": [{"name": "Title", "value": "x"}]}, "application/json", {"attributes[Title].value": {"text"}}),
        (b"<a><b c='1'/><b>x</b></a>", "application/xml", {"a/b": {"element"}, "a/b/@c": {"text"}}),
        (b"Study\tTitle\n1\tx\n", "text/tab-separated-values", {"Title": {"column"}}),
        (b"\xef\xbb\xbfa,b\n1,2\n", "text/csv", {"a": {"column"}}),
    ],
    ids=["json", "ro-crate", "pagetab", "xml", "tsv", "csv with mark"],
)
def test_keys_and_types_of_each_format(content: Any, media_type: str, expected: dict[str, set[str]]) -> None:
    """R22: keys are told by their place and type of thing, values by their type; what is missing is no type."""
    found = paths(content, media_type)
    assert {path: kinds for path, kinds in found.items() if path in expected} == expected
    assert not any(path.endswith("[Person].name") for path in found)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"{", "application/json"),
        (b"[" * 5000, "application/json"),
        (b"<a>" * 5000, "text/xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text/xml"),
        (b"\xff,\xfe", "text/csv"),
        (b"<html><p>Sign in", "text/html"),
        (b"", "text/csv"),
        (b"@prefix a: <b> .", "text/turtle"),
    ],
)
def test_broken_and_hostile_documents_have_no_form(content: bytes, media_type: str) -> None:
    """What cannot be read safely is passed over; the adapter says what is wrong with it."""
    assert paths(content, media_type) == {}


def test_keys_that_are_data_fill_no_books() -> None:
    """A document with an accession for each key, or nested without end, gives a bounded number of paths."""
    assert len(paths({f"S-BIAD{n}": {"x": 1} for n in range(10_000)})) <= MAX_PATHS
    deep: Any = "x"
    for _ in range(200):
        deep = {"a": deep}
    assert len(paths(deep)) < 50


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda part: st.dictionaries(st.text(), part))
)
def test_fingerprint_comes_back_as_it_was_kept(value: Any) -> None:
    """Whatever the keys are called, a fingerprint that is kept and read is the same."""
    form = Fingerprint()
    form.add(paths(value))
    again = Fingerprint.load(form.dump())
    assert (again.documents, again.paths, again.types) == (form.documents, form.paths, form.types)
    assert again.notices(form, 1) == {}


def test_new_key_is_said_and_stops_nothing(bench: Bench) -> None:
    """R22: a key that no document had is in the run's report, once; the documents enter."""
    serve(bench, 25)
    assert bench.harvest().drift == {}
    serve(bench, 25, **{"007": study(7, keywords=["new"]), "008": study(8, keywords=["new"])})
    report = bench.harvest()
    assert report.drift == {"new key keywords": 2, "new key keywords[]": 2}
    assert (report.state, report.changed, report.as_dict()["drift"]) == ("completed", 2, report.drift)
    serve(bench, 25, **{"009": study(9, keywords=["again"])})
    assert bench.harvest().drift == {}


def test_key_of_another_type_and_lost_key_are_said(bench: Bench) -> None:
    """R22: a value that changed its type is said, and a key that all documents had and none has now."""
    bench.partner.held = {f"{n:03}": study(n, _extra=1, _other="x") for n in range(1, 26)}
    usual = bench.partner.map

    def strip(document: Any, source: Any) -> Any:
        mapped = usual(document, source)
        mapped.records[0].pop("_extra", None)
        mapped.records[0].pop("_other", None)
        return mapped

    bench.partner.map = strip  # type: ignore[method-assign]
    bench.harvest()
    bench.partner.held |= {f"{n:03}": study(n, _extra="one") for n in range(1, 6)}
    assert bench.harvest().drift == {"_extra is text, was number": 5, "lost key _other": 5}


def test_first_documents_of_a_source_are_no_drift(bench: Bench) -> None:
    """R22: what was learned of one document out of many says nothing about the others."""
    serve(bench, 30)
    bench.harvest()
    with bench.ledger.transaction() as writer:
        one = Fingerprint()
        one.add({"title": {"text"}})
        writer.set_fingerprint("scripted", one.dump())
    bench.harvest(full=True)
    assert bench.harvest(full=True).drift == {}


@pytest.mark.parametrize(
    "broken",
    [
        b"<html>Please sign in</html>",
        {"type": "Study", "title": "no identity"},
        study(1, title=["a", "list"]),
        Unreadable("x", "https://partner.example/x", "not-parsable", "a login page"),
    ],
    ids=["login page", "lost key", "retyped key", "unreadable"],
)
def test_changed_form_stops_the_source(bench: Bench, broken: Any) -> None:
    """R22: when more than five and 5 % of what was accepted breaks at once, the source stops, the old state stays."""
    serve(bench, 40)
    bench.harvest()
    cursor, position = bench.ledger.cursor("scripted"), bench.ledger.last_position()
    for n in range(1, 7):
        held = Unreadable(f"{n:03}", broken.url, broken.reason, broken.detail) if type(broken) is Unreadable else broken
        bench.partner.held[f"{n:03}"] = held
    report = bench.harvest()
    assert report.state == "failed" and "6 of 6 documents" in report.detail and "old state" in report.detail
    assert (report.read, report.accepted, report.quarantined) == (34, 34, 0)
    assert (bench.ledger.last_position(), bench.ledger.quarantined()) == (position, [])
    assert (bench.ledger.cursor("scripted") or "").startswith((cursor or "")[:-1])
    serve(bench, 40)
    assert bench.harvest().unchanged == 40


def test_five_broken_documents_are_quarantined_each(bench: Bench) -> None:
    """R19, R22: five records that break, by a lost or a retyped key, are these records' matter alone."""
    serve(bench, 40)
    bench.harvest()
    lost = {key: value for key, value in study(1).items() if key != "title"}
    bench.partner.held |= {"001": lost, "002": study(2, title=7), "003": b"{", "004": b"", "005": study(5, id="x")}
    report = bench.harvest()
    assert (report.state, report.quarantined) == ("partial", 5)
    assert report.reasons["schema-required"] >= 2 and len(bench.live()) == 40


def test_one_in_twenty_is_no_changed_form(make_bench: Callable[..., Bench]) -> None:
    """R22: the share counts, too: ten broken documents of two hundred that changed are no new form, eleven are."""
    for broken, state in ((10, "partial"), (11, "failed")):
        bench = make_bench()
        serve(bench, 200)
        bench.harvest()
        bench.partner.held = {f"{n:03}": study(n, title="Changed") for n in range(1, 201)}
        bench.partner.held |= {f"{n:03}": b"{" for n in range(1, broken + 1)}
        assert bench.harvest().state == state


def test_documents_that_a_new_mapping_refuses_are_no_changed_form(bench: Bench) -> None:
    """R22 speaks of the source: what a stricter adapter refuses is quarantined."""
    serve(bench, 20)
    bench.harvest()
    bench.partner.version = "2"
    bench.partner.held = {f"{n:03}": study(n, title="") for n in range(1, 21)}
    report = bench.harvest()
    assert (report.state, report.quarantined, len(bench.live())) == ("partial", 20, 20)


def least(bench: Bench, number: str) -> Any:
    """A harvest of the same partner as a source that has to give so many studies."""
    if "other" not in {source.name for source in bench.ledger.sources()}:
        bench.ledger.add_source("other", harvester="scripted", location="x", options={"least": number})
    return bench.ingest.harvest("other")


def test_nothing_is_published_below_the_least_number(bench: Bench) -> None:
    """A source that gives fewer studies than it should publishes none; once it gives them, all enter."""
    serve(bench, 9)
    report = least(bench, "10")
    assert (report.state, "at least 10" in report.detail, report.new) == ("failed", True, 0)
    assert bench.live() == set()
    serve(bench, 10)
    assert (least(bench, "10").new, len(bench.live())) == (10, 10)
    serve(bench, 9)
    report = least(bench, "10")
    assert report.state == "failed" and len(bench.live()) == 10
    assert {state.missing_since for state in bench.ledger.items("other").values()} == {None}


def test_least_number_that_is_none_is_refused(bench: Bench) -> None:
    """An option that nobody can understand is said and not passed over."""
    with pytest.raises(BadRequest, match="whole number"):
        least(bench, "many")


def test_listing_of_changes_need_not_reach_the_least_number(bench: Bench) -> None:
    """A listing of what changed holds few documents by its nature."""
    serve(bench, 10)
    least(bench, "10")
    usual = bench.partner.fetch

    def changes(*arguments: Any) -> Any:
        for event in usual(*arguments):
            yield Listed(cursor="c", complete=False) if isinstance(event, Listed) else event

    bench.partner.fetch = changes  # type: ignore[method-assign]
    bench.partner.held = {"001": study(1, title="Changed")}
    assert least(bench, "10").changed == 1


def test_encoding_that_nobody_knows_is_no_fault_of_ours() -> None:
    """R22: XML that declares an unknown encoding has no key paths; its adapter says what is wrong with it."""
    assert paths(b'<?xml version="1.0" encoding="martian"?><a/>', "application/xml") == {}
