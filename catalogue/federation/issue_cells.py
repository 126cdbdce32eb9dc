"""An issue taken apart into the faults of its document, and cells of tables that no spreadsheet runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.store.issues import Issue

# What a spreadsheet takes for a formula (OWASP, CSV injection), also in full width.
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Joiners that spelling needs in some scripts.
_KEPT: Final = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of a document, its value, and what is asked of it; "" for what cannot be told apart."""

    field: str
    value: str
    rule: str
    message: str


def faults_of(issue: Issue) -> tuple[Fault, ...]:
    """The faults of an issue, never none: of a refused document whose fields were not told apart, its whole reason."""
    if issue.finding is not None:
        found = issue.finding
        return (Fault(found.path, found.value, found.code, found.message),)
    told = tuple(Fault(fault.path, fault.value, fault.code, fault.message) for fault in issue.faults)
    return told or (Fault("", "", issue.code, issue.message),)


def cell(value: object) -> str:
    """The value on one line, as text that a spreadsheet shows and never runs; no invisible characters."""
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in _KEPT else " " for c in text)
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(_FORMULA) else text
