"""Reading the archive's API and folders: pages, changes, what a study draws in, what is no document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from bia_samples import (
    ACQUISITION,
    ALL,
    ANNOTATION,
    DATASET,
    FILE,
    GROWTH,
    IMAGE,
    PARTS,
    PREPARATION,
    PROCESS,
    ROWS,
    SAMPLE,
    SEARCH_IMAGE,
    SEARCH_STUDY,
    SOURCE,
    SPECIMEN,
    STORE,
    TABLE,
    crate,
    study,
    uuid,
)

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.bia import BiaHarvester
from harvesters.bundle import unpack
from tests.harvesters.contract import fetcher
from tests.harvesters.loopback_server import Server, answer, serving

DAY = "Mon, 02 Mar 2026 12:00:00 GMT"
LATER = "Thu, 02 Apr 2026 12:00:00 GMT"
PLACES = {
    "BioSample": "bio_sample", "SpecimenImagingPreparationProtocol": "specimen_imaging_preparation_protocol",
    "ImageAcquisitionProtocol": "image_acquisition_protocol", "AnnotationMethod": "annotation_method",
    "Protocol": "protocol", "Specimen": "specimen", "CreationProcess": "creation_process",
    "FileReference": "file_reference",
}  # fmt: skip


def put(server: Server, path: str, value: Any, date: str = DAY) -> None:
    """Serve a JSON answer of the API."""
    body = json.dumps(value).encode()
    server.routes[f"/v2/{path}"] = answer(body, headers={"Content-Type": "application/json", "Date": date})


def put_lists(server: Server, studies: list[Any], datasets: list[Any], date: str = DAY) -> None:
    """Serve the lists of studies and datasets on one page each."""
    put(server, "search/study?page_size=500", studies, date)
    put(server, "search/dataset?page_size=500", datasets)


def put_all(server: Server) -> None:
    """Serve one study with all that belongs to it."""
    put_lists(server, [study()], [DATASET])
    for one in (SAMPLE, PREPARATION, ACQUISITION, ANNOTATION, GROWTH, SPECIMEN, PROCESS, FILE):
        put(server, f"{PLACES[one['model']['type_name']]}/{one['uuid']}", one)
    put(server, f"dataset/{uuid(2)}/stats", {"image_count": 1, "file_reference_count": 160, "file_type_counts": {}})
    put(server, f"dataset/{uuid(2)}/image?page_size=100", [IMAGE])
    put(server, f"image/{uuid(10)}/image_representation?page_size=10", [STORE])


def run(
    server: Server, since: str | None = None, known: Mapping[str, str] | None = None, **options: str
) -> list[Event]:
    """One reading."""
    source = SourceSpec("bia", "bia", f"{server.url}/v2", ("biostudies",), options)
    return list(BiaHarvester(fetcher()).fetch(source, since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """What a node holds after a reading."""
    return {e.item: hashlib.sha256(e.content).hexdigest() for e in events if isinstance(e, SourceDocument)}


def end(events: list[Event]) -> Listed:
    """The last event."""
    assert isinstance(events[-1], Listed)
    return events[-1]


def test_study_comes_with_all_it_refers_to() -> None:
    """Datasets, protocols, images with representations and how they came to be are one document, and map whole."""
    with serving() as server:
        put_all(server)
        events = run(server)
    (document, last) = events
    assert isinstance(document, SourceDocument) and document.item == "S-BIAD9001"
    records = BiaHarvester(fetcher()).map(document, SOURCE).records
    assert [record["type"] for record in records] == ["Study", "Image"]
    assert records[0]["components"][0]["file_count"] == 160
    assert records[1]["creation_process"]["specimens"] == [records[0]["specimens"][0]["id"]]
    assert records[1]["representations"][0]["replicas"]
    assert isinstance(last, Listed) and (last.complete, last.total) == (True, 1)


def test_no_change_costs_two_lists() -> None:
    """R7: a second round asks for the lists of studies and datasets and nothing else."""
    with serving() as server:
        put_all(server)
        first = run(server)
        before = len(server.requests)
        again = run(server, end(first).cursor, held(first))
        asked = len(server.requests) - before
        whole = run(server, None, held(first))
    assert [type(event) for event in again] == [Unchanged, Listed]
    assert asked == 2
    assert [type(event) for event in whole] == [Unchanged, Listed]


def test_changed_dataset_makes_its_study_read_again() -> None:
    """The version of a study is the content of its document and its datasets'."""
    with serving() as server:
        put_all(server)
        first = run(server)
        put_lists(server, [study()], [{**DATASET, "title": "Another", "version": 1}])
        again = run(server, end(first).cursor, held(first))
    assert isinstance(again[0], SourceDocument)


def test_studies_are_read_again_by_turns() -> None:
    """Images may change below unchanged datasets: after `revisit_days` by the archive's clock (R1) all is compared."""
    with serving() as server:
        put_all(server)
        first = run(server)
        put(server, f"dataset/{uuid(2)}/image?page_size=100", [{**IMAGE, "label": "New", "version": 1}])
        soon = run(server, end(first).cursor, held(first))
        put_lists(server, [study()], [DATASET], LATER)
        late = run(server, end(first).cursor, held(first))
        never = run(server, end(first).cursor, held(first), revisit="0")
    assert [type(events[0]) for events in (soon, late, never)] == [Unchanged, SourceDocument, Unchanged]


def test_pages_go_on_from_the_last_uuid() -> None:
    """R11: a full page is followed by the next, a document on two pages is one; a repeated list is a loop."""
    studies = [{**study(accession_id=f"S-BIAD{n}"), "uuid": uuid(100 + n)} for n in range(3)]
    with serving() as server:
        put(server, "search/study?page_size=2", studies[:2])
        put(server, f"search/study?page_size=2&start_from_uuid={uuid(101)}", studies[1:])
        put(server, f"search/study?page_size=2&start_from_uuid={uuid(102)}", [])
        put(server, "search/dataset?page_size=2", [])
        events = run(server, page_size="2")
        put(server, f"search/study?page_size=2&start_from_uuid={uuid(102)}", studies[1:])
        with pytest.raises(SourceChanged, match="repeats"):
            run(server, page_size="2")
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["S-BIAD0", "S-BIAD1", "S-BIAD2"]


def test_images_are_as_many_as_asked_for() -> None:
    """The option `images` bounds what a dataset of very many images costs; 0 takes none."""
    with serving() as server:
        put_all(server)
        (document, _) = run(server, images="0")
        assert not any("/image" in path.split("?")[0] for path in server.paths if "dataset" in path)
    assert isinstance(document, SourceDocument)
    assert [record["type"] for record in BiaHarvester(fetcher()).map(document, SOURCE).records] == ["Study"]


def test_missing_document_costs_one_study() -> None:
    """A document that another refers to and the API has not makes the study a gap, tried again next time."""
    with serving() as server:
        put_all(server)
        del server.routes[f"/v2/protocol/{uuid(7)}"]
        first = run(server)
        assert isinstance(first[0], Unreadable) and first[0].reason == "gap"
        put(server, f"protocol/{uuid(7)}", GROWTH)
        again = run(server, end(first).cursor, {})
    assert isinstance(again[0], SourceDocument)


def test_list_that_cannot_be_had_removes_nothing() -> None:
    """R9, R13, R14: an error stops the run, an empty list of studies is none, another form is said."""
    with serving() as server:
        put_all(server)
        server.routes["/v2/search/dataset?page_size=500"] = answer(b"", "404 Not Found")
        with pytest.raises(SourceUnavailable):
            run(server)
        put(server, "search/study?page_size=500", [])
        with pytest.raises(SourceChanged, match="empty"):
            run(server)
        put(server, "search/study?page_size=500", {"detail": "x"})
        with pytest.raises(SourceChanged, match="no list"):
            run(server)
        server.routes["/v2/search/study?page_size=500"] = answer(b"", "403 Forbidden")
        with pytest.raises(SourceUnavailable):
            run(server)


def test_wrong_option_is_said() -> None:
    """An option that is no number stops the run with what is wrong."""
    with serving() as server, pytest.raises(SourceChanged, match="page_size"):
        run(server, page_size="many")


def test_folder_gives_one_document_a_study(tmp_path: Path) -> None:
    """Files of one study come together, crates with their lists, maps of the export one by one; the rest is none."""
    for one in ALL:
        place = tmp_path / "S-BIAD9001" / "dataset"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{one['uuid']}.json").write_text(json.dumps(one))
    (tmp_path / "export.json").write_text(json.dumps({"S-BIAD9002": SEARCH_STUDY, uuid(2): DATASET}))
    (tmp_path / "image.json").write_text(json.dumps(SEARCH_IMAGE))
    (tmp_path / "dataset.json").write_text(json.dumps(DATASET))
    (tmp_path / "openapi.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "ro-crate-metadata.json").write_text(json.dumps(crate(*PARTS, *TABLE)))
    (tmp_path / "c" / "file_list.tsv").write_text(ROWS)
    source = SourceSpec("bia", "bia", str(tmp_path), ("biostudies",))
    events = list(BiaHarvester(fetcher()).fetch(source, None, {}))
    items = [event.item for event in events if isinstance(event, SourceDocument)]
    assert items == ["S-BIAD9001", "broken.json", "c/ro-crate-metadata.json", "export.json#S-BIAD9002", "image.json"]
    assert isinstance(events[2], SourceDocument)
    assert set(unpack(events[2].content)) == {"ro-crate-metadata.json", "file_list.tsv"}
    again = list(BiaHarvester(fetcher()).fetch(source, None, held(events)))
    assert {type(event) for event in again[:-1]} == {Unchanged}


def test_location_may_be_the_folder_of_one_study(tmp_path: Path) -> None:
    """TYPE/UUID.json at the location itself is one study."""
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / f"{uuid(1)}.json").write_text(json.dumps(study()))
    source = SourceSpec("bia", "bia", str(tmp_path), ("biostudies",))
    events = list(BiaHarvester(fetcher()).fetch(source, None, {}))
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["documents"]
