"""Linking over the real records, against the links that the sources themselves bear out."""

from __future__ import annotations

import csv
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.model.documents import Record, SourceDocument, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.payload import canonical
from catalogue.problems import RecordRejected
from catalogue.resolver.identities import Identities
from catalogue.store.claims import Claims, ClaimsView
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up
from harvesters.gide import GideHarvester
from tests.conftest import PARTNERS

pytestmark = pytest.mark.partners
MOMENT = datetime(2026, 3, 10, tzinfo=UTC)
SUFFIX = "-ro-crate-metadata.json"
TWINS, ARCHIVES, RENAMED = (
    "same study, two records of one member",
    "same study, two archives",
    "old identifier, new identifier of one record",
)


def documents() -> Iterator[tuple[str, bytes]]:
    """Crates of BIA and IDR as they are, of SSBD as they were on 2026-03-10, from which the links were derived."""
    for member in ("gide-bia", "gide-idr"):
        for path in sorted((PARTNERS / member / "crates").rglob(f"*{SUFFIX}")):
            yield path.name, path.read_bytes()
    with tarfile.open(PARTNERS / "gide-history" / "ssbd" / "01-2026-03-10-changed.tar.xz") as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(SUFFIX):
                content = archive.extractfile(member)
                assert content is not None
                yield member.name, content.read()


def records() -> dict[str, Record]:
    harvester, found = GideHarvester(None), {}  # type: ignore[arg-type]
    for name, content in documents():
        try:
            mapped = harvester.map(SourceDocument(name, "", content), SourceSpec("x", "gide", "x"))
        except RecordRejected:
            continue
        found |= {record["id"]: record for record in mapped.records}
    return found


def stated_by_idr() -> dict[str, str]:
    """IDR record -> record at the BioImage Archive that its study file names."""
    found = {}
    for path in sorted((PARTNERS / "idr" / "studies").glob("idr*-study.txt")):
        for line in path.read_bytes().decode("latin-1").splitlines():
            key, _, value = line.partition("\t")
            if key == "Study BioImage Archive Accession" and value.strip():
                found[f"idr:{path.name[:7]}"] = f"biostudies:{value.strip()}"
    return found


def linked(folder: Path, wanted: dict[str, Record]) -> Identities:
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}", lambda: MOMENT)
    ledger.add_source("x", harvester="gide", location="x")
    with ledger.transaction() as writer:
        for record in wanted.values():
            writer.append(
                curie=record["id"], owner=record["owner"], kind="study", status="public", payload=canonical(record),
                source="x", harvester="gide/2", retrieved_at=MOMENT,
            )  # fmt: skip
    view = ClaimsView(folder / "identity")
    catch_up(ledger, view)
    return Identities(Claims(folder / "identity"), ledger.decisions)


def outcomes(identities: Identities, wanted: dict[str, Record]) -> dict[str, Counter[str]]:
    """Relation -> what became of its expected links."""
    together = {m.curie: c.preferred for c in identities.clusters() for m in c.members}
    proposed = {frozenset((p.one.curie, p.two.curie)) for p in identities.proposals()}
    told: dict[str, Counter[str]] = defaultdict(Counter)
    with (PARTNERS / "identity-links" / "links.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            left, right = (parse_identifier(row[side]).curie for side in ("left", "right"))
            if left == right:
                outcome = "one accession"
            elif left not in wanted or right not in wanted:
                outcome = "not both among the records"
            elif left in together and together[left] == together.get(right):
                outcome = "linked"
            else:
                outcome = "proposed" if frozenset((left, right)) in proposed else "not stated"
            told[row["relation"]][outcome] += 1
    return told


@pytest.fixture(scope="module")
def real() -> dict[str, Record]:
    return records()


def test_r25_real_twins_are_proposed_and_none_is_linked_without_a_statement(
    real: dict[str, Any], tmp_path: Path
) -> None:
    """R25: GIDE's crates state no twin, so none is linked; all 171 of SSBD are proposed; a new root makes no record."""
    identities = linked(tmp_path, real)
    told = outcomes(identities, real)
    print({relation: dict(counts) for relation, counts in told.items()}, len(identities.proposals()))
    assert identities.clusters() == []
    assert told[RENAMED] == {"one accession": 163}
    assert told[TWINS]["proposed"] == 171 and told[TWINS].total() == 171
    assert told[ARCHIVES].total() == 8 and not told[ARCHIVES]["linked"]


def test_r25_what_the_study_files_of_idr_state_links_the_archives(real: dict[str, Any], tmp_path: Path) -> None:
    """R25: with the accession that a study file names in the record, each pair whose records are here is one study."""
    wanted = dict(real)
    for curie, other in stated_by_idr().items():
        fields = {
            "id": f"{curie}/identity/1",
            "same_study_as": other,
            "evidence": "owner_statement",
            "stated_by": "idr",
        }
        # Where a sample is missing a bare record stands in, so that only linking is tried.
        for name in {curie, other} - wanted.keys():
            owner, _, accession = name.partition(":")
            wanted[name] = {"type": "Study", "id": name, "accession": accession, "owner": owner, "title": accession}
        wanted[curie] = {**wanted[curie], "identity_statements": [fields]}
    identities = linked(tmp_path, wanted)
    assert outcomes(identities, wanted)[ARCHIVES] == {"linked": 8}
    assert all(cluster.preferred.startswith("biostudies:") for cluster in identities.clusters())
