"""Documents in a Git repository, local and over HTTP."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_server import Server, answer, serving
from reading import name, now, read

from catalogue.problems import FetchRefused, SourceChanged, SourceUnavailable
from harvesters.http import Fetcher


class Work:
    """A repository with a work tree, written commit by commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.clock = 1_700_000_000

    def git(self, *arguments: str) -> str:
        """Run git as somebody with a fixed clock."""
        date = f"{getattr(self, 'clock', 0)} +0000"
        environment = {
            "PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": date,
        }  # fmt: skip
        return subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.folder, env=environment, check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    def commit(self, files: dict[str, bytes | None]) -> str:
        """Write (or, with None, delete) files and commit; the commit id."""
        for path, content in files.items():
            target = self.folder / path
            if content is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        self.clock += 3600
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    @property
    def location(self) -> str:
        """As an operator would write it."""
        return f"git+file://{self.folder}"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """An empty repository."""
    return Work(tmp_path / "repository")


def test_first_reading_gives_every_document_and_the_commit(work: Work) -> None:
    """Documents come from the commit, sorted, with date and commit in their provenance; the cursor is the commit."""
    first = work.commit({"b/" + name("x"): b"1", name("a"): b"2", "README.md": b"3"})
    reading = read(work.location)
    assert reading.documents == {name("a"): b"2", "b/" + name("x"): b"1"}
    assert reading.order == [name("a"), "b/" + name("x")]
    assert (reading.cursor, reading.total) == (first, 2)
    assert reading.sources[name("a")].datestamp == "2023-11-14T23:13:20+00:00"
    assert reading.sources[name("a")].url.endswith(f"@{first}#{name('a')}")


def test_work_tree_does_not_matter(work: Work) -> None:
    """What is not committed is not published."""
    work.commit({name("a"): b"1"})
    (work.folder / name("a")).write_bytes(b"draft")
    (work.folder / name("b")).write_bytes(b"draft")
    assert read(work.location).documents == {name("a"): b"1"}


def test_second_reading_of_the_same_commit_reads_nothing(work: Work) -> None:
    """Nothing new: every item is Unchanged and the cursor stays."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    second = read(work.location, since=first.cursor, known=first.held())
    assert (second.unchanged, second.documents, second.removed) == ([name("a"), name("b")], {}, {})
    assert (second.cursor, second.total) == (first.cursor, 2)


def test_only_changed_files_are_delivered(work: Work) -> None:
    """Between two commits: added and modified files as documents, the rest Unchanged."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    work.commit({name("b"): b"new", name("c"): b"3"})
    second = read(work.location, since=first.cursor, known=first.held())
    assert second.documents == {name("b"): b"new", name("c"): b"3"}
    assert second.unchanged == [name("a")]


def test_deleted_file_is_removed_with_the_commit_as_evidence(work: Work) -> None:
    """A file gone between two commits is a stated deletion, named with the commit that did it."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    deleting = work.commit({name("b"): None})
    work.commit({name("c"): b"3"})
    second = read(work.location, since=first.cursor, known=first.held())
    assert second.removed == {name("b"): f"deleted in commit {deleting}"}


def test_renamed_file_is_one_removed_and_one_new(work: Work) -> None:
    """A rename is a deletion and an addition: what is the same study is not Git's to say."""
    work.commit({name("a"): b"content that git would recognise\n" * 10})
    first = read(work.location)
    work.git("mv", name("a"), name("z"))
    work.commit({})
    second = read(work.location, since=first.cursor, known=first.held())
    assert (list(second.removed), list(second.documents)) == ([name("a")], [name("z")])


def test_file_deleted_and_written_again_is_not_removed(work: Work) -> None:
    """Only the state at both ends counts."""
    work.commit({name("a"): b"1"})
    first = read(work.location)
    work.commit({name("a"): None})
    work.commit({name("a"): b"2"})
    second = read(work.location, since=first.cursor, known=first.held())
    assert (second.removed, second.documents) == ({}, {name("a"): b"2"})


def test_deletion_on_a_merged_branch_is_found(work: Work) -> None:
    """A file deleted on a side branch is removed once the branch is merged."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    work.git("checkout", "--quiet", "-b", "side")
    work.commit({name("b"): None})
    work.git("checkout", "--quiet", "main")
    work.commit({name("c"): b"3"})
    work.git("merge", "--quiet", "--no-ff", "--message", "merge", "side")
    merge = work.git("rev-parse", "HEAD")
    second = read(work.location, since=first.cursor, known=first.held())
    assert second.removed == {name("b"): f"deleted in commit {merge}"}


def test_file_not_held_is_delivered_though_unchanged(work: Work) -> None:
    """An item the node lost, or never got, comes again: the cursor alone is not trusted."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    held = first.held()
    del held[name("b")]
    assert read(work.location, since=first.cursor, known=held).documents == {name("b"): b"2"}


def test_rewritten_history_is_read_anew_without_deletions(work: Work) -> None:
    """After a force push the old commit is no ancestor: all is listed, nothing counts as stated deletion."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    first = read(work.location)
    work.git("checkout", "--quiet", "--orphan", "other")
    work.git("rm", "-rf", "--quiet", ".")
    work.commit({name("a"): b"1", name("c"): b"3"})
    second = read(work.location, since=first.cursor, known=first.held())
    assert second.removed == {}
    assert (second.unchanged, list(second.documents)) == ([name("a")], [name("c")])


@pytest.mark.parametrize("since", ["0" * 40, "main", "--all", "{}", "", "deadbeef"])
def test_unknown_cursor_means_a_full_reading(work: Work, since: str) -> None:
    """A cursor of another kind or repository is never an error and never an option to git."""
    work.commit({name("a"): b"1"})
    assert read(work.location, since=since).documents == {name("a"): b"1"}


def test_folder_restricts_the_set(work: Work) -> None:
    """Only the named folder is read; items are relative to it."""
    work.commit(
        {"crates/" + name("a"): b"1", "crates/sub/" + name("b"): b"2", "cratesx/" + name("c"): b"3", name("d"): b"4"}
    )
    reading = read(work.location + "#crates/")
    assert reading.documents == {name("a"): b"1", "sub/" + name("b"): b"2"}
    assert reading.sources[name("a")].url.endswith("#crates/" + name("a"))
    work.commit({"crates/" + name("a"): None})
    assert list(read(work.location + "#crates", since=reading.cursor, known=reading.held()).removed) == [name("a")]


def test_missing_folder_is_changed_not_empty(work: Work) -> None:
    """When the whole folder is gone the partner moved something: nothing is deleted."""
    work.commit({name("a"): b"1"})
    with pytest.raises(SourceChanged, match="has no folder crates/"):
        read(work.location + "#crates/")
    with pytest.raises(SourceChanged, match="points outside"):
        read(work.location + "#../x/")


def test_ref_chooses_branch_tag_or_commit(work: Work) -> None:
    """`ref` names what is read instead of HEAD."""
    old = work.commit({name("a"): b"old"})
    work.git("tag", "v1")
    work.commit({name("a"): b"new"})
    assert read(work.location, options={"ref": "v1"}).documents == {name("a"): b"old"}
    assert read(work.location, options={"ref": old}).cursor == old
    assert read(work.location, options={"ref": "main"}).documents == {name("a"): b"new"}


@pytest.mark.parametrize("ref", ["missing", "--help", "-n1", "HEAD:README", "a..b"])
def test_unknown_ref_is_unavailable(work: Work, ref: str) -> None:
    """A ref that names no commit ends the run, whatever it looks like."""
    work.commit({name("a"): b"1"})
    with pytest.raises(SourceUnavailable, match="no commit named"):
        read(work.location, options={"ref": ref})


def test_unusual_names_are_items(work: Work) -> None:
    """Blanks, quotes, line breaks and letters beyond ASCII are part of a name."""
    names = [name('a "b"'), name("ü/x"), name("new\nline"), name("-dash")]
    work.commit(dict.fromkeys(names, b"1"))
    assert sorted(read(work.location).documents) == sorted(names)


def test_name_that_is_not_utf8_is_reported(work: Work) -> None:
    """A name outside UTF-8 is shown escaped, not dropped."""
    Path(os.fsdecode(os.fsencode(work.folder) + b"/\xfc-ro-crate-metadata.json")).write_bytes(b"1")
    work.commit({})
    assert read(work.location).reasons == {name("\\xfc"): "bad-encoding"}


def test_link_in_the_repository_is_not_followed(work: Work) -> None:
    """A committed symbolic link is reported."""
    (work.folder / name("link")).symlink_to("/etc/passwd")
    work.commit({name("a"): b"1"})
    assert read(work.location).reasons == {name("link"): "link-unsafe"}


def test_large_file_is_unreadable(work: Work) -> None:
    """A file's size is known before it is read."""
    work.commit({name("a"): b"x" * 1001, name("b"): b"1"})
    reading = read(work.location)
    assert reading.reasons == {name("a"): "too-large"}
    assert list(reading.documents) == [name("b")]


def test_bare_repository_is_read_by_its_ending(work: Work, tmp_path: Path) -> None:
    """A folder that ends in .git is a repository, with or without git+file."""
    work.commit({name("a"): b"1"})
    bare = tmp_path / "bare.git"
    work.git("clone", "--quiet", "--bare", ".", str(bare))
    for location in (str(bare), f"git+file://{bare}"):
        assert read(location).documents == {name("a"): b"1"}


def test_folder_without_repository_is_changed(tmp_path: Path, work: Work) -> None:
    """A folder that is no repository is not mistaken for one further up."""
    work.commit({name("a"): b"1"})
    (work.folder / "plain").mkdir()
    with pytest.raises(SourceChanged, match="is not a Git repository"):
        read(f"git+file://{work.folder}/plain")
    with pytest.raises(SourceUnavailable, match="no repository named"):
        read(f"git+file://{tmp_path}/gone")


def test_damaged_repository_is_unavailable(work: Work) -> None:
    """A lost object ends the run; nothing counts as deleted."""
    work.commit({name("a"): b"1"})
    blob = work.git("rev-parse", f"HEAD:{name('a')}")
    (work.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(SourceUnavailable):
        read(work.location)


def test_configuration_of_the_user_does_not_take_part(
    work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither ~/.gitconfig nor GIT_* variables of whoever started the node change what is read."""
    work.commit({name("a"): b"1"})
    (tmp_path / ".gitconfig").write_text("[core]\n  bare = notabool\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert read(work.location).documents == {name("a"): b"1"}


# ---- over HTTP


@pytest.fixture
def remote(work: Work, tmp_path: Path) -> Iterator[Server]:
    """The repository as static files below /r.git (git's dumb HTTP protocol), as it is at each request."""
    with serving() as server:
        bare = tmp_path / "served.git"

        class Files(dict[str, object]):
            def get(self, path: str, default: object = None) -> object:
                file = bare / path.split("?")[0].removeprefix("/r.git/")
                return answer(file.read_bytes()) if file.is_file() else default

        server.routes = Files()  # type: ignore[assignment]
        yield server


def publish(work: Work, tmp_path: Path) -> None:
    """Push the work to the served repository."""
    bare = tmp_path / "served.git"
    if not bare.exists():
        work.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work.git("push", "--quiet", "--force", str(bare), "HEAD:refs/heads/main")
    work.git("--git-dir", str(bare), "update-server-info")


def test_remote_repository_is_read_through_a_kept_copy(work: Work, remote: Server, tmp_path: Path) -> None:
    """First all, then only what changed, with deletions; the copy lies in the cache folder."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    publish(work, tmp_path)
    location, options = f"git+{remote.url}/r.git", {"cache": str(tmp_path / "cache")}
    first = read(location, options=options)
    assert first.documents == {name("a"): b"1", name("b"): b"2"}
    assert len(list((tmp_path / "cache").iterdir())) == 1
    last = work.commit({name("b"): None, name("c"): b"3"})
    publish(work, tmp_path)
    second = read(location, options=options, since=first.cursor, known=first.held())
    assert (second.documents, list(second.removed), second.unchanged) == ({name("c"): b"3"}, [name("b")], [name("a")])
    assert second.cursor == last
    assert second.sources[name("c")].url == f"git+{remote.url}/r.git@{last}#{name('c')}"


def test_url_that_ends_in_git_is_a_repository(work: Work, remote: Server, tmp_path: Path) -> None:
    """The address shown by the usual forges works as it is, and the node says who it is."""
    work.commit({name("a"): b"1"})
    publish(work, tmp_path)
    options = {"cache": str(tmp_path / "cache"), "ref": "main"}
    assert read(f"{remote.url}/r.git", options=options).documents == {name("a"): b"1"}
    assert all(r.headers["user-agent"].startswith("Ommatidia/") for r in remote.requests)


def test_rewritten_remote_history_is_read_anew(work: Work, remote: Server, tmp_path: Path) -> None:
    """A force push at the source is taken over; nothing is stated as deleted."""
    work.commit({name("a"): b"1", name("b"): b"2"})
    publish(work, tmp_path)
    location, options = f"git+{remote.url}/r.git", {"cache": str(tmp_path / "cache")}
    first = read(location, options=options)
    work.git("checkout", "--quiet", "--orphan", "other")
    work.commit({name("a"): None})
    publish(work, tmp_path)
    second = read(location, options=options, since=first.cursor, known=first.held())
    assert (second.removed, second.unchanged) == ({}, [name("b")])


def test_remote_on_a_private_address_is_refused(remote: Server, tmp_path: Path) -> None:
    """git goes nowhere the fetcher may not go."""
    tool = Fetcher(contact="https://example.org/", clock=now)
    with pytest.raises(FetchRefused):
        read(f"git+{remote.url}/r.git", options={"cache": str(tmp_path / "cache")}, fetcher=tool)
    assert remote.connections == 0


def test_redirecting_remote_is_not_followed(remote: Server, tmp_path: Path) -> None:
    """A repository address that redirects ends the run: the canary is never asked."""
    with serving() as canary:

        class Redirecting(dict[str, object]):
            def get(self, path: str, default: object = None) -> object:
                return answer(b"", "302 Found", {"Location": canary.url + path})

        remote.routes = Redirecting()  # type: ignore[assignment]
        with pytest.raises(SourceUnavailable, match="could not be fetched"):
            read(f"git+{remote.url}/r.git", options={"cache": str(tmp_path / "cache")})
        assert canary.connections == 0


def test_git_connects_to_the_checked_address(work: Work, remote: Server, tmp_path: Path) -> None:
    """A name resolves once, in the fetcher; git is told the address and never looks it up itself."""
    work.commit({name("a"): b"1"})
    publish(work, tmp_path)
    tool = Fetcher(
        contact="https://example.org/",
        clock=now,
        allow_private=frozenset({"repository.invalid"}),
        resolver=lambda host, port: ["127.0.0.1"],
    )
    location = f"git+http://repository.invalid:{remote.port}/r.git"
    reading = read(location, options={"cache": str(tmp_path / "cache")}, fetcher=tool)
    assert reading.documents == {name("a"): b"1"}


@pytest.mark.parametrize("scheme", ["ext::sh -c touch% /tmp/x", "git+ssh://h/x.git", "ssh://h/x.git", "git://h/x.git"])
def test_other_transports_are_not_spoken(scheme: str, tmp_path: Path) -> None:
    """Only http and https go out; anything else is a missing folder or a refusal."""
    with pytest.raises((SourceUnavailable, SourceChanged, FetchRefused)):
        read(scheme, options={"cache": str(tmp_path / "cache")})


def test_remote_that_is_away_is_unavailable_and_keeps_the_copy(work: Work, remote: Server, tmp_path: Path) -> None:
    """A failing fetch raises and shows no path of this machine; the next run works again."""
    work.commit({name("a"): b"1"})
    publish(work, tmp_path)
    location, options = f"git+{remote.url}/r.git", {"cache": str(tmp_path / "cache")}
    assert read(location, options=options).total == 1
    routes = remote.routes

    class Away(dict[str, object]):
        def get(self, path: str, default: object = None) -> object:
            return answer(b"", "503 Service Unavailable")

    remote.routes = Away()  # type: ignore[assignment]
    with pytest.raises(SourceUnavailable) as caught:
        read(location, options=options)
    assert str(tmp_path) not in caught.value.detail
    remote.routes = routes
    assert read(location, options=options).total == 1


def test_copy_lies_in_the_fetchers_folder_by_default(work: Work, remote: Server, tmp_path: Path) -> None:
    """Without the option `cache` the folder the node gave its fetcher is used."""
    work.commit({name("a"): b"1"})
    publish(work, tmp_path)
    cache = tmp_path / "cache"
    tool = Fetcher(contact="https://example.org/", clock=now, allow_private=frozenset({"127.0.0.1"}), cache_dir=cache)
    assert read(f"git+{remote.url}/r.git", fetcher=tool).total == 1
    assert len(list(cache.iterdir())) == 1


def test_remote_without_cache_folder_says_so(remote: Server) -> None:
    """A remote repository needs the option `cache`."""
    with pytest.raises(SourceUnavailable, match="cache"):
        read(f"git+{remote.url}/r.git")
