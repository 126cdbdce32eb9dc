"""Cells of a block of IDR's study file, read by key with their places kept: column i belongs to column i.

Every reading is entered in the account; terms and lists that all blocks share are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from catalogue.model.documents import Severity
from catalogue.model.namespaces import ONTOLOGIES
from harvesters.account import PLACEHOLDERS, Account, Entry
from harvesters.draft import METHOD, TAXON, StudyDraft
from harvesters.idr_sheet import Block

_FOLDED: Final = {name.casefold(): name for name in ONTOLOGIES}
_BLANKS: Final = re.compile(r"[^\S\n]+")


class Rows:
    """A block to read from.

    Args:
        name: of the block in the crosswalk, such as `screen`.
    """

    def __init__(self, account: Account, block: Block, name: str):
        self._entry: Entry = account.open(dict(block), name)
        self.path = name

    def rows(self, key: str, *, word: bool = False) -> list[list[str]]:
        """All rows of a key as clean cells, "" where nothing is said; empty cells at a row's end are cut off.

        Args:
            word: a name, in which "NA" or "None" may be meant.
        """
        if key not in self._entry.value:
            return []
        raw = self._entry.raw(key)
        found = [self._clean(key, cells, word) for cells in raw]
        if not any(found):
            said = any(cell for cells in raw for cell in cells)
            self._entry.leave(key, "holds nothing that can be used" if said else "empty")
        return found

    def cells(self, key: str, *, word: bool = False) -> list[str]:
        """The cells of a key's row, those of a second row behind them."""
        return [cell for cells in self.rows(key, word=word) for cell in cells]

    def texts(self, key: str, *, word: bool = True) -> list[str]:
        """The distinct texts of a key."""
        return list(dict.fromkeys(cell for cell in self.cells(key, word=word) if cell))

    def text(self, key: str, *, word: bool = False) -> str | None:
        """All texts of a key as one."""
        return "\n".join(self.texts(key, word=word)) or None

    def columns(self, *keys: str) -> list[tuple[str, ...]]:
        """The cells of several keys side by side, second rows behind first ones; empty columns are left out."""
        return [column for column in self.places(*keys) if any(column)]

    def places(self, *keys: str) -> list[tuple[str, ...]]:
        """As `columns`, empty ones included, so that a column's number is its place."""
        rows = [self.rows(key, word=True) for key in keys]
        found: list[tuple[str, ...]] = []
        for number in range(max(map(len, rows), default=0)):
            cells = [row[number] if number < len(row) else [] for row in rows]
            width = max(map(len, cells))
            found.extend(zip(*(row + [""] * (width - len(row)) for row in cells), strict=True))
        return found

    def note(self, code: str, severity: Severity, key: str, value: str, message: str) -> None:
        """Record a finding about a key."""
        self._entry.complain(code, severity, key, message, value)

    def where(self, key: str) -> str:
        """The path of a key, for findings."""
        return f"{self.path}/{key}"

    def has(self, key: str) -> bool:
        """Whether a row begins with the key; marks nothing."""
        return key in self._entry.value

    def terms(self, draft: StudyDraft, key: str, role: str, *, stem: str = "") -> list[str]:
        """CURIEs of the terms that a key names, with its ` Term Source REF` and ` Term Accession`.

        Args:
            stem: key before those two, where it is another.
        """
        columns = self.columns(key, f"{stem or key}_Term_Source_REF", f"{stem or key}_Term_Accession")
        found = (column_term(draft, *column, role=role, path=self.where(key)) for column in columns)
        return list(dict.fromkeys(curie for curie in found if curie))

    def _clean(self, key: str, cells: list[str], word: bool) -> list[str]:
        clean = []
        for cell in cells:
            if not cell:
                clean.append("")
                continue
            text = "\n".join(line.strip() for line in _BLANKS.sub(" ", cell).split("\n")).strip()
            if text.startswith("#"):
                # Hints of the template that nobody replaced (idr0051).
                self.note(
                    "template-hint", Severity.REPAIRED, key, text, "A hint of the template is no value; left out."
                )
                text = ""
            elif not word and text.lower() in PLACEHOLDERS:
                self.note("placeholder", Severity.REPAIRED, key, text, "Stands for a missing value; leave it out.")
                text = ""
            clean.append(text)
        while clean and not clean[-1]:
            clean.pop()
        return clean


def note_repairs(account: Account, path: str, repairs: Iterable[tuple[str, str, str]]) -> None:
    """Record what had to be mended in a file: code, value and message each."""
    for repair in repairs:
        _note_repair(account, path, *repair)


def _note_repair(account: Account, path: str, code: str, value: str, message: str) -> None:
    account.note(code, Severity.REPAIRED, path, value, message)


def column_term(draft: StudyDraft, label: str, reference: str, accession: str, *, role: str, path: str) -> str | None:
    """CURIE of the term that label, Term Source REF and Term Accession name together; None where none does.

    The reference gives a number without prefix its ontology; "NCBITaxon 10090" holds the accession too (idr0044).
    """
    label, accession = (text if text.lower() not in PLACEHOLDERS else "" for text in (label, accession))
    name, _, number = reference.partition(" ")
    if number and not accession and name.casefold() in _FOLDED:
        reference, accession = name, number.strip()
    ontology = _FOLDED.get(reference.casefold())
    if role == TAXON or ontology is None:
        ontology = None if role in (TAXON, METHOD) else ""
    if not label and not accession:
        # A reference without a term is how the template is delivered.
        return None
    return draft.term(accession or None, role, path, label=label or None, bare=ontology)
