"""The text index: tantivy over public records, fed from the ledger, with one writer and any number of readers.

How a person's words become a query is catalogue.search's business; engines.md section 3 has measurements and traps.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
import tantivy

from catalogue.problems import Locked
from catalogue.store.image_lists import LIST
from catalogue.store.ontologies import Ontology

if TYPE_CHECKING:
    from catalogue.store.ledger import Entry

log = structlog.get_logger(__name__)

# Rises when fields or their contents change; an index of another form is built anew.
FORM: Final = 1
WRITER_BYTES: Final = 64 << 20
POSITION_FILE: Final = "position.json"

STEMMED: Final = ("title", "description", "keywords", "organisms", "methods", "authors", "broader")
RAW: Final = "raw"
WORDS: Final = "words"
STEMS: Final = "stems"


def schema() -> tantivy.Schema:
    """Fields of the index.

    Stemmed text: STEMMED. `words`: all of it unstemmed, for prefixes and misspellings. `name`: every identifier of the
    record in lower case, raw. `organism`, `method`: CURIEs with all their ancestors, to filter by; `organism_direct`,
    `method_direct`: CURIEs as recorded, to count. `position`: for newest first. `shown`: JSON of what a hit shows.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("curie", stored=True, tokenizer_name=RAW, index_option="basic")
    builder.add_text_field("kind", stored=False, fast=True, tokenizer_name=RAW, index_option="basic")
    for name in STEMMED:
        builder.add_text_field(name, stored=name in ("title", "description"), tokenizer_name=STEMS)
    builder.add_text_field("words", stored=False, tokenizer_name=WORDS)
    for name in ("name", "parent", "organism", "method"):
        builder.add_text_field(name, stored=False, tokenizer_name=RAW, index_option="basic")
    for name in ("organism_direct", "method_direct", "owner", "year"):
        builder.add_text_field(name, stored=False, fast=True, tokenizer_name=RAW, index_option="basic")
    builder.add_unsigned_field("position", fast=True)
    builder.add_text_field("shown", stored=True, tokenizer_name=RAW, index_option="basic")
    return builder.build()


def analyzer(name: str) -> tantivy.TextAnalyzer:
    """The analyzer of stemmed text (STEMS) or of plain words (WORDS): lower case, accents folded."""
    made = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    if name == STEMS:
        made = made.filter(tantivy.Filter.stopword("english")).filter(tantivy.Filter.stemmer("english"))
    return made.build()


def open_index(folder: Path) -> tantivy.Index:
    """The index in `folder`, made when there is none.

    Raises:
        ValueError: what lies there is damaged or of another form.
    """
    index = tantivy.Index(schema(), path=str(folder))
    for name in (STEMS, WORDS):
        index.register_tokenizer(name, analyzer(name))
    return index


class TextView:
    """The view that searches read.

    Args:
        folder: `DIR/search`; made when missing.
        ontology: labels and ancestors by which records are also found; another ontology means a new index.
    Raises:
        Locked: another process writes this index.
    """

    name = "text"

    def __init__(self, folder: Path, ontology: Ontology) -> None:
        self._folder = folder
        self._ontology = ontology
        self._position, self._entry_hash = 0, ""
        self._dirty = False
        self.rebuilding = False
        # Labels are those of the ontology it was opened with; another one means a new index at opening.
        self.stale = False
        folder.mkdir(parents=True, exist_ok=True)
        self._open()

    def position(self) -> int:
        """Ledger position of the last entry applied."""
        return self._position

    def entry_hash(self) -> str:
        """Hash of the ledger entry at that position."""
        return self._entry_hash

    def apply(self, entries: Sequence[Entry]) -> None:
        """Replace the documents of the records named; readers see them after `publish`."""
        fresh = [entry for entry in entries if entry.position > self._position]
        if not fresh:
            return
        last = {entry.curie: entry for entry in fresh}
        # One search at commit, where a deletion for each record would cost one each.
        query = tantivy.Query.term_set_query(self._index.schema, "curie", list(last))
        try:
            self._writer.delete_documents_by_query(query)
            for entry in last.values():
                if entry.status == "public" and entry.kind != LIST:
                    self._writer.add_document(document(entry, self._ontology))
        except ValueError:
            self._reopen()
            raise
        self._position, self._entry_hash = fresh[-1].position, fresh[-1].entry_hash
        self._dirty = True

    def publish(self) -> None:
        """Commit, then note the position.

        A crash between the two leaves an older position: the replay deletes and adds the same records again.
        """
        if not self._dirty:
            return
        try:
            self._writer.commit()
        except ValueError:
            self._reopen()
            raise
        self._note_position()
        self._dirty = False
        self.rebuilding = False

    def tidy(self) -> None:
        """Nothing to do: tantivy merges segments by itself."""

    def reset(self) -> None:
        """Empty the index; readers see the old content until the next publish."""
        (self._folder / POSITION_FILE).unlink(missing_ok=True)
        _sync(self._folder)
        self._writer.rollback()
        self._writer.delete_all_documents()
        self._position, self._entry_hash = 0, ""
        self._dirty = True
        self.rebuilding = True

    def close(self) -> None:
        """Give up the writer and its lock; what was not published is applied again next time."""
        writer = self.__dict__.pop("_writer", None)
        if writer is not None:
            writer.rollback()
        del writer

    def _open(self) -> None:
        try:
            self._index = open_index(self._folder)
        except ValueError as error:
            log.warning("text.index_unreadable", error=str(error))
            self._start_over()
        self._writer = self._make_writer()
        found = self._noted()
        if found is None:
            if self._index.searcher().num_docs:
                self.reset()
            self._dirty = True
            return
        if found.get("form") != FORM or found.get("ontology") != self._ontology.digest:
            log.info("text.form_changed")
            self.reset()
            return
        self._position, self._entry_hash = found["position"], found["entry_hash"]

    def _reopen(self) -> None:
        """Go back to what was last published: a writer whose thread died refuses everything from then on."""
        log.warning("text.writer_reopened")
        self.close()
        self._position, self._entry_hash = 0, ""
        self._dirty = self.rebuilding = False
        self._open()

    def _make_writer(self) -> tantivy.IndexWriter:
        try:
            return self._index.writer(WRITER_BYTES, 1)
        except ValueError as error:
            if "lock" not in str(error).lower():
                raise
            raise Locked(
                "Another process is writing the search index of this data folder. Stop that worker (ommatidia serve or "
                "ommatidia work), or wait until its rebuild has ended, and try again."
            ) from error

    def _start_over(self) -> None:
        for path in self._folder.iterdir():
            # Its owner may be alive, and removing the file would let a second writer in beside it.
            if path.name != ".tantivy-writer.lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._index = open_index(self._folder)

    def _noted(self) -> dict[str, Any] | None:
        try:
            noted: dict[str, Any] = json.loads((self._folder / POSITION_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        return noted

    def _note_position(self) -> None:
        noted = {
            "position": self._position,
            "entry_hash": self._entry_hash,
            "form": FORM,
            "ontology": self._ontology.digest,
        }
        fresh = self._folder / f".{POSITION_FILE}.new"
        with fresh.open("w") as file:
            json.dump(noted, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / POSITION_FILE)
        _sync(self._folder)


def document(entry: Entry, ontology: Ontology) -> tantivy.Document:
    """The document of a public record."""
    record = entry.record
    terms = {t["id"]: t for t in record.get("terms", ()) if "id" in t}
    organisms, methods = _curies(record, "organisms"), _curies(record, "methods")
    year = str(record.get("date_published", ""))[:4]
    shown = {
        "kind": entry.kind,
        "owner": entry.owner,
        "year": int(year) if year.isdigit() else None,
        "parent": entry.parent,
        "organisms": [[c, _label(c, terms, ontology)] for c in organisms],
        "methods": [[c, _label(c, terms, ontology)] for c in methods],
        "thumbnail": next(iter(record.get("thumbnails", ())), None),
    }
    texts = {
        "title": [record.get("title", "")],
        "description": [record.get("description", "")],
        "keywords": [*record.get("keywords", ()), *(_label(c, terms, ontology) for c in _curies(record, "subjects"))],
        "organisms": sorted(_names(organisms, terms, ontology)),
        "methods": sorted(_names(methods, terms, ontology)),
        "authors": [a.get("name", "") for a in record.get("authors", ())],
    }
    broader = _above([*organisms, *methods], ontology)
    texts["broader"] = sorted({name for c in broader for name in ontology.labels(c)})
    texts = {name: [value for value in values if value] for name, values in texts.items()}
    accession = record.get("accession", "")
    names = {entry.curie, accession, *entry.aliases}
    names |= {*record.get("alternative_identifiers", ()), *record.get("former_identifiers", ())}
    # One call for all fields: one for each value takes twice as long.
    made = tantivy.Document(
        curie=entry.curie,
        kind=entry.kind,
        **texts,
        words=[*chain.from_iterable(texts.values()), accession],
        name=[name.casefold() for name in sorted(filter(None, names))],
        parent=[entry.parent] if entry.parent else [],
        organism_direct=organisms,
        organism=sorted({*organisms, *_above(organisms, ontology)}),
        method_direct=methods,
        method=sorted({*methods, *_above(methods, ontology)}),
        owner=entry.owner,
        year=[year] if shown["year"] else [],
        shown=json.dumps({k: v for k, v in shown.items() if v}, ensure_ascii=False),
    )
    # Document(position=…) would make a signed number and kill the writer's thread (engines.md section 3).
    made.add_unsigned("position", entry.position)
    return made


def _curies(record: dict[str, Any], key: str) -> list[str]:
    return list(dict.fromkeys(record.get(key, ())))


def _label(curie: str, terms: dict[str, Any], ontology: Ontology) -> str:
    return str(terms.get(curie, {}).get("label") or ontology.label(curie) or curie)


def _names(curies: Iterable[str], terms: dict[str, Any], ontology: Ontology) -> set[str]:
    found: set[str] = set()
    for curie in curies:
        term = terms.get(curie, {})
        found |= {term.get(k, "") for k in ("label", "vernacular_name", "source_label")}
        found |= ontology.labels(curie) | ontology.synonyms(curie)
    return found - {""}


def _above(curies: Iterable[str], ontology: Ontology) -> set[str]:
    return {ancestor for curie in curies for ancestor in ontology.ancestors(curie)}


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
