"""Bioschemas pages as studies: the words of schema.org, and data that are almost JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pages import URL, data, document, map_page

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.bioschemas import BioschemasHarvester
from harvesters.page_jsonld import extract, read_items, write_document
from tests.harvesters.contract import HarvesterContract, fetcher

STUDY: dict[str, Any] = {
    "@context": "http://schema.org/",
    "@type": "Study",
    "identifier": "S-BIAD7",
    "name": "Field trial",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "author": "Ada Ant",
    "startDate": "2012/05/01",
    "studySubject": {"@type": "BioChemEntity", "name": "A632", "taxonomicRange": {"@type": "Taxon", "taxonRank":
                     "species", "@id": "https://www.ncbi.nlm.nih.gov/taxonomy/4577", "scientificName": "Zea mays"}},
    "citation": "Title: Eyes. DOI: 10.1371/journal.pone.0118453",
    "additionalProperty": [{"@type": "PropertyValue", "name": "Technology", "value": "Assay"}],
}  # fmt: skip


class TestBioschemasContract(HarvesterContract):
    """The promises of every harvester."""

    def harvester(self) -> Any:
        """The harvester under test."""
        return BioschemasHarvester(fetcher())

    def source(self) -> SourceSpec:
        """A site of any owner."""
        return SourceSpec("site", "bioschemas", "x")

    def samples(self) -> list[SourceDocument]:
        """A Dataset, a Study, a page with links to its files."""
        linked = write_document([data()], [(f"{URL}/files/a.tif", "image/tiff")]).decode()
        return [document(data()), document(json.dumps(STUDY)), document(linked)]

    def serve(self, folder: Path) -> SourceSpec:
        """A folder of JSON-LD files."""
        (folder / "a.jsonld").write_text(data(), "utf-8")
        return SourceSpec("site", "bioschemas", str(folder))


def test_a_dataset_becomes_a_study() -> None:
    """A DOI says whose it is; keywords in one text are a list; an ORCID may stand as a bare url (GigaDB)."""
    (study,) = map_page(data()).records
    assert (study["id"], study["doi"]) == ("zenodo:101", "10.5281/zenodo.101")
    assert study["keywords"] == ["eye", "ant"]
    assert study["license"] == "https://creativecommons.org/licenses/by/4.0/"
    (author,) = study["authors"]
    assert (author["name"], author["orcid"]) == ("Ada Ant", "https://orcid.org/0000-0002-1825-0097")


def test_a_study_keeps_samples_papers_and_properties() -> None:
    """The Study profile's subject is a sample with its taxon, a DOI is read out of a citation in words."""
    mapped = map_page(json.dumps(STUDY))
    (study,) = mapped.records
    assert study["organisms"] == ["NCBITaxon:4577"]
    assert study["biosamples"][0]["title"] == "A632"
    assert study["publications"][0]["doi"] == "10.1371/journal.pone.0118453"
    assert study["characteristics"][0]["name"] == "Technology"
    assert not mapped.unmapped


@pytest.mark.parametrize("prefix", ["http://schema.org/", "https://schema.org/", "schema:"])
def test_schema_org_is_one_under_http_and_https(prefix: str) -> None:
    """Types and properties are the same under both schemes and with a prefix."""
    content = data().replace('"Dataset"', f'"{prefix}Dataset"').replace('"name":', f'"{prefix}name":')
    assert map_page(content).records[0]["title"] == "Eyes of ants"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f'<script type="application/ld+json">{data()}</script>', ""),  # DataCatalog/BioStudies_jsonld.json
        (data() + "\n" + json.dumps({"@type": "WebPage", "name": "x"}), "several-documents"),  # bbmri-eric
        (data().replace('"name":', "// the title\n" + '"name":'), "json-comment"),  # DataRecord/pdbe_jsonld.json
        (data().replace('"2021-11-30"}', '"2021-11-30",}'), "json-comma"),  # FAIRsharing
        ("\ufeff" + data(), ""),
    ],
)
def test_data_that_are_almost_json_are_mended_with_a_finding(content: str, code: str) -> None:
    """Wrapped, several in one, commented, with a comma too many: what is meant is certain, and it is told."""
    mapped = map_page(content)
    assert mapped.records == map_page(data()).records
    assert not code or code in {finding.code for finding in mapped.findings}


def test_an_address_with_slashes_inside_is_no_comment() -> None:
    """What looks like a comment inside a text stays."""
    content = data(description="see http://a.example/b, // not a comment").replace('"2021-11-30"', '"2021-11-30",')
    assert map_page(content.replace('",,', '",')).records[0]["description"].endswith("// not a comment")


def test_a_misspelt_address_is_left_out() -> None:
    """`htts://` (FAIRsharing) may mean what it looks like; it is told, not guessed."""
    mapped = map_page(data(license="htts://creativecommons.org/licenses/by-sa/4.0/"))
    assert "license" not in mapped.records[0]
    assert "license-form" in {finding.code for finding in mapped.findings}


def test_a_block_that_cannot_be_read_leaves_the_others() -> None:
    """A broken block of a page is a finding as long as another one describes the study."""
    mapped = map_page(write_document(["{broken", data()], []).decode())
    assert mapped.records[0]["id"] == "zenodo:101"
    assert "block-unreadable" in {finding.code for finding in mapped.findings}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{'@type': Dataset}", "not-parsable"),  # DefinedTerm/CHMO-lcms.jsonld
        ('{"@type": "DataCatalog", "name": "x", "dataset": {"@type": "Dataset", "name": "y"}}', "policy"),
        ('{"@type": "Taxon", "name": "x"}', "policy"),
        (f"[{data()}, {data(**{'@id': 'https://doi.org/10.5281/zenodo.102'})}]", "policy"),
        (data(("name",)), "schema-required"),
        (data(identifier="55", url="https://x.example/", **{"@id": "https://x.example/55"}), "bad-identifier"),
    ],
)
def test_a_page_that_is_not_about_one_certain_study_is_refused(content: str, reason: str) -> None:
    """Catalogues, samples, several studies, no title, no archive known here: each is quarantined with its reason."""
    with pytest.raises(RecordRejected) as refused:
        map_page(content)
    assert refused.value.reason == reason


def test_a_page_without_identifier_is_named_by_its_own_address() -> None:
    """The address of the page says which study it is where the data do not."""
    content = data(("identifier", "@id", "url"))
    assert map_page(content).records[0]["id"] == "zenodo:101"
    with pytest.raises(RecordRejected):
        map_page(content, url="https://x.example/101")


def test_html_gives_its_blocks_and_links_whatever_else_it_holds() -> None:
    """Broken HTML, other scripts and attributes without value do not hide the data."""
    blocks, links = extract(
        '<a b><script>var x = "{";</script><link rel=item href=/a.tif><script type=application/ld+json>{}</script>'
    )
    assert blocks == ["{}"]
    assert links == [{"rel": "item", "href": "/a.tif"}]


def test_links_to_data_survive_the_kept_document() -> None:
    """Addresses with quotes and ampersands come back as they were, sorted."""
    items = [("https://x.example/?a=1&b=2", "image/tiff"), ("https://x.example/a", "")]
    assert read_items(write_document([], items).decode()) == sorted(items)


@pytest.mark.parametrize("key", ["@id", "identifier", "sameAs"])
def test_a_funder_keeps_its_crossref_identifier(key: str) -> None:
    """A funder that is named by its DOI in the Crossref Funder Registry keeps it."""
    name = "https://doi.org/10.13039/501100000780"
    funder = {"@type": "Organization", "name": "European Commission", key: name}
    (study,) = map_page(data(funder=funder)).records
    assert [grant["funder"]["crossref_funder_id"] for grant in study["grants"]] == [name]
