"""The NFDI4BIOIMAGE knowledge graph cut by record, as the `sparql` harvester gets it from an endpoint."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path

from catalogue.model.documents import SourceDocument
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import RDF_TYPE, Triple, to_triples
from harvesters.rdf_slices import MEDIA_TYPE, by_subject, cut, to_bytes

RECORD = "http://purl.obolibrary.org/obo/T4FS_0000113"


def load(partners: Path) -> set[Triple]:
    """All statements of the graph's files."""
    triples: set[Triple] = set()
    for path in sorted((partners / "nfdi4bioimage").glob("*.n3*")):
        content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        triples |= to_triples(iter_quads(content, "text/n3", base_iri="https://kg.nfdi4bioimage.de/"), path.name[:2])
    return triples


def documents(partners: Path) -> Iterator[SourceDocument]:
    """One document a record, by its DOI."""
    triples = load(partners)
    graph = by_subject(triples)
    names = {t.subject.text for t in triples if t.predicate == RDF_TYPE and t.object.text == RECORD}
    for name in sorted(names):
        content = to_bytes(cut(graph, [name], lambda triple: triple.object.text not in names))
        yield SourceDocument(name, name, content, MEDIA_TYPE)
