from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.exchange.schema_org import MOST_DOWNLOADS, access_level, schema_org
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import BARE, GONE, IMAGE, ORPHAN, STUDY, append, clock, human_study, image, study

ROOT = "https://images.example.org/zarr/S-BIAD90001.embryo-a.zarr"
# Longer in bytes than in characters.
DOCUMENT = '{"omero": {"channels": [{"label": "β-actin"}]}}'


def described(client: FlaskClient, path: str) -> dict[str, Any]:
    """The schema.org description in a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text, re.DOTALL)
    assert found is not None
    return dict(json.loads(found.group(1)))


@pytest.mark.parametrize("path", [".zattrs", "0/0/0/0/0/1", "labels/nuclei/.zattrs"])
def test_an_identifier_of_an_image_is_the_root_of_its_data(client: FlaskClient, path: str) -> None:
    """DESIGN 9: any object of an image is found below its identifier, by a redirect that any page may follow."""
    answer = client.get(f"/id/{IMAGE}/data/{path}")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{ROOT}/{path}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["../../secret", "0/../../x", "0//1", "./0", "x" * 501, ".."])
def test_no_path_of_data_leads_out_of_an_image(client: FlaskClient, path: str) -> None:
    """A path that would climb above the root, or that no store has, is 404."""
    assert client.get(f"/id/{IMAGE}/data/{path}").status_code == 404


def test_a_path_of_data_cannot_break_the_header(client: FlaskClient) -> None:
    """Blanks and what opens a query stay inside the path; what has line breaks is 404."""
    answer = client.get(f"/id/{IMAGE}/data/ab%20c%3Fd%23e")
    assert answer.headers["Location"] == f"{ROOT}/ab%20c%3Fd%23e"
    assert client.get(f"/id/{IMAGE}/data/a%0d%0aSet-Cookie:%20a=b").status_code == 404


def test_what_has_no_data_says_so(client: FlaskClient) -> None:
    """Data of a study and of an unknown image are 404, of a withdrawn image 410 with its tombstone."""
    assert client.get(f"/id/{STUDY}/data/zarr.json").status_code == 404
    assert client.get("/id/idr:999999999/data/zarr.json").status_code == 404
    assert client.get(f"/id/{ORPHAN}/data/zarr.json").status_code == 410
    assert client.get(f"/id/{GONE}/data/zarr.json").status_code == 410


def test_downloads_stand_in_pages_by_identifier_and_where_they_lie(client: FlaskClient) -> None:
    """F-UJI F1-02MD-4: an image is a download under its persistent address and under that of its store."""
    urls = [item["contentUrl"] for item in described(client, f"/studies/{STUDY}")["distribution"]]
    assert urls[:2] == [f"{BASE}{IMAGE}/data/.zattrs", f"{ROOT}/.zattrs"]
    parts = described(client, f"/images/{IMAGE}")["hasPart"]
    assert [part["contentUrl"] for part in parts] == urls[:2]
    assert all(part["@type"] == "MediaObject" and part["encodingFormat"] == "application/json" for part in parts)


def test_size_of_a_download_is_that_of_the_document_kept(tmp_path: Path) -> None:
    """F-UJI R1-01M-2: contentSize is the number of bytes that were read at harvest, not of characters."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, study())
        with ledger.transaction() as writer:
            kept = writer.put_original(json.dumps({"documents": {".zattrs": DOCUMENT}}).encode(), "application/json")
            other = writer.put_original(b"<no/><bundle/>", "text/xml")
        append(ledger, image(IMAGE, STUDY), parent=STUDY, original_digest=kept)
        append(ledger, image(f"{IMAGE}-2", STUDY), parent=STUDY, original_digest=other)
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        found = described(client, f"/studies/{STUDY}")["distribution"]
        assert [item.get("contentSize") for item in found] == ["48 B", "48 B", None, None]
        assert described(client, f"/images/{IMAGE}")["hasPart"][0]["contentSize"] == "48 B"


def test_a_page_names_few_downloads_and_channels() -> None:
    """fair.md 9: at most 20 downloads and channels, however many images a study has."""
    images = [image(f"{STUDY}.field-{number}", STUDY) for number in range(50)]
    for number, one in enumerate(images):
        one["representations"][0]["channels"] = [{"label": f"dye {number}"}, {"label": f"dye {number}"}]
    found = schema_org(study(), images)
    assert len(found["distribution"]) == MOST_DOWNLOADS
    assert [variable["name"] for variable in found["variableMeasured"]] == [f"dye {n}" for n in range(MOST_DOWNLOADS)]


def test_access_is_public_only_where_licence_and_address_say_so() -> None:
    """Public needs a public licence and an open address of data; what the record itself says always wins."""
    open_study, picture = study(), image(IMAGE, STUDY)
    assert access_level(open_study, [picture]) == "PUBLIC"
    assert access_level(open_study, []) is None
    assert access_level(open_study | {"license": "https://example.org/own"}, [picture]) is None
    assert access_level({**open_study, "files": [{"url": "https://example.org/a.tif"}]}) == "PUBLIC"
    assert access_level({**open_study, "files": [{"url": "s3://bucket/a.tif"}]}) is None
    assert access_level(human_study(), [picture]) == "RESTRICTED"
    assert access_level(picture | {"license": study()["license"]}, study=human_study()) == "RESTRICTED"
    assert access_level(picture, study=open_study) == "PUBLIC"


def test_an_image_has_the_people_of_its_study_and_no_date_of_its_own(client: FlaskClient) -> None:
    """Who made and published a study made and published its images; when, the archive does not say of an image."""
    found = described(client, f"/images/{IMAGE}")
    assert [person["name"] for person in found["creator"]] == [person["name"] for person in study()["authors"]]
    assert found["publisher"]["name"] == "BioImage Archive"
    assert "datePublished" not in found and found["isPartOf"]["@id"] == BASE + STUDY


def test_relations_of_a_description_are_addresses(client: FlaskClient) -> None:
    """F-UJI I3-01M-2: paper, archive's page and study are named by IRIs, also of papers that have no DOI."""
    found = described(client, f"/studies/{STUDY}")
    assert found["sameAs"][0] == study()["landing_page"]
    assert found["citation"][0]["@id"] == "https://doi.org/10.1234/example.2024.001"
    for said, page in (
        ({"pubmed_id": "1234"}, "https://pubmed.ncbi.nlm.nih.gov/1234"),
        ({"pmc_id": "PMC99"}, "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99"),
    ):
        assert schema_org({**study(), "publications": [said]})["citation"][0]["@id"] == page
    assert described(client, f"/studies/{BARE}")["sameAs"] == ["https://idr.openmicroscopy.org/study/idr9001/"]


def test_related_works_are_told_in_schema_org_words() -> None:
    """Related records and samples stand under the property that says their relation; none is told twice or made up."""
    related = [
        ("doi:10.1234/example.2024.001", "IsSupplementTo"),  # the paper again
        ("doi:10.1234/other", "IsSupplementTo"),
        ("geo:GSE1", "IsDerivedFrom"),
        ("https://example.org/same", "IsIdenticalTo"),
        ("https://example.org/thesis", "IsDescribedBy"),
        ("https://example.org/part", "HasPart"),  # hasPart is for files here
        ("nonsense", "Cites"),
    ]
    resources = [{"related_to": name, "relation": relation} for name, relation in related]
    found = schema_org({**study(), "related_resources": resources, "sample_records": ["biosample:SAMEA3774859"]})
    assert [thing["@id"] for thing in found["citation"]] == [
        "https://doi.org/10.1234/example.2024.001",
        "https://doi.org/10.1234/other",
    ]
    assert found["sameAs"][-1] == "https://example.org/same"
    assert found["subjectOf"] == [{"@type": "CreativeWork", "@id": "https://example.org/thesis"}]
    assert "SAMEA3774859" in found["isBasedOn"][0] and found["isBasedOn"][1]["@id"].endswith("GSE1")
    assert "hasPart" not in found
