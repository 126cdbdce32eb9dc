"""Good records for each profile and, for each of its rules, what to change so that this rule is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalogue.model.rdf import triples
from tests.model.examples import VALID

Record = dict[str, Any]
Change = Callable[[Record], None]


@dataclass(frozen=True)
class Case:
    """A good record with one fault.

    Args:
        rule: name of the shape without the profile's, such as `Study-title`.
        base: which good record.
        changes: what is wrong with it.
    """

    rule: str
    base: Callable[[], Record]
    changes: tuple[Change, ...]

    @property
    def data(self) -> bytes:
        """The faulty record's N-Triples."""
        record = self.base()
        for change in self.changes:
            change(record)
        return triples(record)


def case(base: Callable[[], Record], rule: str, *changes: Change) -> Case:
    """A case in the order in which it is read."""
    return Case(rule, base, changes)


def put(path: str, value: Any) -> Change:
    """A field gets a value: `put("access.access_level", "PUBLIC")`, `put("components.0.title", "x")`."""

    def change(record: Record) -> None:
        owner, key = _owner(record, path)
        owner[key] = copy.deepcopy(value)

    return change


def drop(*paths: str) -> Change:
    """Fields go."""

    def change(record: Record) -> None:
        for path in paths:
            owner, key = _owner(record, path)
            del owner[key]

    return change


def add(path: str, value: Any) -> Change:
    """A list gets one member more."""

    def change(record: Record) -> None:
        owner, key = _owner(record, path)
        owner.setdefault(key, []).append(copy.deepcopy(value))

    return change


def _owner(record: Record, path: str) -> tuple[Any, Any]:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    owner: Any = record
    for step in steps:
        owner = owner[step]
    return owner, last


@cache
def _example(name: str) -> Record:
    return next(example.record for example in VALID if example.name == name)


def full_study() -> Record:
    """A study with everything, of an established cell line; its papers are all described."""
    record = copy.deepcopy(_example("Study-full"))
    record["publications"] = record["publications"][:1]
    return record


def patients_study() -> Record:
    """A study of patients' tissue that a committee gives out."""
    return copy.deepcopy(_example("Study-human-restricted"))


def public_study() -> Record:
    """A study of people's tissue that anybody may have, with the reason."""
    record = patients_study()
    consent = {"id": record["access"]["consent"]["id"], "consent_status": "waived", "description": "Board 12, 2019"}
    record["access"] = {"id": record["access"]["id"], "access_level": "PUBLIC", "consent": consent}
    record["holdings"][0]["status_of_copy"] = "available"
    return record


def cell_line_study() -> Record:
    """A study of a human cell line that anybody may have."""
    record = public_study()
    del record["access"]["consent"]
    record["terms"].append({"type": "OntologyTerm", "id": "CLO:0003684", "label": "HeLa cell"})
    record["biosamples"][0]["cell_lines"] = ["CLO:0003684"]
    return record


def full_image() -> Record:
    """An image with everything, in OME-Zarr 0.5, accepted as a reference."""
    return copy.deepcopy(_example("Image-full"))
