"""Where the node that speaks is, and how it names parts of a data set; made by the web, free of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalogue.exchange.dcat.triples import find_thing


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses on this node, always absolute: triples know no other.

    Args:
        root: the node's public address without a slash at its end.
        document: CURIE of a study and suffix of a form -> address of that document.
    """

    root: str
    document: Callable[[str, str], str]

    def at(self, path: str) -> str:
        """The IRI term of a path of this node."""
        return f"<{self.root}{path}>"


@dataclass(frozen=True, slots=True)
class Subject:
    """The name under which a study stands in a document.

    Args:
        iri: of the data set.
        curie: of the record.
        joint: what stands between the name and a part's: "/" below our identifiers, "#" in documents that are
            themselves the address of the data set.
    """

    iri: str
    curie: str
    joint: str = "/"

    @property
    def term(self) -> str:
        """The IRI term of the data set."""
        return f"<{self.iri}>"

    def part(self, path: str) -> str:
        """The IRI term of a part, by its path below the record: `file/1`."""
        return f"<{self.iri}{self.joint}{path if self.joint == '/' else path.replace('/', '-')}>"

    def thing(self, identifier: str) -> str | None:
        """The IRI term of what a record names: a part of itself, or something of the prefix map."""
        if identifier.startswith(f"{self.curie}/"):
            return self.part(identifier[len(self.curie) + 1 :])
        return find_thing(identifier)
