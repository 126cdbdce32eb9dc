"""DataCite records: the contract, and where everything they say goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from datacite_samples import FULL, PLAIN, SCHEMA_ORG, SOURCE, codes, harvester, mapped, rest, study, xml

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.datacite import DataCiteHarvester
from tests.harvesters.contract import HarvesterContract

RESULT = mapped(xml())
RECORD = RESULT.records[0]


class TestDataCiteContract(HarvesterContract):
    """The harvester of DataCite records keeps the contract of all harvesters."""

    def harvester(self) -> DataCiteHarvester:
        return harvester()

    def source(self) -> SourceSpec:
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        return [SourceDocument(str(n), "https://a.example/", c) for n, c in enumerate((xml(), rest(), SCHEMA_ORG))]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "a.xml").write_bytes(xml())
        return SourceSpec("datacite", "datacite", str(folder), SOURCE.owners, SOURCE.options)


def test_record_is_the_owners_by_its_doi_in_any_case() -> None:
    """10.6019/S-BIAD7 is the BioImage Archive's, 10.5281/ZENODO.2598836 Zenodo's; the DOI is kept in lower case."""
    assert RECORD["id"] == "biostudies:S-BIAD7"
    assert RECORD["doi"] == "10.6019/s-biad7"
    assert mapped(xml(PLAIN, doi="https://doi.org/10.5281/ZENODO.2598836")).records[0]["id"] == "zenodo:2598836"


def test_people_and_groups_keep_their_identifiers() -> None:
    """ORCID with or without address, ISNI as a link, ROR of a group and of an affiliation."""
    person, group = RECORD["authors"]
    assert person["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert person["same_as"] == ["https://isni.org/isni/0000000121227317"]
    assert person["affiliations"][0]["ror"] == group["ror"] == "https://ror.org/02catss52"
    assert (person["type"], group["type"]) == ("Person", "Organization")
    assert RECORD["publisher"]["ror"] == "https://ror.org/02catss52"


def test_contributors_keep_their_type_and_funders_are_grants() -> None:
    """Translator, new in 4.7, is kept in words; Funder, of kernels before 4, is a grant."""
    manager, translator = RECORD["contributors"]
    assert manager["contributor_types"] == ["DataManager"]
    assert translator["roles"] == ["Translator"]
    assert [grant["funder"]["name"] for grant in RECORD["grants"]] == ["A funder", "Another funder"]
    assert RECORD["grants"][1]["funder"]["crossref_funder_id"] == "https://doi.org/10.13039/501100000780"
    assert RECORD["grants"][1]["grant_pid"] == "https://grants.example/1"


def test_texts_go_by_their_type() -> None:
    """Title, other titles, abstract before other text, methods as protocol, series and formats as characteristics."""
    assert (RECORD["title"], RECORD["alternative_titles"]) == ("Cells", ["Under ice", "Zellen"])
    assert RECORD["description"].startswith("Line one") and RECORD["description"].endswith("\n\nAnd more.")
    assert RECORD["protocols"][0]["description"] == "Frozen."
    said = {(part["name"], part["text_value"]) for part in RECORD["characteristics"]}
    assert {("series information", "Ice 1(2)"), ("format", "image/tiff")} <= said
    assert RECORD["languages"] == ["en", "en-GB", "de"]


def test_dates_go_by_their_type() -> None:
    """Issued, Submitted and Updated have fields; Collected is kept as said; an unknown type is a finding."""
    assert RECORD["date_published"] == "2024-02-03"
    assert (RECORD["date_deposited"], RECORD["date_updated"]) == ("2024-01-02", "2024-03-04")
    collected = {"name": "date Collected", "text_value": "2023-01-01/2023-02-01 (in winter)"}
    assert collected in [{k: part[k] for k in ("name", "text_value")} for part in RECORD["characteristics"]]
    assert RECORD["copyright_notice"] == "Copyrighted 2024"
    assert any("Accepted" in path or "accepted" in path for path in RESULT.ignored)
    assert "date-kind" in codes(RESULT)


def test_subjects_with_a_sure_identifier_are_terms() -> None:
    """A taxon is an organism, a term of FBbi a method, another address a subject; words are keywords."""
    assert RECORD["organisms"] == ["NCBITaxon:9606"]
    assert RECORD["methods"] == ["FBbi:00000251"]
    assert RECORD["subjects"] == ["http://www.oecd.org/science/inno/38235147.pdf"]
    assert RECORD["keywords"] == ["ice", "FOS: Biology"]


def test_related_identifiers_become_links_that_can_be_followed() -> None:
    """DOIs as CURIEs, arXiv as its page, an ISBN as text, a relation unknown to the model as a link with its word."""
    related = {part["related_to"]: part["relation"] for part in RECORD["related_resources"]}
    assert related["doi:10.1000/abc"] == "IsSupplementTo"
    assert related["https://arxiv.org/abs/0706.0001"] == "Cites"
    assert RECORD["links"][0]["link_type"] == "HasTranslation"
    assert any(part["text_value"] == "978-3-905673-82-1" for part in RECORD["characteristics"])


def test_identity_is_stated_only_by_the_owners_word() -> None:
    """R25: IsIdenticalTo another archive's study is an identity statement; a supplement is none."""
    (statement,) = RECORD["identity_statements"]
    assert (statement["same_study_as"], statement["evidence"]) == ("zenodo:1234", "owner_statement")


def test_sizes_are_numbers_only_where_exact() -> None:
    """2048 bytes and 3 files are counted; 1.7 GB stays text."""
    assert (RECORD["total_size_bytes"], RECORD["file_count"], RECORD["size_statement"]) == (2048, 3, "1.7 GB")


def test_rights_give_licence_and_access() -> None:
    """Open access is access, not a licence; the SPDX name gives the licence's address."""
    assert RECORD["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert RECORD["access"]["access_level"] == "PUBLIC"


def test_item_without_identifier_is_a_paper_in_its_own_words() -> None:
    """A related item that lacks an identifier keeps title, authors, publisher and year."""
    (paper,) = RECORD["publications"]
    assert (paper["title"], paper["author_list"], paper["date_issued"]) == ("A book", "Dee, Dan", "1990")


def test_the_three_forms_give_the_same_study() -> None:
    """XML, the registry's JSON and schema.org name one study with one title and day."""
    records = [mapped(content).records[0] for content in (xml(), rest(), SCHEMA_ORG)]
    assert len({(record["id"], record["title"], record["date_published"]) for record in records}) == 1


@pytest.mark.parametrize(("kernel", "prefix"), [("2.2", "ns0"), ("3", ""), ("4.7", "xs")])
def test_any_kernel_and_prefix_is_read(kernel: str, prefix: str) -> None:
    """10.4231/D38G8FK8B comes with the prefix ns0 and kernel 2.2."""
    assert mapped(xml(PLAIN, kernel=kernel, prefix=prefix)).records == mapped(xml(PLAIN)).records


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (xml(PLAIN, doi=""), "bad-identifier"),
        (xml(PLAIN, doi="10.9999/unknown"), "bad-identifier"),
        (xml(PLAIN, doi="10.6019/EMPIAR-10002"), "not-owner"),
        (rest(doi="10.6019/S-BIAD8"), None),
        (xml(PLAIN.replace("Dataset", "Software")), "policy"),
        (xml(PLAIN.replace('<resourceType resourceTypeGeneral="Dataset"/>', "")), "schema-required"),
        (xml(PLAIN.replace("Cells", ":tba")), "schema-required"),
        (xml(PLAIN + '<dates><date dateType="Withdrawn">2024-05-05</date></dates>'), "policy"),
        (rest(state="registered"), "policy"),
        (b"<html/>", "not-parsable"),
        (b"[1]", "not-parsable"),
        (xml(PLAIN)[:-5], "not-parsable"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]>' + xml(PLAIN), "not-parsable"),
    ],
)
def test_what_cannot_be_a_study_is_refused_with_its_reason(content: bytes, reason: str | None) -> None:
    """No DOI, nobody's, another's; software; no kind; no title but a code for none; taken back; no record at all."""
    if reason is None:
        assert mapped(content).records[0]["id"] == "biostudies:S-BIAD8"
        return
    with pytest.raises(RecordRejected) as refused:
        mapped(content)
    assert refused.value.reason == reason


def test_two_dois_name_no_record() -> None:
    """A JSON whose `id` and `doi` differ is not guessed at."""
    with pytest.raises(RecordRejected) as refused:
        mapped(b'{"id": "https://doi.org/10.6019/S-BIAD7", "doi": "10.6019/S-BIAD8", "titles": [{"title": "a"}]}')
    assert refused.value.reason == "bad-identifier"


def test_page_registered_for_a_doi_names_the_study_where_the_doi_does_not() -> None:
    """IDR's DOIs (10.17867/10000104a) hold no accession; the registry's `url` is the study's page."""
    source = SourceSpec("dc", "datacite", "records/", ("idr",))
    content = rest(doi="10.17867/10000104a", url="https://idr.openmicroscopy.org/study/idr0028/")
    content = content.replace(b"10.6019/s-biad7", b"10.17867/10000104A")
    record = harvester().map(SourceDocument("a", "", content), source).records[0]
    assert (record["id"], record["doi"]) == ("idr:idr0028", "10.17867/10000104a")


def test_kinds_are_the_operators_choice() -> None:
    """The option `types` says what a study is in a source."""
    software = xml(PLAIN.replace("Dataset", "Software"))
    assert mapped(software, types="Software,Dataset").records
    assert mapped(xml(PLAIN.replace("resourceTypeGeneral", "other")), types="any").records


def test_full_record_has_no_gap() -> None:
    """Every property of the example with all properties is mapped or has its reason."""
    assert not RESULT.unmapped
    assert FULL.count("<") > 100


def test_study_of_a_plain_record_has_nothing_invented() -> None:
    """What is not said is not there."""
    assert set(study()) == {
        "type", "id", "accession", "owner", "landing_page", "alternative_identifiers", "doi", "title", "license",
        "date_published", "authors", "publisher",
    }  # fmt: skip
