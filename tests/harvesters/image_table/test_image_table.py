"""Image tables of an archive: skipped by digest, read as a stream, refused when they are not what the index says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.model.documents import ImageTable, Listed, SourceDocument, SourceSpec, Unchanged
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.image_table import ImageTableHarvester
from tests.harvesters.image_table.table_index import NoWay, describe, fetch, read, write_index, write_table

ROWS = [{"accession": f"10000{n}", "title": f"field {n}", "size_x": 512} for n in range(5)]


def test_tables_are_given_with_their_study_and_digest(tmp_path: Path) -> None:
    """Each study of the index is one ImageTable; the end says how many there were."""
    write_table(tmp_path / "a.parquet", ROWS)
    write_table(tmp_path / "b.csv", ROWS)
    write_index(
        tmp_path, {"idr:idr0001": describe(tmp_path, "a.parquet", rows=5), "idr:idr0002": describe(tmp_path, "b.csv")}
    )
    one, two, listed = fetch(tmp_path)
    assert isinstance(one, ImageTable)
    assert isinstance(two, ImageTable)
    assert (one.study, one.rows, two.rows) == ("idr:idr0001", 5, None)
    assert listed == Listed(cursor=None, complete=True, total=2)
    assert fetch(tmp_path, {one.item: one.digest})[0] == Unchanged("idr:idr0001")


def test_a_file_that_is_held_is_not_read(tmp_path: Path) -> None:
    """A table whose digests are held is Unchanged even when its file cannot be read."""
    write_table(tmp_path / "a.parquet", ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.parquet")})
    (table, _) = fetch(tmp_path)
    assert isinstance(table, ImageTable)
    (tmp_path / "a.parquet").unlink()
    assert fetch(tmp_path, {table.item: table.digest})[0] == Unchanged("idr:idr0001")
    with pytest.raises(SourceUnavailable, match=r"a\.parquet"):
        read(tmp_path)


def test_another_default_is_another_table(tmp_path: Path) -> None:
    """What the source says for all rows is part of the digest: a changed endpoint is read again."""
    write_table(tmp_path / "a.csv", ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv")}, defaults={"site": "idr"})
    digests = {fetch(tmp_path, endpoint=url)[0].digest for url in ("https://a.example/", "https://b.example/")}  # type: ignore[union-attr]
    assert len(digests) == 2


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.tsv"])
def test_rows_of_every_form_are_read(tmp_path: Path, name: str) -> None:
    """Parquet, CSV and TSV give the same rows; cells of text tables are text, read by ingest."""
    path = tmp_path / name
    if name.endswith(".tsv"):
        lines = ["accession\ttitle\tsize_x", *(f"{r['accession']}\t{r['title']}\t{r['size_x']}" for r in ROWS)]
        path.write_text("\n".join(lines) + "\n")
    else:
        write_table(path, ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, name, rows=5)})
    rows, bad = read(tmp_path)
    assert bad == []
    assert [(row["accession"], row["title"], int(row["size_x"])) for row in rows] == [
        (row["accession"], row["title"], row["size_x"]) for row in ROWS
    ]


def test_a_line_of_another_length_is_no_row(tmp_path: Path) -> None:
    """A line with too many or too few cells is told by its number; the others are read."""
    (tmp_path / "a.csv").write_text("accession,title\n100001,one\n100002,two,too many\n100003,three\n")
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv", rows=3)})
    rows, (bad,) = read(tmp_path)
    assert [row["accession"] for row in rows] == ["100001", "100003"]
    assert (bad.number, bad.reason) == (3, "not-parsable")
    assert "has 3 cells, the header 2" in bad.detail


def test_columns_nobody_wants_are_named_but_not_read(tmp_path: Path) -> None:
    """A column that is none of ours comes as nulls, so that it is counted and costs nothing."""
    write_table(tmp_path / "a.parquet", [{**row, "roi": "x" * 1000} for row in ROWS])
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.parquet")})
    rows, _ = read(tmp_path)
    assert {row["roi"] for row in rows} == {None}


@pytest.mark.parametrize("change", [{"size_bytes": 1}, {"sha256": "0" * 64}])
def test_a_file_that_is_not_what_the_index_says_stops_the_source(tmp_path: Path, change: dict[str, Any]) -> None:
    """A file cut on its way, or changed without its index, is never taken for the list."""
    write_table(tmp_path / "a.csv", ROWS)
    (file,) = describe(tmp_path, "a.csv")
    write_index(tmp_path, {"idr:idr0001": [file | change]})
    with pytest.raises(SourceChanged, match="not the digest"):
        read(tmp_path)


def test_fewer_rows_than_the_index_says_refuse_the_table(tmp_path: Path) -> None:
    """A table is complete or it is nothing: absent rows would be taken for deletions."""
    write_table(tmp_path / "a.csv", ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv", rows=6)})
    with pytest.raises(RecordRejected, match="has 5 rows"):
        read(tmp_path)


@pytest.mark.parametrize(
    "index",
    [
        "not json",
        json.dumps({"format": "other/1", "tables": []}),
        json.dumps({"format": "ommatidia-image-tables/1", "tables": [{"study": "idr:idr0001", "files": []}]}),
        json.dumps({"format": "ommatidia-image-tables/1", "tables": [{"files": [{}]}]}),
        json.dumps(
            {
                "format": "ommatidia-image-tables/1",
                "tables": [
                    {"study": "idr:idr0001", "files": [{"path": "../a.csv", "sha256": "0" * 64, "size_bytes": 1}]}
                ],
            }
        ),
        "[" * 100_000,
    ],
    ids=["no json", "other format", "no files", "no study", "outside", "deep"],
)
def test_an_index_that_is_none_is_refused(tmp_path: Path, index: str) -> None:
    """A location that holds something else, or leads out of its folder, stops the source with a sentence."""
    (tmp_path / "index.json").write_text(index)
    with pytest.raises(SourceChanged):
        fetch(tmp_path)


def test_a_study_twice_is_refused(tmp_path: Path) -> None:
    """One study has one table; of two the second would withdraw the images of the first."""
    write_table(tmp_path / "a.csv", ROWS)
    index = write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv")})
    document = json.loads(index.read_text())
    document["tables"] *= 2
    index.write_text(json.dumps(document))
    with pytest.raises(SourceChanged, match="twice"):
        fetch(tmp_path)


def test_tables_are_read_over_http(tmp_path: Path) -> None:
    """The files of an index at an address are fetched below it, bounded, through the one fetcher."""
    write_table(tmp_path / "sub" / "a b.parquet", ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "sub/a b.parquet", rows=5)})
    asked = []

    class Answer:
        def __init__(self, content: bytes):
            self.status, self.content = 200, content

    class Site:
        def get(self, url: str, *, max_bytes: int | None = None) -> Answer:
            asked.append(url)
            name = url.removeprefix("https://partner.example/lists/").replace("%20", " ")
            return Answer((tmp_path / name).read_bytes())

        def download(self, url: str, path: Path, max_bytes: int) -> Answer:
            answer = self.get(url)
            assert len(answer.content) <= max_bytes
            path.write_bytes(answer.content)
            return answer

    rows, _ = read("https://partner.example/lists/index.json", Site())
    assert len(rows) == 5
    assert asked[1] == "https://partner.example/lists/sub/a%20b.parquet"


def test_there_are_no_documents_to_map() -> None:
    """A table is no document: mapping one says where its rows are."""
    source = SourceSpec("tables", "image_table", "/nowhere")
    with pytest.raises(RecordRejected, match="harvest the source again"):
        ImageTableHarvester(NoWay()).map(SourceDocument("idr:idr0001", "", b""), source)


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40] = b"\xff" * 40
    path.write_bytes(content)


def nested(path: Path) -> None:
    pq.write_table(pa.table({"accession": [["100000"]]}), path)


def wide(path: Path) -> None:
    pq.write_table(pa.table({f"c{n}": ["x"] for n in range(501)}), path)


def doubled(path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], names=["title", "title"]), path)


def text(path: Path) -> None:
    path.write_bytes(b"<html>not here</html>" * 100)


@pytest.mark.parametrize("spoil", [damaged, nested, wide, doubled, text])
def test_a_hostile_parquet_file_is_refused(tmp_path: Path, spoil: Any) -> None:
    """A file that is damaged, nested, too wide or no Parquet is refused with a reason; the next table is read."""
    write_table(tmp_path / "a.parquet", [{"accession": f"{n}", "title": "x" * (n % 50)} for n in range(10_000, 15_000)])
    spoil(tmp_path / "a.parquet")
    write_table(tmp_path / "b.parquet", ROWS)
    write_index(
        tmp_path, {"idr:idr0001": describe(tmp_path, "a.parquet"), "idr:idr0002": describe(tmp_path, "b.parquet")}
    )
    source = SourceSpec("tables", "image_table", str(tmp_path))
    read_rows, reasons = 0, []
    for event in ImageTableHarvester(NoWay()).fetch(source, None, {}):
        if isinstance(event, ImageTable):
            try:
                read_rows += sum(batch.num_rows for batch in event.batches())  # type: ignore[union-attr]
            except RecordRejected as rejection:
                reasons.append(rejection.reason)
    assert len(reasons) == 1
    assert read_rows == 5


@pytest.mark.parametrize(
    "content",
    [
        b"accession,title\n100000," + b"x" * (3 << 20) + b"\n",
        b"accession" + b",x" * 40_000 + b"\n1\n",
        b"accession,title\n100000,\xff\xfe\n",
        b"",
    ],
    ids=["long row", "long header", "no utf-8", "empty"],
)
def test_a_hostile_text_table_is_refused(tmp_path: Path, content: bytes) -> None:
    """Rows and headers are bounded, text is UTF-8; anything else refuses the table."""
    (tmp_path / "a.csv").write_bytes(content)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv")})
    with pytest.raises(RecordRejected):
        read(tmp_path)


def test_index_with_half_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    """R19: text that no digest can be taken of makes the index unusable, not the run."""
    write_table(tmp_path / "a.csv", ROWS)
    write_index(tmp_path, {"idr:idr0001": describe(tmp_path, "a.csv")})
    index = json.loads((tmp_path / "index.json").read_text())
    index["tables"][0]["defaults"] = {"license": "\ud800"}
    (tmp_path / "index.json").write_text(json.dumps(index))
    with pytest.raises(SourceChanged):
        fetch(tmp_path)
