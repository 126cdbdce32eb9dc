"""RDF/XML before its parser sees it: no DOCTYPE, no deep nesting, and where its subjects stand.

The RDF/XML parser aborts the process on entity bombs and is quadratic in depth (reliability.md section 2).
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from catalogue.validation.source import SourceText
from catalogue.validation.turtle_text import Subject, resolve

MAX_DEPTH: Final = 64
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML_BASE: Final = "http://www.w3.org/XML/1998/namespace base"


def check_xml(source: SourceText) -> None:
    """Goes through the text once.

    Raises:
        RecordRejected: not well formed, with a DOCTYPE, or nested deeper than 64 elements; `place` says where.
    """
    _Walk(source, set(), "").run()


def find_elements(source: SourceText, wanted: set[str], base: str) -> dict[str, Subject]:
    """IRI -> place of each wanted thing: where rdf:about or rdf:ID names it, else where rdf:resource points at it."""
    walk = _Walk(source, wanted, base)
    walk.run()
    return {**walk.mentioned, **walk.found}


class _Walk:
    def __init__(self, source: SourceText, wanted: set[str], base: str):
        self.found: dict[str, Subject] = {}
        self.mentioned: dict[str, Subject] = {}
        self._source = source
        self._bytes = source.text.encode()
        self._wanted = wanted
        self._bases = [base]
        self._subjects: list[Subject | None] = []
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def run(self) -> None:
        try:
            self._parser.Parse(self._bytes, True)
        except expat.ExpatError as error:
            self._source.refuse(f"This is not XML: {expat.ErrorString(error.code)}.", self._offset())

    def _offset(self) -> int:
        return len(self._bytes[: max(self._parser.CurrentByteIndex, 0)].decode("utf-8", "ignore"))

    def _refuse_doctype(self, *_: object) -> None:
        self._source.refuse("A DOCTYPE is never read; take it out and write entities as characters.", self._offset())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._subjects) >= MAX_DEPTH:
            self._source.refuse(f"This is nested deeper than {MAX_DEPTH} elements.", self._offset())
        base = attributes.get(_XML_BASE)
        self._bases.append(resolve(self._bases[-1], base) if base else self._bases[-1])
        named = attributes.get(f"{_RDF} about")
        if named is None and f"{_RDF} ID" in attributes:
            named = "#" + attributes[f"{_RDF} ID"]
        holder = self._subjects[-1] if self._subjects else None
        if holder is not None:
            holder.properties.setdefault(name.replace(" ", ""), (self._span(), []))
        subject = None
        if named is not None:
            iri = resolve(self._bases[-1], named)
            if iri in self._wanted:
                subject = self.found.setdefault(iri, Subject(self._span()))
        self._subjects.append(subject)
        pointed_at = attributes.get(f"{_RDF} resource")
        if pointed_at is not None:
            iri = resolve(self._bases[-1], pointed_at)
            if iri in self._wanted:
                self.mentioned.setdefault(iri, Subject(self._span()))

    def _end(self, name: str) -> None:
        self._subjects.pop()
        self._bases.pop()

    def _span(self) -> tuple[int, int]:
        start = self._offset()
        return start, start + 1
