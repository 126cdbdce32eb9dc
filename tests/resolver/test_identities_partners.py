"""Linking over the real records, against the links that the sources themselves bear out."""

from __future__ import annotations

import csv
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.model.documents import Record, SourceDocument, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.identity_claims import ClaimKind, claims_of
from catalogue.model.payload import canonical
from catalogue.problems import RecordRejected
from catalogue.resolver.identities import Identities
from catalogue.store.claims import Claims, ClaimsView
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up
from harvesters.base import members
from tests.conftest import PARTNERS
from tests.harvesters.contract import fetcher

pytestmark = pytest.mark.partners
MOMENT = datetime(2026, 3, 10, tzinfo=UTC)
SUFFIX = "-ro-crate-metadata.json"
TWINS, ARCHIVES, RENAMED = (
    "same study, two records of one member",
    "same study, two archives",
    "old identifier, new identifier of one record",
)


def crates() -> Iterator[SourceDocument]:
    """Crates of BIA and IDR as they are, of SSBD as they were on 2026-03-10, from which the links were derived."""
    for member in ("gide-bia", "gide-idr"):
        for path in sorted((PARTNERS / member / "crates").rglob(f"*{SUFFIX}")):
            yield SourceDocument(path.name, "", path.read_bytes())
    with tarfile.open(PARTNERS / "gide-history" / "ssbd" / "01-2026-03-10-changed.tar.xz") as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(SUFFIX):
                content = archive.extractfile(member)
                assert content is not None
                yield SourceDocument(member.name, "", content.read())


def studies(name: str, documents: Iterable[SourceDocument], owners: tuple[str, ...] = ()) -> dict[str, Record]:
    """CURIE -> study, of the documents that the harvester called `name` accepts."""
    harvester = members()[name](fetcher())
    source = SourceSpec(name, name, str(PARTNERS / name), owners)
    found: dict[str, Record] = {}
    for document in documents:
        try:
            mapped = harvester.map(document, source)
        except RecordRejected:
            continue
        found |= {record["id"]: record for record in mapped.records if record["type"] == "Study"}
    return found


def fetched(name: str, folder: str, owners: tuple[str, ...]) -> dict[str, Record]:
    """The same of all that a source gives."""
    source = SourceSpec(name, name, str(PARTNERS / folder), owners)
    events = members()[name](fetcher()).fetch(source, None, {})
    return studies(name, (event for event in events if isinstance(event, SourceDocument)), owners)


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
def gide() -> dict[str, Record]:
    return studies("gide", crates())


def test_r25_real_twins_are_proposed_and_none_is_linked_without_a_statement(
    gide: dict[str, Record], tmp_path: Path
) -> None:
    """R25: GIDE's crates state no twin, so none is linked; all 171 of SSBD are proposed; a new root makes no record."""
    identities = linked(tmp_path, gide)
    told = outcomes(identities, gide)
    assert identities.clusters() == []
    assert told[RENAMED] == {"one accession": 163}
    assert told[TWINS] == {"proposed": 171}
    assert told[ARCHIVES] == {"not both among the records": 7, "proposed": 1}


def test_r25_what_the_archives_state_themselves_links_them(gide: dict[str, Record], tmp_path: Path) -> None:
    """R25: with IDR's study files and BioStudies' submissions read, all eight pairs of archives are linked."""
    wanted = gide | fetched("biostudies", "biostudies", ("biostudies", "empiar")) | fetched("idr", "idr", ("idr",))
    wanted |= fetched("ssbd", "ssbd-rdf", ("ssbd",))
    for claim in (claim for record in list(wanted.values()) for claim in claims_of(record)):
        if claim.kind is ClaimKind.STATED and claim.target not in wanted:
            # Of a twin whose record is no sample a bare one stands in, so that only linking is tried.
            owner, _, accession = claim.target.partition(":")
            bare = {"type": "Study", "id": claim.target, "accession": accession, "owner": owner, "title": accession}
            wanted[claim.target] = bare
    identities = linked(tmp_path, wanted)
    assert outcomes(identities, wanted)[ARCHIVES] == {"linked": 8}
    assert all(evidence.stated_by for c in identities.clusters() for link in c.links for evidence in link.evidence)
