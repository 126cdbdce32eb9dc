"""One row an adapter over the partners' real documents: read, accepted, repaired, quarantined, accounted for, speed.

Run as `python -m tests.bench.bench_adapters [NAME ...]`; pinned to one core. Needs ../shared/partners. A new adapter
is one entry in ADAPTERS.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import Severity, SourceDocument, SourceSpec, Unreadable
from catalogue.store.ontologies import Ontology
from harvesters.base import members
from harvesters.http import Fetcher
from tests.harvesters.sample_owner import described_owners, sample_owner
from tests.harvesters.sparql import knowledge_graph

PARTNERS = Path(__file__).resolve().parents[3] / "shared" / "partners"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = (
    "source", "read", "accepted", "repaired", "quarantined", "by reason", "mapped", "ignored", "unmapped",
    "documents/s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adapter:
    """Where an adapter's samples lie.

    Args:
        folder: below ../shared/partners.
        owners: whose records it may deliver.
        archives: an owners.toml below tests/, with the archives of samples that the prefix map does not know.
        documents: gives the documents where no folder holds them as `fetch` does.
        any_owner: most samples are of archives that the prefix map lacks; one that owns any DOI is added.
    """

    harvester: str
    folder: str
    owners: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    archives: str = ""
    documents: Callable[[Path], Iterator[SourceDocument]] | None = None
    any_owner: bool = False


_ANY_KIND = {"license": "CC0-1.0", "types": "any"}
ADAPTERS = {
    "bia-api": Adapter("bia", "bia-api", ("biostudies", "empiar")),
    "bia-ro-crate": Adapter("bia", "bia-ro-crate", ("biostudies", "empiar")),
    "bioschemas": Adapter("bioschemas", "bioschemas", ()),
    "biostudies": Adapter("biostudies", "biostudies", ("biostudies", "empiar")),
    "datacite": Adapter("datacite", "datacite", (), _ANY_KIND, any_owner=True),
    "datacite-json": Adapter("datacite", "datacite", (), {**_ANY_KIND, "suffix": ".json"}, any_owner=True),
    "dcat": Adapter("dcat", "dcat", (), archives="harvesters/dcat/owners.toml"),
    "empiar": Adapter(
        "empiar",
        "empiar/entry-json",
        ("empiar",),
        {"license": "CC0-1.0", "curation": str(PARTNERS / "empiar" / "curation")},
    ),
    "gide-bia": Adapter("gide", "gide-bia", ("biostudies", "empiar")),
    "gide-idr": Adapter("gide", "gide-idr", ("idr",)),
    "gide-ssbd": Adapter("gide", "gide-ssbd", ("ssbd",)),
    "idr": Adapter("idr", "idr", ("idr",)),
    "ngff_list": Adapter("ngff_list", "ome-zarr-lists", ()),
    "oai_pmh": Adapter("oai_pmh", "oai-pmh/b2find", (), _ANY_KIND, any_owner=True),
    "phenoimageshare": Adapter(
        "phenoimageshare",
        "phenoimageshare",
        ("biostudies",),
        {"license": "CC0-1.0", "study": "biostudies:S-BIAD7", "title": "Cachero 2010", "suffix": ".xml.xz"},
    ),
    "ro_crate": Adapter("ro_crate", "bia-ro-crate", ("biostudies",)),
    "ro_crate-gide-bia": Adapter("ro_crate", "gide-bia", ("biostudies", "empiar")),
    "ro_crate-gide-idr": Adapter("ro_crate", "gide-idr", ("idr",)),
    "ro_crate-gide-ssbd": Adapter("ro_crate", "gide-ssbd", ("ssbd",)),
    "sparql": Adapter("sparql", "nfdi4bioimage", ("zenodo",), documents=knowledge_graph.documents),
    "ssbd": Adapter("ssbd", "ssbd-rdf", ("ssbd",)),
    "omero": Adapter("omero", "omero", ("idr",), {"study": "idr9001"}),
    "omero-stores": Adapter("omero", "ome-zarr", ("idr",), {"study": "idr9001"}),
    "ega": Adapter("ega", "ega", ("ega",)),
    "ega-dataset": Adapter(
        "ega",
        "ega/sequence-based-metadata/XML/XMLs_examples-true_values",
        ("ega",),
        {"study": "EGAD00001000001", "license": "https://example.org/agreement"},
    ),
}


@dataclass(slots=True)
class Row:
    """The sums of one adapter."""

    read: int = 0
    accepted: int = 0
    repaired: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    mapped: int = 0
    ignored: int = 0
    unmapped: int = 0
    seconds: float = 0.0

    def cells(self, name: str) -> list[str]:
        """The row as text."""
        all_of = max(1, self.mapped + self.ignored + self.unmapped)
        reasons = ", ".join(f"{reason} {times}" for reason, times in self.reasons.most_common()) or "-"
        shares = [f"{100 * part / all_of:.1f} %" for part in (self.mapped, self.ignored)]
        return [
            name, str(self.read), str(self.accepted), str(self.repaired), str(self.reasons.total()), reasons,
            *shares, str(self.unmapped), f"{self.read / self.seconds:.0f}" if self.seconds else "-",
        ]  # fmt: skip


def measure(adapter: Adapter) -> Row:
    """Map, harmonise and validate every sample; reading them from disk is not timed."""
    harvester = members()[adapter.harvester](Fetcher(contact="https://example.org/", clock=lambda: NOW))
    source = SourceSpec(
        adapter.harvester, adapter.harvester, str(PARTNERS / adapter.folder), adapter.owners, adapter.options
    )
    row, ontology = Row(), Ontology.load()
    given = adapter.documents(PARTNERS) if adapter.documents else harvester.fetch(source, None, {})
    documents = list(_documents(given, row))
    started = time.perf_counter()
    for document in documents:
        prepared = prepare(document, source, harvester.map, ontology, NOW)
        row.read += 1
        if prepared.rejected is not None:
            row.reasons[prepared.rejected.reason] += 1
        else:
            row.accepted += 1
            row.repaired += any(finding.severity is Severity.REPAIRED for finding in prepared.findings)
        if prepared.mapped is not None:
            row.mapped += prepared.mapped.mapped
            row.ignored += prepared.mapped.ignored.total()
            row.unmapped += prepared.mapped.unmapped.total()
    row.seconds = time.perf_counter() - started
    return row


def _documents(events: Iterator[object], row: Row) -> Iterator[SourceDocument]:
    for event in events:
        if isinstance(event, SourceDocument):
            yield event
        elif isinstance(event, Unreadable):
            row.read += 1
            row.reasons[event.reason] += 1


def _owners(adapter: Adapter) -> AbstractContextManager[object]:
    if adapter.archives:
        return described_owners(Path(__file__).resolve().parents[1] / adapter.archives)
    return sample_owner() if adapter.any_owner else nullcontext()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *ADAPTERS], help="adapters; all when none is named")
    names = parser.parse_args().names or list(ADAPTERS)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("| " + " | ".join(COLUMNS) + " |\n" + "| --- " * len(COLUMNS) + "|")
    for name in names:
        if (PARTNERS / ADAPTERS[name].folder).is_dir():
            with _owners(ADAPTERS[name]):
                row = measure(ADAPTERS[name])
            print("| " + " | ".join(row.cells(name)) + " |", flush=True)


if __name__ == "__main__":
    main()
