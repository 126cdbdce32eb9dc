"""An archive's image tables through the command line: harvested, listed, written out, checked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.e2e.processes import add_source, ommatidia
from tests.harvesters.image_table.table_index import describe, write_index, write_table
from tests.ingest.tables.conftest import rows


@pytest.fixture(scope="module")
def listed(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the node that has read a list of 3,000 images, one of them bad."""
    import shutil

    folder = tmp_path_factory.mktemp("listed")
    home = Path(shutil.copytree(node, folder / "home", symlinks=True))
    write_table(folder / "lists" / "a.parquet", [*rows(8_000_000, 2_999), *rows(8_100_000, 1, size_x=-1)])
    ledger = json.loads(ommatidia(home, "search", "the", "--json").out)
    study = next(hit["identifier"] for hit in ledger["hits"] if hit["identifier"].startswith("idr:"))
    write_index(folder / "lists", {study: describe(folder / "lists", "a.parquet", rows=3_000)})
    add_source(home, "lists", folder / "lists", "idr", harvester="image_table")
    ran = ommatidia(home, "harvest", "lists", "--json")
    assert ran.code == 4, ran.out + ran.err
    (report,) = json.loads(ran.out)
    assert report["images"]["listed"] == 2_999
    (folder / "study").write_text(study)
    return home


def test_rows_are_written_as_parquet_and_csv(listed: Path, tmp_path: Path) -> None:
    """`image list` gives all rows as one Parquet file or CSV, names and titles to read, and the manifest."""
    study = (listed.parent / "study").read_text()
    assert ommatidia(listed, "image", "list", study, "--parquet", str(tmp_path / "out.parquet")).code == 0
    table = pq.read_table(tmp_path / "out.parquet")
    assert (table.num_rows, table.column("accession")[0].as_py()) == (2_999, "8000000")
    text = ommatidia(listed, "image", "list", study, "--csv").out
    assert len(list(csv.DictReader(io.StringIO(text)))) == 2_999
    assert ommatidia(listed, "image", "list", study).out.splitlines()[1].startswith("idr:8000001  plate")
    assert json.loads(ommatidia(listed, "image", "list", study, "--json").out)["rows"] == 2_999


def test_a_listed_image_is_shown_and_counted(listed: Path) -> None:
    """`image info` and `resolve` know a listed image; `status` counts it; the bad row is in quarantine."""
    shown = json.loads(ommatidia(listed, "image", "info", "idr:8000007", "--json").out)
    assert shown["representations"][0]["shape"] == "1024,1024"
    assert json.loads(ommatidia(listed, "status", "--json").out)["counts"]["images"] >= 2_999
    held = json.loads(ommatidia(listed, "quarantine", "list", "--source", "lists", "--json").out)
    assert [row["identifier"] for row in held] == ["idr:8100000"]


def test_fsck_covers_chunks(listed: Path) -> None:
    """A damaged chunk ends fsck with exit 3; a repair and a harvest mend it."""
    assert ommatidia(listed, "fsck").code == 0
    chunk = next((listed / "chunks").glob("??/*.parquet"))
    chunk.write_bytes(chunk.read_bytes()[:-5])
    assert ommatidia(listed, "fsck").code == 3
    assert ommatidia(listed, "fsck", "--repair").code == 3
    ommatidia(listed, "harvest", "lists")
    assert ommatidia(listed, "fsck").code == 0
