"""Words to hits: what people type, made into one query over the text index, with facet counts and a correction.

Nothing typed is an error: all of it is words, phrases in quotes or identifiers. The index is catalogue.store.text's.
"""

from __future__ import annotations

import difflib
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import structlog
import tantivy
from tantivy import Occur, Query

from catalogue.model.identifiers import parse_identifier
from catalogue.problems import BadRequest, Problem
from catalogue.store.text import STEMS, WORDS, analyzer, open_index

log = structlog.get_logger(__name__)

MAX_TEXT: Final = 500
MAX_WORDS: Final = 24
MAX_LIMIT: Final = 200
MAX_OFFSET: Final = 100_000
FACET_SIZE: Final = 25
SNIPPET_CHARACTERS: Final = 240
RELOAD_EVERY_S: Final = 0.25

FILTERS: Final = ("kind", "organism", "method", "owner", "year", "parent")
_BOOSTS: Final = {
    "title": 4.0,
    "organisms": 3.0,
    "methods": 3.0,
    "keywords": 2.0,
    "authors": 1.5,
    "description": 1.0,
    "broader": 0.3,
}
_FACETS: Final = {"organisms": "organism_direct", "methods": "method_direct", "owners": "owner", "years": "year"}
_EXACT: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Named:
    """A term as (CURIE, label)."""

    curie: str
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of plain text; `marked` where it matched."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found.

    Args:
        snippet: pieces of the description, to be joined without blanks; empty when there is none.
        parent: CURIE of an image's study.
    """

    curie: str
    kind: str
    title: str
    owner: str
    organisms: tuple[Named, ...] = ()
    methods: tuple[Named, ...] = ()
    year: int | None = None
    parent: str | None = None
    thumbnail: str | None = None
    snippet: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many records of the whole answer have a value; `value` is what the filter of that name takes."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of an answer.

    Args:
        total: records found, over all pages.
        facets: `organisms`, `methods`, `owners` and `years`, each most frequent first.
        corrected: what was searched for instead, when nothing matched the words as typed; else None.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    corrected: str | None = None


class SearchService:
    """Searches over the index in `folder`; sees each publication of the worker within a quarter of a second.

    Args:
        folder: `DIR/search`; while there is no index in it every answer is empty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._inode = 0
        self._checked = float("-inf")

    def search(
        self, text: str = "", limit: int = 20, offset: int = 0, filters: Mapping[str, str] | None = None
    ) -> SearchPage:
        """Records that have all the words, best first; without words all records, newest first.

        The last word may be unfinished. An identifier in any of its forms finds its record first, of whatever kind.
        Otherwise only studies are searched, unless a filter names a `kind`; `kind=any` searches everything.

        Args:
            limit: hits of this page, 0 to MAX_LIMIT.
            offset: hits to leave out, 0 to MAX_OFFSET.
            filters: by FILTERS; organism and method take a CURIE and include all kinds of it.
        Raises:
            BadRequest: a number out of range or an unknown filter.
        """
        _check(text, limit, offset, filters or {})
        searcher, schema = self._searcher()
        if searcher is None or schema is None:
            return SearchPage(0, (), {})
        asked = _Asked(text, dict(filters or {}))
        page = _run(searcher, schema, asked, asked.query(schema), limit, offset, None)
        if page.total or not asked.words:
            return page
        better = _correct(searcher, asked)
        if better is not None:
            fixed = _Asked(better, asked.filters)
            page = _run(searcher, schema, fixed, fixed.query(schema), limit, offset, better)
        return page if page.total else _run(searcher, schema, asked, asked.loose_query(schema), limit, offset, None)

    def _searcher(self) -> tuple[tantivy.Searcher | None, tantivy.Schema | None]:
        with self._lock:
            now = time.monotonic()
            if now - self._checked >= RELOAD_EVERY_S:
                self._refresh()
                self._checked = now
            if self._index is None:
                return None, None
            return self._index.searcher(), self._index.schema

    def _refresh(self) -> None:
        meta = self._folder / "meta.json"
        if not meta.exists():
            self._index = None
            return
        inode = self._folder.stat().st_ino
        try:
            if self._index is None or inode != self._inode:
                self._index = open_index(self._folder)
                self._inode = inode
            self._index.reload()
        except ValueError as error:
            log.warning("search.index_unreadable", error=str(error))
            self._index = None


class _Asked:
    """What a person typed, taken apart."""

    def __init__(self, text: str, filters: dict[str, str]) -> None:
        self.text = text.strip()
        self.filters = filters
        self.phrases = re.findall(r'"([^"]+)"', self.text)
        rest = re.sub(r'"[^"]*"', " ", self.text).replace('"', " ")
        self.words = _tokens(WORDS, rest)[:MAX_WORDS]
        self.unfinished = bool(self.words) and not text.endswith((" ", '"'))

    def query(self, schema: tantivy.Schema) -> tantivy.Query:
        """All words and phrases, in records that pass the filters; or the record named."""
        must = [_phrase(schema, phrase) for phrase in self.phrases if _tokens(STEMS, phrase)]
        for place, word in enumerate(self.words):
            last = self.unfinished and place == len(self.words) - 1
            found = _word(schema, word, unfinished=last)
            if found is not None:
                must.append(found)
        if not must:
            return self._named_or(schema, self._filtered(schema, None if self.text else Query.all_query()))
        return self._named_or(schema, self._filtered(schema, _all(must)))

    def loose_query(self, schema: tantivy.Schema) -> tantivy.Query:
        """Each word or one that differs from it in one or two letters."""
        must = [
            Query.fuzzy_term_query(schema, "words", word, distance=1 if len(word) < 6 else 2)
            for word in self.words
            if len(word) > 3
        ]
        return self._filtered(schema, _all(must) if must else None)

    def stems(self) -> list[str]:
        """Stems of everything typed, to mark in snippets."""
        return _tokens(STEMS, self.text)[:MAX_WORDS]

    def _named_or(self, schema: tantivy.Schema, otherwise: tantivy.Query) -> tantivy.Query:
        names = sorted(_names(self.text))
        if not names:
            return otherwise
        named = Query.boost_query(Query.const_score_query(Query.term_set_query(schema, "name", names), 1.0), _EXACT)
        chosen = [(Occur.Must, named), *self._conditions(schema, default_kind=None)]
        return Query.boolean_query([(Occur.Should, Query.boolean_query(chosen)), (Occur.Should, otherwise)])

    def _filtered(self, schema: tantivy.Schema, query: tantivy.Query | None) -> tantivy.Query:
        if query is None:
            return Query.empty_query()
        return Query.boolean_query([(Occur.Must, query), *self._conditions(schema, default_kind="study")])

    def _conditions(self, schema: tantivy.Schema, default_kind: str | None) -> list[tuple[Occur, tantivy.Query]]:
        wanted = {"kind": default_kind, **self.filters} if "parent" not in self.filters else self.filters
        return [
            (Occur.Must, Query.const_score_query(Query.term_query(schema, name, value, "basic"), 0.0))
            for name, value in wanted.items()
            if value and (name, value) != ("kind", "any")
        ]


@lru_cache(maxsize=4)
def _analyzer(name: str) -> tantivy.TextAnalyzer:
    return analyzer(name)


def _tokens(name: str, text: str) -> list[str]:
    return list(_analyzer(name).analyze(text))


def _names(text: str) -> set[str]:
    """Forms, in lower case, under which a record that `text` or a part of it names may be indexed."""
    found: set[str] = set()
    parts = text.split()
    for part in {text, *(p for p in parts[:MAX_WORDS] if any(c.isdigit() for c in p))} - {""}:
        found.add(part.strip('"').casefold())
        try:
            found.add(parse_identifier(part.strip('"')).curie.casefold())
        except Problem as problem:
            found |= {str(c).casefold() for c in problem.members.get("candidates", ())}
    return found


def _word(schema: tantivy.Schema, word: str, unfinished: bool) -> tantivy.Query | None:
    """A word in any field; None for one that says nothing, such as "of"."""
    stems = _tokens(STEMS, word)
    ways = [
        Query.boost_query(Query.term_query(schema, name, stem), boost)
        for stem in stems
        for name, boost in _BOOSTS.items()
    ]
    if not ways and not unfinished:
        return None
    ways.append(Query.boost_query(Query.term_query(schema, "words", word), 0.5))
    if unfinished and len(word) > 1:
        prefix = Query.fuzzy_term_query(schema, "words", word, distance=0, transposition_cost_one=False, prefix=True)
        ways.append(Query.boost_query(prefix, 0.5))
    return Query.disjunction_max_query(ways, 0.1)


def _phrase(schema: tantivy.Schema, phrase: str) -> tantivy.Query:
    """Words side by side in one field; positions keep the gaps that words like "of" leave."""
    words = _tokens(WORDS, phrase)
    if len(words) == 1:
        return _word(schema, words[0], unfinished=False) or Query.all_query()
    return Query.phrase_query(schema, "words", words)


def _all(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _check(text: str, limit: int, offset: int, filters: Mapping[str, str]) -> None:
    if len(text) > MAX_TEXT:
        raise BadRequest(f"The search text has {len(text)} characters; at most {MAX_TEXT} are taken.")
    if not 0 <= limit <= MAX_LIMIT:
        raise BadRequest(f"limit is {limit}; it goes from 0 to {MAX_LIMIT}.")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadRequest(f"offset is {offset}; it goes from 0 to {MAX_OFFSET}; narrow the search by a filter.")
    for name in filters:
        if name not in FILTERS:
            raise BadRequest(f"'{name[:50]}' is no filter; known are {', '.join(FILTERS)}.")


def _run(
    searcher: tantivy.Searcher,
    schema: tantivy.Schema,
    asked: _Asked,
    query: tantivy.Query,
    limit: int,
    offset: int,
    corrected: str | None,
) -> SearchPage:
    newest = None if asked.text else "position"
    # tantivy refuses a limit of 0.
    found = searcher.search(query, max(limit, 1), count=True, offset=offset, order_by_field=newest)
    marker = _marker(searcher, schema, asked.stems())
    hits = tuple(_hit(searcher.doc(address), marker) for _, address in found.hits[:limit])
    return SearchPage(found.count or 0, hits, _facets(searcher, schema, query), corrected)


def _hit(document: tantivy.Document, marker: tantivy.SnippetGenerator | None) -> Hit:
    shown = json.loads(document.get_first("shown"))
    return Hit(
        curie=document.get_first("curie"),
        kind=shown["kind"],
        title=document.get_first("title") or document.get_first("curie"),
        owner=shown["owner"],
        organisms=tuple(Named(*pair) for pair in shown.get("organisms", ())),
        methods=tuple(Named(*pair) for pair in shown.get("methods", ())),
        year=shown.get("year"),
        parent=shown.get("parent"),
        thumbnail=shown.get("thumbnail"),
        snippet=_snippet(document, marker),
    )


def _marker(
    searcher: tantivy.Searcher, schema: tantivy.Schema, stems: Sequence[str]
) -> tantivy.SnippetGenerator | None:
    if not stems:
        return None
    words = Query.boolean_query([(Occur.Should, Query.term_query(schema, "description", s)) for s in stems])
    marker = tantivy.SnippetGenerator.create(searcher, words, schema, "description")
    marker.set_max_num_chars(SNIPPET_CHARACTERS)
    return marker


def _snippet(document: tantivy.Document, marker: tantivy.SnippetGenerator | None) -> tuple[Piece, ...]:
    description = document.get_first("description") or ""
    found = marker.snippet_from_doc(document) if marker is not None else None
    if found is None or not found.fragment():
        short = description[:SNIPPET_CHARACTERS]
        if len(description) > SNIPPET_CHARACTERS:
            short = short.rpartition(" ")[0] + " …"
        return (Piece(short, False),) if short else ()
    fragment = found.fragment().encode()  # highlights count bytes
    pieces, at = [], 0
    for span in found.highlighted():
        pieces.append(Piece(fragment[at : span.start].decode(), False))
        pieces.append(Piece(fragment[span.start : span.end].decode(), True))
        at = span.end
    pieces.append(Piece(fragment[at:].decode(), False))
    return tuple(piece for piece in pieces if piece.text)


def _facets(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: tantivy.Query
) -> dict[str, tuple[FacetCount, ...]]:
    wanted = {name: {"terms": {"field": column, "size": FACET_SIZE}} for name, column in _FACETS.items()}
    counted: dict[str, Any] = searcher.aggregate(query, wanted)
    facets = {}
    for name, column in _FACETS.items():
        buckets = [(str(b["key"]), int(b["doc_count"])) for b in counted[name]["buckets"]]
        labels = _labels(searcher, schema, column, [value for value, _ in buckets])
        rows = [FacetCount(value, labels.get(value, value), count) for value, count in buckets]
        facets[name] = tuple(sorted(rows, key=lambda row: (-row.count, row.label)))
    return facets


def _labels(searcher: tantivy.Searcher, schema: tantivy.Schema, column: str, curies: Sequence[str]) -> dict[str, str]:
    """CURIE -> label as some record that has it shows it."""
    kind = {"organism_direct": "organisms", "method_direct": "methods"}.get(column)
    labels: dict[str, str] = {}
    if kind is None:
        return labels
    for curie in curies:
        for _, address in searcher.search(Query.term_query(schema, column, curie, "basic"), 1, count=False).hits:
            labels |= dict(json.loads(searcher.doc(address).get_first("shown")).get(kind, ()))
    return labels


def _correct(searcher: tantivy.Searcher, asked: _Asked) -> str | None:
    """The text with each unknown word replaced by the most alike known one; None when nothing is gained."""
    better: list[str] = []
    for word in asked.words:
        if len(word) < 4 or searcher.doc_freq("words", word) or not word.isalpha():
            better.append(word)
            continue
        known = dict(searcher.terms_with_prefix("words", word[0]))
        alike = difflib.get_close_matches(word, known, n=5, cutoff=0.75)
        ranked = sorted(alike, key=lambda k: (-difflib.SequenceMatcher(None, word, k).ratio(), -known[k], k))
        better.append(ranked[0] if ranked else word)
    if better == asked.words:
        return None
    return " ".join([*better, *(f'"{phrase}"' for phrase in asked.phrases)])
