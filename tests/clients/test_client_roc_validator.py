"""roc-validator finds nothing that RO-Crate 1.2 requires missing in the crates of a node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.base import archive_accession
from tests.clients.running import run_python
from tests.clients.study_nodes import Records, invented_studies, listed, real_studies, sample
from tests.web.studies_for_pages import BARE, HUMAN, STUDY

SCRIPT = Path(__file__).with_name("crates_reads.py")
# Checks of 1.2 that need the bytes of a package or the network.
SKIPPED = {"ro-crate-1.2_8.1", "ro-crate-1.2_9.1", "ro-crate-1.2_11.1", "ro-crate-1.2_18.1", "ro-crate-1.2_20.2"} | {
    "ro-crate-1.2_22.1"
}
# What RO-Crate only recommends, and why a crate of ours may lack it.
LACKING = {
    "ro-crate-1.2_43.0": "an address that the archive names without saying what it is",
    "ro-crate-1.2_43.1": "an address that the archive names without saying what it is",
    "ro-crate-1.2_47.1": "funders are grants in the GIDE profile",
    "ro-crate-1.2_52.1": "wants the root's own address repeated as cite-as",
    "ro-crate-1.2_54.0": "identifiers as PropertyValue: the GIDE profile wants the accession as text",
    "ro-crate-1.2_77.1": "an address that the archive names without saying what it is",
    "ro-crate-1.2_78.1": "an address that the archive names without saying what it is",
    "ro-crate-1.2_80.2": "affiliation: not stated by the archive",
    "ro-crate-1.2_80.3": "affiliation: not stated by the archive",
    "ro-crate-1.2_83.1": "the licence is an address in the GIDE profile, not an entity",
    "ro-crate-1.2_83.2": "the licence is an address in the GIDE profile, not an entity",
    "ro-crate-1.2_86.2": "address of an organisation: not stated by the archive",
    "ro-crate-1.2_89.0": "ROR: not stated by the archive",
    "ro-crate-1.2_90.1": "contact points: not stated by the archive",
    "ro-crate-1.2_91.0": "ORCID: not stated by the archive",
    "ro-crate-1.2_93.0": "contact points: not stated by the archive",
}

# A crate takes seconds: few are read by every run, more by hand (OMMATIDIA_REAL_CRATES=60).
REAL = int(os.environ.get("OMMATIDIA_REAL_CRATES", "12"))


def read(context: Path, severity: str, addresses: list[str], folder: Path, timeout_s: float) -> dict[str, Any]:
    """What the client found, by address."""
    given = (str(context), severity, listed(addresses, folder))
    found = run_python("crate", SCRIPT, *given, timeout_s=timeout_s)
    assert found["version"] == "0.13.0"
    return dict(found["crates"])


# Required, and yet not stated by an archive: 20 and 2 of the 871 real studies.
REQUIRED = {"description": "ro-crate-1.2_13.2", "date_published": "ro-crate-1.2_13.4"}


def issues(crate: dict[str, Any]) -> set[str]:
    """Checks that a crate does not pass."""
    return {check for check, _, _ in crate["issues"]}


def unstated(record: dict[str, Any]) -> set[str]:
    """Checks that no crate of the record can pass without inventing something."""
    return {check for field, check in REQUIRED.items() if field not in record}


def same(found: dict[str, Any], record: dict[str, Any]) -> None:
    """Holds what a crate says to the record: identity, text, licence, date, and numbers of everything."""
    root, kinds = found["root"], found["kinds"]
    assert (root["identifier"], root["name"]) == (archive_accession(record), record["title"])
    for theirs, ours in (("description", "description"), ("license", "license"), ("datePublished", "date_published")):
        assert root.get(theirs) == record.get(ours)
    assert kinds.get("Person", 0) == len(record.get("authors", ()))
    assert kinds.get("Grant", 0) == len(record.get("grants", ()))
    assert kinds.get("BioSample", 0) == len(record.get("biosamples", ()))
    protocols = sum(len(record.get(name, ())) for name in ("specimens", "acquisitions", "protocols", "analyses"))
    assert kinds.get("LabProtocol", 0) == protocols
    assert kinds.get("Taxon", 0) == sum(term["type"] == "Taxon" for term in record.get("terms", ()))
    assert kinds.get("QuantitativeValue", 0) == sum(name in record for name in ("total_size_bytes", "file_count"))


def published(partners: Path) -> Path:
    """RO-Crate's context as published: the validator knows a crate's terms by it alone."""
    return partners / "gide-profile" / "ro-crate-1.2-context.jsonld"


def read_invented(context: Path, severity: str, curies: list[str], folder: Path) -> tuple[dict[str, Any], Records]:
    """What the client found in crates of invented studies, and their records."""
    with invented_studies(folder) as (address, ledger):
        names = {f"{address}/studies/{curie}": curie for curie in curies}
        found = read(context, severity, list(names), folder, timeout_s=600)
        return {names[url]: crate for url, crate in found.items()}, {c: ledger.head(c).record for c in curies}


@pytest.mark.partners
@pytest.mark.slow
def test_roc_validator_requires_nothing_that_a_crate_lacks(partners: Path, tmp_path: Path) -> None:
    """RO-Crate 1.2: crates of full, bare and restricted studies meet every requirement and say the same."""
    found, records = read_invented(published(partners), "REQUIRED", [STUDY, BARE, HUMAN], tmp_path)
    for curie, crate in found.items():
        assert issues(crate) == unstated(records[curie]), curie
        assert crate["executed"] >= 60 and set(crate["skipped"]) <= SKIPPED
        same(crate, records[curie])


@pytest.mark.partners
@pytest.mark.slow
def test_roc_validator_recommends_only_what_nobody_stated(partners: Path, tmp_path: Path) -> None:
    """RO-Crate 1.2: what is recommended and absent was not said by the archive, or GIDE forbids it."""
    found, _ = read_invented(published(partners), "RECOMMENDED", [STUDY], tmp_path)
    assert found[STUDY]["executed"] >= 150
    assert issues(found[STUDY]) <= LACKING.keys()


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_roc_validator_requires_nothing_that_real_crates_lack(partners: Path, tmp_path: Path) -> None:
    """RO-Crate 1.2: crates of real studies, read by the published context, lack only what was never stated."""
    with real_studies(tmp_path, partners) as (address, records):
        chosen = sample(records, REAL)
        found = read(
            published(partners),
            "REQUIRED",
            [f"{address}/studies/{curie}" for curie in chosen],
            tmp_path,
            timeout_s=600,
        )
        assert len(found) == len(chosen) >= REAL
        for curie, record in chosen.items():
            crate = found[f"{address}/studies/{curie}"]
            assert issues(crate) == unstated(record), curie
            assert crate["executed"] >= 60 and set(crate["skipped"]) <= SKIPPED
            same(crate, record)
