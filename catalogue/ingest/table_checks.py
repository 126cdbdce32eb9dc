"""Rows of an image table against the rules of its columns, a batch at a time: fit rows, and why the others are not.

Columns: catalogue.model.image_columns. What becomes of fit rows is catalogue.ingest.image_tables'.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.model.identifiers import Identifier, image_accessions
from catalogue.model.image_columns import COLUMNS, MAX_TEXT, NAMES, REPRESENTATION, SIZES, Column, arrow_schema
from catalogue.model.namespaces import expand
from catalogue.problems import RecordRejected

ROW: Final = "_row"
"""Name of the column that carries a row's number in its table, from 1."""
KEPT_REFUSALS: Final = 100
"""Refused rows that are kept one by one, for each reason; the rest is counted."""

_INTEGER: Final = r"^[+-]?[0-9]{1,15}(\.0+)?$"
_NUMBER: Final = r"^[+-]?([0-9]{1,17}(\.[0-9]{0,17})?|\.[0-9]{1,17})([eE][+-]?[0-9]{1,2})?$"
_DOTS: Final = r"(?i)(^|[/;])(\.|%2e){1,2}($|[/;])"
_ADDRESSES: Final = frozenset({"source_url", "thumbnail", "license", "endpoint", "key", "multiscales_path"})


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that does not enter.

    Args:
        number: in its table, from 1; 0 where that is not known.
        accession: as given, "" where there is none.
    """

    number: int
    accession: str
    reason: str
    detail: str


@dataclass(slots=True)
class Refusals:
    """The rows of one table that do not enter: all counted, the first of each reason kept."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[RefusedRow] = field(default_factory=list)

    def add(self, row: RefusedRow) -> None:
        """Counts a row, and keeps it while there is room."""
        self.counts[row.reason] += 1
        if self.counts[row.reason] <= KEPT_REFUSALS:
            self.kept.append(row)

    @property
    def total(self) -> int:
        """Number of refused rows."""
        return self.counts.total()


class RowChecks:
    """The rules for the rows of one study's table.

    Args:
        study: parsed.
        defaults: column -> value for rows that leave it empty.
    """

    def __init__(self, study: Identifier, defaults: Mapping[str, str]) -> None:
        self._study = study
        self._defaults = dict(defaults)
        self._accession = f"^({image_accessions(study)})$"
        self.refusals = Refusals()
        self.unmapped: Counter[str] = Counter()
        self.read = 0

    def fit_rows(self, batch: pa.RecordBatch) -> tuple[pa.Table, pa.Array | None]:
        """The rows that may enter, in order, with all columns of the schema and ROW; and the names of the others.

        Returns:
            The table, and the accessions of refused rows that have a sound one; None when no row was refused.
        Raises:
            RecordRejected: a column has a type that its values cannot have, or its name stands twice.
        """
        names = batch.schema.names
        if len(set(names)) != len(names):
            raise RecordRejected(f"The table has a column twice: {', '.join(names)[:300]}.", reason="not-parsable")
        self.unmapped.update({name: batch.num_rows for name in names if name not in NAMES})
        numbers = pa.array(np.arange(self.read + 1, self.read + batch.num_rows + 1, dtype=np.int64))
        self.read += batch.num_rows
        work = _Batch(numbers, self.refusals)
        for column in COLUMNS:
            given = batch.column(column.name) if column.name in names else None
            self._column(work, column, given)
        self._together(work)
        table = pa.Table.from_arrays([*work.values.values(), numbers], schema=table_schema())
        if work.bad is None:
            return table, None
        names = work.values["accession"].filter(work.bad).drop_null()
        return table.filter(pc.invert(work.bad)), names.filter(pc.match_substring_regex(names, self._accession))

    def _column(self, work: _Batch, column: Column, given: pa.Array | None) -> None:
        kind = arrow_schema().field(column.name).type
        default = self._defaults.get(column.name)
        if given is None or given.null_count == len(given):
            values = pa.nulls(len(work.numbers), kind)
        elif column.kind == "text":
            values = _as_text(column, given)
        else:
            values = _as_numbers(work, column, given, kind)
        if default is not None:
            values = pc.fill_null(values, pa.scalar(default, kind))
        work.values[column.name] = values
        if values.null_count < len(values):
            self._check(work, column, values)
        if column.name == "accession":
            work.refuse(pc.is_null(values), "schema-required", column.name, values, "is missing; each image has one")

    def _check(self, work: _Batch, column: Column, values: pa.Array) -> None:
        name = column.name
        if column.kind != "text":
            outside = pc.or_(pc.less(values, column.least), pc.greater(values, column.most))
            if column.kind == "number":
                outside = pc.or_(outside, pc.invert(pc.is_finite(values)))
            work.refuse(outside, "schema-required", name, values, f"lies outside {column.least:g} to {column.most:g}")
            return
        once = _constant(values)
        tested = values if once is None else once
        long = pc.greater(pc.binary_length(tested), MAX_TEXT)
        work.refuse(_spread(long, values, once), "too-large", name, values, f"has more than {MAX_TEXT} bytes")
        if name == "accession":
            wrong = pc.invert(pc.match_substring_regex(tested, self._accession))
            said = f"is no accession of an image of {self._study.curie}"
            work.refuse(_spread(wrong, values, once), "bad-identifier", name, values, said)
            return
        reason = "link-unsafe" if name in _ADDRESSES else "schema-required"
        if column.values:
            wrong = pc.invert(pc.is_in(tested, pa.array(column.values)))
            said = f"is none of {', '.join(column.values)}"
        elif column.form:
            form = f"^({column.pattern})$" if column.pattern else column.form
            wrong, said = pc.invert(pc.match_substring_regex(tested, form)), f"does not have the form {column.form}"
        else:
            return
        work.refuse(_spread(wrong, values, once), reason, name, values, said)

    def _together(self, work: _Batch) -> None:
        """What columns demand of one another."""
        values = work.values
        self._pixels(work)
        for name in ("key", "multiscales_path", "level_paths"):
            if _stated(values[name]):
                work.refuse(
                    pc.match_substring_regex(values[name], _DOTS),
                    "link-unsafe",
                    name,
                    values[name],
                    "holds dot segments",
                )
        if _stated(values["component"]):
            outside = pc.invert(pc.starts_with(values["component"], f"{self._study.curie}/"))
            said = f"is no part of {self._study.curie}"
            work.refuse(outside, "bad-identifier", "component", values["component"], said)
        for name in ("method", "gene"):
            if _stated(values[name]):
                prefixes = pc.replace_substring_regex(values[name], ":.*", "")
                unknown = [p for p in pc.unique(prefixes).to_pylist() if p is not None and not _is_known(p)]
                wrong = pc.and_(pc.is_valid(prefixes), pc.is_in(prefixes, pa.array(unknown, pa.string())))
                work.refuse(wrong, "schema-required", name, values[name], "has a prefix that is not known here")
        for needed, given in (("checksum_algorithm", "checksum_value"), ("checksum_value", "checksum_algorithm")):
            work.require(needed, given)
        work.require("endpoint", "key")
        work.require("site", "key")
        work.require("date_withdrawn", "withdrawal_reason")

    def _pixels(self, work: _Batch) -> None:
        values = work.values
        defaulted = self._defaults.keys()
        stated = [n for n in REPRESENTATION if n not in defaulted and _stated(values[n])]
        for name in stated:
            work.require("format", name)
        if _stated(values["axes"]):
            for axes in pc.unique(values["axes"]).drop_null().to_pylist():
                these = pc.fill_null(pc.equal(values["axes"], axes), False)
                if len(set(axes)) != len(axes):
                    work.refuse(these, "schema-required", "axes", values["axes"], "names an axis twice")
                for name in SIZES:
                    size = values[f"size_{name}"]
                    if name in axes:
                        work.refuse(
                            pc.and_(these, pc.is_null(size)), "schema-required", f"size_{name}", size, "is missing"
                        )
                    elif _stated(size):
                        said = f"is given, but the axes are {axes}"
                        work.refuse(pc.and_(these, pc.is_valid(size)), "schema-required", f"size_{name}", size, said)
        work.require("level_paths", "level_shapes")
        work.require("level_paths", "level_chunks")
        for name in ("level_shapes", "level_chunks"):
            if _stated(values[name]):
                unlike = pc.not_equal(
                    pc.count_substring(values[name], ";"), pc.count_substring(values["level_paths"], ";")
                )
                work.refuse(
                    pc.fill_null(unlike, False), "schema-required", name, values[name], "has not one entry a level"
                )


@dataclass(slots=True)
class _Batch:
    """One batch on its way through the rules.

    Args:
        numbers: of its rows.
        bad: rows refused so far; None while there is none.
    """

    numbers: pa.Array
    refusals: Refusals
    values: dict[str, pa.Array] = field(default_factory=dict)
    bad: pa.Array | None = None

    def refuse(self, wrong: pa.Array, reason: str, name: str, given: pa.Array, said: str) -> None:
        """Refuses the rows of a mask; a row refused before is not counted again."""
        wrong = pc.fill_null(wrong, False)
        if not pc.any(wrong).as_py():
            return
        fresh = wrong if self.bad is None else pc.and_not(wrong, self.bad)
        self.bad = wrong if self.bad is None else pc.or_(self.bad, wrong)
        count = pc.sum(fresh).as_py() or 0
        room = KEPT_REFUSALS - self.refusals.counts[reason]
        places = pc.indices_nonzero(fresh).slice(0, max(room, 0)).to_pylist()
        for place in places:
            value = given[place].as_py()
            shown = "" if value is None else f" '{str(value)[:200]}'"
            self.refusals.add(
                RefusedRow(
                    self.numbers[place].as_py(),
                    str(self._accession(place)),
                    reason,
                    f"Row {self.numbers[place].as_py()}: {name}{shown} {said}.",
                )
            )
        self.refusals.counts[reason] += count - len(places)

    def require(self, needed: str, given: str) -> None:
        """A row that states `given` states `needed` as well."""
        if not _stated(self.values[given]):
            return
        missing = pc.and_(pc.is_valid(self.values[given]), pc.is_null(self.values[needed]))
        self.refuse(missing, "schema-required", needed, self.values[needed], f"is missing; it goes with {given}")

    def _accession(self, place: int) -> str:
        held = self.values.get("accession")
        return (held[place].as_py() or "") if held is not None else ""


def table_schema() -> pa.Schema:
    """The columns of an image table and ROW."""
    return arrow_schema().append(pa.field(ROW, pa.int64()))


def refused_texts(refusals: Refusals) -> Iterator[str]:
    """`12 rows: schema-required`, for reports."""
    for reason, count in refusals.counts.most_common():
        yield f"{count} rows: {reason}"


def _stated(values: pa.Array) -> bool:
    return bool(values.null_count < len(values))


def _is_known(prefix: str) -> bool:
    try:
        expand(f"{prefix}:1")
    except ValueError:
        return False
    return True


def _as_text(column: Column, given: pa.Array) -> pa.Array:
    kind = given.type
    if pa.types.is_dictionary(kind):
        given, kind = given.dictionary_decode(), kind.value_type
    if pa.types.is_integer(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        given = pc.cast(given, pa.string())
    elif not pa.types.is_string(kind):
        raise _wrong_type(column, kind)
    empty = pc.equal(given, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), given) if pc.any(empty).as_py() else given


def _as_numbers(work: _Batch, column: Column, given: pa.Array, kind: pa.DataType) -> pa.Array:
    source = given.type
    if pa.types.is_dictionary(source):
        given, source = given.dictionary_decode(), source.value_type
    if pa.types.is_integer(source) or pa.types.is_floating(source):
        wrong = None
        if column.kind == "integer" and pa.types.is_floating(source):
            wrong = pc.or_(pc.invert(pc.is_finite(given)), pc.not_equal(pc.floor(given), given))
            wrong = pc.or_(wrong, pc.greater(pc.abs(given), 2.0**53))
        elif pa.types.is_uint64(source):
            wrong = pc.greater(given, 2**53)
    elif pa.types.is_string(source) or pa.types.is_large_string(source):
        given = _as_text(column, given)
        form = _INTEGER if column.kind == "integer" else _NUMBER
        wrong = pc.invert(pc.match_substring_regex(given, form))
    else:
        raise _wrong_type(column, source)
    if wrong is not None and pc.any(pc.fill_null(wrong, False)).as_py():
        noun = "a whole number" if column.kind == "integer" else "a number"
        work.refuse(wrong, "schema-required", column.name, given, f"is not {noun}")
        given = pc.if_else(pc.fill_null(wrong, False), pa.scalar(None, given.type), given)
    if column.kind == "integer" and (pa.types.is_string(given.type) or pa.types.is_large_string(given.type)):
        given = pc.replace_substring_regex(given, r"\.0+$|^\+", "") if _has_signs(given) else given
    return pc.cast(given, kind)


def _has_signs(given: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(given, r"\.|^\+")).as_py())


def _wrong_type(column: Column, kind: Any) -> RecordRejected:
    said = f"The column {column.name} is of type {str(kind)[:100]}; it holds {column.kind}s. Write it so."
    return RecordRejected(re.sub(r"\s+", " ", said), reason="not-parsable")


def _constant(values: pa.Array) -> pa.Array | None:
    """The one value of a column that has no other and no gap; testing it once is testing all."""
    if len(values) < 2 or values.null_count:
        return None
    return values.slice(0, 1) if pc.all(pc.equal(values, values[0])).as_py() else None


def _spread(mask: pa.Array, values: pa.Array, once: pa.Array | None) -> pa.Array:
    """The mask of all rows, where only the one value was tested."""
    if once is None:
        return mask
    return pa.repeat(pa.scalar(bool(mask[0].as_py()), pa.bool_()), len(values))
