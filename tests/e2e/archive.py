"""Crates of our own in the GIDE format and the BioImage Archive's dialect, some of them broken on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SUFFIX = "-ro-crate-metadata.json"
PAGE = "https://www.ebi.ac.uk/biostudies/bioimages/studies/"
TAXA = (("9606", "Homo sapiens"), ("10090", "Mus musculus"), ("7955", "Danio rerio"), ("562", "Escherichia coli"))
METHODS = (("00000246", "fluorescence microscopy"), ("00000251", "confocal microscopy"), ("00000256", "no such label"))
CONTEXT: list[Any] = [
    "https://w3id.org/ro/crate/1.2/context",
    {"obo": "http://purl.obolibrary.org/obo/", "seeAlso": {"@id": "rdf:seeAlso"}},
]


def accession(number: int) -> str:
    """A BioImage Archive accession far above those in use."""
    return f"S-BIAD{900000 + number}"


def curie(number: int) -> str:
    """The identifier under which crate `number` is recorded."""
    return f"biostudies:{accession(number)}"


def crate(number: int, **changes: Any) -> bytes:
    """One study as the BioImage Archive writes it; `changes` replace properties of its root, None drops them."""
    page = PAGE + accession(number)
    taxon, name = TAXA[number % len(TAXA)]
    method, label = METHODS[number % len(METHODS)]
    people = [f"#{number:08d}-0000-4000-8000-{part:012d}" for part in range(1 + number % 5)]
    root = {
        "@id": page,
        "@type": ["Dataset"],
        "identifier": accession(number),
        "name": f"Cells under light, part {number}",
        "description": f"Shapes of cells in {name}. " * (1 + number % 7),
        "datePublished": f"20{10 + number % 15}-0{1 + number % 9}-17",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "keywords": ["cells", f"batch {number // 100}"],
        "publisher": {"@id": "https://www.ebi.ac.uk/bioimage-archive/"},
        "author": [{"@id": person} for person in people],
        "about": [{"@id": f"obo:NCBITaxon_{taxon}"}],
        "measurementMethod": [{"@id": f"obo:FBbi_{method}"}],
        "size": [{"@id": "#bytes"}],
        **changes,
    }
    named = "https://www.ebi.ac.uk/bioimage-archive/"
    graph = [
        # Without the accession in its name, as in the Archive's own crates.
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": page},
        },
        {key: value for key, value in root.items() if value is not None},
        {"@id": named, "@type": ["Organization"], "name": "BioImage Archive"},
        *({"@id": person, "@type": ["Person"], "name": f"Ada Ant {n}"} for n, person in enumerate(people)),
        {"@id": f"obo:NCBITaxon_{taxon}", "@type": ["Taxon"], "scientificName": name},
        {"@id": f"obo:FBbi_{method}", "@type": ["DefinedTerm"], "name": label},
        # Misspelt in the Archive's crates.
        {
            "@id": "#bytes",
            "@type": ["QuantitiveValue"],
            "value": 1000 + number,
            "unitCode": "http://purl.obolibrary.org/obo/UO_0000233",
            "unitText": "bytes",
        },
    ]
    return json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1).encode()


def write_crate(folder: Path, number: int, **changes: Any) -> Path:
    """The file of one crate, replaced in one step as a careful partner would."""
    file = folder / (accession(number) + SUFFIX)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(crate(number, **changes))
    fresh.replace(file)
    return file


def write_archive(folder: Path, count: int) -> None:
    """`count` crates; of each twenty-five one is cut off, one has no title and one an impossible identifier."""
    folder.mkdir(parents=True)
    for number in range(count):
        if number % 25 == 7:
            (folder / (accession(number) + SUFFIX)).write_bytes(crate(number)[:-200])
        elif number % 25 == 13:
            write_crate(folder, number, name=None)
        elif number % 25 == 21:
            write_crate(folder, number, identifier="S-BIAD-not-yet")
        else:
            write_crate(folder, number)


def broken(count: int) -> int:
    """How many of `count` crates of `write_archive` cannot enter."""
    return sum(number % 25 in (7, 13, 21) for number in range(count))
