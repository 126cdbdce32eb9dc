"""Records of OAI-PMH in their formats: the contract, identity, and what Dublin Core can be trusted with."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.contract import HarvesterContract, fetcher
from tests.harvesters.oai_server import dc

SOURCE = SourceSpec("oai", "oai_pmh", "records/", ("biostudies",), {"license": "CC0-1.0"})
KERNEL = (
    '<resource xmlns="http://datacite.org/schema/kernel-4">'
    '<identifier identifierType="DOI">10.6019/S-BIAD7</identifier>'
    "<creators><creator><creatorName>Ant, Ada</creatorName></creator></creators><titles><title>Cells 7</title></titles>"
    '<publisher>An archive</publisher><resourceType resourceTypeGeneral="Dataset"/></resource>'
)
ENVELOPE = (
    '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><isReferenceQuality>true</isReferenceQuality>'
    "<schemaVersion>4.1</schemaVersion><datacentreSymbol>A.B</datacentreSymbol><payload>{}</payload></oai_datacite>"
)


def record(metadata: str, identifier: str = "oai:archive.example:7", status: str = "") -> bytes:
    """One record as the harvester keeps it."""
    return (
        '<record xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<header{status}><identifier>{identifier}</identifier><datestamp>2026-03-02</datestamp>"
        f"<setSpec>images</setSpec></header><metadata>{metadata}</metadata><about><p/></about></record>"
    ).encode()


def more(*elements: str) -> str:
    """Dublin Core of study 7 with more in it."""
    return dc(7).replace("</oai_dc:dc>", "".join(elements) + "</oai_dc:dc>")


def mapped(content: bytes, source: SourceSpec = SOURCE) -> Mapped:
    """What the harvester makes of the bytes."""
    return OaiPmhHarvester(fetcher()).map(SourceDocument("a", "https://archive.example/oai", content), source)


class TestOaiPmhContract(HarvesterContract):
    """The harvester of OAI-PMH keeps the contract of all harvesters."""

    def harvester(self) -> OaiPmhHarvester:
        return OaiPmhHarvester(fetcher())

    def source(self) -> SourceSpec:
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        contents = (record(dc(7)), record(ENVELOPE.format(KERNEL)), record(KERNEL))
        return [SourceDocument(f"{n}", "https://archive.example/oai", c) for n, c in enumerate(contents)]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "a.xml").write_bytes(record(dc(7)))
        return SourceSpec("oai", "oai_pmh", str(folder), ("biostudies",), SOURCE.options)


@pytest.mark.parametrize(
    "metadata",
    [dc(7), KERNEL, ENVELOPE.format(KERNEL), ENVELOPE.replace("<payload>{}</payload>", "{}").format(KERNEL),
     KERNEL.replace(' xmlns="http://datacite.org/schema/kernel-4"', "")],
)  # fmt: skip
def test_all_formats_give_the_same_study(metadata: str) -> None:
    """oai_dc, DataCite by itself, in its envelope, without payload (tudatalib) and without namespace (HZB)."""
    result = mapped(record(metadata))
    assert (result.records[0]["id"], result.records[0]["title"]) == ("biostudies:S-BIAD7", "Cells 7")
    assert not result.unmapped


def test_identifier_of_the_header_decides_where_no_other_does() -> None:
    """Dataverse: the header is doi:10.18710/4XTXMH, the record's own identifier a handle."""
    metadata = KERNEL.replace("10.6019/S-BIAD7", "hdl:10037.1/10294").replace('"DOI"', '"Handle"')
    assert mapped(record(metadata, "doi:10.6019/S-BIAD9")).records[0]["id"] == "biostudies:S-BIAD9"
    metadata = dc(7).replace("https://doi.org/10.6019/S-BIAD7", "https://archive.example/7")
    assert mapped(record(metadata, "oai:pangaea.de:doi:10.6019/S-BIAD9")).records[0]["id"] == "biostudies:S-BIAD9"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (record(more("<dc:identifier>10.6019/S-BIAD8</dc:identifier>")), "bad-identifier"),
        (record(dc(7).replace("https://doi.org/10.6019/S-BIAD7", "https://elsewhere.example/7")), "bad-identifier"),
        (record(dc(7).replace("S-BIAD7", "EMPIAR-10002")), "not-owner"),
        (record(dc(7).replace("Dataset", "Software")), "policy"),
        (record(dc(7).replace("<dc:type>Dataset</dc:type>", "")), "schema-required"),
        (record(dc(7).replace("<dc:title>Cells 7</dc:title>", "")), "schema-required"),
        (record('<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0"/>'), "policy"),
        (record('<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'), "policy"),
        (record("", status=' status="deleted"'), "policy"),
        (record(""), "policy"),
        (b"<OAI-PMH/>", "not-parsable"),
        (record(dc(7))[:-4], "not-parsable"),
    ],
)
def test_what_cannot_be_a_study_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    """Two studies named, none, another's; software, no kind, no title; EML and ISO 19139; deleted; no record."""
    with pytest.raises(RecordRejected) as refused:
        mapped(content)
    assert refused.value.reason == reason


def test_dublin_core_gives_what_it_says_for_sure() -> None:
    """Relations without a role stay links, coverage a place, further publishers organisations, rights the licence."""
    result = mapped(record(more(
        '<dc:description xml:lang="eng">Ice\nand cells</dc:description><dc:language>eng</dc:language>',
        "<dc:relation>https://doi.org/10.1000/X</dc:relation><dc:source>A book</dc:source>",
        "<dc:coverage>Here</dc:coverage><dc:publisher>P</dc:publisher><dc:publisher>Q</dc:publisher>",
        "<dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights>",
        "<dc:rights>info:eu-repo/semantics/openAccess</dc:rights><dc:subject>ice</dc:subject>",
    )))  # fmt: skip
    study = result.records[0]
    assert study["links"][0]["url"] == "https://doi.org/10.1000/x"
    assert any(part["text_value"] == "A book" for part in study["characteristics"])
    assert study["biosamples"][0]["collection_place"] == "Here"
    assert (study["publisher"]["name"], study["contributors"][0]["name"]) == ("P", "Q")
    assert study["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert study["access"]["access_level"] == "PUBLIC"
    assert study["description"] == "Ice\nand cells"
    assert not result.unmapped


def test_several_dates_of_unknown_meaning_are_no_day_of_publication() -> None:
    """One date is the day of publication; of several different ones nothing tells which it is, so they are kept."""
    assert mapped(record(dc(7))).records[0]["date_published"] == "2024-02-03"
    study = mapped(record(more("<dc:date>2020-01-01</dc:date>"))).records[0]
    assert "date_published" not in study
    assert len([part for part in study["characteristics"] if part["name"].startswith("date")]) == 2


def test_dcmi_terms_beside_the_fifteen_elements_are_read() -> None:
    """seanoe.org adds dcterms:references and dcterms:spatial."""
    space = 'xmlns:t="http://purl.org/dc/terms/"'
    result = mapped(record(more(
        f"<t:references {space}>https://a.example/1.gif</t:references>",
        f'<t:spatial {space} xsi:type="DCTERMS:Box">-90 -180 90 180</t:spatial>',
    )))  # fmt: skip
    study = result.records[0]
    assert study["related_resources"][0]["relation"] == "References"
    assert study["biosamples"][0]["collection_place"] == "-90 -180 90 180"
    assert not result.unmapped
