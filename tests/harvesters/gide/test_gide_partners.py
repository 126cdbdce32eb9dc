"""The real crates of all members, today's and those of earlier snapshots."""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from gide_crates import account, count_properties, map_crate

from catalogue.model import rdf
from catalogue.model.documents import Mapped
from catalogue.model.payload import canonical
from catalogue.problems import RecordRejected

OWNERS = {"gide-bia": ("biostudies", "empiar"), "gide-idr": ("idr",), "gide-ssbd": ("ssbd",)}

pytestmark = pytest.mark.partners


def crates(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every crate below a folder."""
    for path in sorted(folder.rglob("*-ro-crate-metadata.json")):
        yield path.name, path.read_bytes()


def snapshot(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every crate in an archived snapshot."""
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, io.BufferedReader(file).read()


@pytest.mark.parametrize(("member", "expected"), [("gide-bia", 532), ("gide-idr", 89), ("gide-ssbd", 250)])
def test_every_crate_becomes_a_study_and_every_property_is_accounted_for(
    partners: Path, member: str, expected: int
) -> None:
    """All crates are accepted, nothing is unmapped, and the books balance."""
    seen: dict[str, Mapped] = {}
    for name, raw in crates(partners / member):
        mapped = map_crate(raw, item=name, owners=OWNERS[member])
        assert account(mapped) == count_properties(json.loads(raw)), name
        assert not mapped.unmapped, name
        (record,) = mapped.records
        canonical(record)
        assert rdf.quads(record, record["id"])
        seen[record["id"]] = mapped
    assert len(seen) == expected


def test_known_gaps_of_the_members_are_found(partners: Path) -> None:
    """The numbers of field.md section 5: what is missing is missing, and reported."""
    gaps: dict[str, Counter[str]] = {}
    for member in OWNERS:
        gaps[member] = Counter(
            code
            for _, raw in crates(partners / member)
            for code in {finding.code for finding in map_crate(raw).findings}
        )
    assert gaps["gide-bia"]["type-spelling"] == gaps["gide-bia"]["descriptor-relative-id"] == 532
    assert gaps["gide-bia"]["methods-missing"] == 68
    assert gaps["gide-bia"]["organisms-missing"] == 20
    assert gaps["gide-idr"]["organisms-missing"] == 5
    assert gaps["gide-idr"]["orcid-form"] == 1
    assert gaps["gide-ssbd"]["date-published-missing"] == 2
    assert gaps["gide-ssbd"]["context-see-also"] == 242


def test_empiar_entries_are_empiars(partners: Path) -> None:
    """27 of the archive's crates are EMPIAR entries in the whole member; those in the samples keep their owner."""
    names = [name for name, _ in crates(partners / "gide-bia") if name.startswith("EMPIAR-")]
    owned = [map_crate(raw, item=name).records[0]["id"] for name, raw in crates(partners / "gide-bia") if name in names]
    assert owned
    assert owned == [f"empiar:{name.split('-')[1]}" for name in names]


def test_earlier_snapshots_lose_only_the_record_about_c(partners: Path) -> None:
    """Of all historical files only S-BSST1019's broken one is quarantined."""
    refused: list[tuple[str, str]] = []
    total = 0
    for archive in sorted((partners / "gide-history").rglob("*.tar.xz")):
        for name, raw in snapshot(archive):
            total += 1
            try:
                map_crate(raw, item=name)
            except RecordRejected as problem:
                refused.append((name, problem.reason))
    assert total == 1619
    assert refused == [("study_ro_crates/S-BSST1019-ro-crate-metadata.json", "bad-identifier")]


def test_rewritten_files_of_unchanged_studies_give_equal_records(partners: Path) -> None:
    """The archive rewrote all files on 2026-02-27 (context, order of terms): the studies did not change."""
    today = {name: raw for name, raw in crates(partners / "gide-bia")}
    archive = partners / "gide-history" / "bia" / "04-2026-02-27-changed.tar.xz"
    compared = 0
    for name, raw in snapshot(archive):
        now = today[name.rpartition("/")[2]]
        assert raw != now
        assert map_crate(raw, item=name).records == map_crate(now, item=name).records
        compared += 1
    assert compared == 107
