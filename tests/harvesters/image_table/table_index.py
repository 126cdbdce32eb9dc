"""A folder of image tables with its index, as an archive would write it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from catalogue.model.documents import BadRow, Event, ImageTable, SourceSpec
from harvesters.image_table import FORMAT, ImageTableHarvester


def write_table(path: Path, rows: list[dict[str, Any]] | pa.Table) -> None:
    """Rows as Parquet or CSV, by the ending of the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows) if isinstance(rows, list) else rows
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        pacsv.write_csv(table, path)


def describe(folder: Path, *names: str, rows: int | None = None) -> list[dict[str, Any]]:
    """The files as an index names them."""
    described = []
    for name in names:
        content = (folder / name).read_bytes()
        said = {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        described.append(said | ({} if rows is None else {"rows": rows}))
    return described


def write_index(folder: Path, tables: dict[str, list[dict[str, Any]]], **more: Any) -> Path:
    """The index over files that `describe` described."""
    path = folder / "index.json"
    document = {"format": FORMAT, "tables": [{"study": s, "files": f, **more} for s, f in tables.items()]}
    path.write_text(json.dumps(document))
    return path


class NoWay:
    """A fetcher that must not be asked."""

    def get(self, url: str, *, max_bytes: int | None = None) -> Any:
        raise AssertionError(f"asked for {url}")

    def download(self, url: str, path: Path, max_bytes: int) -> Any:
        raise AssertionError(f"asked for {url}")


def fetch(
    location: Path | str, known: dict[str, str] | None = None, fetcher: Any = None, **options: str
) -> list[Event]:
    """The events of one reading, tables unread."""
    source = SourceSpec("tables", "image_table", str(location), options=options)
    return list(ImageTableHarvester(fetcher or NoWay()).fetch(source, None, known or {}))


def read(location: Path | str, fetcher: Any = None, **options: str) -> tuple[list[dict[str, Any]], list[BadRow]]:
    """All rows of all tables, and the lines that were none."""
    source = SourceSpec("tables", "image_table", str(location), options=options)
    found: list[dict[str, Any]] = []
    bad: list[BadRow] = []
    for event in ImageTableHarvester(fetcher or NoWay()).fetch(source, None, {}):
        if isinstance(event, ImageTable):
            for part in event.batches():
                if isinstance(part, BadRow):
                    bad.append(part)
                else:
                    found.extend(part.to_pylist())
    return found, bad
