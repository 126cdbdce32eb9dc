"""N-Triples lines, written straight from values: no graph is built on the way.

Source: RDF 1.1 N-Triples; XML 1.0 section 2.2, since the same text is also written as RDF/XML.
"""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.namespaces import expand

NAMESPACES: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "doc": "http://www.w3.org/2000/10/swap/pim/doc#",
    "fdp": "https://w3id.org/fdp/fdp-o#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NAMES: Final[dict[str, str]] = {}
# Schemes under which data lie; what a browser would run is no address of data.
_ADDRESS: Final = re.compile(r"(?:https?|s3|gs|ftps?)://[^\s<>\"{}|\\^`\x00-\x20]+", re.IGNORECASE)
_MAIL: Final = re.compile(r"[^\s@<>\"{}|\\^`%?&\x00-\x20]+@[^\s@<>\"{}|\\^`%?&/\x00-\x20]+")
# No XML document can hold these.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What has to be looked at at all; most texts have nothing of it.
_SPECIAL: Final = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\ufffe\uffff]')
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def name(short: str) -> str:
    """The IRI term of a name of one of the vocabularies written here: `dct:title`."""
    found = _NAMES.get(short)
    if found is None:
        prefix, _, local = short.partition(":")
        found = _NAMES[short] = f"<{NAMESPACES[prefix]}{local}>"
    return found


def text(value: object) -> str:
    """A string literal; line ends are line feeds, and what XML cannot hold is U+FFFD."""
    clean = str(value)
    if _SPECIAL.search(clean) is None:
        return f'"{clean}"'
    clean = clean.replace("\r\n", "\n").replace("\r", "\n")
    return f'"{_NO_XML.sub("�", clean).translate(_ESCAPES)}"'


def typed(value: object, datatype: str) -> str:
    """A literal of a datatype of XML Schema: `typed(12, "nonNegativeInteger")`."""
    return f"{text(value)}^^<{NAMESPACES['xsd']}{datatype}>"


def moment(value: str) -> str:
    """A day or an instant, typed by its form."""
    return typed(value, "dateTime" if "T" in value else "date")


def find_address(value: object) -> str | None:
    """The IRI term of an address where data lie; None for what is none."""
    return f"<{value}>" if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def find_thing(value: object) -> str | None:
    """The IRI term that a CURIE or IRI of a record stands for; None where it stands for none."""
    try:
        return find_address(expand(str(value)))
    except ValueError:
        return None


def find_mail(value: object) -> str | None:
    """The IRI term of an e-mail address; None for what is none."""
    return f"<mailto:{value}>" if isinstance(value, str) and _MAIL.fullmatch(value) else None


class Triples:
    """Lines that are about one thing and its parts, and lines about things that many share."""

    __slots__ = ("lines", "shared")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.shared: set[str] = set()

    def add(self, subject: str, predicate: str, *objects: str | None) -> None:
        """State a property; objects that are None are left out."""
        for value in objects:
            if value is not None:
                self.lines.append(f"{subject} {name(predicate)} {value} .\n")

    def share(self, subject: str, predicate: str, value: str) -> None:
        """State something of a thing that others may state too."""
        self.shared.add(f"{subject} {name(predicate)} {value} .\n")

    def add_typed(self, subject: str, predicate: str, value: str | None, kind: str) -> None:
        """State a property whose value is of a class, as DCAT-AP wants it said."""
        if value is not None:
            self.add(subject, predicate, value)
            self.share(value, "rdf:type", name(kind))

    def ordered(self) -> list[str]:
        """The distinct lines of the thing and its parts in code-point order."""
        return sorted(set(self.lines))
