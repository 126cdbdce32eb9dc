"""Chunks of image rows at rest: Parquet files named by the SHA-256 of their bytes, beside the ledger.

Which chunks make a study's list is the ledger's to say (catalogue.store.image_lists); decisions/0009.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from catalogue.model.image_columns import arrow_schema
from catalogue.problems import StoreDamaged

if TYPE_CHECKING:
    import pyarrow as pa

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CACHED: Final = 16
SCRATCH: Final = "rows-"
"""How the names of folders begin in which rows are sorted on their way into chunks."""
# One image is read by decoding one row group. Measured on a chunk of 3,245 rows: 2.4 ms and 2 % more bytes than as one
# group; groups of 500 rows 1.4 ms and 24 % more.
GROUP_ROWS: Final = 2_000


def encode(table: pa.Table) -> bytes:
    """The rows as one Parquet file; equal rows give equal bytes with one version of pyarrow.

    Columns without a value are left out. The writer is told everything that could differ: no schema of its own, row
    groups of GROUP_ROWS, one page format.
    """
    import pyarrow.parquet as pq  # a tenth of a second that most commands do not need

    names = [name for name in arrow_schema().names if table.column(name).null_count < table.num_rows]
    sink = io.BytesIO()
    pq.write_table(
        table.select(names).combine_chunks(),
        sink,
        row_group_size=GROUP_ROWS,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=["accession"],
        store_schema=False,
    )
    return sink.getvalue()


def decode(content: bytes) -> pa.Table:
    """All columns of the schema, from bytes that `encode` made.

    Raises:
        StoreDamaged: they are no such file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content), use_threads=False)
        schema = arrow_schema()
        have = set(table.column_names)
        arrays = [
            table.column(field.name).cast(field.type) if field.name in have else pa.nulls(table.num_rows, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise StoreDamaged("A chunk of image rows cannot be read. Run `ommatidia fsck`.") from error


def place_of(keys: Any, accession: str) -> int:
    """Index of the first of sorted accessions that is not below `accession`; their number when there is none."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle].as_py() < accession:
            low = middle + 1
        else:
            high = middle
    return low


class ChunkFiles:
    """The folder of chunks.

    Args:
        folder: made when the first chunk is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unsynced: list[Path] = []
        self._decoded: OrderedDict[str, pa.Table] = OrderedDict()
        self._lock = Lock()

    def path(self, digest: str) -> Path:
        """Where the chunk of that name lies, or would.

        Raises:
            ValueError: `digest` is no SHA-256.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is no SHA-256 in hexadecimal")
        return self.folder / digest[:2] / f"{digest}.parquet"

    def put(self, content: bytes) -> str:
        """The digest under which the bytes are kept; durable after `sync`."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        try:
            # Says that it is wanted again, to whoever is removing what nobody names.
            os.utime(path)
            # What a run put that never came to `sync` may be damaged, or not durable yet.
            if path.read_bytes() == content:
                self._unsynced.append(path)
                return digest
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{digest[:16]}.{os.getpid()}.partial")
        partial.write_bytes(content)
        partial.replace(path)
        self._unsynced.append(path)
        return digest

    def sync(self) -> None:
        """Returns when everything put so far will outlive a power cut."""
        for path in self._unsynced:
            _fsync(path)
        for folder in {path.parent for path in self._unsynced}:
            _fsync(folder)
        if self._unsynced:
            _fsync(self.folder)
            _fsync(self.folder.parent)
        self._unsynced = []

    def content(self, digest: str) -> bytes:
        """The bytes called `digest`.

        Raises:
            StoreDamaged: they are not there or do not fit their digest.
        """
        try:
            content = self.path(digest).read_bytes()
        except OSError as error:
            raise StoreDamaged(f"The image chunk {digest} cannot be read. Run `ommatidia fsck`.") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreDamaged(f"The image chunk {digest} does not fit its digest. Run `ommatidia fsck`.")
        return content

    def columns(self, digest: str) -> tuple[str, ...]:
        """Columns that hold something in a chunk, from the end of its file alone.

        Raises:
            StoreDamaged: it is lost, or its end cannot be read.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return tuple(pq.read_schema(self.path(digest)).names)
        except (OSError, pa.ArrowInvalid) as error:
            raise StoreDamaged(f"The image chunk {digest} cannot be read; run `ommatidia fsck`.") from error

    def table(self, digest: str) -> pa.Table:
        """The rows called `digest`, all columns; the last few tables are kept in memory."""
        with self._lock:
            if digest in self._decoded:
                self._decoded.move_to_end(digest)
                return self._decoded[digest]
        table = decode(self.content(digest))
        with self._lock:
            self._decoded[digest] = table
            while len(self._decoded) > _CACHED:
                self._decoded.popitem(last=False)
        return table

    def is_of_this_writer(self, digest: str) -> bool:
        """Whether this version of pyarrow wrote the chunk, so that equal rows would be equal bytes.

        Raises:
            StoreDamaged: the chunk is lost or no Parquet file.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            said = pq.read_metadata(self.path(digest)).created_by
        except (pa.ArrowException, OSError) as error:
            raise StoreDamaged(f"The image chunk {digest} cannot be read. Run `ommatidia fsck`.") from error
        return bool(said == f"parquet-cpp-arrow version {pa.__version__}")

    def live_names(self, digest: str) -> pa.Array:
        """Accessions of the rows called `digest` that are no tombstones, in order."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = self.content(digest)
        try:
            file = pq.ParquetFile(pa.BufferReader(content))
            wanted = ["accession", "date_withdrawn"]
            table = file.read([name for name in wanted if name in file.schema_arrow.names], use_threads=False)
        except (pa.ArrowException, OSError) as error:
            raise StoreDamaged(f"The image chunk {digest} cannot be read. Run `ommatidia fsck`.") from error
        names = table.column("accession")
        if "date_withdrawn" in table.column_names:
            names = names.filter(table.column("date_withdrawn").is_null())
        return names.combine_chunks()

    def find_row(self, digest: str, accession: str) -> dict[str, Any] | None:
        """The row of one image in the chunk called `digest`, columns without a value left out; None when it has none.

        Raises:
            StoreDamaged: the chunk is lost or damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = self.content(digest)
        try:
            file = pq.ParquetFile(pa.BufferReader(content))
            for number in range(file.metadata.num_row_groups):
                bounds = file.metadata.row_group(number).column(0).statistics
                if bounds is not None and bounds.has_min_max and not bounds.min <= accession <= bounds.max:
                    continue
                # Ranges of lists may overlap: most of a chunk is read only when it has the image.
                names = file.read_row_group(number, ["accession"], use_threads=False).column(0)
                place = place_of(names, accession)
                if place < len(names) and names[place].as_py() == accession:
                    rows = file.read_row_group(number, use_threads=False)
                    found: dict[str, Any] = rows.slice(place, 1).to_pylist()[0]
                    return found
        except (pa.ArrowException, OSError, KeyError) as error:
            raise StoreDamaged(f"The image chunk {digest} cannot be read. Run `ommatidia fsck`.") from error
        return None

    def remove(self, digest: str) -> int:
        """Bytes given back by removing a chunk; 0 when it was not there."""
        path = self.path(digest)
        with self._lock:
            self._decoded.pop(digest, None)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def kept(self) -> Iterator[tuple[str, float]]:
        """(digest, when it was last put as seconds of the epoch) of every chunk there is, and of what was left behind.

        What a killed writer left, a part of a file or a folder of sorted rows, has its path in the place of a digest.
        """
        for path in sorted([*self.folder.glob("??/*"), *self.folder.glob(f"{SCRATCH}*")]):
            name = path.stem if _DIGEST.fullmatch(path.stem) and path.suffix == ".parquet" else str(path)
            yield name, path.stat().st_mtime

    def bytes_kept(self) -> int:
        """Size of all chunks."""
        return sum(path.stat().st_size for path in self.folder.glob("??/*.parquet"))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
