"""From a statement of a graph to its place in the text; says nothing rather than something wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from catalogue.validation.source import Place, SourceText
from catalogue.validation.turtle_text import Subject

Finder = Callable[[SourceText, set[str], str], dict[str, Subject]]


class Locator(Protocol):
    """Says where in a file the statements about a subject stand."""

    def expect(self, subjects: Iterable[str]) -> None:
        """The IRIs that will be asked for."""
        ...

    def place(self, subject: str, predicate: str, value: str) -> Place | None:
        """The place of the value, else of the predicate, else of the subject; None when none is known.

        Args:
            subject: IRI of the subject.
            predicate: IRI; "" when the subject itself is meant.
            value: text or IRI of the object; "" when it is missing.
        """
        ...


class TextLocator:
    """Over a text whose subjects a finder can tell."""

    def __init__(self, source: SourceText, finder: Finder, base: str):
        self._source = source
        self._finder = finder
        self._base = base
        self._found: dict[str, Subject] = {}

    def expect(self, subjects: Iterable[str]) -> None:
        """The IRIs that will be asked for; the text is read once for all of them."""
        self._found = self._finder(self._source, set(subjects), self._base)

    def place(self, subject: str, predicate: str, value: str) -> Place | None:
        """See Locator."""
        known = self._found.get(subject)
        if known is None:
            return None
        span, objects = known.properties.get(predicate, (known.span, []))
        spans = [where for text, where in objects if value and text == value]
        return self._source.place(*(spans[0] if len(spans) == 1 else span))
