"""The formats of query answers: names, media types, and how many rows their bytes hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

_MAX_ACCEPT = 4096
TABLE, GRAPH = "table", "graph"


@dataclass(frozen=True, slots=True)
class Format:
    """One format of answers.

    Args:
        name: what `format=` and `--format` take.
        media_types: the official one first, then others under which clients ask for it.
        engine: name of the engine's format constant.
        holds: TABLE (SELECT, ASK) or GRAPH (CONSTRUCT, DESCRIBE).
        suffix: file name suffix, without dot.
    """

    name: str
    media_types: tuple[str, ...]
    engine: str
    holds: str
    suffix: str

    @property
    def media_type(self) -> str:
        """The official media type."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """Value of the Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS = (
    Format("json", ("application/sparql-results+json", "application/json"), "JSON", TABLE, "srj"),
    Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), "XML", TABLE, "srx"),
    Format("csv", ("text/csv",), "CSV", TABLE, "csv"),
    Format("tsv", ("text/tab-separated-values",), "TSV", TABLE, "tsv"),
    Format("turtle", ("text/turtle", "application/x-turtle"), "TURTLE", GRAPH, "ttl"),
    Format("ntriples", ("application/n-triples", "text/plain"), "N_TRIPLES", GRAPH, "nt"),
    Format("jsonld", ("application/ld+json", "application/json"), "JSON_LD", GRAPH, "jsonld"),
    Format("rdfxml", ("application/rdf+xml", "application/xml", "text/xml"), "RDF_XML", GRAPH, "rdf"),
)
_BY_NAME = {member.name: member for member in FORMATS}
# Names that other endpoints and tools use for the same thing.
_ALIASES = {"ttl": "turtle", "nt": "ntriples", "n-triples": "ntriples", "json-ld": "jsonld", "rdf": "rdfxml"}


def formats_for(graph: bool) -> tuple[Format, ...]:
    """The formats that an answer of this kind can take, the default first."""
    return tuple(member for member in FORMATS if (member.holds == GRAPH) is graph)


def find_format(name: str, graph: bool) -> Format | None:
    """The format of that name, alias or media type for an answer of this kind; None when there is none."""
    name = name.strip().lower()
    name = _ALIASES.get(name, name)
    if graph and name in ("json", "xml"):
        name = {"json": "jsonld", "xml": "rdfxml"}[name]
    for member in formats_for(graph):
        if name == member.name or name in member.media_types:
            return member
    return None


def negotiate(accept: str, graph: bool) -> Format | None:
    """The format that an Accept header likes best for an answer of this kind; None when it rules all out.

    Source: RFC 9110, section 12.5.1; an empty header takes anything.
    """
    available = formats_for(graph)
    if not accept.strip():
        return available[0]
    # Official names first, so that text/* means CSV rather than an odd name of XML.
    names = [*(member.media_types[0] for member in available), *(t for m in available for t in m.media_types[1:])]
    best = parse_accept_header(accept[:_MAX_ACCEPT], MIMEAccept).best_match(names)
    return None if best is None else next(member for member in available if best in member.media_types)


def row_counter(format_name: str) -> Callable[[bytes], int]:
    """A function to be fed an answer's bytes in order, which says how many rows have begun so far.

    The engine writes a whole table in one call; its bytes are the only place where rows can be counted.
    """
    kinds: dict[str, Callable[[], Callable[[bytes], int]]] = {
        "json": _JsonRows,
        "xml": _XmlRows,
        "csv": _CsvRows,
        "tsv": _TsvRows,
    }
    return kinds[format_name]()


class _TsvRows:
    """Line ends less the header's; values never hold a bare line end."""

    def __init__(self) -> None:
        self._rows = -1

    def __call__(self, chunk: bytes) -> int:
        self._rows += chunk.count(b"\n")
        return max(self._rows, 0)


class _CsvRows:
    """Line ends outside quotes, less the header's. A doubled quote leaves and enters, which comes to the same."""

    def __init__(self) -> None:
        self._rows, self._quoted = -1, False

    def __call__(self, chunk: bytes) -> int:
        for piece, part in enumerate(chunk.split(b'"')):
            if piece:
                self._quoted = not self._quoted
            if not self._quoted:
                self._rows += part.count(b"\n")
        return max(self._rows, 0)


class _XmlRows:
    """Start tags; a literal's own `<` is escaped."""

    _TAG = b"<result>"

    def __init__(self) -> None:
        self._rows, self._tail = 0, b""

    def __call__(self, chunk: bytes) -> int:
        data = self._tail + chunk
        self._rows += data.count(self._TAG)
        self._tail = data[-len(self._TAG) + 1 :]
        return self._rows


class _JsonRows:
    """Objects that begin a list or follow a comma, outside strings; terms follow a colon."""

    _STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
    _REST = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)

    def __init__(self) -> None:
        self._rows, self._in_string, self._tail, self._last = 0, False, b"", b""

    def __call__(self, chunk: bytes) -> int:
        data = self._tail + chunk
        self._tail = b""
        if self._in_string:
            data = self._skip_rest(data)
        if not self._in_string:
            data = self._STRING.sub(b"", data)
            opening = data.find(b'"')
            if opening >= 0:
                self._in_string = True
                self._skip_rest(data[opening + 1 :])
                data = data[:opening]
            data = self._last + data
            self._rows += data.count(b"[{") + data.count(b",{")
            self._last = data[-1:]
        return self._rows

    def _skip_rest(self, data: bytes) -> bytes:
        """What follows the end of the open string; keeps a trailing lone backslash for the next chunk."""
        end = self._REST.match(data).end()  # type: ignore[union-attr]
        if end < len(data) and data[end : end + 1] == b'"':
            self._in_string = False
            return data[end + 1 :]
        self._tail = data[end:]
        return b""
