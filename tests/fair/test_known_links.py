"""Where data are is told from what the owner says of their number."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.fair import data_links
from catalogue.fair.dataset import KNOWN_IMAGES, Dataset, dataset_of
from catalogue.fair.metrics.base import Subject
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Outcome
from catalogue.fair.protocols import scheme_of

STUDY = "idr:idr0001"
RECORD = {"type": "Study", "id": STUDY, "accession": "idr0001", "owner": "idr", "title": "Yeast"}


def _image(number: int, *endpoints: str) -> dict[str, Any]:
    curie = f"idr:{number}"
    replicas = [
        {"id": f"{curie}/replica/{n}", "site": f"s{n}", "endpoint": at, "key": "1.zarr"}
        for n, at in enumerate(endpoints)
    ]
    representation = {"id": f"{curie}/representation/1", "format": "OME-Zarr", "replicas": replicas}
    made = {"type": "Image", "id": curie, "accession": str(number), "owner": "idr", "study": STUDY}
    return {**made, "representations": [representation]} if replicas else made


def _dataset(study: dict[str, Any], *images: dict[str, Any]) -> Dataset:
    records = [("study", "0" * 64, {**RECORD, **study}), *(("image", "0" * 64, image) for image in images)]
    return dataset_of(records, (*data_links.FACTS, "omm:imageCount"))


def _subject(study: dict[str, Any], *images: dict[str, Any]) -> Subject:
    return Subject(STUDY, "idr", _dataset(study, *images).facts, {}, NodeFacts())


def test_stated_number_is_no_known_image() -> None:
    """Images that only the owner counts are not known here."""
    assert data_links.known_images(_subject({"image_count": 3000})) == 0
    subject = _subject({"image_count": 3000}, _image(1), _image(2))
    assert data_links.known_images(subject) == 2
    assert [row.text for row in subject.rows(KNOWN_IMAGES)] == ["2"]
    assert {row.text for row in subject.rows("omm:imageCount")} == {"2", "3000"}


def test_links_are_of_files_images_and_holdings() -> None:
    """Files, images and holdings each give their addresses, of parts of the study too; an address counts once."""
    holding = {"site": "EBI", "endpoint": "s3://bucket/", "key_template": "{accession}.zarr"}
    component = {
        "type": "Experiment",
        "id": f"{STUDY}/component/1",
        "title": "A",
        "holdings": [{"id": f"{STUDY}/component/1/holding/1", **holding}],
        "files": [{"id": f"{STUDY}/component/1/file/1", "url": "https://archive.example/b.tif"}],
    }
    study = {
        "files": [{"id": f"{STUDY}/file/1", "url": "https://archive.example/a.tif"}, {"id": f"{STUDY}/file/2"}],
        "holdings": [{"id": f"{STUDY}/holding/1", **holding}],
        "components": [component],
    }
    found = data_links.links(_subject(study, _image(1, "https://a.example/", "https://a.example/", "s3://b/")))
    told = {(link.of.removeprefix("https://w3id.org/ommatidia/"), link.address) for link in found}
    assert told == {
        ("idr:1", "https://a.example/"),
        ("idr:1", "s3://b/"),
        (STUDY, "s3://bucket/"),
        (f"{STUDY}/component/1", "s3://bucket/"),
        (f"{STUDY}/file/1", "https://archive.example/a.tif"),
        (f"{STUDY}/component/1/file/1", "https://archive.example/b.tif"),
    }
    assert len(found) == len(told)
    assert len(data_links.by_thing(found)["https://w3id.org/ommatidia/idr:1"]) == 2


@pytest.mark.parametrize(
    ("level", "outcome"),
    [("NON_PUBLIC", Outcome.NOT_APPLICABLE), ("RESTRICTED", Outcome.INDETERMINATE), ("PUBLIC", Outcome.INDETERMINATE)],
)
def test_unknown_addresses_are_never_a_fail(level: str, outcome: Outcome) -> None:
    """Where no address is known nobody can tell, and where nobody may have the data there is nothing to tell."""
    study = {"access": {"id": f"{STUDY}/access", "access_level": level}}
    assert data_links.access_level(_subject(study)) == level
    assert data_links.nothing_known(_subject(study)).outcome is outcome


def test_images_known_by_number_are_told() -> None:
    """Of images whose addresses are not among the facts their number is said."""
    said = data_links.nothing_known(_subject({}, _image(1), _image(2)))
    assert said.outcome is Outcome.INDETERMINATE
    assert said.said.startswith("Of 2 images only their number is known")
    assert said.evidence


@pytest.mark.parametrize(
    ("address", "scheme"),
    [("HTTPS://a.example/", "https"), ("s3://bucket/k", "s3"), ("a/b", ""), ("http://[::1", ""), ("", "")],
)
def test_scheme_is_read_without_an_error(address: str, scheme: str) -> None:
    """The scheme of an address is in lower case; what is no address has none."""
    assert scheme_of(address) == scheme
