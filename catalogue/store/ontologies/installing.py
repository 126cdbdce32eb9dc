"""An operator's ontology file becomes a table and an index of names in the data folder.

The file is read in a child process of bounded memory, time and output, which may die; it is never read whole.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import lzma
import multiprocessing
import multiprocessing.connection
import os
import re
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from catalogue.problems import BadRequest, Locked
from catalogue.store.ontologies.names import write_names
from catalogue.store.ontologies.obo_reader import read_obo
from catalogue.store.ontologies.rdf_reader import FORMATS, read_rdf
from catalogue.store.ontologies.sources import Installed, curated_names
from catalogue.store.ontologies.table import TermTable, note_facts, write_table
from catalogue.store.ontologies.term import Term

OBO_SUFFIX: Final = ".obo"
SUFFIXES: Final = (OBO_SUFFIX, *FORMATS)
PACKED: Final = (".gz", ".xz")
_SCRATCH: Final = ".new-"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    Args:
        file_bytes: of the file, unpacked. NCBITaxon has 0.7 GB in OBO and 1.9 GB in RDF/XML (2025).
        memory_bytes: address space of the reading process, which keeps nothing but a cache of 128 MiB.
        cpu_seconds: of that process.
        seconds: of the clock, for a machine that does other things.
        table_bytes: of the table it writes.
    """

    file_bytes: int = 6 << 30
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 1_800
    seconds: float = 7_200
    table_bytes: int = 12 << 30


def install(home: Path, name: str, path: Path, limits: Limits | None = None) -> int:
    """Number of terms kept of the ontology file at `path`, which now counts in `home` under `name`.

    Args:
        home: the data folder.
        name: lower-case name of the graph, such as `fbbi`; an ontology of that name is replaced.
        path: .obo, .ttl, .nt, .owl or .rdf, as it is or compressed as .xz or .gz.
    Raises:
        BadRequest: unknown kind of file, too large, not parsable within limits, or without a single term.
        Locked: another process is installing into the same folder.
    """
    if not _NAME.fullmatch(name):
        raise BadRequest(f"'{name}' cannot name an ontology; use lower-case letters, digits, - and _.")
    if name in curated_names():
        raise BadRequest(f"'{name}' is the name of a table shipped with the node; choose another, such as '{name}-2'.")
    suffix = _suffix(path)
    installed = Installed(home)
    installed.folder.mkdir(parents=True, exist_ok=True)
    with _alone(installed.folder), tempfile.TemporaryDirectory(dir=installed.folder, prefix=_SCRATCH) as scratch:
        table = Path(scratch) / "terms.db"
        count = _parse_apart(path, suffix, table, limits or Limits())
        if count == 0:
            raise BadRequest(f"'{path.name}' names no classes with labels; nothing was installed.")
        _put_in_place(installed, name, table)
    return count


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other installation goes on in the folder; what one that was killed left there is removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError as error:
        raise Locked("Another ontology is being installed in this data folder; wait until that has ended.") from error
    finally:
        os.close(descriptor)


def _suffix(path: Path) -> str:
    stem = Path(path.stem) if path.suffix in PACKED else Path(path.name)
    if stem.suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise BadRequest(f"'{path.name}' is no ontology file known here; give {known} (+ .xz, .gz).")
    return stem.suffix


def _put_in_place(installed: Installed, name: str, table: Path) -> None:
    """Names first, then the table that points to them, in one step; what it replaces goes last."""
    with closing(TermTable.open(table)) as terms:
        digest = terms.facts["digest"]
        target = installed.names_of(name, digest)
        shutil.rmtree(target, ignore_errors=True)
        fresh = table.with_name("names")
        write_names(fresh, terms.names())
        fresh.rename(target)
    _sync(table)
    table.replace(installed.table_of(name))
    _sync(installed.folder)
    for old in installed.names_beside(name, digest):
        shutil.rmtree(old, ignore_errors=True)


def _parse_apart(path: Path, suffix: str, table: Path, limits: Limits) -> int:
    """Number of terms that a process of its own wrote to `table`.

    pyoxigraph aborts on an entity bomb in RDF/XML (reliability.md section 2), and files of the operator's choice do
    carry a DOCTYPE with harmless entities; so the parser gets a process that may die.
    """
    context = multiprocessing.get_context("forkserver")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(
        target=_parse_limited, args=(str(path.absolute()), suffix, str(table), limits, send), daemon=True
    )
    child.start()
    send.close()
    try:
        answer = receive.recv_bytes(1_000) if receive.poll(limits.seconds) else b"-it took too long"
    except EOFError:
        answer = b"-the parser gave up; the file may hold nested entities or be too large"
    finally:
        child.kill()
        child.join()
        receive.close()
    if answer[:1] == b"-":
        raise BadRequest(f"'{path.name}' cannot be read: {answer[1:].decode(errors='replace')}.")
    return int(answer[1:])


def _parse_limited(
    path: str, suffix: str, table: str, limits: Limits, send: multiprocessing.connection.Connection
) -> None:
    for what, allowed in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.table_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (allowed, allowed))
    try:
        answer = b"+%d" % compile_file(Path(path), suffix, Path(table), limits.file_bytes)
    # fastobo says TypeError for bytes that are no text. sqlite3.Error: the table grew beyond its limit.
    except (SyntaxError, ValueError, TypeError, OSError, EOFError, lzma.LZMAError, MemoryError, sqlite3.Error) as error:
        answer = b"-" + (str(error) or type(error).__name__).encode(errors="replace")[:500]
    send.send_bytes(answer)


def compile_file(path: Path, suffix: str, table: Path, max_bytes: int) -> int:
    """Number of terms of the ontology file that are now in the new database `table`.

    Args:
        suffix: one of SUFFIXES, the format beneath the packing.
        max_bytes: of the file, unpacked.
    Raises:
        SyntaxError, ValueError, OSError: not of that format, or more than the limits allow.
    """
    with _opened(path) as unpacked, closing(sqlite3.connect(table)) as connection:
        stream = Measured(unpacked, max_bytes)
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -131072"):
            connection.execute(f"pragma {pragma}")
        count = write_table(connection, read_terms(cast(IO[bytes], stream), suffix))
        note_facts(connection, {"digest": stream.digest(), "file": path.name})
    return count


def read_terms(stream: IO[bytes], suffix: str) -> Iterator[Term]:
    """The terms of an ontology in one of the formats of SUFFIXES."""
    return read_obo(stream) if suffix == OBO_SUFFIX else read_rdf(stream, suffix)


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".xz":
        return lzma.open(path)
    if path.suffix == ".gz":
        return gzip.open(path)  # type: ignore[return-value]
    return path.open("rb")


class Measured(io.RawIOBase):
    """A stream that digests what passes and ends in OSError beyond a number of bytes.

    Args:
        source: what is read.
        max_bytes: allowed to pass.
    """

    def __init__(self, source: IO[bytes], max_bytes: int) -> None:
        super().__init__()
        self._source = source
        self._left = max_bytes
        self._max = max_bytes
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; b"" at the end."""
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError(f"it has more than {self._max >> 20} MiB; install a subset")
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """SHA-256 of all that passed, in hexadecimal."""
        return self._hash.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
