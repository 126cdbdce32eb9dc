"""What the mappers make of the partners' real documents: records, or the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec, Unreadable
from catalogue.problems import RecordRejected
from harvesters.base import Harvester, members
from harvesters.bia import BiaHarvester
from harvesters.biostudies import BiostudiesHarvester
from harvesters.ega import EgaHarvester
from harvesters.gide import GideHarvester
from harvesters.idr import IdrHarvester
from harvesters.ome_zarr import OmeZarrHarvester
from harvesters.omero import OmeroHarvester
from tests.harvesters.sparql.knowledge_graph import documents

CRATES = {"gide-bia": ("biostudies", "empiar"), "gide-idr": ("idr",), "gide-ssbd": ("ssbd",)}
# Folder of an archive's own documents -> its harvester, whose records it may deliver, options of the source.
ARCHIVES: dict[str, tuple[Any, tuple[str, ...], dict[str, str]]] = {
    "biostudies": (BiostudiesHarvester, ("biostudies", "empiar"), {}),
    "bia-api": (BiaHarvester, ("biostudies", "empiar"), {}),
    "bia-ro-crate": (BiaHarvester, ("biostudies", "empiar"), {}),
    "idr": (IdrHarvester, ("idr",), {}),
    # OME-XML names no study: one packet with instruments and plates, by the operator's word.
    "ome-zarr/challenge-v04/hcs.zarr": (
        OmeroHarvester,
        ("idr",),
        {"study": "idr9001", "title": "A plate", "license": "CC-BY-4.0"},
    ),
    # Examples without an accession: one dataset, by the operator's word.
    "ega/sequence-based-metadata/XML/XMLs_examples-true_values": (
        EgaHarvester,
        ("ega",),
        {"study": "EGAD00001000001", "license": "https://example.org/agreement"},
    ),
}
# Folders of ome-zarr that hold whole stores; the others hold single documents of a specification.
STORES = ("recorded/uk1s3.embassy.ebi.ac.uk", "models/examples")
# An example store whose study nobody states is harvested for this one, as an operator would have to say.
STUDY = "idr0062"
_BASE = "https://stores.example/"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One real document: what it was mapped to, or the reason (of the closed list) and detail why not."""

    name: str
    mapped: Mapped | None
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content: bytes


class _Recorded:
    """Answers of a web server whose files lie in a folder."""

    def __init__(self, folder: Path, listing: bytes):
        self._held = {f.relative_to(folder).as_posix(): f for f in folder.rglob("*") if f.is_file()}
        self._listing = listing

    def get(self, url: str, *, max_bytes: int | None = None) -> _Answer:
        """The recorded answer, 404 where none was."""
        path = url.removeprefix(_BASE)
        if path == "list.csv":
            return _Answer(200, self._listing)
        return _Answer(200, self._held[path].read_bytes()) if path in self._held else _Answer(404, b"")


def studies(partners: Path) -> Iterator[Outcome]:
    """Every crate of the GIDE members."""
    harvester = GideHarvester(None)  # type: ignore[arg-type]
    for member, owners in CRATES.items():
        source = SourceSpec(member, "gide", "crates/", owners)
        for path in sorted((partners / member).rglob("*-ro-crate-metadata.json")):
            document = SourceDocument(path.name, f"https://crates.example/{path.name}", path.read_bytes())
            yield _mapped(harvester, document, source, f"{member}/{path.name}")


def images(partners: Path) -> Iterator[Outcome]:
    """Every whole OME-Zarr store."""
    for name in STORES:
        folder = partners / "ome-zarr" / name
        rows = [f'"{store}",{_study(store)}' for store in _stores(folder)]
        harvester = OmeZarrHarvester(_Recorded(folder, "\n".join(["url,origin", *rows]).encode()))
        source = SourceSpec("stores", "ome_zarr", f"{_BASE}list.csv", ("idr",))
        for event in harvester.fetch(source, None, {}):
            if isinstance(event, Unreadable):
                yield Outcome(event.item, None, event.reason, event.detail)
            elif isinstance(event, SourceDocument):
                yield _mapped(harvester, event, source, event.item)


def _stores(folder: Path) -> list[str]:
    """Outermost folders with a root metadata document."""
    roots = {file.parent for name in (".zattrs", "zarr.json") for file in folder.rglob(name)}
    outermost = (root for root in roots if not any(parent in roots for parent in root.parents))
    return sorted(root.relative_to(folder).as_posix() for root in outermost)


def _study(store: str) -> str:
    found = re.search(r"idr\d{4}", store)
    return found[0] if found else STUDY


def submissions(partners: Path) -> Iterator[Outcome]:
    """Every document of the archives' own formats; some state no licence and may not enter."""
    for folder, (kind, owners, options) in ARCHIVES.items():
        harvester = kind(None)
        source = SourceSpec(folder, kind.name, str(partners / folder), owners, options)
        for event in harvester.fetch(source, None, {}):
            if isinstance(event, SourceDocument):
                yield _mapped(harvester, event, source, f"{folder}/{event.item}")


def graphs(partners: Path) -> Iterator[Outcome]:
    """Every record that comes as RDF or in the BioImage Archive's full crates; some may not enter."""
    ssbd = SourceSpec("ssbd", "ssbd", str(partners / "ssbd-rdf"), ("ssbd",))
    crates = SourceSpec("crates", "ro_crate", str(partners / "bia-ro-crate"), ("biostudies",))
    catalogues = SourceSpec("dcat", "dcat", str(partners / "dcat"))
    pages = SourceSpec("pages", "bioschemas", str(partners / "bioschemas"))
    harvesters = members()
    for source in (ssbd, crates, catalogues, pages):
        harvester = harvesters[source.harvester](None)
        for event in harvester.fetch(source, None, {}):
            if isinstance(event, SourceDocument):
                yield _mapped(harvester, event, source, f"{source.name}/{event.item}")
    graph = SourceSpec("graph", "sparql", "https://graph.example/sparql", ("zenodo",))
    for document in documents(partners):
        yield _mapped(harvesters["sparql"](None), document, graph, f"graph/{document.item}")


def repositories(partners: Path) -> Iterator[Outcome]:
    """Entries of EMPIAR with their curation, DataCite and OAI-PMH records of archives known here, views of images."""
    terms = {"license": "CC0-1.0", "types": "any"}
    empiar = {**terms, "curation": str(partners / "empiar" / "curation")}
    view = {**terms, "study": "biostudies:S-BIAD7", "title": "Cachero 2010", "suffix": ".xml.xz"}
    sources = (
        SourceSpec("empiar", "empiar", str(partners / "empiar" / "entry-json"), ("empiar",), empiar),
        SourceSpec("datacite", "datacite", str(partners / "datacite"), (), terms),
        SourceSpec("datacite", "datacite", str(partners / "datacite"), (), {**terms, "suffix": ".json"}),
        SourceSpec("oai", "oai_pmh", str(partners / "oai-pmh" / "b2find"), (), terms),
        SourceSpec("views", "phenoimageshare", str(partners / "phenoimageshare"), ("biostudies",), view),
    )
    for source in sources:
        harvester = members()[source.harvester](None)
        for event in harvester.fetch(source, None, {}):
            if isinstance(event, SourceDocument):
                yield _mapped(harvester, event, source, f"{source.name}/{event.item}")


def _mapped(harvester: Harvester, document: SourceDocument, source: SourceSpec, name: str) -> Outcome:
    try:
        return Outcome(name, harvester.map(document, source))
    except RecordRejected as rejected:
        return Outcome(name, None, rejected.reason, rejected.detail)
