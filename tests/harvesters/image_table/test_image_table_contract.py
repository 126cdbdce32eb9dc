"""Image tables keep the contract of tables, from a folder and from a server through the one fetcher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.model.documents import ImageTable, SourceSpec
from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.image_table import ImageTableHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.image_table.table_index import describe, write_index, write_table
from tests.harvesters.loopback_server import answer, serving
from tests.harvesters.table_contract import ImageTableContract
from tests.ingest.tables.conftest import rows


class TestImageTables(ImageTableContract):
    """Two studies, one as Parquet, one in two files as CSV."""

    def harvester(self) -> Any:
        return ImageTableHarvester(fetcher())

    def serve(self, folder: Path) -> SourceSpec:
        write_table(folder / "a.parquet", rows(100_000, 20))
        write_table(folder / "b.csv", rows(200_000, 5, title="x, y"))
        write_table(folder / "c.csv", rows(200_005, 5))
        tables = {
            "idr:idr0001": describe(folder, "a.parquet", rows=20),
            "idr:idr0002": describe(folder, "b.csv", "c.csv", rows=5),
        }
        write_index(folder, tables, defaults={"site": "idr"})
        return SourceSpec("tables", "image_table", str(folder))


def read(url: str) -> int:
    source = SourceSpec("tables", "image_table", url)
    events = ImageTableHarvester(fetcher()).fetch(source, None, {})
    return sum(part.num_rows for event in events if isinstance(event, ImageTable) for part in event.batches())  # type: ignore[union-attr]


def test_tables_come_through_the_one_fetcher(tmp_path: Path) -> None:
    """Index and files are read from a server; a file that is longer than the index says is refused, not read on."""
    write_table(tmp_path / "a.parquet", rows(100_000, 20))
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.parquet", rows=20)})
    index, content = (tmp_path / "index.json").read_bytes(), (tmp_path / "a.parquet").read_bytes()
    with serving() as server:
        server.routes = {"/l/index.json": answer(index), "/l/a.parquet": answer(content)}
        assert read(f"{server.url}/l/index.json") == 20
        assert server.paths == ["/l/index.json", "/l/a.parquet"]
        server.routes["/l/a.parquet"] = answer(content + b"more")
        with pytest.raises(FetchRefused):
            read(f"{server.url}/l/index.json")
        server.routes["/l/a.parquet"] = answer(b"gone", "404 Not Found")
        with pytest.raises(SourceUnavailable, match="404"):
            read(f"{server.url}/l/index.json")
