"""Reading the live archive and folders: paging traps, changes, withdrawals, secrets, what lies beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from biostudies_samples import DATABASE, WHOLE, files, submission
from hypothesis import given

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.biostudies import BiostudiesHarvester
from harvesters.biostudies_bundle import MAX_LIST_BYTES, list_names, open_parcel, without_secrets
from tests.harvesters.contract import fetcher
from tests.harvesters.loopback_server import Server, answer, serving

API = "/biostudies/api/v1"
LIST = API + "/BioImages/search"
DAY = "Mon, 02 Mar 2026 12:00:00 GMT"
LATER = "Thu, 02 Apr 2026 12:00:00 GMT"


def put(server: Server, path: str, value: Any, date: str = DAY) -> None:
    """Serve a JSON document."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    server.routes[path] = answer(body, headers={"Content-Type": "application/json", "Date": date})


def put_page(
    server: Server, accessions: list[str], page: int = 1, total: int | None = None, date: str = DAY, **more: Any
) -> None:
    """Serve a page of the list, of pages of two."""
    hits = [{"accession": name, "isPublic": True, "views": len(server.requests), **more} for name in accessions]
    found = {"totalHits": len(accessions) if total is None else total, "hits": hits}
    put(server, f"{LIST}?page={page}&pageSize=2", found, date)


def put_study(server: Server, name: str, modified: int = 1700000000000, **info: Any) -> None:
    """Serve a study and its /info."""
    put(server, f"{API}/studies/{name}", submission(accno=name))
    put(server, f"{API}/studies/{name}/info", {"isPublic": True, "modified": modified, **info})


def run(
    server: Server, since: str | None = None, known: Mapping[str, str] | None = None, **options: str
) -> list[Event]:
    """One reading."""
    source = SourceSpec("bia", "biostudies", server.url + LIST, ("biostudies",), {"page_size": "2", **options})
    return list(BiostudiesHarvester(fetcher()).fetch(source, since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """What a node holds after a reading."""
    return {e.item: hashlib.sha256(e.content).hexdigest() for e in events if isinstance(e, SourceDocument)}


def end(events: list[Event]) -> Listed:
    """The last event."""
    assert isinstance(events[-1], Listed)
    return events[-1]


def kinds(events: list[Event]) -> dict[str, str]:
    """Item -> kind of its event."""
    return {event.item: type(event).__name__ for event in events if not isinstance(event, Listed)}


def test_no_change_costs_the_list_alone() -> None:
    """R7: a second round over all studies asks for the pages of the list and nothing else, whatever is viewed."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 3)
        put_page(server, ["S-BIAD3"], 2, 3)
        for name in ("S-BIAD1", "S-BIAD2", "S-BIAD3"):
            put_study(server, name)
        first = run(server)
        before = len(server.requests)
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 3)
        again = run(server, end(first).cursor, held(first))
        asked = len(server.requests) - before
    assert (end(first).complete, end(first).total, len(held(first))) == (True, 3, 3)
    assert set(kinds(again).values()) == {"Unchanged"}
    assert asked == 2


def test_changed_entry_is_read_again() -> None:
    """A study whose list entry changed is read again; the others are not."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"])
        put_study(server, "S-BIAD1")
        put_study(server, "S-BIAD2")
        first = run(server)
        put_page(server, ["S-BIAD1"], total=2)
        hits = [{"accession": "S-BIAD1", "isPublic": True}, {"accession": "S-BIAD2", "isPublic": True, "files": 9}]
        put(server, f"{LIST}?page=1&pageSize=2", {"totalHits": 2, "hits": hits})
        put(server, f"{API}/studies/S-BIAD2", submission(accno="S-BIAD2", Title="A new title of cells"))
        again = run(server, end(first).cursor, held(first))
    assert kinds(again) == {"S-BIAD1": "Unchanged", "S-BIAD2": "SourceDocument"}


def test_studies_are_asked_for_their_date_of_change_by_turns() -> None:
    """The list tells no change: after `revisit_days` by the archive's clock (R1) /info is asked, and acted upon."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"])
        put_study(server, "S-BIAD1")
        put_study(server, "S-BIAD2")
        first = run(server)
        put_page(server, ["S-BIAD1", "S-BIAD2"], date=LATER)
        put(server, f"{API}/studies/S-BIAD2", submission(accno="S-BIAD2", Title="A new title of cells"))
        put(server, f"{API}/studies/S-BIAD2/info", {"isPublic": True, "modified": 1800000000000})
        before = len(server.requests)
        again = run(server, end(first).cursor, held(first))
        asked = server.paths[before:]
        one = run(server, end(first).cursor, held(first), revisit="0")
    assert kinds(again) == {"S-BIAD1": "Unchanged", "S-BIAD2": "SourceDocument"}
    assert f"{API}/studies/S-BIAD1" not in asked
    assert set(kinds(one).values()) == {"Unchanged"}


def test_list_that_ends_early_proves_no_absence() -> None:
    """R14: an over-large page answers an empty list with status 200; a total that drifts means the same."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 4)
        put_page(server, [], 2, 4)
        put_study(server, "S-BIAD1")
        put_study(server, "S-BIAD2")
        assert not end(run(server)).complete
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 3)
        put_page(server, ["S-BIAD3"], 2, 2)
        put_study(server, "S-BIAD3")
        assert not end(run(server)).complete


def test_study_listed_twice_is_read_once() -> None:
    """Entries shift between pages while a list is read."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 4)
        put_page(server, ["S-BIAD2", "S-BIAD3"], 2, 4)
        for name in ("S-BIAD1", "S-BIAD2", "S-BIAD3"):
            put_study(server, name)
        events = run(server)
    assert list(kinds(events)) == ["S-BIAD1", "S-BIAD2", "S-BIAD3"]


def test_repeated_page_and_empty_list_stop_the_run() -> None:
    """R11, R13: a page that repeats itself is a loop, and an archive is never empty."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"], 1, 9)
        put_page(server, ["S-BIAD1", "S-BIAD2"], 2, 9)
        with pytest.raises(SourceChanged, match="repeats"):
            run(server)
        put_page(server, [])
        with pytest.raises(SourceChanged, match="empty"):
            run(server)
        put(server, f"{LIST}?page=1&pageSize=2", {"hits": []})
        with pytest.raises(SourceChanged):
            run(server)


def test_withdrawn_study_is_removed_by_the_archives_word() -> None:
    """R14: `released` false in /info, isPublic false in the list, and 410 are evidence; a missing file is none."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"])
        put_study(server, "S-BIAD1")
        put_study(server, "S-BIAD2")
        first = run(server)
        put_page(server, ["S-BIAD1", "S-BIAD2"], files=9)
        put(server, f"{API}/studies/S-BIAD1/info", {"isPublic": False})
        server.routes[f"{API}/studies/S-BIAD2"] = answer(b"", "410 Gone")
        again = run(server, end(first).cursor, held(first))
        del server.routes[f"{API}/studies/S-BIAD2"]
        lost = run(server, end(first).cursor, held(first))
        hits = [{"accession": "S-BIAD1", "isPublic": False}, {"accession": "S-BIAD2", "isPublic": False}]
        put(server, f"{LIST}?page=1&pageSize=2", {"totalHits": 2, "hits": hits})
        hidden = run(server, end(first).cursor, {"S-BIAD1": "00"})
    assert [type(event) for event in again[:2]] == [Removed, Removed]
    assert isinstance(lost[1], Unreadable) and lost[1].reason == "gap"
    assert kinds(hidden) == {"S-BIAD1": "Removed"}


def test_forwarding_link_is_followed_within_the_archive() -> None:
    """Since 2025-05-21 a study call may answer the address of its folder; it is not followed to strangers."""
    with serving() as server:
        put_page(server, ["S-BIAD1", "S-BIAD2"])
        put(server, f"{API}/studies/S-BIAD1", {"ftpHttp_link": f"{server.url}/fire/S-BIAD1/"})
        put(server, "/fire/S-BIAD1/S-BIAD1.json", submission(accno="S-BIAD1"))
        put(server, f"{API}/studies/S-BIAD2", {"ftpHttp_link": "https://elsewhere.example/x/"})
        events = run(server)
    assert kinds(events) == {"S-BIAD1": "SourceDocument", "S-BIAD2": "Unreadable"}
    assert isinstance(events[0], SourceDocument) and events[0].url.endswith("/fire/S-BIAD1/S-BIAD1.json")
    assert isinstance(events[1], Unreadable) and events[1].reason == "link-unsafe"


def test_file_lists_come_with_the_study_unless_they_are_long() -> None:
    """Lists named by the submission are read; one beyond the limit stays with the archive, and so do all if asked."""
    value = {**WHOLE, "accno": "S-BIAD1"}
    with serving() as server:
        put_page(server, ["S-BIAD1"])
        put(server, f"{API}/studies/S-BIAD1", value)
        put(server, f"{API}/studies/S-BIAD1/info", {"isPublic": True, "modified": 1700000000000})
        put(server, "/biostudies/files/S-BIAD1/list.json", files("a.tif"))
        put(server, "/biostudies/files/S-BIAD1/masks.json", b"[" + b" " * MAX_LIST_BYTES + b"]")
        (document, _) = run(server)
        (bare, _) = run(server, file_lists="no")
    assert isinstance(document, SourceDocument) and isinstance(bare, SourceDocument)
    assert document.datestamp == "2023-11-14T22:13:20.000Z"
    assert list(open_parcel(document.content).lists) == ["list.json"]
    assert not open_parcel(bare.content).lists


def test_archive_that_forbids_reading_stops_the_run() -> None:
    """R9: 403 stops the source until a person acts."""
    with serving() as server:
        server.routes[f"{LIST}?page=1&pageSize=2"] = answer(b"", "403 Forbidden")
        with pytest.raises(SourceUnavailable):
            run(server)


def test_secrets_never_leave_the_reading() -> None:
    """The bytes handed on hold neither the key nor the logins of the database."""
    with serving() as server:
        put_page(server, ["S-BIAD1"])
        put(server, f"{API}/studies/S-BIAD1", {**DATABASE, "accNo": "S-BIAD1"})
        (document, _) = run(server)
    assert isinstance(document, SourceDocument)
    assert not any(secret in document.content for secret in (b"5e187af8", b"ada@example.org"))


def test_folder_bundles_what_lies_beside_a_submission(tmp_path: Path) -> None:
    """Lists and `/info` in the submission's folder come with it and are no documents themselves."""
    (tmp_path / "S-BIAD9001.json").write_text(json.dumps(WHOLE))
    (tmp_path / "S-BIAD9001_INFO.json").write_text(json.dumps({"isPublic": True}))
    (tmp_path / "list.json").write_text(json.dumps(files("a.tif")))
    (tmp_path / "broken.json").write_text("{")
    source = SourceSpec("bia", "biostudies", str(tmp_path), ("biostudies",))
    events = list(BiostudiesHarvester(fetcher()).fetch(source, None, {}))
    assert kinds(events) == {"S-BIAD9001.json": "SourceDocument", "broken.json": "SourceDocument"}
    assert isinstance(events[0], SourceDocument)
    parcel = open_parcel(events[0].content)
    assert (list(parcel.lists), bool(parcel.info)) == (["list.json"], True)
    assert end(events).total == 2
    again = list(BiostudiesHarvester(fetcher()).fetch(source, None, held(events)))
    assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]


def test_text_submissions_are_found_by_their_ending(tmp_path: Path) -> None:
    """The option `suffix` names the submissions among files."""
    (tmp_path / "a.tsv").write_text("Submission\tS-BIAD1\n")
    (tmp_path / "list.json").write_text("[]")
    source = SourceSpec("bia", "biostudies", str(tmp_path), (), {"suffix": ".tsv"})
    assert kinds(list(BiostudiesHarvester(fetcher()).fetch(source, None, {}))) == {"a.tsv": "SourceDocument"}


@pytest.mark.parametrize("option", [{"page_size": "0"}, {"revisit": "many"}])
def test_wrong_options_are_said(option: dict[str, str]) -> None:
    """An option that is no number of its range stops the run with what is wrong."""
    with serving() as server, pytest.raises(SourceChanged, match="option"):
        run(server, **option)


def test_lists_outside_the_study_are_not_asked_for() -> None:
    """A path that leads out of the study's folder is no file list, whoever wrote it."""
    names = ["../S-BIAD2/list.json", "/etc/list.json", "a/list.json", "C:\\list.json", "a//b.json"]
    value = submission(*({"type": "x", "attributes": [{"name": "File List", "value": name}]} for name in names))
    assert list_names(json.dumps(value).encode()) == ["a/list.json"]


SECRET = "5e187af8-b2e2-4f7b"
PLAIN = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(value=PLAIN, depth=st.integers(0, 5), key=st.sampled_from(["secretKey", "seckey", "owner", "SUBMITTER"]),
       escaped=st.booleans())  # fmt: skip
def test_no_secret_survives_wherever_it_stands(value: Any, depth: int, key: str, escaped: bool) -> None:
    """However deep a secret stands, and with its key in escapes, no kept bytes have it; twice is as once."""
    inner: Any = {key: SECRET, "secretKey": SECRET, "other": value}
    for _ in range(depth):
        inner = [{"section": inner}]
    content = json.dumps({"x": inner})
    if escaped:
        content = content.replace("secretKey", "secret\\u004bey")
    try:
        kept = without_secrets(content.encode())
    except RecordRejected as rejected:
        # A document that cannot be parsed is not kept at all, such as one with two keys that differ in a control only.
        assert rejected.reason == "policy"
        return
    assert SECRET.encode() not in kept
    assert without_secrets(kept) == kept


def test_hit_without_accession_makes_the_list_incomplete() -> None:
    """R14: an entry of the list that names no study could be any study; nothing counts as absent."""
    with serving() as server:
        put_page(server, ["S-BIAD1", ""])
        put_study(server, "S-BIAD1")
        events = run(server)
    assert kinds(events)["S-BIAD1"] == "SourceDocument"
    assert not end(events).complete
