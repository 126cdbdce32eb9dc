"""Harvester `image_table`: image lists of any length, as Parquet, CSV or TSV files that an index names by digest.

The index is described in docs/image-tables.md, with the columns; reading the files is harvesters.tables'.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote, urljoin

from catalogue.model.documents import BadRow, Event, ImageTable, Listed, Mapped, SourceDocument, SourceSpec, Unchanged
from catalogue.model.image_columns import COLUMNS
from catalogue.model.payload import canonical
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.image_lists import is_url, local_path
from harvesters.jsonbytes import parse_json
from harvesters.sources.delivery import plain_name
from harvesters.tables.reader import FORMS, TableReader

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = "ommatidia-image-tables/1"
INDEX: Final = "index.json"
MAX_INDEX_BYTES: Final = 32 << 20
MAX_FILE_BYTES: Final = 8 << 30
MAX_TABLES: Final = 100_000
_TEXTS: Final = frozenset(column.name for column in COLUMNS if column.kind == "text") - {"accession", "date_withdrawn"}
_BLOCK: Final = 1 << 20


class Transport(Protocol):
    """The guarded transport: harvesters.http.Fetcher."""

    def get(self, url: str, *, max_bytes: int | None = None) -> Any:
        """The answer to GET: `status` and `content`."""
        ...

    def download(self, url: str, path: Path, max_bytes: int) -> Any:
        """The answer to GET with its body in a file: `status`."""
        ...


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a table, as the index names it; `path` is relative to the index."""

    path: str
    sha256: str
    size_bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of one study."""

    study: str
    files: tuple[_File, ...]
    defaults: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Names all that the rows are made of."""
        files = [[file.path, file.sha256] for file in self.files]
        return hashlib.sha256(canonical({"defaults": dict(self.defaults), "files": files})).hexdigest()

    @property
    def rows(self) -> int | None:
        """How many rows the index says there are; None where it does not say."""
        counts = [file.rows for file in self.files]
        return None if None in counts else sum(count for count in counts if count is not None)


class ImageTableHarvester:
    """Image lists that come as tables.

    Options of a source: any text column of the tables (`site`, `endpoint`, `license` …), for rows and tables that do
    not say.
    """

    name = "image_table"
    version = "1"

    def __init__(self, fetcher: Transport):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One ImageTable a study; Unchanged, without reading a file, where its digests are those that are held.

        Raises:
            SourceUnavailable: the index or a file cannot be read now.
            SourceChanged: the location holds no index of image tables, or a file is not what the index says.
        """
        place = _Place(source.location, self._fetcher)
        tables = _tables(place.index(), source)
        with TableReader() as reader:
            for table in tables:
                if known.get(table.study) == table.digest:
                    yield Unchanged(table.study)
                    continue
                yield ImageTable(
                    table.study,
                    place.shown,
                    table.study,
                    table.digest,
                    lambda table=table: _rows(table, place, reader),  # type: ignore[misc]
                    table.defaults,
                    table.rows,
                )
        yield Listed(cursor=None, complete=True, total=len(tables))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """Never a record: this harvester gives tables, whose rows ingest reads as they come.

        Raises:
            RecordRejected: always.
        """
        raise RecordRejected(
            f"{document.item} is an image table, whose rows are not kept as they came; harvest the source again.",
            reason="not-parsable",
        )


class _Place:
    """Where an index and its files lie: a folder, or below the address of the index."""

    def __init__(self, location: str, fetcher: Transport) -> None:
        self._fetcher = fetcher
        self._url = location if is_url(location) else ""
        folder = local_path(location) if not self._url else Path()
        self._folder = folder.parent if folder.name.endswith(".json") else folder
        self._index = folder if folder.name.endswith(".json") else folder / INDEX
        self.shown = self._url

    def index(self) -> Any:
        """The parsed index."""
        if self._url:
            response = self._fetcher.get(self._url, max_bytes=MAX_INDEX_BYTES)
            if response.status != 200:
                raise SourceUnavailable(f"The index {self._url} answers {response.status}.")
            content = bytes(response.content)
        else:
            try:
                with self._index.open("rb") as file:
                    content = file.read(MAX_INDEX_BYTES + 1)
            except OSError as error:
                raise SourceUnavailable(f"The index {self._index.name} cannot be read: {error.strerror}.") from error
        if len(content) > MAX_INDEX_BYTES:
            raise SourceChanged(f"The index is larger than {MAX_INDEX_BYTES} bytes.")
        try:
            return parse_json(content, max_bytes=MAX_INDEX_BYTES).value
        except RecordRejected as error:
            raise SourceChanged(f"The index is not JSON; correct the source's location. {error.detail}") from error

    def file(self, named: _File, scratch: Path) -> Path:
        """A file of the index on this disk, which is what the index says.

        Raises:
            SourceChanged: its bytes do not fit size or digest.
        """
        if self._url:
            path = scratch / f"table{Path(named.path).suffix.lower()}"
            url = urljoin(self._url, quote(named.path))
            response = self._fetcher.download(url, path, min(named.size_bytes, MAX_FILE_BYTES))
            if response.status != 200:
                raise SourceUnavailable(f"{url} answers {response.status}.")
        else:
            path = (self._folder / named.path).resolve()
            if not path.is_relative_to(self._folder):
                raise SourceChanged(f"The file {named.path[:200]} leads out of its folder; nothing was changed.")
        try:
            digest, size = _digest(path)
        except OSError as error:
            raise SourceUnavailable(f"The file {named.path[:200]} cannot be read: {error.strerror}.") from error
        if (digest, size) != (named.sha256, named.size_bytes):
            raise SourceChanged(
                f"The file {named.path[:200]} has {size} bytes and not the digest that the index names; the index "
                "was not renewed with it, or it was not read whole. Nothing was changed."
            )
        return path


def _rows(table: _Table, place: _Place, reader: TableReader) -> Iterator[pa.RecordBatch | BadRow]:
    with TemporaryDirectory(prefix="ommatidia-table-") as scratch:
        for named in table.files:
            path = place.file(named, Path(scratch))
            count = bad = 0
            for part in reader.batches(path):
                if isinstance(part, BadRow):
                    bad += 1
                else:
                    count += part.num_rows
                yield part
            if named.rows is not None and count + bad != named.rows:
                raise RecordRejected(
                    f"{named.path[:200]} has {count + bad} rows, and the index says {named.rows}.", reason="gap"
                )


def _tables(index: Any, source: SourceSpec) -> list[_Table]:
    """What an index names.

    Raises:
        SourceChanged: it is no index of image tables, or names a study twice.
    """
    if not isinstance(index, dict) or index.get("format") != FORMAT or not isinstance(index.get("tables"), list):
        raise SourceChanged(f'The location holds no index of image tables: "format" is not "{FORMAT}".')
    if len(index["tables"]) > MAX_TABLES:
        raise SourceChanged(f"The index names {len(index['tables'])} tables; {MAX_TABLES} are read.")
    options = {name: value for name, value in source.options.items() if name in _TEXTS}
    try:
        tables = [_table(row, options) for row in index["tables"]]
    except (TypeError, KeyError, ValueError) as error:
        raise SourceChanged(f"The index cannot be used: {error}. See the description of image tables.") from error
    studies = [table.study for table in tables]
    doubles = (
        sorted({study for study in studies if studies.count(study) > 1}) if len(set(studies)) < len(studies) else []
    )
    if doubles:
        raise SourceChanged(f"The index names a study twice: {', '.join(doubles)[:300]}. Name all its files at once.")
    return tables


def _table(row: Any, options: Mapping[str, str]) -> _Table:
    study, defaults = row["study"], row.get("defaults", {})
    if not isinstance(study, str) or not 0 < len(study) <= 300:
        raise ValueError("a table has no study")
    if not isinstance(defaults, dict) or not all(isinstance(v, str) and k in _TEXTS for k, v in defaults.items()):
        raise ValueError(f"the defaults of {study} are not texts of known columns")
    files = tuple(_file(study, file) for file in row["files"])
    if not files:
        raise ValueError(f"{study} has no files")
    return _Table(study, files, {**options, **defaults})


def _file(study: str, row: Any) -> _File:
    path, digest, size, rows = row["path"], row["sha256"], row["size_bytes"], row.get("rows")
    if not isinstance(path, str) or plain_name(path) is None or Path(path).suffix.lower() not in FORMS:
        raise ValueError(f"a file of {study} is no relative path that ends in {', '.join(FORMS)}")
    if not isinstance(digest, str) or len(digest) != 64 or type(size) is not int or size < 0:
        raise ValueError(f"{path[:200]} needs sha256 and size_bytes")
    if rows is not None and (type(rows) is not int or rows < 0):
        raise ValueError(f"rows of {path[:200]} is no number")
    return _File(path, digest, size, rows)


def _digest(path: Path) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hashed.update(block)
            size += len(block)
    return hashed.hexdigest(), size
