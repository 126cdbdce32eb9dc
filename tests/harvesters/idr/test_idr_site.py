"""What the lists of IDR's site say of a study."""

from __future__ import annotations

from typing import Any

from idr_sheets import SOURCE, bundle, codes, harvester, sheet

from catalogue.model.documents import Mapped, SourceDocument
from harvesters.bundle import MEDIA_TYPE, pack, unpack
from harvesters.idr_site import ADDRESSES, SIZES

HEAD = (
    "Study\tContainer\tIntroduced\tInternal ID\tSets\tWells\tAcquisitions\t5D Images\tPlanes\tSize (TB)\tSize"
    "\t# of Files\tavg. size (MB)\tSample Type\n"
)
URLS = (
    "idrid\timage_id\tdata_location\tis_zarr\tdownload_url\treplace_this\twith_this\tclient_path\tbia_ngff_id"
    "\tbia_url\texternal_info\n"
)


def map_lists(sizes: str = "", addresses: str = "") -> Mapped:
    """The default study with lines of the site's lists."""
    files = unpack(bundle(sheet()).content)
    if sizes:
        files[SIZES] = (HEAD + sizes).encode()
    if addresses:
        files[ADDRESSES] = (URLS + addresses).encode()
    return harvester().map(SourceDocument("idr9001", "https://studies.example/", pack(files), MEDIA_TYPE), SOURCE)


def screen(mapped: Mapped) -> dict[str, Any]:
    """The one component."""
    return mapped.records[0]["components"][0]


def test_sizes_of_a_screen_come_from_the_site() -> None:
    """Counts and bytes are the site's, which are newer than the study file's; a difference is noted (idr0011)."""
    mapped = map_lists(
        "idr9001-example-stress\tscreenA\tdemo32\t1501\t2\t768\t2\t1600\t3200\t0.01\t10000000\t42\t0.2\tcell\n"
    )
    found = screen(mapped)
    assert (found["image_count"], found["total_size_bytes"], found["file_count"]) == (1600, 10000000, 42)
    assert "Wells: 768" in found["size_statement"]
    assert "counts-differ" in codes(mapped)
    assert [(one["version"], one["description"]) for one in mapped.records[0]["version_history"]] == [
        ("demo32", "Added: screenA")
    ]
    assert not mapped.unmapped


def test_a_size_of_references_is_no_size() -> None:
    """idr0167 states 416,102 bytes for 19,170 planes, for its files only refer to images: kept in words alone."""
    mapped = map_lists(
        "idr9001-example-stress\tscreenA\tprod132\t3353\t1\t0\t0\t90\t19170\t4.1e-07\t416102\t91\t0.0\tcell\n"
    )
    assert "total_size_bytes" not in screen(mapped)
    assert "416102 bytes" in screen(mapped)["size_statement"]
    assert "size-doubtful" in codes(mapped)


def test_a_part_that_the_study_file_lacks_is_noted() -> None:
    """A line about a screen that is not described adds none."""
    mapped = map_lists("idr9001-example-stress\tscreenB\tdemo1\t1\t1\t1\t1\t1\t1\t1\t1000\t1\t1\tcell\n")
    assert len(mapped.records[0]["components"]) == 1
    assert "container-unknown" in codes(mapped)


def test_an_image_has_its_files_address() -> None:
    """The site's rule makes the address of a file (idr0096): blanks and signs are written as an address has them."""
    mapped = map_lists(
        addresses="idr9001\t13461616\tIDR\tFalse\thttps://ftp.example/IDR/idr9001\tuod/idr/filesets\thttps://ftp.example/IDR"
        "\tuod/idr/filesets/idr9001/m4 (20x #2).tiff\t\t\t\n"
    )
    _, image = mapped.records
    assert (image["id"], image["study"], image["title"]) == ("idr:13461616", "idr:idr9001", "m4 (20x #2).tiff")
    assert image["files"][0]["url"] == "https://ftp.example/IDR/idr9001/m4%20%2820x%20%232%29.tiff"


def test_a_zarr_copy_is_a_replica() -> None:
    """Old and new addresses of Zarr copies become endpoint and key; a host that was given up is noted (idr0090)."""
    mapped = map_lists(
        addresses="idr9001\t12539701\tEmbassy_S3\tTrue\thttps://livingobjects.ebi.ac.uk/x/pages/S-BIAD882.html\t\t"
        "\thttps://uk1s3.embassy.ebi.ac.uk/idr/zarr/v0.4/a.zarr/.zattrs\tS-BIAD882"
        "\thttps://livingobjects.ebi.ac.uk/x/pages/S-BIAD882.html\t\n"
        "idr9001\t15190881\t\tTrue\t\t\t\t\t\thttps://www.ebi.ac.uk/biostudies/studies/S-BIAD882"
        "\ts3://s3.example/b/HC10/image.ome.zarr/?anonymous=true\n"
    )
    study, old, new = mapped.records
    replicas = [image["representations"][0]["replicas"][0] for image in (old, new)]
    assert [(one["endpoint"], one["key"]) for one in replicas] == [
        ("https://uk1s3.embassy.ebi.ac.uk/", "idr/zarr/v0.4/a.zarr"),
        ("https://s3.example/", "b/HC10/image.ome.zarr"),
    ]
    assert "retired-host" in codes(mapped)
    assert [one["same_study_as"] for one in study["identity_statements"]] == ["biostudies:S-BIAD882"]


def test_a_number_that_is_none_gives_no_image() -> None:
    """A line without a number of an image is noted; the study enters."""
    mapped = map_lists(addresses="idr9001\tn/a\tIDR\tFalse\t\t\t\t\t\t\t\n")
    assert len(mapped.records) == 1
    assert "identity-form" in codes(mapped)
