"""People, papers, links, licences and twins of submissions, with what depositors write into them."""

from __future__ import annotations

import pytest
from biostudies_samples import (
    CC_BY,
    SOURCE,
    WHOLE,
    attributes,
    codes,
    document,
    licence,
    reference,
    section,
    study_of,
    submission,
)

from catalogue.model.documents import SourceSpec
from harvesters.biostudies import BiostudiesHarvester
from tests.harvesters.contract import fetcher

STUDY = "biostudies:S-BIAD9001"
IDR = "https://idr.openmicroscopy.org/webclient/?show=project-402"


def test_authors_keep_order_roles_and_affiliations() -> None:
    """Affiliations are accessions, two in one text at times (S-BIADTEST), with or without the flag (S-BSMS4)."""
    study = study_of(WHOLE)
    (author,) = study["authors"]
    assert [place["name"] for place in author["affiliations"]] == ["One", "Two", "Three"]
    assert author["affiliations"][0]["ror"] == "https://ror.org/02catss52"
    assert author["roles"] == ["submitter", "data acquisition"]
    assert author["contributor_types"] == ["Submitter", "DataCollector"]
    unflagged = submission(section("Author", Name="A", Affiliation="o1"), section("Organization", "o1", Name="One"))
    assert study_of(unflagged)["authors"][0]["affiliations"][0]["name"] == "One"


def test_affiliation_without_section_is_said() -> None:
    """S-BIAD15 refers to o1, and its one organisation has no accession: nothing is guessed, both are said."""
    value = submission(section("Author", Name="A", affiliation=[reference("o1")]), section("Organization", Name="One"))
    assert "affiliations" not in study_of(value)["authors"][0]
    assert {"affiliation-unresolved", "organization-unused"} <= set(codes(value))
    named = submission(section("Author", Name="A", Affiliation="University of X"))
    assert study_of(named)["authors"][0]["affiliations"][0]["name"] == "University of X"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("oona.paavolainen@ut", None),  # S-BIAD1136
        ("ylva.ivarsson@kemi..u.se", None),  # S-BIAD1223
        ("a@gmail.coma@gmail.com", None),  # S-BIAD1344, twice over
        ("\u200fa@example.org", "a@example.org"),  # S-BSST744, an invisible right-to-left mark
        ("a@example.org", "a@example.org"),
    ],
)
def test_broken_mail_addresses_are_left_out(given: str, kept: str | None) -> None:
    """A broken e-mail address is said and left out; its owner stays an author."""
    value = submission(section("author", Name="Ada Ant", **{"E-mail": given}))
    assert study_of(value)["authors"][0].get("email") == kept
    assert ("email-form" in codes(value)) == (kept is None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0.1101/2025.03.24.645013", None),  # S-BIAD1763 lost its first digit
        ("2024.09.23.614351", None),  # S-BIAD1982 lost its prefix
        ("DOI: https://doi.org/10.7554/eLife.93764.", "10.7554/elife.93764"),  # S-BIAD1500
        ("https:// dx.doi.org/10.17504/x", "10.17504/x"),  # S-BIAD1879
        ("arXiv:2504.18737v1 ", "10.48550/arxiv.2504.18737"),  # S-BIAD2324
        ("doi: 10.3389/fcell.2024.1", "10.3389/fcell.2024.1"),  # S-BIAD1201
    ],
)
def test_damaged_dois_are_mended_or_left_out(given: str, kept: str | None) -> None:
    """Only what can be read with certainty becomes a DOI; the rest is said."""
    value = submission(section("Publication", Title="On cells", DOI=given))
    (paper,) = study_of(value)["publications"]
    assert paper.get("doi") == kept
    if kept is None:
        assert "publication-id-form" in codes(value)


def test_page_instead_of_a_doi_is_kept_as_a_page() -> None:
    """S-BIAD1043 gives an anchor on a page, and a title for a PubMed number; S-BIAD661 has "pending"."""
    page = "https://www.nature.com/articles/s41598-024-66600-1#Abs1"
    value = submission(section("Publication", Title="On cells", DOI=page, Pubmed_ID="pending"))
    assert study_of(value)["publications"][0]["url"] == page
    assert "publication-id-form" in codes(value)


def test_author_without_a_name_is_left_out() -> None:
    """S-BIAD1261 has an author without a name."""
    value = submission(section("author", Name=None, Role="investigator"), section("author", Name="Ada Ant"))
    assert [author["name"] for author in study_of(value)["authors"]] == ["Ada Ant"]
    assert "agent-without-name" in codes(value)


def test_keywords_in_one_text_are_taken_apart() -> None:
    """S-BIAD661 parts them by commas, S-BIAD1344 by semicolons; a comma in one of several keywords parts nothing."""
    assert study_of(submission(Keywords="a, b"))["keywords"] == ["a", "b"]
    assert study_of(WHOLE)["keywords"] == ["cells", "skin"]
    assert study_of(submission(Keyword=["a, b", "c"]))["keywords"] == ["a, b", "c"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (licence("CC BY 4.0", CC_BY), "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),  # S-BIAD15
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),  # S-BIAD661
        ("CC BY", None),
    ],
)
def test_licence_is_read_from_address_or_name(given: object, kept: str | None) -> None:
    """The address beside the name decides; a name alone is read where it is certain."""
    assert study_of(submission(License=given)).get("license") == kept


def test_licence_that_says_two_things_is_a_finding() -> None:
    """Where name and address disagree the address is kept, and said to differ."""
    assert "license-differs" in codes(submission(License=licence("CC0", CC_BY)))


def test_twin_at_the_image_data_resource_is_a_statement() -> None:
    """R25: IDR accession number (S-BIAD590) and RootPath (S-BIAD15) name the same study; links do not."""
    stated = study_of(submission(root={"RootPath": "idr0042"}, IDR_accession_number="idr0042"))
    assert stated["identity_statements"] == [
        {
            "id": f"{STUDY}/identity/1", "same_study_as": "idr:idr0042", "identity_relation": "other_archive",
            "evidence": "owner_statement", "evidence_detail": "IDR accession number idr0042",
            "stated_by": "biostudies",
        }
    ]  # fmt: skip
    folder = study_of(submission(root={"RootPath": "S-IMDR0067"}))
    assert [one["same_study_as"] for one in folder["identity_statements"]] == ["idr:idr0067"]
    other = study_of(submission(root={"RootPath": "EMPIAR-10311"}))
    assert [one["same_study_as"] for one in other["identity_statements"]] == ["empiar:10311"]
    value = submission(root={"RootPath": "upload/mine"})
    value["section"]["links"] = [{"url": IDR}]
    assert "identity_statements" not in study_of(value)


def test_links_are_addresses_or_records_of_other_archives() -> None:
    """An accession is read with the archive that its type names; a bare DOI is a related resource."""
    value = submission()
    value["section"]["links"] = [
        {"url": "https://example.org/code", "attributes": attributes(Description="The code")},
        [{"url": "ERP116793", "attributes": attributes(Type="ENA")}],  # a table in the list
        {"url": "EMPIAR-11380", "attributes": attributes(Type="empiar")},
        {"url": "10.3389/fcell.2024.1430728"},  # S-BIAD1201
        {"url": "nowhere"},
    ]
    study = study_of(value)
    assert study["links"] == [
        {"id": f"{STUDY}/link/1", "url": "https://example.org/code", "description": "The code"}
    ]  # fmt: skip
    assert study["sequence_records"] == ["ena:ERP116793"]
    assert study["image_entries"] == ["empiar:11380"]
    assert study["related_resources"][0]["related_to"] == "doi:10.3389/fcell.2024.1430728"
    assert "link-form" in codes(value)


def test_empiar_entries_are_empiars() -> None:
    """The archive delivers EMPIAR's entries; their owner is EMPIAR."""
    assert study_of(submission(accno="EMPIAR-10311"))["id"] == "empiar:10311"


def test_licence_of_the_source_fills_in() -> None:
    """S-BIAD628 states no licence; the operator's word for the whole archive is used and said."""
    source = SourceSpec(SOURCE.name, SOURCE.harvester, SOURCE.location, SOURCE.owners, {"license": "CC0-1.0"})
    mapped = BiostudiesHarvester(fetcher()).map(document(submission(License=None)), source)
    assert mapped.records[0]["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert "license-of-source" in {finding.code for finding in mapped.findings}
