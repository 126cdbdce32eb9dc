"""A set of documents behind one location, whatever it is: folder, tar archive, Git repository or HTTP index.

Shared by adapters that read one document a study; the places live in harvesters/sources/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalogue.model.documents import Event
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.sources.archive import ENDINGS, iter_archive
from harvesters.sources.delivery import Delivery, plain_name
from harvesters.sources.folder import iter_folder
from harvesters.sources.repository import Repository, iter_repository
from harvesters.sources.web import iter_web

_GIT = re.compile(r"^git\+(file|https?)://", re.IGNORECASE)


def iter_documents(
    location: str,
    *,
    since: str | None,
    known: Mapping[str, str],
    suffix: str | tuple[str, ...],
    fetcher: Fetcher,
    max_bytes: int,
    media_type: str = "application/ld+json",
    options: Mapping[str, str] | None = None,
) -> Iterator[Event]:
    """Every document at `location`, then exactly one Listed; a listing that fails half-way raises instead.

    Items are posix paths relative to the location. Bytes equal to the known ones become Unchanged.

    Args:
        location: a folder; a tar archive; a Git repository (`git+file://`, `git+https://`, or a path or URL that
            ends in `.git`); else an http(s) URL of an index (JSON list or HTML folder listing). For Git and HTTP
            a fragment `#folder/` restricts the set to that folder.
        since: cursor of the last complete reading (Git: a commit id; HTTP: validators as JSON); None reads all.
        known: item -> SHA-256 (hex) of the bytes held for it.
        suffix: ending of document names, such as `-ro-crate-metadata.json`, or several; other files are no documents.
        max_bytes: decoded bytes one document may have; larger ones become Unreadable `too-large`.
        options: `ref` (Git branch, tag or commit instead of HEAD), `cache` (folder for copies of remote Git
            repositories instead of the fetcher's `cache_dir`; one of both is needed for those).
    Raises:
        SourceUnavailable: the location cannot be read whole now; nothing may count as removed.
        SourceChanged: the location is not what it was said to be.
        FetchRefused: a rule of the fetcher forbids the location itself.
    """
    delivery = Delivery(suffix, known, max_bytes, media_type)
    options = options or {}
    base, _, fragment = location.partition("#")
    is_url = base.lower().startswith(("http://", "https://"))
    if _GIT.match(base) or base.rstrip("/").endswith(".git"):
        return iter_repository(_repository(base, fragment, options, fetcher.cache_dir), since, delivery, fetcher)
    if is_url:
        return iter_web(base, _folder(fragment), since, delivery, fetcher)
    path = Path(location)
    if path.is_dir():
        return iter_folder(path, delivery)
    if path.is_file() and path.name.lower().endswith(ENDINGS):
        return iter_archive(path, delivery)
    if path.exists():
        raise SourceChanged(
            f"{path.name} is neither a folder nor a tar archive ({', '.join(ENDINGS)}). Correct the source's location."
        )
    raise SourceUnavailable(
        f"There is no folder or archive named {path.name or location}. Correct the source's location or restore it."
    )


def _repository(base: str, fragment: str, options: Mapping[str, str], cache_dir: Path | None) -> Repository:
    address = base[4:] if base.lower().startswith("git+") else base
    parts = urlsplit(address)
    remote = parts.scheme.lower() in ("http", "https")
    if parts.scheme.lower() == "file":
        address = unquote(parts.path)
    return Repository(
        address=address,
        remote=remote,
        folder=_folder(fragment),
        ref=options.get("ref", "HEAD"),
        cache=Path(options["cache"]) if options.get("cache") else cache_dir,
    )


def _folder(fragment: str) -> str:
    """`a/b/` for a fragment naming a folder, "" for none."""
    if not fragment.strip("/"):
        return ""
    name = plain_name(unquote(fragment).lstrip("/"))
    if name is None:
        raise SourceChanged("The folder after '#' in the location points outside. Name a folder below the location.")
    return name + "/"
