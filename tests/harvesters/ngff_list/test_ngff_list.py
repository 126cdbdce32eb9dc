"""Lists of OME-Zarr images, read without opening a store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogue.model.documents import Event, Listed, Mapped, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import canonical, digest
from catalogue.problems import RecordRejected, SourceUnavailable
from harvesters.ngff_list import MEDIA_TYPE, NgffListHarvester
from tests.harvesters.contract import HarvesterContract, fetcher

HOST = "https://store.example/"
HEADER = "url,origin,shape,dimension_names,license,name,organismId,fbbiId,written,wells,images\n"
# Axes c,x,y,z (webknossos), NCBI:txid, obo:FBbi: and fractions of bytes (idr0004).
ROW = (
    'https://store.example/zarr/one.zarr,https://idr.openmicroscopy.org/study/idr0999/,"1,11,23,24","c,x,y,z",CC-BY-4.0,'
    "One,NCBI:txid9606,obo:FBbi:00000246,417816396.00000006,,\n"
)
PLATE = (
    'https://store.example/idr0999/P170.ome.zarr,https://idr.openmicroscopy.org/webclient/?show=plate-1795,"2,10,5,6",'
    '"c,z,y,x",,Plate 170,,,0,96,768\n'
)


def document(cells: dict[str, str], name: str = "samples.csv", key: str = "zarr/one.zarr") -> SourceDocument:
    """One row as it is kept."""
    content = canonical({"list": name, "row": {"url": HOST + key, **cells}, "root": {"endpoint": HOST, "key": key}})
    return SourceDocument(f"{name}#{HOST}{key}", HOST + key, content, MEDIA_TYPE)


def source(location: str = "lists/", **options: str) -> SourceSpec:
    """A source of lists."""
    return SourceSpec("lists", "ngff_list", location, ("idr", "ssbd"), options)


def mapped(cells: dict[str, str], **kwargs: Any) -> Mapped:
    """What a row becomes."""
    return NgffListHarvester(fetcher()).map(document(cells, **kwargs), source())


def read(location: object, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """The events of one reading."""
    return list(NgffListHarvester(fetcher()).fetch(source(str(location)), since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """Item -> digest of what was read."""
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


class TestContract(HarvesterContract):
    """Rows of three lists: a usual one, a plate, one whose study only its list's name tells."""

    def harvester(self) -> NgffListHarvester:
        return NgffListHarvester(fetcher())

    def source(self) -> SourceSpec:
        return source()

    def samples(self) -> list[SourceDocument]:
        return [
            document({"origin": "https://idr.openmicroscopy.org/study/idr0999/", "shape": "1,2", "name": "One"}),
            document({"wells": "96", "images": "768", "shape": "1,2,3"}, key="idr0999/P170.ome.zarr"),
            document({"source": "IDR"}, name="idr0999_samples.csv", key="data/4007801.zarr"),
        ]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "samples.csv").write_text(HEADER + ROW + PLATE)
        return source(str(folder))


def test_row_becomes_an_image_with_what_it_says() -> None:
    """Address, shape, axes, licence, organism, method and size are the row's, in canonical form."""
    cells = {
        "origin": "https://idr.openmicroscopy.org/study/idr0999/", "shape": "1,11,23,24", "dimension_names": "c,x,y,z",
        "license": "CC-BY-4.0", "organismid": "NCBI:txid9606", "fbbiid": "obo:FBbi:00000246",
        "written": "417816396.00000006", "name": "One",
    }  # fmt: skip
    found = mapped(cells)
    (record,) = found.records
    (representation,) = record["representations"]
    assert (record["id"], record["study"], record["title"]) == ("idr:idr0999.one", "idr:idr0999", "One")
    assert (record["organisms"], record["methods"]) == (["NCBITaxon:9606"], ["FBbi:00000246"])
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert representation["shape"] == "1,11,23,24"
    assert [(axis["name"], axis["size"]) for axis in representation["axes"]] == [
        ("c", 1), ("x", 11), ("y", 23), ("z", 24),
    ]  # fmt: skip
    assert representation["total_size_bytes"] == 417816396
    assert representation["replicas"] == [
        {"id": "idr:idr0999.one/representation/1/replica/1", "site": "idr", "endpoint": HOST, "key": "zarr/one.zarr"}
    ]
    assert found.mapped == 9


def test_plate_stays_one_image_without_a_shape() -> None:
    """The shape of a plate's row is that of one of its fields (idr0004), so the plate has none here."""
    found = mapped({"wells": "96", "images": "768", "shape": "2,10,510,672"}, key="idr0999/P170.ome.zarr")
    assert "shape" not in found.records[0]["representations"][0]
    assert "plate-as-image" in {finding.code for finding in found.findings}
    assert found.ignored["row, shape: of one field of a plate"] == 1


@pytest.mark.parametrize(
    ("cells", "name", "key", "study"),
    [
        ({}, "idr0999_samples.csv", "data/1.zarr", "idr:idr0999"),
        ({}, "samples.csv", "idr/idr0999/a.zarr", "idr:idr0999"),
        (
            {"name": "48-Susaki-MouseBrainCUBIC/Fig3A"},
            "ssbd_samples.csv",
            "v0.5/a.zarr",
            "ssbd:48-Susaki-MouseBrainCUBIC",
        ),
    ],
)
def test_study_is_found_in_names_where_no_cell_says_it(cells: dict[str, str], name: str, key: str, study: str) -> None:
    """The list, the folder or the image's name may name the study (idr0013, ssbd_samples); that is said."""
    found = mapped(cells, name=name, key=key)
    assert found.records[0]["study"] == study
    assert "study-from-name" in {finding.code for finding in found.findings}


@pytest.mark.parametrize(
    ("cells", "name"),
    [({}, "jax.csv"), ({"name": "idr0001/x"}, "idr0999_samples.csv"), ({"origin": "https://jax.example/1"}, "x.csv")],
)
def test_study_that_nothing_names_or_two_name_is_refused(cells: dict[str, str], name: str) -> None:
    """No study is guessed (KOMP lists name none)."""
    with pytest.raises(RecordRejected) as refused:
        mapped(cells, name=name, key="data/1.zarr")
    assert refused.value.reason == "bad-identifier"


def test_odd_cells_are_left_out_and_said() -> None:
    """Axes that do not fit the shape, shapes that are none, unknown columns and terms each give a finding."""
    found = mapped(
        {"study": "idr0999", "shape": "(1, 2)", "dimension_names": "y,x,z", "lens": "63x", "organismid": "?"}
    )
    assert found.records[0]["representations"][0]["shape"] == "1,2"
    assert {"axes-unlike-shape", "unmapped-property", "term-id-form"} <= {finding.code for finding in found.findings}
    assert found.unmapped == {"row, lens": 1}
    assert "shape" not in mapped({"study": "idr0999", "shape": "big"}).records[0]["representations"][0]


def test_lists_of_lists_are_walked_and_a_missing_one_is_survived(tmp_path: Path) -> None:
    """A named list that is not there is reported, the others are read, and nothing counts as removed."""
    (tmp_path / "root.csv").write_text("source,url\n\nIDR,one.csv\nJAX,absent.csv\nIDR,root.csv\n")
    (tmp_path / "one.csv").write_text(HEADER + ROW)
    events = read(tmp_path / "root.csv")
    end = events[-1]
    assert isinstance(end, Listed)
    assert not end.complete
    assert [(e.item, e.reason) for e in events if isinstance(e, Unreadable)] == [("absent.csv#(list)", "gap")]
    assert len(held(events)) == 1
    with pytest.raises(SourceUnavailable):
        read(tmp_path / "nothing.csv")


def test_list_without_header_and_second_line_of_one_store(tmp_path: Path) -> None:
    """A list may be addresses only (idr0013); a store listed twice is refused once; an unsafe address is refused."""
    (tmp_path / "idr0999_samples.csv").write_text(f"{HOST}1.zarr\n{HOST}1.zarr\nfile:///etc/passwd\n")
    reasons = [event.reason for event in read(tmp_path) if isinstance(event, Unreadable)]
    assert sorted(reasons) == ["equivocation", "link-unsafe"]


def test_only_the_changed_list_is_read_again(tmp_path: Path) -> None:
    """R7: rows of an unchanged list are Unchanged; of a changed one only the new row is given; a removed list goes."""
    (tmp_path / "a.csv").write_text(HEADER + ROW)
    (tmp_path / "b.csv").write_text(HEADER + PLATE)
    first = read(tmp_path)
    known = held(first)
    end = first[-1]
    assert isinstance(end, Listed)
    (tmp_path / "b.csv").write_text(HEADER + PLATE + ROW.replace("one.zarr", "two.zarr"))
    second = read(tmp_path, end.cursor, known)
    assert [event.item for event in second if isinstance(event, SourceDocument)] == [f"b.csv#{HOST}zarr/two.zarr"]
    assert sum(isinstance(event, Unchanged) for event in second) == 2
    assert not [event for event in second if isinstance(event, Removed)]


def test_kept_row_says_the_same_wherever_it_stands(tmp_path: Path) -> None:
    """A line put in before does not change the rows after it."""
    (tmp_path / "a.csv").write_text(HEADER + ROW)
    first = held(read(tmp_path))
    (tmp_path / "a.csv").write_text(HEADER + PLATE + ROW)
    assert first.items() <= held(read(tmp_path)).items()


@pytest.mark.parametrize(
    "content", [b"[]", b'{"row": 1}', b'{"row": {"a": 1}, "root": {"endpoint": "", "key": ""}, "list": ""}']
)
def test_damaged_row_is_refused(content: bytes) -> None:
    """A kept row of another form is not parsable."""
    with pytest.raises(RecordRejected) as refused:
        NgffListHarvester(fetcher()).map(SourceDocument("a", "", content), source())
    assert refused.value.reason == "not-parsable"


@pytest.mark.partners
def test_real_lists_become_images(partners: Path) -> None:
    """Every row of the challenge's lists is an image or refused for a stated reason; no column is unknown."""
    harvester = NgffListHarvester(fetcher())
    spec = SourceSpec("lists", "ngff_list", str(partners / "ome-zarr-lists"), ())
    reasons: dict[str, int] = {}
    images: dict[str, int] = {}
    for event in harvester.fetch(spec, None, {}):
        if isinstance(event, Unreadable):
            reasons[event.reason] = reasons.get(event.reason, 0) + 1
        if not isinstance(event, SourceDocument):
            continue
        try:
            found = harvester.map(event, spec)
        except RecordRejected as refused:
            name = f"{json.loads(event.content)['list']}: {refused.reason}"
            reasons[name] = reasons.get(name, 0) + 1
            continue
        assert not found.unmapped, event.item
        owner = found.records[0]["owner"]
        images[owner] = images.get(owner, 0) + 1
    assert images == {"idr": 765, "ssbd": 11, "biostudies": 6, "empiar": 4}
    assert reasons == {
        "jax/KOMP_adult_lacZ.csv: bad-identifier": 200,
        "other_samples.csv: bad-identifier": 3,
        "uni_muenster_samples.csv: bad-identifier": 17,
        "webknossos_samples.csv: bad-identifier": 77,
    }


def test_lists_beyond_the_bounds_make_the_listing_incomplete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: a named list that is not read for its depth or number is said, and nothing counts as absent."""
    monkeypatch.setattr("harvesters.list_places.MAX_LISTS", 2)
    (tmp_path / "all.csv").write_text("url\none.csv\ntwo.csv\n")
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(HEADER + ROW)
    events = read(tmp_path / "all.csv")
    assert any(isinstance(event, Unreadable) and event.item.endswith("two.csv#(list)") for event in events)
    assert isinstance(events[-1], Listed) and not events[-1].complete
