"""Where crates lie: one address, a ZIP archive, a list of addresses, a folder; what a bad one does to the others."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from crates import crate, zipped

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.ro_crate import RoCrateHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.loopback_server import answer, serving


def _fetch(
    location: str, since: str | None = None, known: dict[str, str] | None = None, **options: str
) -> list[Event]:  # fmt: skip
    source = SourceSpec("crates", "ro_crate", location, (), options)
    return list(RoCrateHarvester(fetcher()).fetch(source, since, known or {}))


def _held(events: list[Event]) -> dict[str, str]:
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def test_one_crate_by_its_address_is_asked_for_conditionally() -> None:
    """R7: a single crate costs one request, and none of its body the second time."""
    with serving() as server:
        server.routes["/ro-crate-metadata.json"] = lambda request, _: (
            answer(b"", "304 Not Modified")
            if request.headers.get("if-none-match")
            else answer(crate(), headers={"ETag": '"1"'})
        )
        url = f"{server.url}/ro-crate-metadata.json"
        first = _fetch(url)
        assert isinstance(first[-1], Listed) and first[-1].complete
        again = _fetch(url, first[-1].cursor, _held(first))
        assert [type(event) for event in again] == [Unchanged, Listed]
        assert len(server.requests) == 2


def test_a_list_of_addresses_is_read_and_a_broken_crate_stops_nothing() -> None:
    """R19: of a list, what answers becomes documents, what does not is Unreadable, what is gone is Removed."""
    with serving() as server:
        server.routes["/a.json"] = answer(crate())
        server.routes["/z.zip"] = answer(zipped(crate(identifier="S-BIAD8")))
        server.routes["/bad.zip"] = answer(b"PK\x03\x04 cut off")
        server.routes["/gone.json"] = answer(b"", "410 Gone")
        names = ("a.json", "z.zip", "bad.zip", "gone.json", "lost.json")
        body = "\n".join(["# crates", *(f"{server.url}/{name}" for name in names)])
        server.routes["/list.txt"] = answer(body.encode())
        events = _fetch(f"{server.url}/list.txt")
    assert [type(event) for event in events] == [
        SourceDocument,
        SourceDocument,
        Unreadable,
        Removed,
        Unreadable,
        Listed,
    ]
    assert events[2].reason == "not-parsable"  # type: ignore[union-attr]
    assert events[4].reason == "gap"  # type: ignore[union-attr]


def test_crates_below_an_index_are_found_and_data_are_left(tmp_path: Path) -> None:
    """Of a folder only metadata documents are crates, also under their older name."""
    for name in ("a/ro-crate-metadata.json", "b/ro-crate-metadata.jsonld", "b/data.json", "c-ro-crate-metadata.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(crate())
    events = _fetch(str(tmp_path))
    assert sorted(_held(events)) == [
        "a/ro-crate-metadata.json",
        "b/ro-crate-metadata.jsonld",
        "c-ro-crate-metadata.json",
    ]


def test_a_zipped_crate_is_read_without_unpacking(tmp_path: Path) -> None:
    """The metadata document of a ZIP archive is taken out, whether it stands at the top or in a folder."""
    for name in ("study/ro-crate-metadata.json", "ro-crate-metadata.json"):
        (tmp_path / "a.zip").write_bytes(zipped(crate(), name))
        (event, end) = _fetch(str(tmp_path / "a.zip"))
        assert isinstance(event, SourceDocument) and event.content == crate()
        assert end == Listed(None, complete=True, total=1)
        (event, end) = _fetch(str(tmp_path / "a.zip"), None, _held([event]))
        assert isinstance(event, Unchanged)


def test_a_zip_without_a_crate_is_told(tmp_path: Path) -> None:
    """An archive that holds no metadata document is quarantined with what to do."""
    (tmp_path / "a.zip").write_bytes(zipped(b"{}", "other.json"))
    (event, _) = _fetch(str(tmp_path / "a.zip"))
    assert isinstance(event, Unreadable) and "ro-crate-metadata.json" in event.detail


def test_a_location_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """R14: a file that cannot be read ends the run, and nothing counts as removed."""
    with pytest.raises(SourceUnavailable):
        _fetch(str(tmp_path / "lost.json"))


def _damaged(content: bytes) -> bytes:
    """A zip whose compressed data no longer unpack."""
    at = content.find(b"ro-crate-metadata.json") + len("ro-crate-metadata.json")
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


def test_damaged_archives_are_unreadable_and_stop_nothing(tmp_path: Path) -> None:
    """R19: broken compression or a name that is no UTF-8 costs the archive, not the run."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ro-crate-metadata.json", crate())
        archive.writestr("\u00e9.txt", "x")
    for content in (_damaged(whole.getvalue()), whole.getvalue().replace("\u00e9".encode(), b"\xff\xff")):
        (tmp_path / "crate.zip").write_bytes(content)
        events = _fetch(str(tmp_path / "crate.zip"))
        assert isinstance(events[0], Unreadable) and events[0].reason == "not-parsable"


def test_list_that_is_too_long_is_no_complete_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: crates beyond the bound are never taken for absent."""
    monkeypatch.setattr("harvesters.ro_crate._MAX_LIST", 1)
    (tmp_path / "list.txt").write_text("https://a.example/1.json\nhttps://a.example/2.json\n")
    with pytest.raises(SourceChanged, match="split"):
        _fetch(str(tmp_path / "list.txt"))
