"""Turtle a person can read: prefixed names, one property a line, no blank nodes, order as given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Final

from catalogue.model.compiler.table import NOTE

_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Turtle:
    """Collects subjects and their properties; `text` is the finished document.

    Args:
        prefixes: prefix -> namespace; only those that are used get into the document.
    """

    def __init__(self, prefixes: Mapping[str, str]):
        self._prefixes = dict(prefixes)
        self._used: set[str] = set()
        self._blocks: list[str] = []

    def iri(self, iri: str) -> str:
        """Prefixed name where one fits, else the IRI in angle brackets."""
        for prefix, namespace in sorted(self._prefixes.items(), key=lambda pair: -len(pair[1])):
            local = iri[len(namespace) :]
            if iri.startswith(namespace) and _LOCAL.fullmatch(local):
                self._used.add(prefix)
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def iris(self, iris: Iterable[str]) -> str:
        """A Turtle collection of IRIs."""
        return f"( {' '.join(self.iri(iri) for iri in iris)} )"

    @staticmethod
    def text_of(value: str) -> str:
        """A string literal."""
        return encode_basestring(value)

    def add(self, subject: str, properties: Iterable[tuple[str, str]]) -> None:
        """One block.

        Args:
            subject: IRI.
            properties: predicate IRI and object in Turtle syntax (of `iri`, `iris`, `text_of` or a number).
        """
        rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        lines = [
            f"    {'a' if predicate == rdf_type else self.iri(predicate)} {value}" for predicate, value in properties
        ]
        self._blocks.append(f"{self.iri(subject)}\n" + " ;\n".join(lines) + " .\n")

    def document(self, about: str) -> str:
        """The whole document under its header.

        Args:
            about: one sentence on what it is.
        """
        head = "".join(f"@prefix {p}: <{self._prefixes[p]}> .\n" for p in sorted(self._used))
        return f"# {NOTE}\n# {about}\n\n{head}\n" + "\n".join(self._blocks)
