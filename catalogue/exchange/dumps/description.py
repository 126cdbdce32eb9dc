"""What the files of a dump are, in words for those who find them without us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue.exchange.dumps.columns import IMAGES, TABLES
from catalogue.exchange.dumps.manifest import DumpFile
from catalogue.model.namespaces import BASE

ABOUT: Final = {
    "records.nq.gz": "All public records, and the provenance of all, as N-Quads: a graph a record, by identifier.",
    "entries.jsonl.gz": "The log as members exchange it: every version and tombstone with its signature, a line each.",
    "studies.parquet": "One row a public study.",
    "organisms.parquet": "One row a study and organism.",
    "methods.parquet": "One row a study and imaging method.",
    "persons.parquet": "One row a study and author or contributor.",
    "grants.parquet": "One row a study and grant.",
    "images/entries.parquet": "One row an image that has a record of its own.",
    "images/": "One row an image of the image list of one study.",
    "void.ttl": "This dump in VoID and DCAT: counts by class and property, vocabularies, files.",
    "README.txt": "What the files are and how to check them.",
}

_KINDS: Final = {"text": "text", "texts": "texts", "integer": "int64", "number": "double", "moment": "moment"}


def readme(title: str, name: str, files: Iterable[DumpFile]) -> bytes:
    """README.txt of a dump."""
    listed = [one for one in files if not one.name.startswith("images/")]
    lines = [
        f"Dump {name} of {title}",
        "",
        "Everything that this node of the Ommatidia federation of biological image archives holds, at one moment.",
        f"Identifiers are CURIEs; their IRIs begin with {BASE}.",
        "",
        "Check the files:    sha256sum -c SHA256SUMS",
        "Who made it, when:  manifest.json (position in the log, digests of each owner's records, signature)",
        "",
        "Files",
        *(f"  {one.name:<18}{one.description}" for one in listed),
        "  images/           One row an image, the same columns in every file: read the folder as one table.",
        "",
        "The signature in manifest.json is Ed25519 over the bytes `ommatidia-dump/1` LF and `statement` as JSON with",
        "sorted keys, without blanks, UTF-8.",
        "",
        "Suppressed records are in entries.jsonl.gz only; of withdrawn ones the tombstone is left. Each record has a",
        "licence of its own (studies.parquet, column license).",
    ]
    for table, columns in {**TABLES, "images/*": IMAGES}.items():
        lines += ["", f"Columns of {table if '/' in table else table + '.parquet'}"]
        lines += [f"  {one.name:<20}{_KINDS[one.kind]:<9}{one.description}" for one in columns]
    return ("\n".join(lines) + "\n").encode()
