"""Lists of OME-Zarr stores (CSV or TSV with a header) and where their rows point; pure.

The format grew with the OME 2024 NGFF challenge: field.md, "ome-zarr-lists". Reading stores is ome_zarr.py's.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from catalogue.problems import RecordRejected, SourceChanged

MAPPED: Final = frozenset(
    {
        "url",
        "origin",
        "study",
        "identifier",
        "name",
        "description",
        "license",
        "organismid",
        "organism",
        "fbbiid",
        "method",
        "written",
    }
)
IGNORED: Final = {
    "written_human_readable": "repeats written",
    "shape": "read from the store; compared with it",
    "shards": "read from the store",
    "chunks": "read from the store",
    "dimension_names": "read from the store",
    "source": "says who made the list",
    "wells": "counts parts of a plate",
    "images": "counts parts of a plate",
}
MAX_ROWS: Final = 1_000_000
_LIST_NAME: Final = re.compile(r"\.(?:csv|tsv)$", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Percent signs stay: lists mix encoded and raw forms (idr0054 "Tonsil 1.zarr", idr0157 "%20").
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: lower-case column name -> text, blank cells left out.

    Args:
        line: number of the line in the list, counted from 1.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """What the row points at, "" when it does not say."""
        return self.cells.get("url", "")

    @property
    def is_list(self) -> bool:
        """True when the row names another list."""
        return bool(_LIST_NAME.search(urlsplit(self.url).path))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is: `endpoint` ends in a slash, `key` below it has no leading slash; both are URL-encoded."""

    endpoint: str
    key: str

    @property
    def url(self) -> str:
        """The store's address."""
        return self.endpoint + self.key


def parse_list(content: bytes, name: str) -> Iterator[Row]:
    """The rows of a list; columns are found by header, never by position.

    A list without header is read when each row is nothing but an address (idr0013, idr0044).

    Raises:
        SourceChanged: not UTF-8 text, no column `url`, or more than a million rows.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChanged(f"The list {name} is not UTF-8 text.") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    header: list[str] | None = None
    try:
        for count, values in enumerate(reader):
            values = [value.strip() for value in values]
            if count > MAX_ROWS:
                raise SourceChanged(f"The list {name} has more than {MAX_ROWS} rows.")
            if not any(values):
                continue
            if header is None:
                lowered = [value.lower() for value in values]
                header = lowered if "url" in lowered else ["url"]
                if "url" in lowered:
                    if len(set(filter(None, lowered))) != len(list(filter(None, lowered))):
                        raise SourceChanged(f"The list {name} repeats a column: {', '.join(lowered)}.")
                    continue
                if len(values) != 1 or not _SCHEME.match(values[0]):
                    raise SourceChanged(f"The list {name} has no column 'url'; its first line is '{first[:100]}'.")
            cells = {key: value for key, value in zip(header, values, strict=False) if key and value}
            if len(values) > len(header) and any(values[len(header) :]):
                cells["(beyond the header)"] = ",".join(values[len(header) :])
            yield Row(reader.line_num, cells)
    except csv.Error as error:
        raise SourceChanged(f"The list {name} cannot be read as CSV at line {reader.line_num}: {error}.") from error


def is_url(location: str) -> bool:
    """True for http(s) locations; anything else is a path."""
    return location.lower().startswith(("http://", "https://"))


def list_base(location: str) -> str:
    """The folder of a list as a URL that ends in a slash."""
    if is_url(location):
        return urljoin(location.partition("#")[0].partition("?")[0], ".")
    return local_path(location).parent.as_uri() + "/"


def local_path(location: str) -> Path:
    """The file a local location (path or file URL) names."""
    if location.startswith("file://"):
        return Path(unquote(urlsplit(location).path)).resolve()
    return Path(location).resolve()


def resolve(url: str, base: str, endpoint: str = "") -> Place:
    """Where a row of the list at `base` points.

    Args:
        url: absolute, or relative to the list's folder.
        base: folder URL of the list, see `list_base`.
        endpoint: storage endpoint stated by the operator; used for stores below it.
    Raises:
        RecordRejected: a scheme other than http(s), an fsspec chain, credentials in the address, or a way out of a
            local list's folder.
    """
    if "::" in url or "\\" in url or any(ord(char) < 32 for char in url):
        raise RecordRejected(f"The address '{url[:200]}' is no plain URL.", reason="link-unsafe")
    relative = _SCHEME.match(url) is None and not url.startswith("/")
    joined = base + quote(url, safe=_PATH_SAFE) if relative else url
    parts = urlsplit(joined)
    allowed = ("http", "https", "file") if base.startswith("file:") else ("http", "https")
    if parts.scheme.lower() not in allowed or "@" in parts.netloc or parts.query or parts.fragment:
        raise RecordRejected(
            f"The address '{url[:200]}' cannot be a store of this list: http(s) without user, query and fragment, "
            "or a path relative to the list.",
            reason="link-unsafe",
        )
    path = quote(parts.path, safe=_PATH_SAFE).strip("/")
    if any(unquote(segment) in ("", ".", "..") for segment in path.split("/")):
        raise RecordRejected(f"The address '{url[:200]}' holds empty or dot segments.", reason="link-unsafe")
    whole = f"{parts.scheme.lower()}://{parts.netloc.lower()}/{path}"
    for root in (endpoint, base):
        if root and whole.startswith(root) and len(whole) > len(root):
            return Place(root, whole[len(root) :])
    if parts.scheme.lower() == "file":
        raise RecordRejected(
            f"The address '{url[:200]}' is a file outside the folder of its list.", reason="link-unsafe"
        )
    return Place(f"{parts.scheme.lower()}://{parts.netloc.lower()}/", path)
