"""Crosswalks: for every field of a partner's vocabulary, where it stands in our model, or why it does not.

Reads schema/crosswalks/*.sssom.tsv and the field lists beside them; pages and tests render and check what it gives.
Source: SSSOM, https://mapping-commons.github.io/sssom/ (TSV with its metadata as commented YAML).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from catalogue import resources
from catalogue.problems import NotFound

NO_TERM: Final = "sssom:NoTermFound"
OUR_PREFIX: Final = "ommf:"
COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
)
_SUFFIX: Final = ".sssom.tsv"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a crosswalk: a field of the source and its place here, in the words of SSSOM.

    Args:
        subject_id: CURIE of the source's field.
        object_id: `ommf:Class/slot` or `ommf:Class` of our model, or an enumerated value's CURIE (`omm:Tracks`);
            `sssom:NoTermFound` where there is none on purpose.
        comment: the reason where there is none, else what a reader has to know.
    """

    subject_id: str
    subject_label: str
    subject_category: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    comment: str

    @property
    def is_mapped(self) -> bool:
        """Whether the field has a place in our model."""
        return self.object_id != NO_TERM


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many fields of a source are mapped, left out with a reason, or forgotten."""

    fields: int
    mapped: int
    left_out: int
    unaccounted: int


@dataclass(frozen=True)
class Crosswalk:
    """The crosswalk of one source.

    Args:
        name: of its file, such as `rembi-1.5`.
        metadata: the mapping set's SSSOM metadata.
        fields: CURIEs of all fields of the source, sorted.
        rows: in the order of the file.
    """

    name: str
    metadata: Mapping[str, Any]
    fields: tuple[str, ...]
    rows: tuple[Row, ...]

    @cached_property
    def by_field(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each field, in the order of the fields; empty where a field was forgotten."""
        found: dict[str, tuple[Row, ...]] = dict.fromkeys(self.fields, ())
        for row in self.rows:
            found[row.subject_id] = (*found.get(row.subject_id, ()), row)
        return found

    @property
    def coverage(self) -> Coverage:
        """The numbers of this crosswalk; a field counts as mapped when at least one row places it."""
        kinds = [_kind(self.by_field[field]) for field in self.fields]
        return Coverage(len(kinds), kinds.count("mapped"), kinds.count("left out"), kinds.count("unaccounted"))


def crosswalk_names() -> tuple[str, ...]:
    """Names of all crosswalks, sorted."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in _folder().glob(f"*{_SUFFIX}")))


def load_crosswalk(name: str) -> Crosswalk:
    """The crosswalk called `name`.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in crosswalk_names():
        known = ", ".join(crosswalk_names())
        raise NotFound(f"crosswalk {name!r} was asked for; there are {known}")
    metadata, rows = parse_sssom((_folder() / f"{name}{_SUFFIX}").read_text("utf-8"))
    return Crosswalk(name, metadata, load_fields(name), rows)


def load_fields(name: str) -> tuple[str, ...]:
    """CURIEs of all fields of a source, as its field list has them; comments and blank lines left out."""
    lines = (_folder() / "fields" / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def parse_sssom(text: str) -> tuple[dict[str, Any], tuple[Row, ...]]:
    """Metadata and rows of an SSSOM TSV; an absent column reads as empty."""
    lines = text.splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    body = [line for line in lines if not line.startswith("#")]
    table = csv.DictReader(body, delimiter="\t", quoting=csv.QUOTE_NONE)
    rows = tuple(Row(**{column: line.get(column) or "" for column in COLUMNS}) for line in table)
    return yaml.safe_load("\n".join(head)) or {}, rows


def _kind(rows: tuple[Row, ...]) -> str:
    if not rows:
        return "unaccounted"
    return "mapped" if any(row.is_mapped for row in rows) else "left out"


def _folder() -> Path:
    return resources.schema_dir() / "crosswalks"
