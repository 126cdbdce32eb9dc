"""Datasets of DCAT as studies: identity, people that are only addresses, files, access, and CKAN's own form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from catalogues import FULL, dataset, documents, map_turtle, turtle

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.dcat import DcatHarvester
from tests.harvesters.contract import HarvesterContract, fetcher

PACKAGE: dict[str, Any] = {
    "id": "c0ffee",
    "identifier": "10.5281/zenodo.101",
    "title": "Eyes of ants",
    "notes": "All of them.",
    "license_url": "https://creativecommons.org/licenses/by/4.0/",
    "tags": [{"name": "eye"}, {"name": "ant"}],
    "metadata_modified": "2024-05-01T00:00:00",
    "contact_name": "Desk",
    "contact_email": "desk@example.org",
    "extras": [{"key": "issued", "value": "2024-05-01"}, {"key": "language", "value": '["en", "ca"]'}],
    "resources": [{"id": "1", "name": "List", "url": "https://zenodo.org/records/101/files/a.csv", "size": 12,
                   "format": "CSV", "hash": "d41d8cd98f00b204e9800998ecf8427e", "hash_algorithm": "md5"}],
}  # fmt: skip


def ckan(**fields: Any) -> SourceDocument:
    """A package as `fetch` gives it."""
    return SourceDocument(
        "c0ffee", "https://ckan.example/dataset/c0ffee", json.dumps({**PACKAGE, **fields}).encode(), "application/json"
    )


class TestDcatContract(HarvesterContract):
    """The promises of every harvester."""

    def harvester(self) -> Any:
        """The harvester under test."""
        return DcatHarvester(fetcher())

    def source(self) -> SourceSpec:
        """A catalogue of any owner."""
        return SourceSpec("catalogue", "dcat", "x")

    def samples(self) -> list[SourceDocument]:
        """A bare dataset, a full one, a CKAN package."""
        return [*documents(dataset(100)), *documents(FULL), ckan()]

    def serve(self, folder: Path) -> SourceSpec:
        """A catalogue in two files."""
        (folder / "a.ttl").write_bytes(turtle(dataset(100)))
        (folder / "b.ttl").write_bytes(turtle(FULL))
        return SourceSpec("catalogue", "dcat", str(folder))


def test_a_dataset_becomes_a_study() -> None:
    """Titles of other languages are alternatives, a DOI is the study's and says whose it is, instants are days."""
    (study,) = map_turtle(FULL).records
    assert (study["id"], study["doi"]) == ("zenodo:101", "10.5281/zenodo.101")
    assert (study["title"], study["alternative_titles"]) == ("Eyes of ants", ["Augen der Ameisen"])
    assert study["date_published"] == "2024-05-01"
    assert study["keywords"] == ["ant", "eye"]
    assert study["access"]["access_level"] == "PUBLIC"
    assert study["publications"][0]["doi"] == "10.1038/sdata.2018.22"
    assert "X1" in study["alternative_identifiers"]


def test_what_is_no_language_is_left_out() -> None:
    """An authority's address ends in a tag; anything else is told, and costs the record nothing."""
    told = '; dct:language <http://publications.europa.eu/resource/authority/language/ENG>, "no such thing"'
    mapped = map_turtle(dataset(101, told))
    assert mapped.records[0]["languages"] == ["eng"]
    assert "language-form" in {finding.code for finding in mapped.findings}


def test_files_of_a_dataset() -> None:
    """A distribution is a file with its size, type and digest; one that is only an address too."""
    described, bare = map_turtle(FULL).records[0]["files"]
    assert (described["total_size_bytes"], described["media_type"]) == (12, "text/csv")
    assert described["checksums"][0]["algorithm"] == "md5"
    assert bare["url"] == "https://zenodo.org/records/101/files/a.tif"


def test_a_publisher_that_is_only_an_address_is_kept_as_such() -> None:
    """A bare ORCID has no name: no agent is made up, and the address stays (FAIR Data Points, goNlSvR5)."""
    mapped = map_turtle(FULL)
    (study,) = mapped.records
    assert "publisher" not in study
    words = {(c["name"], c["text_value"]) for c in study["characteristics"]}
    assert ("publisher", "http://orcid.org/0000-0002-1825-0097") in words
    assert "agent-without-name" in {finding.code for finding in mapped.findings}
    assert study["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert study["contributors"][0]["contributor_types"] == ["ContactPerson"]


def test_telephone_numbers_are_left_out() -> None:
    """A private number is not spread, and is counted with its reason."""
    mapped = map_turtle(FULL)
    assert "+49" not in json.dumps(mapped.records)
    assert any("hasTelephone" in key for key in mapped.ignored)


def test_a_dataset_without_identifier_is_named_by_its_address_or_refused() -> None:
    """Two in five datasets state none: the IRI may name the study, and where it does not, the record waits."""
    bare = dataset(101).replace('dct:identifier "https://doi.org/10.5281/zenodo.101" ;', "")
    assert map_turtle(bare).records[0]["id"] == "zenodo:101"
    with pytest.raises(RecordRejected) as refused:
        map_turtle(bare.replace("zenodo.org/records", "data.example/set"))
    assert refused.value.reason == "bad-identifier"


def test_identifiers_that_disagree_are_refused() -> None:
    """R17: two studies named by one dataset are one doubt too many."""
    with pytest.raises(RecordRejected) as refused:
        map_turtle(dataset(101, '; dct:identifier "10.5281/zenodo.102"'))
    assert refused.value.reason == "bad-identifier"


def test_a_licence_that_all_files_state_is_the_studys() -> None:
    """FAIR Data Points license distributions: one licence of all files is taken, two are not."""
    licence = "dct:license <http://creativecommons.org/licenses/by/4.0/>"
    bare = dataset(101, "; dcat:distribution <https://f.example/a>, <https://f.example/b>").replace(licence + " ;", "")
    one = "".join(f"<https://f.example/{name}> a dcat:Distribution ; {licence} . " for name in "ab")
    assert map_turtle(bare, one).records[0]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    two = one.replace("by/4.0/> .", "by-sa/4.0/> .", 1)
    assert "license" not in map_turtle(bare, two).records[0]


def test_a_ckan_package_gives_what_its_dcat_gives() -> None:
    """Fields, extras and older flat fields of CKAN stand for DCAT's properties."""
    mapped = DcatHarvester(fetcher()).map(ckan(), SourceSpec("ckan", "dcat", "x"))
    (study,) = mapped.records
    assert study["id"] == "zenodo:101"
    assert (study["keywords"], study["languages"]) == (["ant", "eye"], ["en", "ca"])
    assert study["date_published"] == "2024-05-01"
    assert study["contributors"][0]["email"] == "desk@example.org"
    (file,) = study["files"]
    assert (file["total_size_bytes"], file["format_name"], len(file["checksums"])) == (12, "CSV", 1)
    assert not mapped.unmapped


def test_kept_originals_are_mapped_again_without_their_media_type() -> None:
    """A remap knows item, address and bytes only, and gives the same records."""
    harvester, source = DcatHarvester(fetcher()), SourceSpec("ckan", "dcat", "x")
    for document in (ckan(), *documents(FULL)):
        kept = SourceDocument(document.item, document.url, document.content)
        assert harvester.map(kept, source).records == harvester.map(document, source).records


def test_an_unknown_field_of_ckan_is_told() -> None:
    """A field nobody foresaw is unmapped, never dropped in silence."""
    mapped = DcatHarvester(fetcher()).map(ckan(shoe_size=42), SourceSpec("ckan", "dcat", "x"))
    assert dict(mapped.unmapped) == {"Dataset/ckan.shoe_size": 1}


def test_agents_that_act_for_each_other_end() -> None:
    """TP7: a circle of agents is no endless affiliation."""
    for_ = "<http://www.w3.org/ns/prov#actedOnBehalfOf>"
    circle = f"""; dct:creator <https://a.example/1> .
<https://a.example/1> a foaf:Person ; foaf:name "Ada" ; {for_} <https://a.example/2> .
<https://a.example/2> a foaf:Person ; foaf:name "Bo" ; {for_} <https://a.example/1>"""
    (study,) = map_turtle(dataset(101, circle)).records
    assert study["authors"][0]["affiliations"][0]["name"] == "Bo"
