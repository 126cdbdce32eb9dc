"""mlcroissant loads the Croissant documents of a node, and says the same as the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.schema_org import shortened
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.web.factory import Services
from tests.clients.running import run_python
from tests.clients.served_node import served_node
from tests.clients.study_nodes import invented_studies, listed, real_studies, sample
from tests.ingest.tables.conftest import Lists, lists, make_lists, rows  # noqa: F401
from tests.web.studies_for_pages import BARE, HOSTILE, HUMAN, IMAGE, SECOND_IMAGE, STUDY

SCRIPT = Path(__file__).with_name("croissant_reads.py")


def read(addresses: list[str], folder: Path, timeout_s: float = 120.0) -> dict[str, Any]:
    """What the client read, by address."""
    found = run_python("croissant", SCRIPT, listed(addresses, folder), timeout_s=timeout_s)
    assert found["version"] == "1.1.1"
    return dict(found["documents"])


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Any]]:
    """What the client read of the invented studies, by CURIE, and their ledger."""
    home = tmp_path_factory.mktemp("croissant")
    with invented_studies(home) as (address, ledger):
        names = {f"{address}/studies/{curie}.croissant.json": curie for curie in (STUDY, BARE, HUMAN, HOSTILE)}
        found = read(list(names), home)
        yield {names[url]: document for url, document in found.items()}, ledger


def same(document: dict[str, Any], record: dict[str, Any]) -> None:
    """Holds what the client read to the record."""
    assert document["errors"] == []
    assert document["conforms_to"] == "http://mlcommons.org/croissant/1.1"
    assert document["name"] == record["title"]
    assert document["description"] == (shortened(record["description"]) if "description" in record else None)
    assert document["license"] == ([record["license"]] if "license" in record else None)
    assert sorted(document["keywords"] or []) == sorted(set(record.get("keywords", ())))
    assert sorted(document["creators"]) == sorted(person["name"] for person in record.get("authors", ()))
    assert document["publishers"] == ([record["publisher"]["name"]] if "publisher" in record else [])
    # A date without a day is filled up by the client.
    assert (document["published"] or "").startswith(record.get("date_published", ""))


@pytest.mark.parametrize("curie", [STUDY, BARE, HUMAN, HOSTILE])
def test_mlcroissant_reads_a_study_as_the_ledger_has_it(invented: tuple[dict[str, Any], Any], curie: str) -> None:
    """Croissant: full, bare, restricted and hostile studies load without an error and say what the record says."""
    documents, ledger = invented
    same(documents[curie], ledger.head(curie).record)


def test_mlcroissant_reads_the_images_of_a_study(invented: tuple[dict[str, Any], Any]) -> None:
    """Croissant: the record set has each image of the ledger with its place and sizes; each copy is a file."""
    documents, ledger = invented
    found, images = documents[STUDY], {IMAGE: ledger.head(IMAGE).record, SECOND_IMAGE: ledger.head(SECOND_IMAGE).record}
    told = {row["identifier"]: row for row in found["records"]["images"]}
    assert told.keys() == images.keys()
    for curie, image in images.items():
        pixels = image["representations"][0]
        root = "https://images.example.org/" + pixels["replicas"][0]["key"]
        assert told[curie]["iri"] == BASE + curie
        assert (told[curie]["url"], told[curie]["title"]) == (root, image["title"])
        assert (told[curie]["shape"], told[curie]["axes"]) == (pixels["shape"], "t,c,z,y,x")
        assert told[curie]["pixel_size_z_um"] == pixels["pixel_size_z_um"]
        assert told[curie]["total_size_bytes"] == pixels["total_size_bytes"]
        assert f"{root}/.zattrs" in found["files"] and [f"{root}/**"] in found["sets"]
    assert found["live"] is True


def test_mlcroissant_loads_the_rows_of_an_image_list(lists: Lists, tmp_path: Path) -> None:  # noqa: F811
    """Croissant: a listed study's rows are fetched from the node, held to their SHA-256, and are those of the list."""
    lists.partner.tables["idr0001"] = rows(100_000, 60)
    lists.harvest()
    services = Services(ledger=lists.ledger, resolver=Resolver(lists.ledger))
    with served_node(replace(services)) as address:
        (found,) = read([f"{address}/studies/idr:idr0001.croissant.json"], tmp_path).values()
    assert found["errors"] == [] and found["live"] is not True
    assert found["records"].keys() == {"image-list-1"}
    told = {row["accession"]: row for row in found["records"]["image-list-1"]}
    assert told.keys() == {str(number) for number in range(100_000, 100_060)}
    assert {(row["size_x"], row["pixel_size_x_um"], row["format"]) for row in told.values()} == {
        (1024, 0.325, "OME-TIFF")
    }


@pytest.mark.partners
@pytest.mark.slow
def test_mlcroissant_reads_real_studies(partners: Path, tmp_path: Path) -> None:
    """Croissant: a hundred studies of the partners' crates load without an error and say what their records say."""
    with real_studies(tmp_path, partners) as (address, records):
        chosen = sample(records, 100)
        found = read([f"{address}/studies/{curie}.croissant.json" for curie in chosen], tmp_path, timeout_s=600)
        assert len(found) == len(chosen) >= 100
        for curie, record in chosen.items():
            same(found[f"{address}/studies/{curie}.croissant.json"], record)
