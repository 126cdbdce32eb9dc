"""Which study a crate is, and what is refused for a doubt about it."""

from __future__ import annotations

import pytest
from gide_crates import codes, crate, map_crate, ref, study

from catalogue.problems import RecordRejected


def rejected(content: object, **kwargs: object) -> RecordRejected:
    """The rejection that mapping ends in."""
    with pytest.raises(RecordRejected) as caught:
        map_crate(content, **kwargs)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("accession", "page", "curie", "owner", "local"),
    [
        ("S-BIAD843", None, "biostudies:S-BIAD843", "biostudies", "S-BIAD843"),
        ("S-BSST1019", None, "biostudies:S-BSST1019", "biostudies", "S-BSST1019"),
        ("S-DHCA0", None, "biostudies:S-DHCA0", "biostudies", "S-DHCA0"),
        ("EMPIAR-10311", None, "empiar:10311", "empiar", "10311"),
        ("idr0035", "https://idr.openmicroscopy.org/study/idr0035/", "idr:idr0035", "idr", "idr0035"),
        (
            "47-Noguchi-CellDyn", "https://ssbd.riken.jp/v1/project/47-Noguchi-CellDyn",
            "ssbd:47-Noguchi-CellDyn", "ssbd", "47-Noguchi-CellDyn",
        ),
        (
            "ssbd-repos-000011", "https://ssbd.riken.jp/repository/ssbd-repos-000011/",
            "ssbd:ssbd-repos-000011", "ssbd", "ssbd-repos-000011",
        ),
    ],
)  # fmt: skip
def test_owner_and_accession_make_the_identity(
    accession: str, page: str | None, curie: str, owner: str, local: str
) -> None:
    """Each member's form of accession gives the owner's CURIE, wherever the crate came from."""
    record = study(crate(accession, page=page), item=f"folder/{accession}-ro-crate-metadata.json")
    assert (record["id"], record["owner"], record["accession"]) == (curie, owner, local)


def test_empiar_entry_delivered_by_the_archive_belongs_to_empiar() -> None:
    """EMPIAR entries keep their owner and their other name (EMPIAR-10311, published by the BioImage Archive)."""
    record = study(crate("EMPIAR-10311"))
    assert record["alternative_identifiers"] == ["EMPIAR-10311"]
    assert record["landing_page"].endswith("/studies/EMPIAR-10311")


@pytest.mark.parametrize(
    "lookalike",
    ["S-BIAD0843", "S-BIAD843 ", " S-BIAD843", "s-biad843", "S-ВIAD843", "S-BIAD843\u200b", "S-BIAD８43",
     "S-BIAD843\n", "EMPIAR-010311", "IDR0035", "idr00035", "ssbd-repos-11", "../S-BIAD843", "EXAMPLE-001", ""],
)  # fmt: skip
def test_lookalike_accession_is_refused(lookalike: str) -> None:
    """Only the canonical ASCII form of an accession is one (reliability.md TP1)."""
    problem = rejected(crate("S-BIAD843", identifier=lookalike))
    assert problem.reason == "bad-identifier"
    assert problem.detail.isascii()


@pytest.mark.parametrize(
    "change",
    [
        {"content": crate("S-BIAD7", page="https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD8")},
        {"content": crate("S-BIAD7"), "item": "S-BIAD8-ro-crate-metadata.json"},
        {"content": crate("S-BIAD7", identifier="S-BIAD8")},
        {"content": crate("S-BIAD7", identifier=["S-BIAD7", "S-BIAD8"])},
    ],
)
def test_names_that_disagree_are_refused(change: dict[str, object]) -> None:
    """Identifier, file name and page must name one study."""
    assert rejected(change.pop("content"), **change).reason == "bad-identifier"


def test_identifier_left_out_is_taken_from_names_that_agree() -> None:
    """File name and page that agree are certain enough, and a finding says so."""
    mapped = map_crate(crate("S-BIAD7", drop=("identifier",)), item="S-BIAD7-ro-crate-metadata.json")
    assert mapped.records[0]["id"] == "biostudies:S-BIAD7"
    assert "identifier-missing" in codes(mapped)


def test_root_that_the_crate_does_not_hold_is_refused() -> None:
    """A descriptor about "c" names no study (S-BSST1019, BioImage Archive, 2026-02-27)."""
    content = crate("S-BSST1019")
    content["@graph"][0]["about"] = ref("c")
    problem = rejected(content)
    assert problem.reason == "bad-identifier"
    assert "'c'" in problem.detail


@pytest.mark.parametrize("name", ["c", "#study", "javascript:alert(1)", "ftp://archive.example/S-BIAD7"])
def test_root_without_web_address_is_refused(name: str) -> None:
    """The root's @id is the study's page, so it must be an address."""
    assert rejected(crate("S-BIAD7", page=name)).reason == "bad-identifier"


def test_collection_crate_is_refused_for_what_it_is() -> None:
    """IDR's crate over all studies, root "./", is no study and is said to be none."""
    problem = rejected(crate("idr0001", page="./"), item="ro-crates/ro-crate-metadata.json")
    assert problem.reason == "policy"
    assert "collection" in problem.detail


def test_other_owners_study_is_refused() -> None:
    """A source may deliver only its owners' accessions (federation.md R17)."""
    assert rejected(crate("S-BIAD7"), owners=("idr", "empiar")).reason == "not-owner"
    assert study(crate("S-BIAD7"), owners=("biostudies", "empiar"))["owner"] == "biostudies"


def test_descriptor_is_found_wherever_it_stands() -> None:
    """The order of the graph means nothing, and `about` may be a list (BioImage Archive, February 2026)."""
    content = crate("S-BIAD7")
    content["@graph"][0]["about"] = [content["@graph"][0]["about"]]
    expected = study(content)
    content["@graph"].reverse()
    assert study(content) == expected


def test_relative_descriptor_shared_by_all_crates_is_reported() -> None:
    """`ro-crate-metadata.json` against a root without slash is one node for all of BIA's crates (S-BIAD843)."""
    content = crate("S-BIAD843")
    assert "descriptor-relative-id" not in codes(map_crate(content))
    content["@graph"][0]["@id"] = "ro-crate-metadata.json"
    assert "descriptor-relative-id" in codes(map_crate(content))


@pytest.mark.parametrize("count", [0, 2])
def test_crate_needs_exactly_one_descriptor(count: int) -> None:
    """Without one descriptor nobody can say which entity is the root."""
    content = crate("S-BIAD7")
    first = content["@graph"].pop(0)
    content["@graph"] += [dict(first, **{"@id": f"{n}-ro-crate-metadata.json"}) for n in range(count)]
    assert rejected(content).reason == "schema-required"


def test_study_without_title_is_refused() -> None:
    """A study that cannot be named in a list does not enter."""
    assert rejected(crate("S-BIAD7", name=" ")).reason == "schema-required"


@pytest.mark.parametrize("date", ["2023-02-30", "soon", "14.08.2023", "2023"])
def test_publication_date_that_is_none_is_refused(date: str) -> None:
    """A date nobody can read is quarantined with its value."""
    problem = rejected(crate("S-BIAD7", datePublished=date))
    assert problem.reason == "schema-required"
    assert date in problem.detail


def test_missing_date_is_missing() -> None:
    """No date is a finding, not a guess (187-Tsuboi-TumorDyn, 416-Otomo-descSPIM)."""
    mapped = map_crate(crate("S-BIAD7", drop=("datePublished",)))
    assert "date_published" not in mapped.records[0]
    assert "date-published-missing" in codes(mapped)
