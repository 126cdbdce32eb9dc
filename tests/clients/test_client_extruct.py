"""extruct reads the structured data of every page, which is what the ledger says, by Bioschemas' and Google's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.schema_org import MINIMUM, shortened
from catalogue.model.namespaces import BASE, expand, is_absolute
from tests.clients.running import run_python
from tests.clients.study_nodes import invented_studies, listed, real_studies
from tests.web.studies_for_pages import BARE, HOSTILE, HUMAN, IMAGE, STUDY

SCRIPT = Path(__file__).with_name("pages_reads.py")
CONFORMS_TO = "http://purl.org/dc/terms/conformsTo"
PROFILE = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"


def read(addresses: list[str], folder: Path, timeout_s: float = 120.0) -> dict[str, Any]:
    """What the client read, by address."""
    found = run_python("extruct", SCRIPT, listed(addresses, folder), timeout_s=timeout_s)
    assert found["version"] == "0.18.0"
    return dict(found["pages"])


def block(page: dict[str, Any]) -> dict[str, Any]:
    """The one description that a page states about itself, and that no other syntax contradicts."""
    (found,) = page["json-ld"]
    assert page["microdata"] == page["opengraph"] == page["microformat"] == []
    return dict(found)


def same(found: dict[str, Any], record: dict[str, Any]) -> None:
    """Holds a description to the record."""
    assert (found["@id"], found["name"]) == (BASE + record["id"], record["title"])
    assert found["identifier"] == [BASE + record["id"], record["id"]]
    landing = record.get("landing_page", "")
    assert found["url"] == (landing if is_absolute(landing) else BASE + record["id"])
    assert found.get("description") == (shortened(record["description"]) if "description" in record else None)
    for theirs, ours in (("keywords", "keywords"), ("license", "license"), ("datePublished", "date_published")):
        assert found.get(theirs) == record.get(ours)
    assert [person["name"] for person in found.get("creator", ())] == [p["name"] for p in record.get("authors", ())]
    orcids = [p["orcid"] for p in record.get("authors", ()) if is_absolute(p.get("orcid", ""))]
    assert [person["@id"] for person in found.get("creator", ()) if "@id" in person] == orcids
    assert found.get("publisher", {}).get("name") == record.get("publisher", {}).get("name")
    about = [expand(curie) for curie in (*record.get("organisms", ()), *record.get("subjects", ()))]
    assert [thing["@id"] for thing in found.get("about", ())] == about
    methods = [expand(curie) for curie in record.get("methods", ())]
    assert [thing["@id"] for thing in found.get("measurementTechnique", ())] == methods
    papers = [thing for thing in found.get("citation", ()) if thing["@type"] == "ScholarlyArticle"]
    assert len(papers) == len(record.get("publications", ()))
    assert len(found.get("funding", ())) == len(record.get("grants", ()))
    assert found.get("size", {}).get("value") == record.get("total_size_bytes")


def rules(found: dict[str, Any]) -> None:
    """Holds a description to the profile that it claims, and to what Google asks of data sets."""
    claims = found.get(CONFORMS_TO, {}).get("@id") == PROFILE
    assert claims == (found.keys() >= MINIMUM)
    assert found["@context"] == "https://schema.org" and found["@type"] == "Dataset"
    assert len(found.get("description", "")) <= 5_000
    assert all(person["@type"] == "Person" and person["name"] for person in found.get("creator", ()))
    for download in found.get("distribution", ()):
        assert download["@type"] == "DataDownload" and is_absolute(download["contentUrl"])
    assert "" not in found.values() and None not in found.values() and [] not in found.values()


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Any]]:
    """Descriptions that the client found in the pages of the invented studies and an image, and their ledger."""
    home = tmp_path_factory.mktemp("extruct")
    with invented_studies(home) as (address, ledger):
        names = {f"{address}/studies/{curie}": curie for curie in (STUDY, BARE, HUMAN, HOSTILE)}
        names[f"{address}/images/{IMAGE}"] = IMAGE
        found = read(list(names), home)
        yield {names[url]: block(page) for url, page in found.items()}, ledger


@pytest.mark.parametrize("curie", [STUDY, BARE, HUMAN, HOSTILE])
def test_extruct_reads_a_study_as_the_ledger_has_it(invented: tuple[dict[str, Any], Any], curie: str) -> None:
    """Bioschemas: full, bare, restricted and hostile studies state in their pages what their records say."""
    found, ledger = invented
    same(found[curie], ledger.head(curie).record)
    rules(found[curie])


def test_extruct_finds_the_data_of_a_study(invented: tuple[dict[str, Any], Any]) -> None:
    """Google, F-UJI: a study names downloads that exist as files, and the catalogue that it is from."""
    found = invented[0][STUDY]
    root = "https://images.example.org/zarr/S-BIAD90001"
    assert [download["contentUrl"] for download in found["distribution"]] == [
        f"{BASE}{STUDY}.embryo-a/data/.zattrs",
        f"{root}.embryo-a.zarr/.zattrs",
        f"{BASE}{STUDY}.embryo-b/data/.zattrs",
        f"{root}.embryo-b.zarr/.zattrs",
    ]
    assert found["includedInDataCatalog"] == {"@type": "DataCatalog", "name": "BioImage Archive"}
    assert found[CONFORMS_TO]["@id"] == PROFILE and CONFORMS_TO not in invented[0][BARE]


def test_extruct_reads_an_image(invented: tuple[dict[str, Any], Any]) -> None:
    """An image's page is an ImageObject of its study, with the address at which it opens."""
    found = invented[0][IMAGE]
    assert (found["@type"], found["isPartOf"]["@id"]) == ("ImageObject", BASE + STUDY)
    assert found["contentUrl"] == "https://images.example.org/zarr/S-BIAD90001.embryo-a.zarr/.zattrs"


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_extruct_reads_every_real_study(partners: Path, tmp_path: Path) -> None:
    """Bioschemas: the pages of all studies of the partners' crates say what their records say, by the rules.

    Counts what the archives do not state; none of it is made up.
    """
    with real_studies(tmp_path, partners) as (address, records):
        found = read([f"{address}/studies/{curie}" for curie in records], tmp_path, timeout_s=600)
        assert len(found) == len(records)
        lacking: Counter[str] = Counter()
        for curie, record in records.items():
            description = block(found[f"{address}/studies/{curie}"])
            same(description, record)
            rules(description)
            lacking.update(MINIMUM - description.keys())
        assert lacking.keys() <= {"keywords", "description"}
        assert lacking["keywords"] <= 275 and lacking["description"] <= 20
