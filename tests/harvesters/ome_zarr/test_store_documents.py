"""Which documents of a store are asked for: few, bounded, and extras never cost the image."""

from __future__ import annotations

import json

import pytest
from ngff_documents import LABEL, consolidated_v2, labels_v04, plate_v04, store_v04, store_v05

from catalogue.problems import RecordRejected
from harvesters import store_documents
from harvesters.store_documents import read_documents
from harvesters.store_reader import StoreFault


class Texts:
    """A store in memory that counts what it is asked for.

    Args:
        faults: path -> fault in the place of an answer.
    """

    def __init__(self, held: dict[str, str], **faults: StoreFault):
        self.held, self.faults, self.asked = held, faults, list[str]()

    def read(self, path: str) -> str | None:
        """The document."""
        self.asked.append(path)
        if path in self.faults:
            raise self.faults[path]
        return self.held.get(path)


def read(store: Texts) -> dict[str, str]:
    """What is kept of a store."""
    texts: dict[str, str] = {}
    read_documents(store, texts)
    return texts


def test_labels_cost_one_request_where_there_are_none():
    """An image of two levels on Zarr v3 takes four requests."""
    store = Texts(store_v05())
    read(store)
    assert store.asked == ["zarr.json", "0/zarr.json", "1/zarr.json", "labels/zarr.json"]


def test_each_label_costs_one_request():
    """The list names them; their arrays are not asked for."""
    held = store_v04() | labels_v04(nuclei=LABEL, cells=LABEL)
    store = Texts(held)
    assert {path for path in read(store) if path.startswith("labels")} == set(labels_v04(nuclei=LABEL, cells=LABEL))
    assert [path for path in store.asked if path.startswith("labels")] == [
        "labels/.zattrs", "labels/nuclei/.zattrs", "labels/cells/.zattrs",
    ]  # fmt: skip


def test_consolidated_metadata_spares_the_requests_for_labels():
    """What one document repeats is not asked for, and what it lacks is not there."""
    store = Texts(consolidated_v2(store_v04() | labels_v04(nuclei=LABEL)))
    read(store)
    assert store.asked == ["zarr.json", ".zattrs", ".zmetadata"]


def test_a_bucket_that_refuses_what_is_not_there_still_gives_its_image():
    """Without the right to list, S3 answers 403 for a missing document."""
    store = Texts(store_v05(), **{"labels/zarr.json": StoreFault("gap", "answers 403")})
    assert set(read(store)) == set(store_v05())


def test_a_store_that_falls_silent_at_its_labels_is_read_another_day():
    """Silence says nothing about labels: a record without them would look like a change."""
    with pytest.raises(StoreFault):
        read(Texts(store_v05(), **{"labels/zarr.json": StoreFault("gap", "no answer", silent=True)}))


def test_a_very_large_label_document_stays_in_the_store(monkeypatch):
    """The image is kept, the table of objects is not."""
    monkeypatch.setattr(store_documents, "MAX_LABEL_CHARS", 1_000)
    texts = read(Texts(store_v04() | labels_v04(cells={**LABEL, "note": "x" * 2_000})))
    assert "labels/.zattrs" in texts
    assert "labels/cells/.zattrs" not in texts


def test_a_plate_is_read_through_its_wells():
    """Root, wells, images, arrays and labels: rows need no document."""
    store = Texts(plate_v04({"B/3": ["0"]}))
    read(store)
    assert store.asked == [
        "zarr.json", ".zattrs", ".zmetadata", "B/3/.zattrs", "B/3/0/.zattrs",
        "B/3/0/0/.zarray", "B/3/0/1/.zarray", "B/3/0/labels/.zattrs",
    ]  # fmt: skip


def test_the_requests_of_one_store_are_bounded(monkeypatch):
    """A store that asks for more than its share is refused, whatever it is."""
    monkeypatch.setattr(store_documents, "MAX_REQUESTS", 6)
    with pytest.raises(StoreFault) as caught:
        read(Texts(plate_v04()))
    assert caught.value.reason == "too-large"


def test_the_size_of_one_store_is_bounded(monkeypatch):
    """Documents beyond the bound are refused before they are kept."""
    monkeypatch.setattr(store_documents, "MAX_BUNDLE_BYTES", 900)
    with pytest.raises(StoreFault) as caught:
        read(Texts(store_v04()))
    assert caught.value.reason == "too-large"


def test_a_named_series_that_is_missing_refuses_the_collection():
    """OME/ says what is there; a gap is not passed over."""
    held = {".zattrs": json.dumps({"bioformats2raw.layout": 3}), "OME/.zattrs": json.dumps({"series": ["0", "1"]})}
    with pytest.raises(RecordRejected):
        read(Texts(held | store_v04("0/")))
