"""Traps of real DataCite records, one each, named by the record that shows it."""

from __future__ import annotations

import pytest
from datacite_samples import PLAIN, codes, mapped, rest, study, xml

CREATOR = "<creators><creator><creatorName>Ant, Ada</creatorName></creator></creators>"


def test_no_creators_is_no_author() -> None:
    """datacite_missing_creator.xml: without creators there are no authors, and a finding says so."""
    result = mapped(xml(PLAIN.replace(CREATOR, "<creators/>")))
    assert "authors" not in result.records[0]
    assert "authors-missing" in codes(result)


def test_several_people_in_one_creator_are_several_people() -> None:
    """10.25670/oi2018-001on has three creatorName, givenName, familyName and affiliation in one creator."""
    inside = "".join(
        f"<creatorName nameType='Personal'>{n}, {g}</creatorName><givenName>{g}</givenName><familyName>{n}</familyName>"
        f"<affiliation>Lab {g}</affiliation>"
        for n, g in (("Ant", "A"), ("Bee", "B"), ("Cee", "C"))
    )
    result = mapped(xml(PLAIN.replace(CREATOR, f"<creators><creator>{inside}</creator></creators>")))
    authors = result.records[0]["authors"]
    assert [author["family_name"] for author in authors] == ["Ant", "Bee", "Cee"]
    assert [author["affiliations"][0]["name"] for author in authors] == ["Lab A", "Lab B", "Lab C"]
    assert "several-names" in codes(result)


def test_identifier_of_several_people_is_nobodys() -> None:
    """Whose of three people an ORCID is cannot be known: ignored, with the reason."""
    inside = (
        "<creatorName>Ant, A</creatorName><creatorName>Bee, B</creatorName>"
        '<nameIdentifier nameIdentifierScheme="ORCID">0000-0002-1825-0097</nameIdentifier>'
    )
    result = mapped(xml(PLAIN.replace(CREATOR, f"<creators><creator>{inside}</creator></creators>")))
    assert all("orcid" not in author for author in result.records[0]["authors"])
    assert any("whose" in path for path in result.ignored)


def test_empty_sizes_and_dates_say_nothing() -> None:
    """10.13116/c6b6060e: elements with blanks only are missing values."""
    record = study("<sizes><size>\n\t\t</size></sizes><rights>\n</rights><formats><format/></formats>")
    assert not {"size_statement", "total_size_bytes", "characteristics"} & set(record)


def test_size_with_blanks_is_read() -> None:
    """10.1594/GFZ.SDDB.1102 writes blanks and line breaks into its size."""
    assert study("<sizes><size>\n 4.7\n  KB </size></sizes>")["size_statement"] == "4.7 KB"


def test_ancient_date_stays_text() -> None:
    """10.5072/0945113, a coin of Augustus: -0024/-0022 is no day of ours, and is kept as said."""
    record = study('<dates><date dateType="Created" dateInformation="from 25 BC">-0024/-0022</date></dates>')
    assert record["characteristics"][0]["text_value"] == "-0024/-0022 (from 25 BC)"


def test_year_alone_is_no_day() -> None:
    """Most records of kernel 2 give the year only: no day is made of it, and a finding says so."""
    result = mapped(xml(PLAIN.replace("2024-02-03", "2024")))
    assert "date_published" not in result.records[0]
    assert "date-precision" in codes(result)


def test_several_rights_give_the_first_licence_and_a_finding() -> None:
    """datacite-multiple-rights.xml: statements without licence stay text; of two licences the first is kept."""
    rights = (
        "<rightsList><rights>Free to read</rights>"
        '<rights rightsURI="http://creativecommons.org/publicdomain/zero/1.0">CC0</rights>'
        '<rights rightsURI="https://creativecommons.org/licenses/by/3.0/us">CC BY</rights></rightsList>'
    )
    result = mapped(xml(PLAIN + rights))
    assert result.records[0]["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert result.records[0]["copyright_notice"] == "Free to read"
    assert "several-licences" in codes(result)


@pytest.mark.parametrize(
    ("word", "level"), [("restricted", "RESTRICTED"), ("embargoed", "NON_PUBLIC"), ("closed", "NON_PUBLIC")]
)
def test_access_words_of_repositories_are_access(word: str, level: str) -> None:
    """10.5281/zenodo.2598836 has info:eu-repo/semantics/openAccess in the place of a licence; others are not open."""
    rights = f'<rightsList><rights rightsURI="info:eu-repo/semantics/{word}Access">Words</rights></rightsList>'
    dates = '<dates><date dateType="Available">2030-01-01</date></dates>'
    access = study(rights + dates)["access"]
    assert access["access_level"] == level
    assert access.get("embargo_until") == ("2030-01-01" if word == "embargoed" else None)


def test_several_languages_are_all_kept() -> None:
    """datacite-multiple-language.xml: abstracts in two languages are both there; `eng` is a tag, `English` is none."""
    result = mapped(xml(PLAIN + (
        '<language>English</language><descriptions><description descriptionType="Abstract" xml:lang="eng">Ice'
        '</description><description descriptionType="Abstract" xml:lang="de-DE">Eis</description></descriptions>'
    )))  # fmt: skip
    record = result.records[0]
    assert record["description"] == "Ice\n\nEis"
    assert record["languages"] == ["eng", "de-DE"]
    assert "language-form" in codes(result)


def test_blank_name_identifier_is_none() -> None:
    """10.15148/3b68dac4: a nameIdentifier with a scheme and no value says nothing."""
    inside = '<creatorName>SNO KARST</creatorName><nameIdentifier nameIdentifierScheme="ORCID" schemeURI="a"/>'
    result = mapped(xml(PLAIN.replace(CREATOR, f"<creators><creator>{inside}</creator></creators>")))
    assert "orcid" not in result.records[0]["authors"][0]
    assert "name-type-missing" in codes(result)
    assert "orcid-form" not in codes(result)


@pytest.mark.parametrize("code", [":unav", ":tba", "(:unkn)", ":none", ":null", ":etal"])
def test_codes_for_unknown_information_are_missing_values(code: str) -> None:
    """datacite-example-complicated-tba.xml: DataCite's own codes for nothing known never become names or texts."""
    record = study(f"<publisher>{code}</publisher><version>{code}</version><sizes><size>{code}</size></sizes>")
    assert not {"version", "size_statement"} & set(record)
    assert code not in str(record)


def test_types_of_xml_schema_are_left_out() -> None:
    """10.4225/13/511C71F8612C3 writes xsi:type="xs:string" on sizes and formats."""
    result = mapped(xml(PLAIN + '<sizes><size xsi:type="xs:string">1.7 GB</size></sizes>'))
    assert result.records[0]["size_statement"] == "1.7 GB"
    assert not result.unmapped


def test_former_json_is_read() -> None:
    """datacite_software.json: keys with hyphens, as the registry wrote them before 2019."""
    content = (
        b'{"id": "https://doi.org/10.6019/s-biad7", "types": {"resource-type-general": "Dataset"}, "doi":'
        b' "10.6019/S-BIAD7", "titles": [{"title": "Cells"}], "publisher": "KNB", "publication-year": "2016",'
        b' "creators": [{"type": "Person", "name": "Ada Ant", "id": "http://orcid.org/0000-0002-1825-0097"}],'
        b' "schema-version": "http://datacite.org/schema/kernel-3", "agency": "datacite"}'
    )
    result = mapped(content)
    assert result.records[0]["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert not result.unmapped


def test_container_and_related_identifier_are_one_resource() -> None:
    """datacite_with_container.json names its series twice; one related resource has title and kind of both."""
    (related,) = mapped(rest()).records[0]["related_resources"]
    assert (related["related_to"], related["title"]) == ("doi:10.1000/x", "A series")


def test_broken_identifiers_of_people_are_findings() -> None:
    """An ORCID that is none is left out; a scheme nobody knows, too."""
    inside = (
        '<creatorName>Ant, Ada</creatorName><nameIdentifier nameIdentifierScheme="ORCID">xyz789</nameIdentifier>'
        '<nameIdentifier nameIdentifierScheme="Ours">12</nameIdentifier>'
    )
    result = mapped(xml(PLAIN.replace(CREATOR, f"<creators><creator>{inside}</creator></creators>")))
    assert {"orcid-form", "name-identifier-form"} <= set(codes(result))
    assert "xyz789" not in str(result.records)
