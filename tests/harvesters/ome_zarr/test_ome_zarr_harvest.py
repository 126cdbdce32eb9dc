"""The harvester delivers one document a store, maps it to image records, and survives what it cannot read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ngff_documents import LABEL, labels_v04, multiscale, plate_v04, store_v04, store_v05
from site_in_memory import MemorySite

from catalogue.model.documents import Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.ome_zarr import OmeZarrHarvester

LIST = "https://member.example/images.csv"
BASE = "https://member.example/"


def source(location: str = LIST, **options: str) -> SourceSpec:
    """A source of the IDR."""
    return SourceSpec("demo", "ome_zarr", location, ("idr",), options)


def site_with(listing: str, **stores: dict[str, str]) -> MemorySite:
    """A member with a list and stores `NAME.zarr` beside it."""
    site = MemorySite({LIST: listing.encode()})
    for name, texts in stores.items():
        site.add(f"{BASE}{name}.zarr/", texts)
    return site


def fetched(site: MemorySite, spec: SourceSpec | None = None, known: dict[str, str] | None = None) -> list[Any]:
    """All events of one harvest."""
    return list(OmeZarrHarvester(site).fetch(spec or source(), None, known or {}))


def mapped(site: MemorySite, spec: SourceSpec | None = None) -> list[Mapped]:
    """The mapped documents of one harvest."""
    harvester, spec = OmeZarrHarvester(site), spec or source()
    return [harvester.map(event, spec) for event in fetched(site, spec) if isinstance(event, SourceDocument)]


def test_a_listed_store_becomes_a_valid_image_record():
    """Axes, shape, dtype, levels, sizes, channels, place and digest arrive, and the record passes the model's gates."""
    listing = (
        "url,origin,name,license,organismId,organism,fbbiId,method,written\n"
        "a.zarr,idr0062,Nuclei,CC-BY-4.0,NCBI:txid9606,Homo sapiens,"
        "obo:FBbi_00000246,fluorescence microscopy,417816396.00000006\n"
    )
    (result,) = mapped(site_with(listing, a=store_v04()))
    (record,) = result.records
    representation = record["representations"][0]
    assert check_schema(record) == [] and check_shapes(record) == []
    assert (record["id"], record["study"], record["title"]) == ("idr:idr0062.a", "idr:idr0062", "Nuclei")
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (record["organisms"], record["methods"]) == (["NCBITaxon:9606"], ["FBbi:00000246"])
    assert (representation["shape"], representation["data_type"]) == ("2,8,256,320", "uint16")
    assert (representation["format_version"], representation["zarr_format"]) == ("0.4", 2)
    assert [level["chunks"] for level in representation["levels"]] == ["1,1,64,64", "1,1,64,64"]
    assert (representation["pixel_size_z_um"], representation["pixel_size_x_um"]) == (0.5, 0.25)
    assert representation["total_size_bytes"] == 417816396
    assert [axis["name"] for axis in representation["axes"]] == ["c", "z", "y", "x"]
    assert representation["channels"][1] == {
        "id": "idr:idr0062.a/representation/1/channel/1",
        "index": 1,
        "label": "GFP",
        "color": "00FF00",
        "window_start": 5.0,
        "window_end": 700.5,
        "window_min": 0.0,
        "window_max": 65535.0,
    }
    assert representation["replicas"][0]["endpoint"] == BASE
    assert representation["replicas"][0]["key"] == "a.zarr"
    assert {f.code for f in result.findings} == {"license-form", "term-id-form", "size-form"}


def test_the_bundle_keeps_the_documents_verbatim():
    """What is kept are the texts as served, beside the row, so that mapping can run again without the network."""
    texts = store_v05()
    (document, listed) = fetched(site_with("url,origin\na.zarr,idr0062\n", a=texts))
    bundle = json.loads(document.content)
    assert bundle["documents"] == texts
    assert bundle["row"] == {"url": "a.zarr", "origin": "idr0062"}
    assert bundle["root"] == {"endpoint": BASE, "key": "a.zarr"}
    assert listed == Listed(None, True, 1)


def test_an_unchanged_store_is_not_delivered_again():
    """The digest of the bundle decides; a changed row is a change."""
    site = site_with("url,origin\na.zarr,idr0062\n", a=store_v05())
    document = fetched(site)[0]
    known = {document.item: digest(document.content)}
    assert isinstance(fetched(site, known=known)[0], Unchanged)
    site.held[LIST] = b"url,origin,name\na.zarr,idr0062,New name\n"
    assert isinstance(fetched(site, known=known)[0], SourceDocument)


def test_consolidated_metadata_spares_requests():
    """With .zmetadata no array document is asked for."""
    from ngff_documents import consolidated_v2

    site = site_with("url,origin\na.zarr,idr0062\n", a=consolidated_v2(store_v04()))
    (result,) = mapped(site)
    assert result.records[0]["representations"][0]["shape"] == "2,8,256,320"
    assert [url.removeprefix(BASE) for url in site.asked if ".zarray" in url] == []


def test_what_cannot_be_read_is_named_and_the_run_goes_on():
    """A silent store, a missing one, a well, a web page and a refused address do not stop the others."""
    listing = "url,origin\n" + "".join(
        f"{n}.zarr,idr0062\n" for n in ("silent", "gone", "well", "page", "inside", "good")
    )
    site = site_with(
        listing,
        well={".zattrs": json.dumps({"well": {"images": []}})},
        page={"zarr.json": "<html>Sorry</html>"},
        good=store_v05(),
    )
    site.failing = {BASE + "silent": 0, BASE + "inside": -1}
    events = fetched(site)
    reasons = {event.item: event.reason for event in events if isinstance(event, Unreadable)}
    assert reasons == {
        "silent.zarr": "gap",
        "gone.zarr": "not-parsable",
        "well.zarr": "policy",
        "page.zarr": "not-parsable",
        "inside.zarr": "link-unsafe",
    }
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["good.zarr"]


def test_a_member_that_is_down_stops_the_run():
    """When no store answers at all nothing may count as listed."""
    site = site_with("url,origin\na.zarr,idr0062\nb.zarr,idr0062\n")
    site.failing = {BASE + "a.zarr": 0, BASE + "b.zarr": 503}
    with pytest.raises(SourceUnavailable):
        fetched(site)


def test_a_list_that_is_gone_stops_the_run():
    """Without the list there is no listing."""
    with pytest.raises(SourceUnavailable):
        fetched(MemorySite())
    with pytest.raises(SourceUnavailable):
        fetched(MemorySite(), source("/nowhere/images.csv"))


def test_rows_without_address_and_repeated_rows_are_named():
    """A row without url and the second of two equal rows are quarantined under names of their own."""
    site = site_with("name,url,origin\nx,,idr0062\ny,a.zarr,idr0062\nz,a.zarr,idr0062\n", a=store_v05())
    events = fetched(site)
    reasons = {event.item: event.reason for event in events if isinstance(event, Unreadable)}
    assert reasons == {"images.csv#line-2": "schema-required", "images.csv#line-4": "equivocation"}


def test_two_stores_of_one_name_in_one_study_are_told_apart_or_refused():
    """One image per identifier: the second store of that name needs an identifier of its own."""
    site = MemorySite(
        {LIST: b"url,origin,identifier\np/a.zarr,idr0062,\nq/a.zarr,idr0062,\nr/a.zarr,idr0062,12345678\n"}
    )
    for folder in "pqr":
        site.add(f"{BASE}{folder}/a.zarr/", store_v05())
    events = fetched(site)
    assert [e.item for e in events if isinstance(e, SourceDocument)] == ["p/a.zarr", "r/a.zarr"]
    assert [e.reason for e in events if isinstance(e, Unreadable)] == ["equivocation"]
    assert [m.records[0]["id"] for m in mapped(site)] == ["idr:idr0062.a", "idr:12345678"]


def test_a_list_of_lists_is_followed_and_a_missing_one_survived():
    """Named lists are read with their own folder as base; one that is gone makes the listing incomplete."""
    site = MemorySite({LIST: b"source,url\n\nIDR,more/x.csv\nIDR,gone.csv\n"})
    site.held[BASE + "more/x.csv"] = b"url,origin\na.zarr,idr0062\n"
    site.add(BASE + "more/a.zarr/", store_v05())
    events = fetched(site)
    assert isinstance(events[0], SourceDocument)
    assert events[0].url == BASE + "more/a.zarr"
    assert isinstance(events[1], Unreadable)
    assert events[2] == Listed(None, False, 1)


def test_lists_that_name_each_other_end():
    """A circle of lists is read once."""
    site = MemorySite({LIST: b"url\nother.csv\n", BASE + "other.csv": b"url,origin\nimages.csv,\na.zarr,idr0062\n"})
    site.add(BASE + "a.zarr/", store_v05())
    assert [type(event) for event in fetched(site)] == [SourceDocument, Listed]


def test_a_local_list_reads_stores_beside_it(tmp_path: Path):
    """A list in a folder needs no network, and its replicas are file addresses below that folder."""
    (tmp_path / "images.csv").write_text("url,origin\nzarr/my image.zarr,idr0062\n")
    for path, text in store_v05().items():
        file = tmp_path / "zarr" / "my image.zarr" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    spec = source(str(tmp_path / "images.csv"))
    events = fetched(MemorySite(), spec)
    assert events[0].item == "zarr/my image.zarr"
    record = OmeZarrHarvester(MemorySite()).map(events[0], spec).records[0]
    assert record["id"] == "idr:idr0062.my-image"
    assert record["representations"][0]["replicas"][0]["endpoint"] == tmp_path.resolve().as_uri() + "/"
    assert check_schema(record) == []


def test_a_local_store_that_links_elsewhere_is_refused(tmp_path: Path):
    """A symbolic link out of the list's folder is not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "zarr.json").write_text(store_v05()["zarr.json"])
    member = tmp_path / "member"
    member.mkdir()
    (member / "a.zarr").symlink_to(outside)
    (member / "good.zarr").mkdir()
    for path, text in store_v05().items():
        (member / "good.zarr" / path).parent.mkdir(exist_ok=True)
        (member / "good.zarr" / path).write_text(text)
    (member / "images.csv").write_text("url,origin\na.zarr,idr0062\ngood.zarr,idr0062\n")
    events = fetched(MemorySite(), source(str(member / "images.csv")))
    assert (events[0].item, events[0].reason) == ("a.zarr", "link-unsafe")
    assert isinstance(events[1], SourceDocument)


def test_every_series_of_a_collection_becomes_an_image():
    """A bioformats2raw store of two series gives two records with paths of their own."""
    texts = {".zattrs": json.dumps({"bioformats2raw.layout": 3})} | store_v04("0/") | store_v04("1/")
    (result,) = mapped(site_with("url,origin,name\na.zarr,idr0062,Slide\n", a=texts))
    assert [record["id"] for record in result.records] == ["idr:idr0062.a-0", "idr:idr0062.a-1"]
    assert [r["representations"][0]["multiscales_path"] for r in result.records] == ["0", "1"]
    assert all(check_schema(record) == [] for record in result.records)


def test_every_field_of_a_plate_becomes_an_image_with_its_place():
    """A plate of three fields gives three valid records with titles, paths and positions of their own."""
    (result,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=plate_v04()))
    assert [record["id"] for record in result.records] == [f"idr:idr0062.a-{n}" for n in ("A-1-0", "A-1-1", "B-3-0")]
    last = result.records[-1]
    assert last["title"] == "Plate 7 (B/3/0)"
    assert last["representations"][0]["multiscales_path"] == "B/3/0"
    assert last["plate_position"] == {
        "id": "idr:idr0062.a-B-3-0/position",
        "row_index": 1,
        "column_index": 2,
        "plate_name": "Plate 7",
        "row_name": "B",
        "column_name": "3",
        "field_index": 0,
        "run_number": 4,
    }
    assert all(check_schema(record) == [] and check_shapes(record) == [] for record in result.records)


def test_a_lost_field_is_a_finding_and_a_plate_of_lost_fields_is_rejected():
    """What the plate names and has not is said; with nothing left there is no record."""
    texts = plate_v04({"A/1": ["0", "1"]})
    del texts["A/1/0/.zattrs"]
    (result,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=texts))
    assert [record["id"] for record in result.records] == ["idr:idr0062.a-A-1-1"]
    assert "image-missing" in {finding.code for finding in result.findings}
    del texts["A/1/1/.zattrs"]
    with pytest.raises(RecordRejected) as caught:
        mapped(site_with("url,origin\na.zarr,idr0062\n", a=texts))
    assert caught.value.reason == "gap"


def test_two_fields_of_one_identifier_are_rejected():
    """Paths that differ in signs only would become one image."""
    with pytest.raises(RecordRejected) as caught:
        mapped(site_with("url,origin\na.zarr,idr0062\n", a=plate_v04({"A/1": ["x_y", "x-y"]})))
    assert caught.value.reason == "equivocation"


def test_display_labels_and_transformations_arrive_in_a_valid_record():
    """All that OME-Zarr says of showing and placing an image has its place in the record."""
    outer = [{"type": "translation", "translation": [0, 0, 5, 5]}]
    texts = store_v04(coordinateTransformations=outer) | labels_v04(nuclei=LABEL)
    (result,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=texts))
    (record,) = result.records
    representation = record["representations"][0]
    base = representation["id"]
    assert check_schema(record) == [] and check_shapes(record) == []
    assert representation["rendering"] == {"id": f"{base}/rendering", "default_z": 3, "default_t": 0}
    assert representation["coordinate_transformations"] == [
        {"id": f"{base}/transformation/0", "index": 0, "transformation_type": "translation", "parameters": "[0,0,5,5]"}
    ]
    level = representation["levels"][1]
    assert level["coordinate_transformations"][0]["parameters"] == "[1,500,0.5,0.5]"
    assert level["codecs"] == ["zstd"]
    (label,) = record["labels"]
    assert (label["id"], label["path"], label["source_path"]) == (f"{record['id']}/label/0", "labels/nuclei", "../../")
    assert label["label_values"][0] == {
        "id": f"{record['id']}/label/0/value/1",
        "pixel_value": 1,
        "label": "nucleus",
        "color_rgba": "FF000080",
        "characteristics": [
            {"id": f"{record['id']}/label/0/value/1/characteristic/{n}", "name": name, "text_value": said}
            for n, (name, said) in enumerate([("class", "nucleus"), ("area", "1200"), ("kept", "true")], start=1)
        ],
    }


@pytest.mark.parametrize(
    ("origin", "options", "study", "image"),
    [
        (
            "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD144",
            {},
            "biostudies:S-BIAD144",
            "biostudies:S-BIAD144.a",
        ),
        ("idr0062", {"study": "idr:idr0001"}, "idr:idr0062", "idr:idr0062.a"),
        (
            "https://idr.openmicroscopy.org/webclient/?show=image-4007817",
            {"study": "idr0051"},
            "idr:idr0051",
            "idr:4007817",
        ),
        ("", {"study": "ssbd-repos-000123"}, "ssbd:ssbd-repos-000123", "ssbd:ssbd-repos-000123.a"),
    ],
)
def test_study_and_image_come_from_origin_or_option(origin, options, study, image):
    """`origin` names a study or an image; the source's option fills in for rows that name no study."""
    (result,) = mapped(site_with(f"url,origin\na.zarr,{origin}\n", a=store_v05()), source(**options))
    assert (result.records[0]["study"], result.records[0]["id"]) == (study, image)


def test_a_store_without_study_is_rejected_with_advice():
    """A study is never guessed from a path."""
    with pytest.raises(RecordRejected) as caught:
        mapped(site_with("url,origin\na.zarr,https://webknossos.org/publications/667e\n", a=store_v05()))
    assert caught.value.reason == "bad-identifier"
    assert "option `study`" in caught.value.detail


def test_an_identifier_of_another_form_is_rejected():
    """The identifier column must hold an id of the study's owner."""
    with pytest.raises(RecordRejected):
        mapped(site_with("url,origin,identifier\na.zarr,idr0062,my-image\n", a=store_v05()))


def test_columns_are_mapped_listed_as_ignored_or_reported():
    """The three counts account for every cell."""
    listing = 'url,origin,shape,written_human_readable,mood\na.zarr,idr0062,"2,8,256,999",1 GB,good\n'
    (plain,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=store_v05()))
    (result,) = mapped(site_with(listing, a=store_v05()))
    assert result.mapped == plain.mapped
    assert sum(result.ignored.values()) == sum(plain.ignored.values()) + 2
    assert dict(result.unmapped) == {"row, mood": 1}
    assert {f.code for f in result.findings} == {"unmapped-property", "list-shape"}


def test_a_method_without_label_goes_by_its_curie():
    """A list that gives ids alone loses no term: the CURIE stands in until ingest puts the ontology's label there."""
    (result,) = mapped(site_with("url,origin,fbbiId\na.zarr,idr0062,NCIT_C182027\n", a=store_v05()))
    assert result.records[0]["methods"] == ["NCIT:C182027"]
    assert result.records[0]["terms"][0]["label"] == "NCIT:C182027"


def test_a_list_that_is_no_list_is_a_changed_source():
    """A web page in place of the list stops the source."""
    with pytest.raises(SourceChanged):
        fetched(MemorySite({LIST: b"<!DOCTYPE html>\n<html></html>\n"}))


def test_the_name_in_the_display_settings_is_a_title_of_last_resort():
    """omero.name stands in where nothing else names the image, but for `TBD` (Fractal)."""
    for given, title in (("stack.tif", "stack.tif"), ("TBD", "idr0062.a")):
        texts = store_v04(name="/")
        root = json.loads(texts[".zattrs"])
        root["omero"]["name"] = given
        (result,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=texts | {".zattrs": json.dumps(root)}))
        assert result.records[0]["title"] == title


def test_a_bare_group_name_is_no_title():
    """Writers put `/` or `image` for want of a name; the record's accession stands in."""
    texts = store_v05()
    root = json.loads(texts["zarr.json"])
    root["attributes"]["ome"]["multiscales"] = [multiscale(name="/")]
    (result,) = mapped(site_with("url,origin\na.zarr,idr0062\n", a=texts | {"zarr.json": json.dumps(root)}))
    assert result.records[0]["title"] == "idr0062.a"
