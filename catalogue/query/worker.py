"""The process that runs queries on a read-only snapshot, one at a time, and may be killed at any moment.

Started by `process.py`; speaks `frames.py` over its standard input and output.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, cast

from catalogue.fence import raise_fence
from catalogue.query import frames
from catalogue.query.formats import row_counter

if TYPE_CHECKING:
    from pyoxigraph import QueryBoolean, QuerySolutions, Store, Triple

# The parser and the evaluator recurse; of 36 constructs grown to 200,000 tokens 256 MB of stack carried all but
# lists, where the 8 MB of a main thread end at 5,000 MINUS (pyoxigraph 0.5.13). Untouched pages cost nothing.
_STACK_BYTES = 256 << 20
_POSITION = re.compile(r"^error at (\d+):(\d+): (.*)", re.DOTALL)


class _Refusal(Exception):
    """The query's end, to be told to the one who asked."""

    def __init__(self, slug: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.document: dict[str, Any] = {"slug": slug, "detail": detail, "members": members, "log": ""}


class _Output:
    """Where the engine writes an answer: cuts it into frames, counts its bytes and rows."""

    def __init__(self, fd: int, request: dict[str, Any]) -> None:
        self._fd = fd
        self._max_rows, self._max_bytes = request["max_rows"], request["max_bytes"]
        self._count = None if request["graph"] else row_counter(request["format"])
        self._held = bytearray()
        self.rows = self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self._max_bytes:
            raise self._too_large("max_result_bytes", f"{self._max_bytes} bytes", self._max_bytes)
        if self._count is not None:
            self.rows = self._count(bytes(data))
            if self.rows > self._max_rows:
                raise self._too_large("max_rows", f"{self._max_rows} rows", self._max_rows)
        self._held += data
        if len(self._held) >= frames.CHUNK_BYTES:
            self.send()
        return len(data)

    def count_triples(self, triples: Iterator[Triple]) -> Iterator[Triple]:
        for triple in triples:
            self.rows += 1
            if self.rows > self._max_rows:
                raise self._too_large("max_rows", f"{self._max_rows} triples", self._max_rows)
            yield triple

    def flush(self) -> None:
        """Called by the engine at its end; frames are sent by size."""

    def send(self) -> None:
        """Hand on what is held."""
        if self._held:
            _write_all(self._fd, frames.pack(frames.DATA, bytes(self._held)))
            self._held.clear()

    @staticmethod
    def _too_large(limit: str, words: str, value: int) -> _Refusal:
        return _Refusal(
            "result-too-large",
            f"The answer has more than {words}, so none of it is given. Add LIMIT and OFFSET with ORDER BY, ask for "
            "fewer variables, count instead of listing, or take the dump.",
            limit=limit,
            value=value,
        )


class _Engine:
    """The store of one snapshot, opened anew when another is asked for.

    Where the store's own default graph is empty, as in every node, the union of all graphs takes its place.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._path: str | None = None
        self._store: Store | None = None
        self._union = True
        self._prefixes = prefixes

    def open(self, path: str) -> Store:
        import pyoxigraph

        if self._store is None or path != self._path:
            self._store = None
            try:
                self._store = store = pyoxigraph.Store.read_only(path)
            except (OSError, RuntimeError) as error:
                refusal = _Refusal("snapshot-unreadable", "")
                refusal.document["log"] = f"{path}: {error}"
                raise refusal from error
            self._path = path
            default = store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())
            self._union = next(iter(default), None) is None
        return self._store

    def answer(self, request: dict[str, Any], output: _Output) -> None:
        """Run one query and write its answer."""
        import pyoxigraph

        store = self.open(request["snapshot"])
        results = store.query(request["text"], base_iri=request["base_iri"], **_dataset(request, self._union))
        if isinstance(results, pyoxigraph.QueryTriples):
            pyoxigraph.serialize(
                output.count_triples(results),
                cast("IO[bytes]", output),
                format=getattr(pyoxigraph.RdfFormat, request["engine_format"]),
                prefixes=self._prefixes,
            )
        else:
            self._write_table(results, getattr(pyoxigraph.QueryResultsFormat, request["engine_format"]), output)

    @staticmethod
    def _write_table(results: QuerySolutions | QueryBoolean, form: Any, output: _Output) -> None:
        results.serialize(cast("IO[bytes]", output), format=form)


def _dataset(request: dict[str, Any], union: bool) -> dict[str, Any]:
    """The engine's dataset arguments (SPARQL 1.1 Protocol, section 2.1.4)."""
    import pyoxigraph

    default, named = request["default_graphs"], request["named_graphs"]
    if default or named:
        # Both lists must be given: a missing one would let the query's own FROM through.
        return {
            "default_graph": [pyoxigraph.NamedNode(iri) for iri in default],
            "named_graphs": [pyoxigraph.NamedNode(iri) for iri in named],
        }
    # The engine's union switch would override FROM (pyoxigraph 0.5.13).
    return {"use_default_graph_as_union": union and not request["has_dataset"]}


def _refusal(error: Exception) -> _Refusal:
    """What a failure means for the one who asked; unknown ones are logged and told without their text."""
    if isinstance(error, _Refusal):
        return error
    message = str(error)
    if isinstance(error, SyntaxError):
        found = _POSITION.match(message)
        if found is None:
            return _Refusal("query-syntax", f"The query cannot be read: {_short(message)}.")
        line, column, reason = int(found[1]), int(found[2]), _short(found[3])
        return _Refusal(
            "query-syntax",
            f"The query cannot be read at line {line}, column {column}: {reason}. Correct it there and send it again; "
            "prefixes must be declared in the query.",
            line=line,
            column=column,
        )
    if isinstance(error, RuntimeError) and "custom function" in message:
        return _Refusal("query-syntax", f"{_short(message)}; use the functions of SPARQL 1.1 and XPath constructors.")
    if isinstance(error, MemoryError):
        return _Refusal("query-memory", "")
    failed = _Refusal("query-failed", "The query could not be answered; the operator finds the reason in the log.")
    failed.document["log"] = "".join(traceback.format_exception(error))[-4000:]
    return failed


def _short(message: str) -> str:
    message = " ".join(message.split())
    return message if len(message) <= 300 else message[:300] + "…"


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _serve(fd: int, prefixes: dict[str, str], isolation: str) -> None:
    engine = _Engine(prefixes)
    import pyoxigraph  # noqa: F401  loaded before the first query, so that a spare worker is a warm one

    _write_all(fd, frames.pack_json(frames.HELLO, {"isolation": isolation}))
    while True:
        frame = frames.read_frame(sys.stdin.buffer.read)
        if frame is None:
            return
        kind, payload = frame
        request = json.loads(payload)
        if kind == frames.OPEN:
            _open_ahead(engine, request["snapshot"])
            continue
        # From here on, the end of this process is the query's doing.
        _write_all(fd, frames.pack(frames.START, b""))
        output = _Output(fd, request)
        try:
            engine.answer(request, output)
            output.send()
            _write_all(fd, frames.pack_json(frames.END, {"rows": output.rows, "size_bytes": output.size}))
        except Exception as error:  # noqa: BLE001 - told to the one who asked, and logged where unknown
            _write_all(fd, frames.pack_json(frames.PROBLEM, _refusal(error).document))


def _open_ahead(engine: _Engine, path: str) -> None:
    try:
        engine.open(path)
    except Exception as error:  # noqa: BLE001 - the next query meets it again and reports it
        traceback.print_exception(error)


def main() -> None:
    """Serve until standard input ends. Arguments: memory in bytes, pid of the parent, prefixes as JSON."""
    memory_bytes, parent_pid, prefixes = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    isolation = raise_fence(memory_bytes, parent_pid)
    # Frames go to a descriptor of their own; whatever a library prints goes to the log.
    fd = os.dup(1)
    os.dup2(2, 1)
    threading.stack_size(min(_STACK_BYTES, memory_bytes // 8))
    thread = threading.Thread(target=_serve, args=(fd, prefixes, isolation))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
