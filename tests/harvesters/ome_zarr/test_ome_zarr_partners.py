"""Every real OME-Zarr document and list is mapped or refused with a reason; nothing crashes, nothing vanishes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from ngff_documents import store_v05
from site_in_memory import MemorySite

from catalogue.model.documents import Listed, SourceDocument, SourceSpec, Unreadable
from catalogue.model.payload import canonical
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import REASONS, RecordRejected, SourceChanged
from harvesters.image_lists import parse_list, resolve
from harvesters.ngff_metadata import announced_images, parse_image
from harvesters.ngff_values import Findings
from harvesters.ome_zarr import OmeZarrHarvester
from harvesters.zarr_documents import Documents, parse_array, parse_json

pytestmark = pytest.mark.partners


def stores_of(folder: Path) -> list[Path]:
    """Outermost folders with a root metadata document."""
    roots = {file.parent for name in (".zattrs", "zarr.json") for file in folder.rglob(name)}
    return sorted(root for root in roots if not any(parent in roots for parent in root.parents))


def harvest(folder: Path, stores: list[str], base: str) -> tuple[list[object], OmeZarrHarvester, SourceSpec]:
    """The events of a harvest of recorded answers."""
    site = MemorySite()
    for file in folder.rglob("*"):
        if file.is_file():
            site.held[base + file.relative_to(folder).as_posix()] = file.read_bytes()
    listing = "url\n" + "".join(f'"{store}"\n' for store in stores)
    site.held[base + "list.csv"] = listing.encode()
    spec = SourceSpec("recorded", "ome_zarr", base + "list.csv", ("idr",), {"study": "idr0062"})
    harvester = OmeZarrHarvester(site)
    return list(harvester.fetch(spec, None, {})), harvester, spec


def test_recorded_answers_of_the_idr_become_valid_records(partners: Path):
    """Six recorded stores give fourteen images, nine of them series of one collection, all valid."""
    folder = partners / "ome-zarr" / "recorded" / "uk1s3.embassy.ebi.ac.uk"
    stores = [root.relative_to(folder).as_posix() for root in stores_of(folder)]
    events, harvester, spec = harvest(folder, stores, "https://uk1s3.embassy.ebi.ac.uk/")
    documents = [event for event in events if isinstance(event, SourceDocument)]
    assert len(documents) == len(stores) == 6
    records = [record for document in documents for record in harvester.map(document, spec).records]
    assert len(records) == 14
    assert [record["id"] for record in records if check_schema(record) or check_shapes(record)] == []
    shapes = {record["id"]: record["representations"][0]["shape"] for record in records}
    assert shapes["idr:idr0062.6001240-labels"] == "2,236,275,271"
    assert isinstance(events[-1], Listed)


def test_every_store_folder_parses_or_is_refused(partners: Path):
    """The example stores of the OME models, the challenge and the BIA converter end in a record or a reason."""
    folder = partners / "ome-zarr" / "models"
    stores = [root.relative_to(folder).as_posix() for root in stores_of(folder)]
    assert len(stores) >= 2
    events, harvester, spec = harvest(folder, stores, "https://models.example/")
    for event in events[:-1]:
        if isinstance(event, Unreadable):
            assert event.reason in REASONS and event.detail
        else:
            assert isinstance(event, SourceDocument)
            assert harvester.map(event, spec).records


def test_every_attributes_document_parses_or_is_refused(partners: Path):
    """Each JSON document that is no array is told apart: an image, or refused with a reason of the closed list."""
    outcomes: dict[str, int] = {}
    for file in sorted((partners / "ome-zarr").rglob("*.json")):
        text = file.read_text("utf-8")
        if '"node_type":"array"' in text.replace(" ", "").replace("\n", ""):
            continue
        name = "zarr.json" if '"attributes"' in text else ".zattrs"
        documents = Documents({name: text})
        try:
            image = announced_images(documents)[0]
            parse_image(documents, image, Findings())
            outcome = "image"
        except RecordRejected as rejected:
            assert rejected.reason in REASONS and len(rejected.detail) > 20, file.name
            outcome = rejected.reason
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    # Without array documents no shape is known, so none of these alone can be an image.
    assert set(outcomes) <= {"schema-required", "policy", "not-parsable", "link-unsafe", "shape-violation"}
    assert sum(outcomes.values()) > 100


def test_every_array_document_parses(partners: Path):
    """All .zarray and array zarr.json documents give shape, chunks and a dtype that numpy knows."""
    import numpy as np

    count = 0
    for file in (partners / "ome-zarr").rglob("*"):
        if file.name == ".zarray" or (file.name == "zarr.json" and '"array"' in file.read_text("utf-8")):
            document = parse_json(file.read_text("utf-8"), file.name)
            if document.get("node_type", "array") != "array":
                continue
            array = parse_array(document, file.name)
            assert np.dtype(array.data_type).name == array.data_type
            assert len(array.shape) == len(array.chunks)
            count += 1
    assert count > 80


def test_every_list_is_read_and_every_row_leads_somewhere(partners: Path):
    """All lists of the NGFF challenge parse; rows give a place, name a list, or are refused with a reason."""
    rows = places = lists = refused = 0
    for file in sorted((partners / "ome-zarr-lists").rglob("*.csv")):
        try:
            for row in parse_list(file.read_bytes(), file.name):
                rows += 1
                if row.is_list:
                    lists += 1
                    continue
                try:
                    place = resolve(row.url, "https://raw.example/samples/")
                    assert unquote(place.key).rstrip("/").endswith(unquote(row.url).rstrip("/").rpartition("/")[2])
                    places += 1
                except RecordRejected as rejected:
                    assert rejected.reason == "link-unsafe", json.dumps(row.cells)
                    refused += 1
        except SourceChanged as changed:
            pytest.fail(f"{file.name}: {changed.detail}")
    assert rows > 900 and lists >= 10
    assert refused == 0
    assert places + lists == rows


def test_every_real_row_gives_a_valid_record_or_names_no_study(partners: Path):
    """With the study an operator states for each of IDR's lists, their rows are valid records; the only other outcome
    is a row whose study nobody names. A store of ours stands in for those that were not recorded."""
    outcomes: Counter[str] = Counter()
    harvester, documents = OmeZarrHarvester(None), store_v05()
    for file in sorted((partners / "ome-zarr-lists").rglob("*.csv")):
        stated = re.match(r"idr\d{4}", file.name)
        spec = SourceSpec("list", "ome_zarr", file.name, options={"study": stated[0]} if stated else {})
        for row in parse_list(file.read_bytes(), file.name):
            if row.is_list or not row.url:
                continue
            place = resolve(row.url, "https://raw.example/samples/")
            root = {"endpoint": place.endpoint, "key": place.key}
            bundle = canonical({"row": row.cells, "root": root, "documents": documents})
            try:
                mapped = harvester.map(SourceDocument(row.url, place.url, bundle), spec)
            except RecordRejected as rejected:
                outcomes[rejected.reason] += 1
                assert "No study is known" in rejected.detail and not stated, row.url
                continue
            (record,) = mapped.records
            outcomes["record"] += 1
            assert check_schema(record) == [] and check_shapes(record) == [], row.url
            assert not mapped.unmapped, row.url
    assert outcomes == {"record": 771, "bad-identifier": 312}
