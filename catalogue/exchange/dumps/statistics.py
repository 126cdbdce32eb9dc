"""Counts over N-Quads as they are written, and their description in VoID and DCAT (void.ttl)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from catalogue.exchange.dumps.manifest import DumpFile
from catalogue.model.namespaces import BASE, VOCABULARIES

_TYPE: Final = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_OWN: Final = f"<{BASE}".encode()
_PREFIXES: Final = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "formats": "http://www.w3.org/ns/formats/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"


class Statistics:
    """What the N-Quads of a dump consist of; each statement counts once in each graph that has it."""

    def __init__(self) -> None:
        self.triples = 0
        self.graphs = 0
        self.properties: Counter[bytes] = Counter()
        self.classes: Counter[bytes] = Counter()
        self.example = ""
        self._own_subjects = 0
        self._shared: set[bytes] = set()

    def add(self, quads: bytes, record: str) -> None:
        """Counts the sorted N-Quads of one record.

        Args:
            record: IRI of its graph.
        """
        before = b""
        graphs = set()
        for line in quads.splitlines():
            subject, predicate, rest = line.split(b" ", 2)
            self.triples += 1
            self.properties[predicate] += 1
            if predicate == _TYPE:
                self.classes[rest.split(b" ", 1)[0]] += 1
            if subject != before:
                before = subject
                if subject.startswith(_OWN):
                    # No other record speaks of the parts of this one; what all speak of is kept, it is a vocabulary.
                    self._own_subjects += 1
                else:
                    self._shared.add(subject)
            graphs.add(rest.rsplit(b" ", 2)[1])
        self.graphs += len(graphs)
        if not self.example and f"<{record}>".encode() in graphs:
            self.example = record

    @property
    def subjects(self) -> int:
        """Number of distinct subjects."""
        return self._own_subjects + len(self._shared)

    def vocabularies(self) -> list[str]:
        """Namespaces of the vocabularies in use, those of the prefix map."""
        names = [name.decode()[1:-1] for name in (*self.properties, *self.classes)]
        return sorted(ns for ns in set(VOCABULARIES.values()) if any(name.startswith(ns) for name in names))


def render_void(
    counts: Statistics, files: Iterable[DumpFile], *, title: str, made_at: datetime, schema_version: str, base: str
) -> bytes:
    """The description of a dump in Turtle, with addresses relative to itself unless `base` is given.

    Args:
        base: address of the dump, ending in a slash; "" leaves addresses relative.
    """
    instant = made_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in _PREFIXES.items()]
    lines += ["", f"<{base}void.ttl> a void:DatasetDescription ;"]
    lines += [
        f"  dcterms:title {_text(f'Description of the dump of {title}')} ;",
        f"  foaf:primaryTopic <{base}#dump> .",
    ]
    lines += ["", f"<{base}#dump> a void:Dataset, dcat:Dataset ;", f"  dcterms:title {_text(f'Dump of {title}')} ;"]
    lines.append(f'  dcterms:issued "{instant}"^^xsd:dateTime ;')
    lines.append(f"  dcterms:conformsTo <{BASE}schema/{schema_version}> ;")
    lines.append(f"  void:dataDump <{base}records.nq.gz> ; void:feature formats:N-Quads ;")
    lines.append(f'  void:uriSpace "{BASE}" ;')
    lines += [f"  void:vocabulary <{iri}> ;" for iri in counts.vocabularies()]
    if counts.example:
        lines.append(f"  void:exampleResource <{counts.example}> ;")
    lines.append(f"  void:triples {counts.triples} ; void:distinctSubjects {counts.subjects} ;")
    lines.append(f"  void:properties {len(counts.properties)} ; void:classes {len(counts.classes)} ;")
    lines += _partitions("propertyPartition", "property", "triples", counts.properties)
    lines += _partitions("classPartition", "class", "entities", counts.classes)
    distributions = [one for one in files if one.name != "void.ttl"]
    lines += [f"  dcat:distribution <{base}{one.name}#file> ;" for one in distributions]
    lines[-1] = lines[-1].removesuffix(";") + "."
    for one in distributions:
        lines += ["", *_distribution(one, base)]
    return ("\n".join(lines) + "\n").encode()


def _partitions(kind: str, key: str, count: str, found: Mapping[bytes, int]) -> list[str]:
    return [
        f"  void:{kind} [ void:{key} {iri.decode()} ; void:{count} {number} ] ;"
        for iri, number in sorted(found.items())
    ]


def _distribution(one: DumpFile, base: str) -> list[str]:
    packed = {".nq.gz": "application/n-quads", ".jsonl.gz": "application/jsonl"}
    inner = next((kind for end, kind in packed.items() if one.name.endswith(end)), one.media_type)
    lines = [
        f"<{base}{one.name}#file> a dcat:Distribution ;",
        f"  dcterms:title {_text(one.name)} ; dcterms:description {_text(one.description)} ;",
        f"  dcat:downloadURL <{base}{one.name}> ; dcat:byteSize {one.size_bytes} ;",
        f"  dcat:mediaType <{_MEDIA}{inner}> ;",
    ]
    if inner != one.media_type:
        lines.append(f"  dcat:compressFormat <{_MEDIA}{one.media_type}> ;")
    lines.append("  spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;")
    lines.append(f'    spdx:checksumValue "{one.sha256}"^^xsd:hexBinary ] .')
    return lines


def _text(value: str) -> str:
    """A Turtle literal: escapes of JSON are escapes of Turtle."""
    return json.dumps(value, ensure_ascii=False)
