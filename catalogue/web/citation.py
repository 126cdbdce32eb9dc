"""How to cite a study: as text, BibTeX and RIS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.exchange.base import archive_accession
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE
from catalogue.web.text import plain

_MOST_AUTHORS = 20
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _year(record: Mapping[str, Any]) -> str:
    return str(record.get("date_published", ""))[:4]


def _archive(record: Mapping[str, Any]) -> str:
    # The owner of the accession, not who delivered it: EMPIAR-10311 comes with "BioImage Archive" as publisher.
    return owner_name(record["owner"])


def _authors(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = record.get("authors", ())
    return found


def _inverted(person: Mapping[str, Any]) -> str:
    """`Family, Given` where the archive tells them apart, else the name as it stands."""
    if "family_name" in person and "given_name" in person:
        return f"{plain(person['family_name'])}, {plain(person['given_name'])}"
    return plain(person["name"])


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation in pieces, so that a page can keep names of either writing direction apart."""

    authors: tuple[str, ...]
    year: str
    title: str
    archive: str
    identifier: str

    def __str__(self) -> str:
        lead = f"{', '.join(self.authors)} " if self.authors else ""
        return f"{lead}({self.year}). {self.title} [Data set]. {self.archive}. {self.identifier}"


def cite(record: Mapping[str, Any]) -> Citation:
    """Authors, year, title, archive with accession, persistent identifier; `str()` gives one line."""
    names = [plain(person["name"]) for person in _authors(record)]
    if len(names) > _MOST_AUTHORS:
        names = [*names[: _MOST_AUTHORS - 1], "et al."]
    return Citation(
        tuple(names),
        _year(record) or "no date",
        plain(record.get("title", record["accession"])).rstrip("."),
        f"{_archive(record)}, {archive_accession(record)}",
        BASE + record["id"],
    )


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def cite_bibtex(record: Mapping[str, Any]) -> str:
    """A BibTeX `@misc` entry; its key is the accession with other characters than letters and digits left out."""
    key = re.sub(r"[^A-Za-z0-9]+", "", f"{record['owner']}{record['accession']}")
    # An author without the two parts is braced, so that BibTeX does not take a name apart that it cannot know.
    authors = [
        _latex(_inverted(person)) if "family_name" in person else "{" + _latex(plain(person["name"])) + "}"
        for person in _authors(record)
    ]
    fields = {
        "author": " and ".join(authors),
        "title": "{" + _latex(plain(record.get("title", record["accession"]))) + "}",
        "year": _year(record),
        "publisher": _latex(_archive(record)),
        "note": _latex(f"Data set, accession {archive_accession(record)}"),
        "url": BASE + record["id"],
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def cite_ris(record: Mapping[str, Any]) -> str:
    """An RIS record of type DATA, lines ended by CR LF as the format demands."""
    lines = ["TY  - DATA"]
    lines += [f"AU  - {_inverted(person)}" for person in _authors(record)]
    lines.append(f"TI  - {plain(record.get('title', record['accession']))}")
    if record.get("date_published"):
        lines.append(f"PY  - {_year(record)}")
        lines.append(f"DA  - {plain(record['date_published']).replace('-', '/')}")
    lines += [f"PB  - {_archive(record)}", f"AN  - {archive_accession(record)}", f"UR  - {BASE}{record['id']}"]
    return "\r\n".join([*lines, "ER  - ", ""])
