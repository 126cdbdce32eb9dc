"""The names of one ontology in a tantivy index, from which those worth comparing with a text are drawn.

Names of millions of terms cannot each be compared: the index gives the few that share words with the text, each word
within a distance of edits. engines.md section 3 has tantivy's measurements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from catalogue.store.ontologies.matching import abbreviated, is_short_genus, readings, words
from catalogue.store.ontologies.term import prefix_of

if TYPE_CHECKING:
    import tantivy

log = structlog.get_logger(__name__)

WRITER_BYTES: Final = 64 << 20
# Names drawn for one text; of 387 real texts none had the right one below place 13.
DRAWN: Final = 100
_WHOLE, _NEAR, _WORD = 40.0, 20.0, 2.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a term.

    Args:
        scope: of the synonym, 0 for the label.
    """

    curie: str
    scope: int
    text: str


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
    for field in ("whole", "prefix"):
        builder.add_text_field(field, stored=False, tokenizer_name="raw", index_option="basic")
    # Bytes, because a text field is always indexed too: half the size for millions of names.
    for field in ("curie", "text"):
        builder.add_bytes_field(field, stored=True)
    builder.add_unsigned_field("scope", stored=True)
    return builder.build()


def write_names(folder: Path, names: Iterable[tuple[str, int, str]]) -> None:
    """Makes the index of (CURIE, scope, text) in a new folder."""
    import tantivy

    folder.mkdir()
    _fill(tantivy.Index(_schema(), path=str(folder)), names)


def _fill(index: tantivy.Index, names: Iterable[tuple[str, int, str]]) -> None:
    import tantivy

    writer = index.writer(WRITER_BYTES, 1)
    for curie, scope, text in names:
        whole = sorted({*(reading.joined for reading in readings(text)), abbreviated(text)} - {""})
        document = tantivy.Document(words=" ".join(words(text)), whole=whole, prefix=prefix_of(curie))
        document.add_bytes("curie", curie.encode())
        document.add_bytes("text", text.encode())
        # As a keyword a number would be signed and kill the writer's thread (engines.md section 3).
        document.add_unsigned("scope", scope)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()


class NameIndex:
    """Names to be searched.

    Args:
        folder: what `write_names` made; None when `index` is given.
    """

    def __init__(self, folder: Path | None, index: tantivy.Index | None = None) -> None:
        self._folder = folder
        self._given = index

    @classmethod
    def of(cls, names: Iterable[tuple[str, int, str]]) -> NameIndex:
        """An index in memory."""
        import tantivy

        index = tantivy.Index(_schema())
        _fill(index, names)
        return cls(None, index)

    def draw(self, text: str, prefixes: tuple[str, ...] = ()) -> list[Name]:
        """The names most like `text`, at most DRAWN; those of an index that was removed meanwhile are none.

        Args:
            prefixes: only names of terms of these ontologies.
        """
        if self._index is None:
            return []
        parts = list(self._queries(text))
        if not parts:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(_any_of(parts, self._within(prefixes)), DRAWN, count=False).hits
        found = (searcher.doc(address) for _, address in hits)
        return [Name(_text(doc["curie"]), doc["scope"][0], _text(doc["text"])) for doc in found]

    @cached_property
    def _index(self) -> tantivy.Index | None:
        import tantivy

        if self._folder is None:
            return self._given
        try:
            return tantivy.Index.open(str(self._folder))
        except (ValueError, OSError) as error:
            log.warning("ontologies.names_unreadable", folder=str(self._folder), error=str(error))
            return None

    def _within(self, prefixes: tuple[str, ...]) -> Any:
        import tantivy

        assert self._index is not None
        return tantivy.Query.term_set_query(self._index.schema, "prefix", list(prefixes)) if prefixes else None

    def _queries(self, text: str) -> Iterator[Any]:
        """Queries of which a name should answer as many as possible."""
        for reading in readings(text):
            yield from self._like("whole", reading.joined, _WHOLE, _NEAR)
        if is_short_genus(text):
            yield from self._like("whole", abbreviated(text), _WHOLE, _NEAR)
        for word in dict.fromkeys(words(text)):
            yield from self._like("words", word, _WORD, _WORD)

    def _like(self, field: str, token: str, same: float, near: float) -> Iterator[Any]:
        import tantivy

        assert self._index is not None
        schema = self._index.schema
        yield tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, token, "freq"), same)
        distance = _edits(token)
        if distance:
            fuzzy = tantivy.Query.fuzzy_term_query(schema, field, token, distance=distance)
            yield tantivy.Query.boost_query(fuzzy, near)


def _text(values: list[Any]) -> str:
    return bytes(values[0]).decode()


def _any_of(parts: list[Any], within: Any) -> Any:
    import tantivy

    either = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
    if within is None:
        return either
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, within), (tantivy.Occur.Must, either)])


def _edits(token: str) -> int:
    """Edits by which a token may differ and still be meant; short ones would be anything."""
    if len(token) < 4:
        return 0
    return 1 if len(token) < 8 else 2
