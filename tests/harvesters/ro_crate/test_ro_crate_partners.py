"""Every real crate at hand, and what both crate harvesters make of GIDE's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crates import map_crate

from catalogue.model.documents import Record, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.gide import GideHarvester
from tests.harvesters.contract import fetcher

MEMBERS = ("gide-bia", "gide-idr", "gide-ssbd")
CORE = (
    "title", "description", "keywords", "license", "date_published", "landing_page", "publisher", "authors", "grants",
    "organisms", "methods", "biosamples", "specimens", "acquisitions", "protocols", "analyses", "thumbnails",
    "file_count", "total_size_bytes", "publications", "subjects", "see_also",
)  # fmt: skip

pytestmark = pytest.mark.partners


def _crates(partners: Path) -> Iterator[Path]:
    for member in MEMBERS:
        yield from sorted((partners / member).rglob("*-ro-crate-metadata.json"))


def test_a_gide_crate_gives_the_same_study_as_the_gide_harvester(partners: Path) -> None:
    """In 868 of 871 crates every slot agrees; in three, ids that only GIDE's own reader takes apart."""
    gide, differing = GideHarvester(fetcher()), Counter[str]()
    read = 0
    for path in _crates(partners):
        content = path.read_bytes()
        source = SourceSpec("gide", "gide", "x")
        (expected,) = gide.map(SourceDocument(path.name, "https://x.example/", content), source).records
        mapped = map_crate(content, item=path.name)
        assert not mapped.unmapped, path.name
        (record,) = mapped.records
        assert record["id"] == expected["id"]
        differing.update(
            f"{path.name.partition('-ro-crate')[0]} {slot}"
            for slot in CORE
            if _shown(record, slot) != _shown(expected, slot)
        )
        read += 1
    assert read == 871
    assert sorted(differing) == [
        "150-Abe-SomiteDev subjects",
        "19-Tanaka-FluidDyn publications",
        "19-Tanaka-FluidDyn see_also",
        "378-Minegishi-MetastaticNiche subjects",
    ]


def _shown(record: Record, slot: str) -> Any:
    """A slot without the ids of organisations, which each harvester numbers in its own way."""
    value = record.get(slot)
    if slot == "publisher":
        return value and value["name"]
    if slot == "authors":
        return [
            {**agent, "affiliations": [place["name"] for place in agent.get("affiliations", ())]}
            for agent in value or ()
        ]  # fmt: skip
    if slot == "grants":
        return [{**grant, "funder": (grant.get("funder") or {}).get("name")} for grant in value or ()]
    return value


def test_every_crate_of_the_bioimage_archive_is_read_or_refused(partners: Path) -> None:
    """Of 15 crates in the archive's own words, those of a real accession are read whole; software tests are not."""
    outcomes: Counter[str] = Counter()
    for path in sorted((partners / "bia-ro-crate").rglob("ro-crate-metadata.json")):
        try:
            mapped = map_crate(path.read_bytes(), item=f"{path.parent.name}/{path.name}")
        except RecordRejected as refused:
            outcomes[refused.reason] += 1
            continue
        assert not mapped.unmapped, path
        outcomes[str(mapped.records[0]["id"])] += 1
    assert outcomes["bad-identifier"] == 11
    assert outcomes["biostudies:S-BIAD843"] == 1
    assert sum(outcomes.values()) == 15
