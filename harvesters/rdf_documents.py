"""Partner RDF as quads: parsed in a confined process, since its parsers abort or never end on hostile documents.

Facts in reliability.md section 2: RDF/XML entity bombs and deep nesting, JSON-LD nested 20,000 deep (SIGSEGV).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NoReturn
from xml.parsers import expat

import pyoxigraph as ox

from catalogue.problems import RecordRejected
from harvesters.confined import confined
from harvesters.jsonbytes import parse_json

MAX_XML_DEPTH: Final = 64
_FORMATS: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "text/n3": ox.RdfFormat.N3,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}


def iter_quads(
    content: bytes,
    media_type: str,
    *,
    base_iri: str,
    timeout_s: float = 20.0,
    max_answer_bytes: int = 64 << 20,
) -> Iterator[ox.Quad]:
    """The statements of a document, in its order; blank nodes keep the labels of the parser.

    Args:
        media_type: of a format in reliability.md section 2, parameters such as charset left out of account.
        base_iri: where relative IRIs begin; http(s).
        max_answer_bytes: of the document as N-Quads.
    Raises:
        RecordRejected: `not-parsable` for damaged syntax, a DOCTYPE, more than 64 levels of XML or JSON, a remote
            JSON-LD context or another format; `bad-encoding` where the text is not UTF-8; `too-large` for what needs
            more time or room.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in _FORMATS:
        raise RecordRejected(
            f"The document comes as {kind[:80] or 'nothing'}, no RDF format read here ({', '.join(_FORMATS)}).",
            reason="not-parsable",
        )
    head = f"{kind}\n{base_iri}\n".encode()
    answer = confined(
        "harvesters.rdf_documents:parse_confined",
        head + content,
        timeout_s=timeout_s,
        max_answer_bytes=max_answer_bytes,
    )
    # N-Quads has no nesting and is our own writing: safe here.
    return iter(ox.parse(answer, ox.RdfFormat.N_QUADS))


def parse_confined(message: bytes) -> bytes:
    """N-Quads for media type, base IRI and document, each of the first two on a line of its own."""
    kind, base, content = message.split(b"\n", 2)
    media_type = kind.decode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordRejected(
            f"The document is not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}. Save it as UTF-8.",
            reason="bad-encoding",
        ) from error
    if media_type == "application/rdf+xml":
        check_xml(content)
    elif media_type == "application/ld+json":
        parse_json(content)
    quads = ox.parse(content, _FORMATS[media_type], base_iri=base.decode())
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def check_xml(content: bytes) -> None:
    """Goes through an XML document once.

    Raises:
        RecordRejected: not well formed, with a DOCTYPE, or nested deeper than 64 elements.
    """
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_XML_DEPTH:
            _refuse(f"nested deeper than {MAX_XML_DEPTH} elements. Write it flat", parser.CurrentLineNumber)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        _refuse("with a DOCTYPE, which is never read. Take it out", parser.CurrentLineNumber)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler, parser.EndElementHandler = doctype, start, end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        _refuse(f"no XML: {expat.ErrorString(error.code)}. Mend its syntax", error.lineno)


def _refuse(what: str, line: int) -> NoReturn:
    raise RecordRejected(f"The document is {what} (line {line}).", reason="not-parsable")
