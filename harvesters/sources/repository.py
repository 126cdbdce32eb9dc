"""Documents in a Git repository, read from its objects without a work tree; the cursor is a commit id.

A file that is gone between two commits of one history is a stated deletion.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from catalogue.model.documents import Event, Listed, Removed, Unchanged, Unreadable
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.sources.delivery import Delivery, printable
from harvesters.sources.git import BlobReader, Git

_COMMIT = re.compile(r"^[0-9a-f]{40}([0-9a-f]{24})?$")
_HEAD = "refs/ommatidia/head"
# Dates and deleting commits are looked for this far back; older ones stay undated.
_LOG_DEPTH = 5000


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a Git repository lies and which part of it is read.

    Args:
        address: http(s) URL when `remote`, else a folder: the repository itself or a work tree with `.git`.
        folder: `a/b/` within the repository, "" for all of it; items are relative to it.
        ref: branch, tag or commit id.
        cache: folder in which a copy of a remote repository is kept between runs.
    """

    address: str
    remote: bool
    folder: str
    ref: str
    cache: Path | None


@dataclass(frozen=True, slots=True)
class _File:
    object_id: str
    size_bytes: int
    mode: str


def iter_repository(repository: Repository, since: str | None, delivery: Delivery, fetcher: Fetcher) -> Iterator[Event]:
    """Documents at the tip, sorted by item, files deleted since as Removed, then Listed(commit id, complete).

    A file that is as it was at `since`, and held, becomes Unchanged without being read. A `since` that is no
    ancestor of the tip (history rewritten, other branch) is ignored: everything is read, nothing is Removed.

    Raises:
        SourceUnavailable: the repository cannot be fetched or read, or lacks the ref.
        SourceChanged: the folder asked for is not in the commit.
    """
    git = _fetch(repository, fetcher) if repository.remote else _open(repository)
    head = _commit(git, _HEAD if repository.remote else repository.ref, repository.ref)
    base = since if since is not None and _is_ancestor(git, since, head) else None
    files = _files(git, head, repository.folder)
    if repository.folder and not files:
        raise SourceChanged(
            f"Commit {head[:12]} has no folder {repository.folder}. "
            "Correct the location, or ask the partner where it went."
        )
    before = _files(git, base, repository.folder) if base else {}
    dates, deletions = _log(git, base, head, repository.folder)
    total = 0
    with git.blobs() as blobs:
        for raw in sorted(files):
            item, decoded = printable(raw)
            if not delivery.wants(item):
                continue
            total += 1
            if decoded and item in delivery.known and before.get(raw) == files[raw]:
                yield Unchanged(item)
                continue
            url = _url(repository, head, item)
            yield _read(blobs, files[raw], item, decoded, url, dates.get(raw, ""), delivery)
    for raw in sorted(set(before) - set(files)):
        item, _ = printable(raw)
        if delivery.wants(item):
            commit = deletions.get(raw)
            evidence = f"deleted in commit {commit}" if commit else f"deleted between commits {base} and {head}"
            yield Removed(item, evidence)
    yield Listed(cursor=head, complete=True, total=total)


def _read(blobs: BlobReader, file: _File, item: str, decoded: bool, url: str, date: str, delivery: Delivery) -> Event:
    if not decoded:
        return Unreadable(item, url, "bad-encoding", f"The file name {item} is not UTF-8. Rename the file.")
    if file.mode == "120000":
        detail = f"{item} is a symbolic link in the repository; links are not followed. Commit the document itself."
        return Unreadable(item, url, "link-unsafe", detail)
    if file.size_bytes > delivery.max_bytes:
        return delivery.too_large(item, url, file.size_bytes)
    return delivery.document(item, url, blobs.content(file.object_id), date)


def _open(repository: Repository) -> Git:
    path = Path(repository.address).resolve()
    inner = path / ".git"
    git_dir = inner if inner.exists() else path
    if not git_dir.exists():
        raise SourceUnavailable(f"There is no repository named {path.name}. Correct the location or restore it.")
    git = Git(git_dir)
    code, _ = git.read("rev-parse", "--git-dir", allowed=(0, 128))
    if code:
        raise SourceChanged(f"{path.name} is not a Git repository. Correct the source's location.")
    return git


def _fetch(repository: Repository, fetcher: Fetcher) -> Git:
    """The kept copy of a remote repository, brought up to date."""
    if repository.cache is None:
        raise SourceUnavailable("A remote repository needs a folder for its copy: set the source's option 'cache'.")
    target = fetcher.check(repository.address)
    git_dir = repository.cache / (hashlib.sha256(repository.address.encode()).hexdigest()[:24] + ".git")
    git = Git(git_dir)
    if not (git_dir / "HEAD").exists():
        git_dir.mkdir(parents=True, exist_ok=True)
        git.read("init", "--quiet", "--bare")
    addresses = ",".join(f"[{a}]" if ":" in a else a for a in target.addresses)
    config = (
        "http.followRedirects=false",
        f"http.userAgent={fetcher.user_agent}",
        # R8, TP5: a trickle ends the run.
        "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=20",
        # git connects to the address that was checked, not to what a second look-up might say.
        f"http.curloptResolve={target.host}:{target.port}:{addresses}",
        "fetch.fsckObjects=true",
        # Old histories have harmless irregularities; what can attack a checkout does not concern us.
        "fetch.fsck.missingSpaceBeforeDate=ignore",
        "fetch.fsck.zeroPaddedFilemode=ignore",
    )
    git.fetch(repository.address, f"+{repository.ref}:{_HEAD}", config)
    return git


def _commit(git: Git, ref: str, shown: str) -> str:
    code, out = git.read("rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}", allowed=(0, 1, 128))
    if code:
        raise SourceUnavailable(f"The repository has no commit named {shown}. Correct the source's option 'ref'.")
    # rev-parse repeats --end-of-options in git before 2.43.
    return out.split()[-1].decode("ascii")


def _is_ancestor(git: Git, since: str, head: str) -> bool:
    if not _COMMIT.match(since):
        return False
    code, _ = git.read("merge-base", "--is-ancestor", since, head, allowed=(0, 1, 128))
    return code == 0


def _files(git: Git, commit: str, folder: str) -> dict[bytes, _File]:
    """Path below `folder` -> file, for every file of a commit."""
    arguments = ["ls-tree", "-r", "-l", "-z", "--full-tree", commit]
    _, out = git.read(*arguments, *(("--", folder) if folder else ()))
    cut = len(folder.encode())
    files = {}
    for line in out.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, kind, object_id, size = facts.split()
            if kind == b"blob":
                # "BAD" where the object is lost; that is found when, and only when, it is read.
                size_bytes = int(size) if size.isdigit() else 0
                files[path[cut:]] = _File(object_id.decode("ascii"), size_bytes, mode.decode("ascii"))
    return files


def _log(git: Git, base: str | None, head: str, folder: str) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Path -> date of its last change, and path -> commit that deleted it, along the first parents."""
    arguments = ["log", "--first-parent", "--diff-merges=first-parent", "--no-renames", "--name-status", "-z"]
    arguments += [f"--max-count={_LOG_DEPTH}", "--format=%x01%H%x02%cI", f"{base}..{head}" if base else head]
    _, out = git.read(*arguments, *(("--", folder) if folder else ()))
    dates: dict[bytes, str] = {}
    deletions: dict[bytes, str] = {}
    cut = len(folder.encode())
    commit = date = ""
    tokens = iter(out.split(b"\0"))
    for raw in tokens:
        token = raw.lstrip(b"\n")
        if token.startswith(b"\x01"):
            commit, _, date = token[1:].decode("ascii").partition("\x02")
        elif token:
            path = next(tokens)[cut:]
            dates.setdefault(path, date)
            if token == b"D":
                deletions.setdefault(path, commit)
    return dates, deletions


def _url(repository: Repository, commit: str, item: str) -> str:
    address = repository.address if repository.remote else Path(repository.address).resolve().as_uri()
    return f"git+{address}@{commit}#{quote(repository.folder + item)}"
