"""Whether a value would be right in a field: every suggestion is held against this before it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from catalogue.model.namespaces import contract
from catalogue.model.table import Slot, classes
from catalogue.model.terms import reference
from catalogue.model.validation import FieldValidator, field_validator
from catalogue.problems import RecordRejected
from catalogue.validation.source import SourceText
from catalogue.validation.yaml_text import read_yaml

_MOST: Final = 500
_TEXTS: Final = ("text", "iri", "ref", "enum", "typed", "lexical")


def first_fitting(slot: Slot, written: Iterable[str]) -> str:
    """The first text that gives a right value of the field when it is written into a YAML record; "" for none.

    Args:
        written: texts as they would stand in the file, with quotes or brackets where these belong to it.
    """
    return next((text for text in written if text and fits(slot, text)), "")


def fits(slot: Slot, written: str) -> bool:
    """True where the text, written into a YAML record, gives a value that the field takes, or one of its list."""
    if len(written) > _MOST:
        return False
    # Most candidates fail as they stand; a file may have 100,000 of them, and parsing each takes a tenth of a ms.
    if slot.kind in _TEXTS and written[0] not in '"[' and not _allows(slot, written):
        return False
    try:
        (node,) = read_yaml(SourceText(written)).documents
    except (RecordRejected, ValueError):
        return False
    value = node.value
    if not _allows(slot, value):
        return False
    listed = value if type(value) is list else [value]
    return slot.kind != "ref" or all(_is_reference(name) for name in listed)


def _allows(slot: Slot, value: Any) -> bool:
    if type(value) is list:
        return slot.many and _validator(slot).allows(value)
    return _validator(slot).allows([value] if slot.many else value)


@cache
def _validator(slot: Slot) -> FieldValidator:
    # Classes share their slots: any class that has this one tells its form.
    holders = (name for name, kind in classes().items() for one in kind.slots if _form(one) == _form(slot))
    return field_validator(next(holders), slot.key)


def _form(slot: Slot) -> tuple[object, ...]:
    return slot.key, slot.predicate, slot.kind, slot.rule, slot.pattern, slot.values


def _is_reference(name: Any) -> bool:
    try:
        iri = reference(name)[1:-1]
    except ValueError:
        return False
    # NCBI:txid9606 with a neighbouring prefix would be another thing: its own pattern decides.
    return name in (contract(iri), iri)
