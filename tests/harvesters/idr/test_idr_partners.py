"""All studies of IDR that are here, with their tables and the lists of its site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from idr_sheets import harvester

from catalogue.model.documents import ImageTable, Listed, Mapped, SourceDocument, SourceSpec
from catalogue.model.payload import canonical
from catalogue.model.validation import check_schema

pytestmark = pytest.mark.partners


@pytest.fixture(scope="module")
def studies(request: pytest.FixtureRequest) -> dict[str, Mapped]:
    """Accession -> what its bundle is mapped to."""
    partners = request.config.rootpath.parent / "shared" / "partners"
    return dict(_mapped(partners / "idr"))


def _mapped(folder: Path) -> Iterator[tuple[str, Mapped]]:
    source = SourceSpec("idr", "idr", str(folder), ("idr",))
    *events, end = harvester().fetch(source, None, {})
    assert isinstance(end, Listed)
    assert end.total == len(events) == 119
    assert sum(isinstance(event, ImageTable) for event in events) == 30
    for event in events:
        if isinstance(event, SourceDocument):
            yield event.item, harvester().map(event, source)


def codes(studies: dict[str, Mapped], code: str) -> set[str]:
    """Studies with a finding."""
    return {name for name, mapped in studies.items() if any(finding.code == code for finding in mapped.findings)}


def test_every_study_enters_and_every_row_is_accounted_for(studies: dict[str, Mapped]) -> None:
    """All 89 study files become studies, with 70 tables and the site's lines; no row or column is unmapped."""
    assert len(studies) == 89
    for name, mapped in studies.items():
        assert not mapped.unmapped, name
        assert all(key.partition(": ")[2] for key in mapped.ignored)
        for record in mapped.records:
            assert not check_schema(record), name
            canonical(record)
    components = Counter(
        part["type"] for mapped in studies.values() for part in mapped.records[0].get("components", [])
    )
    assert components == {"Screen": 71, "Experiment": 72}
    assert sum(len(mapped.records) - 1 for mapped in studies.values()) == 88


def test_old_encodings_are_those_that_the_files_show(studies: dict[str, Mapped]) -> None:
    """field.md names ten files; idr0115 and idr0150 read as Mac Roman make words ("Dulbecco's", "37 °C")."""
    guessed = {
        name: finding.message.split("read as ")[1].split(".")[0]
        for name, mapped in studies.items()
        for finding in mapped.findings
        if finding.code == "encoding-guessed" and finding.path.endswith("-study.txt")
    }
    assert guessed == {
        "idr0072": "Mac Roman", "idr0113": "Mac Roman", "idr0115": "Mac Roman", "idr0150": "Mac Roman",
        "idr0111": "Windows-1252", "idr0155": "Windows-1252", "idr0108": "ISO 8859-1", "idr0144": "ISO 8859-1",
    }  # fmt: skip
    assert "Zürich" in str(studies["idr0113"].records[0]["contributors"])


def test_known_traps_are_found(studies: dict[str, Mapped]) -> None:
    """field.md section 5: mixed line ends, a control character, lost tabs, quoted cells with line breaks."""
    mixed = {"idr0093", "idr0114", "idr0118", "idr0123", "idr0140", "idr0145", "idr0101"}
    assert mixed <= codes(studies, "line-ends")
    assert codes(studies, "control-character") == {"idr0156"}
    assert codes(studies, "missing-tab") == {"idr0080", "idr0096", "idr0156", "idr0171"}
    assert {"idr0148", "idr0159"} <= codes(studies, "broken-row")
    assert studies["idr0171"].records[0]["components"][0]["component_types"] == ["EFO:0007556"]


def test_terms_have_one_form(studies: dict[str, Mapped]) -> None:
    """FBbi, EFO, CHMO and MI numbers in all their spellings are one CURIE each; what is none is the study's own."""
    record = {name: mapped.records[0] for name, mapped in studies.items()}
    assert "FBbi:00000243" in record["idr0070"]["methods"]
    assert "FBbi:00000251" in record["idr0062"]["methods"]
    assert "CHMO:0002194" in str(record["idr0123"])
    assert "MI:2213" in str(record["idr0108"])
    # The number alone would be nobody's; its Term Source REF says OMIT.
    assert record["idr0147"]["methods"] == ["OMIT:0026155"]
    assert all(curie.startswith("NCBITaxon:") for one in record.values() for curie in one.get("organisms", []))


def test_twins_are_those_of_the_truth_table(studies: dict[str, Mapped], partners: Path) -> None:
    """What the owner states is what the truth table of identities holds, and the twins that field.md names."""
    stated = {
        (name, one["same_study_as"].partition(":")[2])
        for name, mapped in studies.items()
        for one in mapped.records[0].get("identity_statements", [])
    }
    (table,) = (partners / "identity-links").glob("*.tsv")
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    truth = {tuple(cell.rstrip("/").rpartition("/")[2] for cell in row[:2]) for row in rows if "/study/idr" in row[0]}
    assert truth
    assert {pair for pair in truth if pair[0] in studies} <= stated
    assert {("idr0054", "S-BSST221"), ("idr0017", "S-BSMS-PGPC1"), ("idr0047", "S-BIAD1")} <= stated


def test_dois_have_one_form(studies: dict[str, Mapped]) -> None:
    """Data DOIs in both cases and all writings are bare and in lower case (idr0028, idr0022)."""
    found = [part["doi"] for mapped in studies.values() for part in mapped.records[0]["components"] if "doi" in part]
    assert "10.17867/10000104a" in found
    assert all(doi.startswith("10.17867/1") and doi == doi.lower() for doi in found)
