"""The tables of a kept audit, as Parquet and back: outcomes, what they rest on, and the studies.

Outcomes stand apart from evidence, since evidence holds words of records, which must go when these are withdrawn (P18);
who cites an audit can still check its outcomes then. Equal audits give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalogue.fair.dataset import Study
from catalogue.fair.judged import Judged, Line
from catalogue.fair.outcomes import Mender, Outcome, Verdict
from catalogue.store.entries import compact_json

if TYPE_CHECKING:
    import pyarrow as pa

    from catalogue.fair.audit import Audit

RESULTS: Final = "results.parquet"
EVIDENCE: Final = "evidence.parquet"
STUDIES: Final = "studies.parquet"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    RESULTS: ("study", "owner", "metric", "version", "outcome", "mender"),
    EVIDENCE: ("study", "metric", "said", "evidence", "add"),
    STUDIES: (
        "study", "owner", "title", "released", "record_sha256", "images_sha256", "further_sha256", "observed",
    ),
}  # fmt: skip
_SAID: Final = ("study", "metric", "said")
_GROUP_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Written:
    """A table on disk.

    Args:
        content: SHA-256 over its cells, whatever library wrote the file.
    """

    rows: int
    content: str


def write_tables(audit: Audit, folder: Path) -> dict[str, Written]:
    """Name -> table, now in the folder."""
    tables = {name: _Table(folder / name, COLUMNS[name]) for name in COLUMNS}
    for study in audit.studies:
        seen = audit.observed.get(study.curie, {})
        tables[STUDIES].add(
            study.curie, study.owner, study.title, study.released, study.payload_digest, study.images_digest,
            study.further_digest, compact_json(dict(seen)) if seen else "",
        )  # fmt: skip
        lines = audit.judgements.lines(study.curie)
        for metric, (verdict, said, evidence, add) in zip(audit.metrics.values(), lines, strict=True):
            mender = (verdict.mender or metric.mender).value if verdict.outcome is Outcome.FAIL else ""
            tables[RESULTS].add(study.curie, study.owner, metric.id, metric.version, verdict.outcome.value, mender)
            tables[EVIDENCE].add(study.curie, metric.id, said, evidence, add)
    return {name: table.close() for name, table in tables.items()}


class _Table:
    """A Parquet file of text columns that grows by rows."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow as pa  # a tenth of a second that most commands do not need
        import pyarrow.parquet as pq

        self._schema = pa.schema([pa.field(name, pa.string(), nullable=False) for name in columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", use_dictionary=True)
        self._waiting: list[tuple[str, ...]] = []
        self._rows = 0
        self._sum = hashlib.sha256()

    def add(self, *row: str) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= _GROUP_ROWS:
            self._send()

    def close(self) -> Written:
        self._send()
        self._writer.close()
        return Written(self._rows, self._sum.hexdigest())

    def _send(self) -> None:
        import pyarrow as pa

        if self._waiting:
            # JSON strings cannot be taken for each other, whatever is in them.
            self._sum.update("".join(map(compact_json, self._waiting)).encode())
            columns = [pa.array(column, pa.string()) for column in zip(*self._waiting, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows += len(self._waiting)
        self._waiting = []


def read_studies(path: Path) -> tuple[tuple[Study, ...], dict[str, dict[str, int]]]:
    """The studies, and curie -> check -> number of the observation that was taken into account."""
    studies, observed = [], {}
    for *said, seen in _rows(path, COLUMNS[STUDIES]):
        curie, owner, title, released, record, images, further = said
        studies.append(Study(curie, owner, title, released, record, images, further))
        if seen:
            observed[curie] = json.loads(seen)
    return tuple(studies), observed


def read_judgements(metrics: Iterable[str], results: Path, evidence: Path, *, grounds: bool = True) -> Judged:
    """What each metric said of each study.

    Args:
        metrics: identifiers of those of the audit, in their order.
        evidence: its file; studies that it no longer has keep their outcomes, with a sentence that says why.
        grounds: with what each rests on and what to add; these are most of the work.
    """
    return Judged(metrics, _lines(results, _rows(evidence, COLUMNS[EVIDENCE] if grounds else _SAID)))


def _lines(results: Path, texts: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, list[Line]]]:
    """(CURIE, its judgements) of each study, as the files have them one after the other."""
    text = next(texts, None)
    for study, rows in groupby(_rows(results, ("study", "metric", "outcome", "mender")), itemgetter(0)):
        found = []
        for _study, metric, outcome, mender in rows:
            said: tuple[str, ...] = (WITHHELD,)
            if text is not None and text[:2] == (study, metric):
                said = text[2:]
                text = next(texts, None)
            found.append(Line(Verdict(Outcome(outcome), Mender(mender) if mender else None), *said))
        yield study, found


def read_outcomes(results: Path) -> dict[str, dict[str, Outcome]]:
    """Curie -> metric -> outcome, without what they rest on."""
    found: dict[str, dict[str, Outcome]] = {}
    for study, metric, outcome in _rows(results, ("study", "metric", "outcome")):
        found.setdefault(study, {})[metric] = Outcome(outcome)
    return found


WITHHELD: Final = "The record was withdrawn since; what was found in it is no longer kept."


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Rows of a table; texts that are often the same are one object."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, read_dictionary=list(columns))
    for number in range(file.num_row_groups):
        group = file.read_row_group(number, columns=list(columns))
        yield from zip(*(_texts(group.column(column)) for column in columns), strict=True)


def _texts(column: pa.ChunkedArray) -> list[Any]:
    found: list[Any] = []
    for chunk in column.chunks:
        values = chunk.dictionary.to_pylist()
        found += [values[place] for place in _places(chunk.indices)]
    return found


def _places(indices: pa.Int32Array) -> list[int]:
    """The numbers, none of which is missing; `to_numpy` would import pandas, which takes 0.3 s."""
    numbers = memoryview(indices.buffers()[1]).cast("i")
    return numbers[indices.offset : indices.offset + len(indices)].tolist()


def without(path: Path, fresh: Path, gone: frozenset[str]) -> int:
    """Number of rows left out of a copy of the evidence: those of some studies."""
    table = _Table(fresh, COLUMNS[EVIDENCE])
    dropped = 0
    for row in _rows(path, COLUMNS[EVIDENCE]):
        if row[0] in gone:
            dropped += 1
        else:
            table.add(*row)
    table.close()
    return dropped
