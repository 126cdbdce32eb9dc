"""The real submissions, as deposited and as the archive's curators corrected them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from catalogue.ingest.prepare import Prepared, prepare
from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from catalogue.store.ontologies import Ontology
from harvesters.biostudies import BiostudiesHarvester
from tests.conftest import PARTNERS
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("bia", "biostudies", str(PARTNERS / "biostudies"), ("biostudies", "empiar"))
HARVESTER = BiostudiesHarvester(fetcher())
NOW = datetime(2026, 11, 1, tzinfo=UTC)

pytestmark = pytest.mark.partners


@cache
def documents() -> dict[str, SourceDocument]:
    """Every document of the samples, by file name."""
    events = HARVESTER.fetch(SOURCE, None, {})
    return {event.item.rpartition("/")[2]: event for event in events if isinstance(event, SourceDocument)}


@cache
def prepared() -> dict[str, Prepared]:
    """What becomes of each."""
    ontology = Ontology.load()
    return {name: prepare(one, SOURCE, HARVESTER.map, ontology, NOW) for name, one in documents().items()}


def renamed() -> Iterator[tuple[str, Mapped]]:
    """Every study, the archive's inventions under accessions that could be real."""
    for name, one in documents().items():
        content = one.content.replace(b"TEST", b"T3ST")
        try:
            yield name, HARVESTER.map(SourceDocument(one.item, one.url, content, one.media_type), SOURCE)
        except RecordRejected:
            continue


def study(name: str) -> Record:
    """The record of a sample, whether it may enter or not."""
    return HARVESTER.map(documents()[name], SOURCE).records[0]


def findings(name: str) -> Counter[str]:
    """Code -> times it was found in a sample."""
    return Counter(finding.code for finding in HARVESTER.map(documents()[name], SOURCE).findings)


def test_every_attribute_and_key_is_accounted_for() -> None:
    """Over all samples nothing is unmapped, and what is ignored has its reason."""
    seen = dict(renamed())
    assert len(seen) == 62
    assert {name: dict(mapped.unmapped) for name, mapped in seen.items() if mapped.unmapped} == {}
    assert all(key.partition(": ")[2].strip() for mapped in seen.values() for key in mapped.ignored)
    assert sum(mapped.mapped for mapped in seen.values()) > 7_000


def test_accepted_and_quarantined_as_stated() -> None:
    """Of 64 documents 45 enter; inventions, studies without licence and what is no study of images do not."""
    refused: dict[str, list[str]] = {}
    for name, one in prepared().items():
        if one.rejected is not None:
            refused.setdefault(one.rejected.reason, []).append(name)
    assert len(prepared()) == 64
    assert {reason: len(names) for reason, names in refused.items()} == {
        "policy": 7, "schema-required": 10, "bad-identifier": 1, "not-parsable": 1,
    }  # fmt: skip
    assert all("TEST" in name for name in refused["policy"])
    assert {name.partition("_")[0] for name in refused["schema-required"]} == {
        "S-BIAD1076", "S-BIAD628", "S-BSMS4", "S-BSST651", "S-BSST744",
    }  # fmt: skip
    assert refused["bad-identifier"] == ["E-MTAB-9697_input.json"]
    assert refused["not-parsable"] == ["E-MTAB-9697_expected_output.json"]


@pytest.mark.parametrize(
    ("accession", "code"),
    [
        ("S-BIAD1136", "email-form"), ("S-BIAD1223", "email-form"), ("S-BIAD1344", "email-form"),
        ("S-BIAD954", "email-form"), ("S-BSST651", "email-form"), ("S-BIAD1763", "publication-id-form"),
        ("S-BIAD1982", "publication-id-form"), ("S-BIAD1500", "doi-form"), ("S-BIAD1879", "doi-form"),
        ("S-BIAD2324", "doi-form"), ("S-BIAD1261", "agent-without-name"), ("S-BIAD2225", "association-unresolved"),
        ("S-BIAD2808", "association-unresolved"), ("S-BIAD661", "publication-id-form"),
    ],
)  # fmt: skip
def test_poison_records_have_a_finding_that_their_corrected_twins_lack(accession: str, code: str) -> None:
    """What the archive's curators corrected by hand is what is found in the record as deposited."""
    poisoned, corrected = findings(f"{accession}_original.json"), findings(f"{accession}_override.json")
    assert poisoned[code] > corrected[code]


def test_twins_at_the_image_data_resource_are_stated() -> None:
    """R25: S-BIAD15 is idr0067 by its RootPath, S-BIAD590 is idr0042 by its word."""
    stated = {
        name: [one["same_study_as"] for one in study(f"{name}_original.json")["identity_statements"]]
        for name in ("S-BIAD15", "S-BIAD590")
    }
    assert stated == {"S-BIAD15": ["idr:idr0067"], "S-BIAD590": ["idr:idr0042"]}


def test_what_goes_together_in_s_biad1388_is_kept() -> None:
    """The example of the model is what the harvester makes of the real record."""
    component = study("S-BIAD1388_original.json")["components"][0]
    assert len(component["specimens"]) == 4 and len(component["acquisitions"]) == 2
    assert all(len(one["specimens"]) == 1 for one in component["associations"])


def test_invisible_mark_before_an_address_does_not_cost_it() -> None:
    """S-BSST744 has a right-to-left mark in an e-mail address; its corrected twin has none."""
    mails = [
        [author.get("email") for author in study(f"S-BSST744_{form}.json")["authors"]]
        for form in ("original", "override")
    ]
    assert mails[0] == mails[1]


def test_secrets_are_in_no_kept_document() -> None:
    """S-BIAD385 and E-MTAB-9697 come with the database's key and logins; what is kept has none."""
    secrets = (b"5e187af8-b2e2", b"a54e54a9-8e11", b"velasque@ebi.ac.uk")
    for name, one in documents().items():
        assert not any(secret in one.content for secret in secrets), name


def test_text_form_of_a_submission_is_the_study_of_its_json() -> None:
    """bia-agent writes both forms of one submission: the records are equal but for typing of line ends."""
    folder = PARTNERS / "rembi-mifa" / "bia-agent" / "examples" / "output"
    for path in sorted(folder.glob("*.json")):
        both = [_renamed_study(path), _renamed_study(path.with_suffix(".tsv"))]
        for one in both:
            for slot in ("description", "annotation_methods", "terms"):
                one.pop(slot, None)
        assert both[0].keys() == both[1].keys(), path.name
        assert both[0]["components"] == both[1]["components"], path.name
        assert both[0]["authors"] == both[1]["authors"], path.name


def _renamed_study(path: Path) -> Record:
    content = path.read_bytes().replace(b"S-BIADXXX", b"S-BIAD9009")
    return HARVESTER.map(SourceDocument(path.name, path.as_uri(), content), SOURCE).records[0]
