"""The real and the published records of DataCite: all are read, nothing they say is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from datacite_samples import harvester

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.datacite import read_kernel
from tests.harvesters.sample_owner import sample_owner

pytestmark = pytest.mark.partners

BROKEN = {
    "datacite-example-relateditems.xml": "a tag is never closed",
    "datacite_software_overlapping_keys.json": "the key id stands twice",
}


def records(partners: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every record."""
    for path in sorted((partners / "datacite").rglob("*")):
        if path.suffix in (".xml", ".json"):
            yield path.name, path.read_bytes()


def reasons(partners: Path, **options: str) -> Counter[str]:
    """Outcome -> number of records, as a source of any owner."""
    source = SourceSpec("dc", "datacite", "records/", (), {"license": "CC0-1.0", **options})
    found: Counter[str] = Counter()
    with sample_owner():
        for name, content in records(partners):
            try:
                harvester().map(SourceDocument(name, "https://datacite.example/", content), source)
                found["accepted"] += 1
            except RecordRejected as refused:
                found[refused.reason] += 1
    return found


def test_nothing_that_a_record_says_is_unmapped(partners: Path) -> None:
    """Kernels 2.0 to 4.7, JSON of three generations and schema.org: every property is mapped or has its reason."""
    unreadable = set()
    for name, content in records(partners):
        try:
            _, account = read_kernel(content)
        except RecordRejected:
            unreadable.add(name)
            continue
        mapped, _, unmapped = account.close()
        assert mapped > 10 and not unmapped, f"{name}: {dict(unmapped)}"
    assert unreadable == set(BROKEN)


def test_kinds_that_are_no_studies_are_refused_for_that(partners: Path) -> None:
    """Of 71 records 43 are software, texts, projects or withdrawn; two are broken, two name no kind, one has no DOI."""
    assert reasons(partners) == {
        "accepted": 23, "policy": 43, "not-parsable": 2, "schema-required": 2, "bad-identifier": 1,
    }  # fmt: skip


def test_taken_as_studies_all_but_six_can_be_recorded(partners: Path) -> None:
    """With any kind let in: two broken ones, two withdrawn, one titled :tba and one without DOI remain outside."""
    assert reasons(partners, types="any") == {
        "accepted": 65, "policy": 2, "not-parsable": 2, "schema-required": 1, "bad-identifier": 1,
    }  # fmt: skip
