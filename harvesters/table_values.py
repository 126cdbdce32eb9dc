"""What the cells of one row become: values of the model, each by the kind of its column; pure.

Several values of a cell are parted by `|`; a term is `label [id]`, an id, or a label alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import day, is_web_address, licence_iri, paper_id, partial_date
from catalogue.model.namespaces import expand
from catalogue.model.ontology_terms import repair_term
from harvesters.account import Entry
from harvesters.draft import StudyDraft
from harvesters.table_columns import Column

_NAMED: Final = re.compile(r"(?P<label>.*?)\s*\[(?P<id>[^\[\]]+)\]")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
Parts = Mapping[str, Mapping[str, str]]


class RowReader:
    """Reads rows of one study.

    Args:
        parts: sheet -> title of a row, case folded -> its id, for cells that name other rows.
        own_terms: a label without id becomes a term of the study; not so in records that are not the study's.
    """

    def __init__(self, draft: StudyDraft, parts: Parts, own_terms: bool = True):
        self._draft, self._parts, self._own_terms = draft, parts, own_terms

    def fields(self, row: Entry, columns: Iterable[Column], skip: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Slot -> value of the cells that hold something usable; parts of a dotted column are nested."""
        found: dict[str, Any] = {}
        for column in columns:
            if column.name in skip or not row.has(column.name):
                continue
            value = self._value(row, column)
            if value is None or value == []:
                continue
            slot, dot, inner = column.name.partition(".")
            if dot:
                found.setdefault(slot, {})[inner] = value
            else:
                found[slot] = value
        return found

    def _value(self, row: Entry, column: Column) -> Any:
        if column.kind == "whole":
            return row.whole(column.name)
        if column.kind == "decimal":
            return row.decimal(column.name)
        if column.kind == "flag":
            return row.flag(column.name)
        given = row.text(column.name, lines=column.kind == "text" and not column.many, word=True)
        if given is None:
            return None
        texts = [part.strip() for part in given.split("|")] if column.many else [given]
        values = [self._fitting(self._single(text, row, column), row, column) for text in texts if text]
        kept = list(dict.fromkeys(value for value in values if isinstance(value, str)))
        other = [value for value in values if isinstance(value, dict)]
        if not kept and not other:
            row.leave(column.name, "not of the expected form")
            return None
        return (kept or other) if column.many else (kept or other)[0]

    def _fitting(self, value: Any, row: Entry, column: Column) -> Any:
        if column.pattern and isinstance(value, str) and not re.search(column.pattern, value):
            return self._refuse(row, column, value, f"Left out; {column.rule}.")
        return value

    def _single(self, text: str, row: Entry, column: Column) -> Any:
        path = f"{row.path}/{column.name}"
        if column.kind == "enum":
            word = next((value for value in column.values if value.lower() == text.lower()), None)
            return word or self._refuse(row, column, text, f"One of {', '.join(column.values)} is expected; left out.")
        if column.kind == "address":
            return self._draft.web_address(text, path)
        if column.kind == "licence":
            return licence_iri(text) or self._refuse(row, column, text, "No licence's address; left out.")
        if column.kind == "doi":
            paper = paper_id(text)
            found = paper.value if paper is not None and paper.kind == "doi" else None
            return found or self._refuse(row, column, text, "Not a DOI; left out.")
        if column.kind == "reference":
            return self._reference(text) or self._refuse(row, column, text, "No CURIE or web address; left out.")
        if column.kind == "day":
            return day(text) or self._refuse(row, column, text, "Not a day (YYYY-MM-DD); left out.")
        if column.kind == "date":
            found = text if _INSTANT.fullmatch(text) else partial_date(text)
            return found or self._refuse(row, column, text, "Not a year, month or day (2020-07-14); left out.")
        if column.kind == "term":
            return self._term(text, row, column)
        if column.kind == "part":
            found = self._parts.get(column.target, {}).get(text.casefold())
            return found or self._refuse(row, column, text, f"No row of {column.target} has this title; left out.")
        if column.kind == "organizations":
            named = _NAMED.fullmatch(text)
            return self._draft.organization(named["label"] if named else text, path, ror=named["id"] if named else None)
        return text

    def _term(self, text: str, row: Entry, column: Column) -> str | None:
        named, role, path = _NAMED.fullmatch(text), column.target, f"{row.path}/{column.name}"
        given = named["id"].strip() if named else text
        if not self._own_terms and repair_term(given) is None and not is_web_address(given):
            self._refuse(row, column, text, "A term is given by its id here; left out.")
            return None
        if named is not None:
            return self._draft.term(named["id"].strip(), role, path, label=named["label"] or None)
        if repair_term(text) is not None or is_web_address(text):
            return self._draft.term(text, role, path)
        return self._draft.term(None, role, path, label=text)

    @staticmethod
    def _reference(text: str) -> str | None:
        try:
            expand(text)
        except ValueError:
            return None
        return text if " " not in text else None

    @staticmethod
    def _refuse(row: Entry, column: Column, text: str, message: str) -> None:
        row.complain("cell-form", Severity.WARNING, column.name, message, text)
