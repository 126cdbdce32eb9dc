"""Documents in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from reading import name, read

from catalogue.problems import SourceChanged, SourceUnavailable


def write(folder: Path, *stems: str, content: bytes = b"{}") -> None:
    """Put small documents into a folder."""
    for stem in stems:
        path = folder / name(stem)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_documents_come_sorted_with_paths_as_items(tmp_path: Path) -> None:
    """Items are posix paths below the folder in the order of their names, whatever the file system's order."""
    write(tmp_path, "b", "a", "z/c", "repository/d")
    reading = read(tmp_path)
    assert reading.order == [name("a"), name("b"), name("repository/d"), name("z/c")]
    assert (reading.total, reading.cursor) == (4, None)


def test_other_files_are_not_documents(tmp_path: Path) -> None:
    """Files of another ending, and Git's own, are neither read nor counted."""
    write(tmp_path, "a", ".git/b")
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "a-ro-crate-metadata.json.bak").write_text("x")
    assert read(tmp_path).order == [name("a")]


def test_documents_may_have_several_endings(tmp_path: Path) -> None:
    """An adapter whose study is several kinds of file names all their endings."""
    for file in ("a-study.txt", "a-annotation.csv", "a.py"):
        (tmp_path / file).write_text("x")
    reading = read(tmp_path, suffix=(".txt", ".csv"), media_type="text/plain")
    assert reading.order == ["a-annotation.csv", "a-study.txt"]


def test_bytes_are_verbatim(tmp_path: Path) -> None:
    """Line ends, byte order marks and blanks arrive as they lie."""
    content = b"\xef\xbb\xbf{\r\n}\n \x00"
    write(tmp_path, "a", content=content)
    assert read(tmp_path).documents[name("a")] == content


def test_known_bytes_are_unchanged(tmp_path: Path) -> None:
    """A second reading delivers only what differs from what is held."""
    write(tmp_path, "a", "b")
    held = read(tmp_path).held()
    write(tmp_path, "b", content=b"{ }")
    second = read(tmp_path, known=held)
    assert second.unchanged == [name("a")]
    assert second.documents == {name("b"): b"{ }"}


def test_empty_folder_is_a_complete_listing(tmp_path: Path) -> None:
    """No documents is an answer: Listed with total 0."""
    assert read(tmp_path).total == 0


def test_large_document_is_unreadable_and_the_rest_goes_on(tmp_path: Path) -> None:
    """One byte too many is `too-large`; the limit itself passes."""
    write(tmp_path, "a", content=b"x" * 1001)
    write(tmp_path, "b", content=b"x" * 1000)
    reading = read(tmp_path)
    assert reading.reasons == {name("a"): "too-large"}
    assert list(reading.documents) == [name("b")]
    assert "1,001" in reading.unreadable[name("a")].detail


def test_json_that_is_not_utf8_is_bad_encoding_with_its_bytes(tmp_path: Path) -> None:
    """The offending byte is named and the bytes are kept for the quarantine."""
    write(tmp_path, "a", content=b'{"x": "\xfc"}')
    event = read(tmp_path).unreadable[name("a")]
    assert (event.reason, event.content) == ("bad-encoding", b'{"x": "\xfc"}')
    assert "0xfc at offset 7" in event.detail


def test_text_formats_keep_their_encoding(tmp_path: Path) -> None:
    """Formats whose encoding must be guessed are delivered as they are."""
    write(tmp_path, "a", content=b"\xfc")
    assert read(tmp_path, media_type="text/tab-separated-values").documents == {name("a"): b"\xfc"}


def test_link_within_the_folder_is_read(tmp_path: Path) -> None:
    """A link to a file of the same folder is a document of its own name."""
    write(tmp_path, "a")
    (tmp_path / name("b")).symlink_to(name("a"))
    assert read(tmp_path).order == [name("a"), name("b")]


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """Links to files and folders outside are reported, and nothing outside is read."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    write(inside, "a")
    write(outside, "secret", content=b"hush")
    (inside / name("file")).symlink_to(outside / name("secret"))
    (inside / "folder").symlink_to(outside)
    reading = read(inside)
    assert reading.reasons == {name("file"): "link-unsafe", "folder": "link-unsafe"}
    assert list(reading.documents) == [name("a")]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    """A folder linked into itself is listed once, a file linked to itself is reported."""
    write(tmp_path, "a/a")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / name("loop")).symlink_to(name("loop"))
    (tmp_path / name("nowhere")).symlink_to("missing")
    reading = read(tmp_path)
    assert list(reading.documents) == ["a/" + name("a")]
    assert reading.reasons == {name("loop"): "not-parsable", name("nowhere"): "not-parsable"}


def test_pipe_is_not_opened(tmp_path: Path) -> None:
    """A named pipe would block for ever; it is reported instead."""
    os.mkfifo(tmp_path / name("pipe"))
    assert read(tmp_path).reasons == {name("pipe"): "not-parsable"}


def test_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    """A file name outside UTF-8 is shown escaped and quarantined, not dropped."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfc-ro-crate-metadata.json")).write_bytes(b"{}")
    assert read(tmp_path).reasons == {name("\\xfc"): "bad-encoding"}


def test_missing_folder_is_unavailable(tmp_path: Path) -> None:
    """An unmounted or misspelt folder never counts as empty, and no machine path is shown."""
    with pytest.raises(SourceUnavailable) as caught:
        read(tmp_path / "gone")
    assert str(tmp_path) not in caught.value.detail


def test_folder_that_cannot_be_listed_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sub-folder that fails half-way raises, so that nothing in it counts as deleted."""
    write(tmp_path, "a", "sub/b")
    real = os.scandir

    def scandir(path: os.PathLike[str]) -> object:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(SourceUnavailable, match="sub cannot be listed"):
        read(tmp_path)


def test_file_that_is_no_archive_is_changed(tmp_path: Path) -> None:
    """A location that is a file of another kind is told apart from one that is away."""
    (tmp_path / "x.zip").write_bytes(b"PK")
    with pytest.raises(SourceChanged, match=r"x\.zip is neither"):
        read(tmp_path / "x.zip")


@pytest.mark.partners
@pytest.mark.parametrize(("member", "count"), [("gide-bia", 532), ("gide-idr", 89), ("gide-ssbd", 250)])
def test_every_real_crate_is_delivered(partners: Path, member: str, count: int) -> None:
    """All crates of the three members come as documents, none twice, none left out."""
    reading = read(partners / member / "crates", max_bytes=10 << 20)
    assert (len(reading.documents), reading.total, reading.reasons) == (count, count, {})
