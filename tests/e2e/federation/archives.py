"""Small archives of four owners as folders of crates, which tests change as their curators would."""

from __future__ import annotations

import json
from pathlib import Path

# Owner -> (accession of a number, its page); far above the numbers in use.
FORMS = {
    "biostudies": ("S-BIAD9{:05d}", "https://www.ebi.ac.uk/biostudies/bioimages/studies/{}"),
    "idr": ("idr9{:03d}", "https://idr.openmicroscopy.org/study/{}"),
    "ssbd": ("ssbd-repos-9{:05d}", "https://ssbd.riken.jp/repository/{}"),
    "empiar": ("EMPIAR-9{:05d}", "https://www.ebi.ac.uk/empiar/{}"),
}


class Archive:
    """A folder of crates of one owner, one document a study.

    Args:
        owner: a key of FORMS.
    """

    def __init__(self, folder: Path, owner: str, studies: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.owner = folder, owner
        for number in range(studies):
            self.write(number)

    def curie(self, number: int) -> str:
        """Under which a study is recorded."""
        accession = FORMS[self.owner][0].format(number)
        return f"{self.owner}:{accession.removeprefix('EMPIAR-')}"

    def write(self, number: int, title: str = "Cells under light", document: int | None = None) -> str:
        """Writes a study anew, whole or not at all; its curie.

        Args:
            document: in which it stands; with another number than its own the study was renamed.
        """
        form, page = FORMS[self.owner]
        accession = form.format(number)
        file = self._file(number if document is None else document)
        fresh = file.with_suffix(".new")
        fresh.write_bytes(_crate(accession, page.format(accession), f"{title}, part {number}"))
        fresh.replace(file)
        return self.curie(number)

    def remove(self, number: int) -> str:
        """Takes a study out of the folder."""
        self._file(number).unlink()
        return self.curie(number)

    def _file(self, number: int) -> Path:
        return self.folder / f"study-{number}-ro-crate-metadata.json"


def _crate(accession: str, page: str, title: str) -> bytes:
    root = {
        "@id": page,
        "@type": ["Dataset"],
        "identifier": accession,
        "name": title,
        "description": f"What was seen in {accession}.",
        "datePublished": "2020-05-17",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "publisher": {"@id": "https://archive.example.org/"},
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": page},
    }
    publisher = {"@id": "https://archive.example.org/", "@type": ["Organization"], "name": "An archive"}
    graph = [descriptor, root, publisher]
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}, indent=1).encode()
