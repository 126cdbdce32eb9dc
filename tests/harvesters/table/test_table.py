"""Spreadsheets in the template made from the model become studies and images."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import canonical, digest
from catalogue.problems import BadRequest, RecordRejected, SourceChanged, SourceUnavailable
from harvesters.table import MEDIA_TYPE, TableHarvester
from harvesters.table_columns import SHEETS, columns
from harvesters.table_template import write_template
from tests.harvesters.contract import HarvesterContract, fetcher

STUDY = {
    "accession": "EMPIAR-10999", "title": "Cells under ice", "license": "CC0-1.0", "date_published": "2024-05-06",
    "keywords": "ice | cells", "organisms": "Mus musculus [NCBITaxon:10090]|NCBITaxon:9606", "methods": "FBbi_00000256",
    "publisher.name": "A lab", "access.access_level": "public", "modalities": "Electron_Microscopy",
    "subjects": "spindle", "description": "Two\nlines",
}  # fmt: skip
ROWS: dict[str, list[dict[str, str]]] = {
    "studies": [STUDY],
    "authors": [
        {"study": "EMPIAR-10999", "name": "Ada Ant", "orcid": "0000-0002-1439-5301",
         "affiliations": "A lab [https://ror.org/02catss52]|Another lab"},
        {"study": "EMPIAR-10999", "name": "Bo Bee", "affiliations": "Another lab"},
    ],
    "publications": [
        {"study": "EMPIAR-10999", "doi": "https://doi.org/10.1000/X", "pubmed_id": "32814784", "title": "P"}
    ],
    "grants": [{"study": "EMPIAR-10999", "grant_identifier": "G-1", "funder.name": "A trust"}],
    "biosamples": [{"study": "EMPIAR-10999", "title": "HeLa cells", "cell_lines": "HeLa cell [CLO:0003684]"}],
    "specimens": [{"study": "EMPIAR-10999", "title": "Grid", "biosamples": "hela CELLS"}],
    "components": [{"study": "EMPIAR-10999", "title": "Set 1", "specimens": "Grid", "image_count": "12"}],
    "images": [
        {"study": "EMPIAR-10999", "title": "One", "format": "OME-Zarr", "shape": "1,2,3", "component": "Set 1",
         "endpoint": "https://store.example/", "key": "a/one.zarr", "pixel_size_x_um": "0.1",
         "organisms": "NCBITaxon:10090", "plate_position.row_index": "0", "plate_position.column_index": "3"},
    ],
}  # fmt: skip


def document(rows: dict[str, list[dict[str, str]]]) -> SourceDocument:
    """The rows of one study as they are kept."""
    return SourceDocument(
        str(rows["studies"][0].get("accession")), "https://lab.example/t", canonical(rows), MEDIA_TYPE
    )


def mapped(rows: dict[str, list[dict[str, str]]] | None = None, **study: str) -> Mapped:
    """What the rows become; keyword arguments change the study's cells."""
    rows = rows or ROWS
    rows = {**rows, "studies": [{**rows["studies"][0], **study}]}
    return TableHarvester(fetcher()).map(document(rows), source())


def source(location: object = "x.csv", **options: str) -> SourceSpec:
    """A source of spreadsheets."""
    return SourceSpec("sheet", "table", str(location), ("empiar",), options)


def read(location: object, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """The events of one reading."""
    return list(TableHarvester(fetcher()).fetch(source(location), since, known or {}))


def write_csv(folder: Path, rows: dict[str, list[dict[str, str]]] = ROWS) -> Path:
    """The rows as a folder of tables."""
    for name, lines in rows.items():
        heads = list(dict.fromkeys(key for line in lines for key in line))
        with (folder / f"{name}.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, heads)
            table.writeheader()
            table.writerows(lines)
    return folder


def write_book(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of rows of cells."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


class TestContract(HarvesterContract):
    """A study with rows on most sheets, and one with nothing but what is required."""

    def harvester(self) -> TableHarvester:
        return TableHarvester(fetcher())

    def source(self) -> SourceSpec:
        return source()

    def samples(self) -> list[SourceDocument]:
        return [
            document(ROWS),
            document({"studies": [{"accession": "EMPIAR-10998", "title": "T", "license": "CC-BY-4.0"}]}),
        ]

    def serve(self, folder: Path) -> SourceSpec:
        return source(write_csv(folder))


def test_rows_become_a_study_with_its_parts() -> None:
    """Every sheet's rows stand where the model has them, and cells that name other rows lead to them."""
    study, image = mapped().records
    assert (study["id"], study["keywords"], study["description"]) == ("empiar:10999", ["ice", "cells"], "Two\nlines")
    assert study["organisms"] == ["NCBITaxon:10090", "NCBITaxon:9606"]
    assert study["modalities"] == ["electron_microscopy"]
    assert study["access"] == {"id": "empiar:10999/access", "access_level": "PUBLIC"}
    assert [author["name"] for author in study["authors"]] == ["Ada Ant", "Bo Bee"]
    first, second = (author["affiliations"] for author in study["authors"])
    assert first[1] == second[0]
    assert first[0]["ror"] == "https://ror.org/02catss52"
    assert study["grants"][0]["funder"]["name"] == "A trust"
    assert study["publications"] == [
        {"id": "empiar:10999/publication/1", "title": "P", "doi": "10.1000/x", "pubmed_id": "32814784"}
    ]
    assert study["specimens"][0]["biosamples"] == ["empiar:10999/biosample/hela-cells"]
    assert study["components"][0] == {
        "id": "empiar:10999/component/set-1", "type": "StudyComponent", "title": "Set 1", "image_count": 12,
        "specimens": ["empiar:10999/specimen/grid"],
    }  # fmt: skip
    assert image["id"] == "empiar:10999.one-zarr"
    assert image["plate_position"] == {"id": f"{image['id']}/position", "row_index": 0, "column_index": 3}
    assert image["representations"][0]["replicas"][0]["key"] == "a/one.zarr"
    assert [term["id"] for term in image["terms"]] == ["NCBITaxon:10090"]


def test_row_put_in_between_moves_no_other() -> None:
    """Parts are named by their titles, not by their places."""
    more = {**ROWS, "biosamples": [{"study": "EMPIAR-10999", "title": "First"}, *ROWS["biosamples"]]}
    assert mapped(more).records[0]["specimens"] == mapped().records[0]["specimens"]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("date_published", "6.5.2024", "cell-form"),
        ("languages", "English", "cell-form"),
        ("doi", "pending", "cell-form"),
        ("image_count", "many", "number-form"),
        ("access.access_level", "secret", "cell-form"),
        ("see_also", "lab.example", "url-form"),
        ("genes", "BRCA 1", "cell-form"),
        ("license", "see paper", "license-form"),
    ],
)
def test_cell_of_a_wrong_form_is_left_out_and_said(column: str, cell: str, code: str) -> None:
    """One bad cell never costs the study; it is left out, counted and reported with its column."""
    found = mapped(**{column: cell})
    assert code in {finding.code for finding in found.findings if finding.path == f"studies/{column}"}
    slot = column.partition(".")[0]
    assert slot not in found.records[0] or found.records[0][slot] != cell


def test_unknown_column_is_reported() -> None:
    """A column that the model does not have is unmapped and said."""
    found = mapped(lens="63x")
    assert found.unmapped == {"studies/lens": 1}


def test_name_of_no_row_is_said() -> None:
    """A specimen of a sample that no row describes."""
    rows = {**ROWS, "specimens": [{"study": "EMPIAR-10999", "title": "Grid", "biosamples": "Yeast"}]}
    found = mapped(rows)
    assert "biosamples" not in found.records[0]["specimens"][0]
    assert "cell-form" in {finding.code for finding in found.findings}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [({"title": ""}, "schema-required"), ({"accession": "S-BIAD7"}, "not-owner"), ({"accession": ""}, "bad-identifier"),
     ({"accession": "biostudies:S-BIAD7"}, "not-owner")],
)  # fmt: skip
def test_study_that_cannot_enter_is_refused(cells: dict[str, str], reason: str) -> None:
    """No title, no accession of the archive, another's accession."""
    with pytest.raises(RecordRejected) as refused:
        mapped(**cells)
    assert refused.value.reason == reason


def test_two_images_of_one_name_are_refused() -> None:
    """Each image has an identifier of its own."""
    with pytest.raises(RecordRejected) as refused:
        mapped({**ROWS, "images": ROWS["images"] * 2})
    assert refused.value.reason == "equivocation"


def test_workbook_reads_as_people_see_it(tmp_path: Path) -> None:
    """Numbers, days and truth values of XLSX become the texts of a CSV; the line of remarks is passed over."""
    path = write_book(
        tmp_path / "a.xlsx",
        Studies=[
            ["Accession", "Title", "License", "image_count", "date_published", "date_updated"],
            ["# the accession", "the title", "", "", "", ""],
            ["EMPIAR-10999", "T", "CC0-1.0", 12.0, date(2024, 5, 6), datetime(2024, 5, 6, 7, 8, 9)],
            [None, None, None, None, None, None],
        ],
    )
    (event, _) = read(path)
    assert isinstance(event, SourceDocument)
    assert event.content == canonical(
        {"studies": [{"accession": "EMPIAR-10999", "title": "T", "license": "CC0-1.0", "image_count": "12",
                      "date_published": "2024-05-06", "date_updated": "2024-05-06T07:08:09"}]}
    )  # fmt: skip


def test_rows_without_study_and_second_rows_are_said(tmp_path: Path) -> None:
    """A row that belongs nowhere is delivered as what it is; the other studies are read."""
    rows = {
        "studies": [STUDY, {"title": "No accession"}, STUDY],
        "authors": [{"study": "EMPIAR-1", "name": "Lost"}],
    }
    events = read(write_csv(tmp_path, rows))
    reasons = {event.item: event.reason for event in events if isinstance(event, Unreadable)}
    assert reasons == {"studies#row-3": "schema-required", "studies#row-4": "equivocation", "authors#row-2": "gap"}
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["EMPIAR-10999"]


def test_only_the_changed_study_is_given_again(tmp_path: Path) -> None:
    """R7: equal files are not even parsed; of a changed one only the studies whose rows changed are new."""
    other = {**STUDY, "accession": "EMPIAR-10998"}
    first = read(write_csv(tmp_path, {"studies": [STUDY, other]}))
    known = {event.item: digest(event.content) for event in first if isinstance(event, SourceDocument)}
    end = first[-1]
    assert isinstance(end, Listed)
    assert {type(event) for event in read(tmp_path, end.cursor, known)} == {Unchanged, Listed}
    write_csv(tmp_path, {"studies": [STUDY, {**other, "title": "New"}]})
    second = read(tmp_path, end.cursor, known)
    assert [event.item for event in second if isinstance(event, SourceDocument)] == ["EMPIAR-10998"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"no zip"),
        ("b.csv", b"\xff\xfe"),
        ("c.csv", b"title,title\n1,2\n"),
        ("d.csv", b"accession,title\n" + b"a" * 200_000 + b",b\n"),
    ],
)
def test_files_that_are_no_tables_stop_the_source(tmp_path: Path, name: str, content: bytes) -> None:
    """What cannot be read whole changes nothing: yesterday's data stay."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceChanged):
        read(tmp_path / name)


def test_zip_bomb_and_doctype_are_not_read(tmp_path: Path) -> None:
    """A workbook that unpacks to far more than it is, or brings entities, is refused before it is parsed (TP4, TP7)."""
    for name, part in (("bomb", b" " * 30_000_000), ("doctype", b'<?xml version="1.0"?><!DOCTYPE a><a/>')):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("xl/workbook.xml", part)
        (tmp_path / f"{name}.xlsx").write_bytes(packed.getvalue())
        with pytest.raises(SourceChanged):
            read(tmp_path / f"{name}.xlsx")


def test_missing_file_and_missing_sheet_are_told_apart(tmp_path: Path) -> None:
    """Not there now is unavailable; there without studies is changed."""
    with pytest.raises(SourceUnavailable):
        read(tmp_path / "nothing.xlsx")
    with pytest.raises(SourceChanged):
        read(write_book(tmp_path / "a.xlsx", Authors=[["name"], ["Ada"]]))


@pytest.mark.parametrize("name", ["template.xlsx", "template"])
def test_template_is_read_by_its_harvester(tmp_path: Path, name: str) -> None:
    """Every column of every sheet is in the template, and a study filled in below the remarks is read."""
    path = tmp_path / name
    assert len(write_template(path)) == (1 if name.endswith("x") else len(SHEETS))
    if name.endswith("x"):
        book = load_workbook(path)
        assert book.sheetnames == list(SHEETS)
        for sheet in SHEETS:
            heads = [cell.value for cell in book[sheet][1]]
            assert heads == [column.name for column in columns(sheet)]
        book["studies"]["A3"], book["studies"]["B3"] = "EMPIAR-10999", "T"
        book.save(path)
    else:
        with (path / "studies.csv").open("a") as file:
            file.write("EMPIAR-10999,T\n")
    events = read(path)
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["EMPIAR-10999"]
    with pytest.raises(BadRequest):
        write_template(path)
