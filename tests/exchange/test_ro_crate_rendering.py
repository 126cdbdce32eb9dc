from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.base import Document, archive_accession
from catalogue.exchange.ro_crate import FORMAT, crate
from catalogue.model.documents import SourceDocument, SourceSpec
from tests.web.studies_for_pages import STUDY, bare_study, study

# The profile's one kind of protocol carries all of these.
ONE_KIND = ("specimens", "acquisitions", "analyses", "protocols")


def entities(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Entities of our crate by @id."""
    return {entity["@id"]: entity for entity in crate(record)["@graph"]}


def test_crate_is_detached_and_self_describing() -> None:
    """The descriptor names RO-Crate 1.2 and is about a Dataset with an absolute address, the archive's page."""
    found = entities(study())
    descriptor = found["S-BIAD90001-ro-crate-metadata.json"]
    root = found[descriptor["about"]["@id"]]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert (root["@type"], root["@id"]) == ("Dataset", study()["landing_page"])


def test_every_reference_leads_to_an_entity() -> None:
    """What the root, samples and protocols point to is in the crate, papers and see-also pages apart."""
    found = entities(study())
    outside = set(study()["see_also"])
    for entity in found.values():
        for name, value in entity.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and name not in ("conformsTo", "sameAs"):
                    assert item["@id"] in found or item["@id"] in outside, (entity["@id"], name)


@pytest.mark.parametrize(
    "required", ["name", "description", "datePublished", "license", "author", "publisher", "about", "measurementMethod"]
)
def test_root_has_what_the_profile_requires(required: str) -> None:
    """A study that states everything gives a root with every property that the GIDE profile requires."""
    found = entities(study())
    assert found[study()["landing_page"]][required]


def test_unknown_facts_are_left_out() -> None:
    """A study of which little is known gives no empty lists, nulls or invented words."""
    text = FORMAT.render(Document(bare_study())).decode()
    assert "null" not in text and "[]" not in text and "unknown" not in text.lower()


def test_protocols_and_analyses_are_lab_protocols() -> None:
    """What was done before and after imaging is in the crate, with its type as a term."""
    record = study()
    kind = {"type": "OntologyTerm", "id": "EFO:0007571", "label": "HCS library protocol"}
    record["terms"].append(kind)
    record["protocols"] = [{"id": f"{STUDY}/protocol/1", "title": "Library", "protocol_types": [kind["id"]]}]
    record["analyses"] = [{"id": f"{STUDY}/analysis/1", "title": "data analysis protocol", "description": "Counted."}]
    found = entities(record)
    assert {"#protocol-1", "#analysis-1"} <= {r["@id"] for r in found[record["landing_page"]]["measurementMethod"]}
    assert found[found["#protocol-1"]["measurementTechnique"]["@id"]]["name"] == "HCS library protocol"
    assert found["#analysis-1"]["description"] == "Counted."


def test_two_authors_with_one_orcid_stay_two() -> None:
    """An ORCID used for two people does not merge them."""
    record = study()
    record["authors"][1]["orcid"] = record["authors"][0]["orcid"]
    root = entities(record)[record["landing_page"]]
    assert len({author["@id"] for author in root["author"]}) == 3


def test_one_value_is_no_list_and_every_entity_has_a_name() -> None:
    """What RO-Crate 1.2 recommends: a list holds two or more, entities are named."""
    found = entities(study())
    for entity in found.values():
        assert not any(isinstance(value, list) and len(value) == 1 for value in entity.values()), entity["@id"]
    assert found["#file-count"]["name"] == "Number of files"


FACTS = (
    "id",
    "title",
    "description",
    "license",
    "date_published",
    "keywords",
    "organisms",
    "methods",
    "subjects",
    "total_size_bytes",
    "file_count",
)


@pytest.mark.parametrize("record", [study(), bare_study()], ids=["full", "bare"])
def test_our_crate_read_by_the_gide_harvester_gives_the_same_facts(record: dict[str, Any]) -> None:
    """A crate of ours, harvested like a partner's, says the same: title, licence, date, people, taxa, methods, size."""
    gide = pytest.importorskip("harvesters.gide")
    spec = SourceSpec("ours", "gide", "/", owners=(record["owner"],))
    name = f"{record['accession']}-ro-crate-metadata.json"
    document = SourceDocument(name, f"https://node.example/{name}", FORMAT.render(Document(record)))
    mapped = gide.GideHarvester(None).map(document, spec)
    again = mapped.records[0]
    assert {k: again.get(k) for k in FACTS} == {k: record.get(k) for k in FACTS}
    assert [a["name"] for a in again["authors"]] == [a["name"] for a in record["authors"]]
    assert [a.get("orcid") for a in again["authors"]] == [a.get("orcid") for a in record["authors"]]
    assert not mapped.unmapped


def test_crate_is_json_with_one_root() -> None:
    """The bytes are JSON with exactly one Dataset."""
    graph = json.loads(FORMAT.render(Document(study())))["@graph"]
    assert sum(entity["@type"] == "Dataset" for entity in graph) == 1
    assert STUDY not in {entity["@id"] for entity in graph}


@pytest.mark.partners
@pytest.mark.slow
def test_real_crates_survive_a_round_trip(partners: Path) -> None:
    """Each of the partners' 871 crates, mapped, written as our crate and mapped again, gives the same study.

    Two things may differ: how a term's id was spelt, and whether a protocol that names no method counts as growth,
    preparation, imaging, analysis or as no more than a protocol (8 studies): the profile has one kind for all of them.
    """
    gide = pytest.importorskip("harvesters.gide")
    harvester, spec = gide.GideHarvester(None), SourceSpec("ours", "gide", "/")
    read, protocols_differ = 0, set()
    for path in sorted(partners.glob("gide-*/crates/**/*.json")):
        first = harvester.map(SourceDocument(path.name, "https://x.example/", path.read_bytes()), spec)
        for record in first.records:
            name = f"{archive_accession(record)}-ro-crate-metadata.json"
            ours = SourceDocument(name, "https://x.example/", FORMAT.render(Document(record)))
            again = harvester.map(ours, spec)
            assert not again.unmapped, name
            before, after = _comparable(record), _comparable(again.records[0])
            for field in sorted(set(before) | set(after)):
                if field in ONE_KIND and before.get(field) != after.get(field):
                    protocols_differ.add(record["id"])
                else:
                    assert after.get(field) == before.get(field), (record["id"], field)
            read += 1
    assert read >= 871
    assert len(protocols_differ) <= 8


def _comparable(record: dict[str, Any]) -> dict[str, Any]:
    terms = [{k: v for k, v in term.items() if k != "source_id"} for term in record.get("terms", ())]
    return record | {"terms": terms}
