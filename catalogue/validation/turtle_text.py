"""Where subjects and their properties stand in Turtle, TriG, N-Triples and N-Quads; best effort, never a guess.

RDF parsers keep no positions. A text this reader cannot follow gives no places; the parser has judged it already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from catalogue.validation.source import SourceText

# Reading on costs a microsecond a token.
MAX_CHARACTERS: Final = 8_000_000
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKEN: Final = re.compile(
    r"""
    [ \t\r\n]++ | \#[^\r\n]*+
    | <(?P<iri>[^<>\s"{}|^`]*+)>
    | (?P<text>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
      | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+')
    | (?P<directive>@(?:prefix|base)\b | (?:(?i:PREFIX|BASE|GRAPH))(?=[ \t\r\n]))
    | @[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+ | \^\^
    | (?P<name>[^\s:<>"'(){}\[\];,\#|^@.\\/+-][^\s:<>"'(){}\[\];,\#|^@\\/]*+)?:
      (?P<local>(?:[^\s<>"'(){}\[\];,\#|^@.\\]|\\.|\.(?=[^\s<>"'(){}\[\];,\#]))*+)
    | (?P<a>a)(?=[\s<\[(:_#])
    | (?P<number>[+-]?(?:[0-9]*\.[0-9]+|[0-9]+\.?(?=[eE])|[0-9]+)(?:[eE][+-]?[0-9]+)?) | true\b | false\b
    | (?P<mark>[.;,\[\](){}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
Span = tuple[int, int]


@dataclass(slots=True)
class Subject:
    """Where a thing is first a subject, and its properties wherever they are given.

    Args:
        properties: predicate IRI -> (span of the predicate, objects as (IRI or text, span)).
    """

    span: Span
    properties: dict[str, tuple[Span, list[tuple[str, Span]]]] = field(default_factory=dict)


def resolve(base: str, reference: str) -> str:
    """The IRI of a reference against a base of any scheme with an authority. Source: RFC 3986, section 5.2."""
    scheme, colon, rest = base.partition("://")
    if not colon or ":" in reference.partition("/")[0].partition("?")[0].partition("#")[0]:
        return reference
    # urljoin knows only some schemes.
    return scheme + urljoin("http://" + rest, reference).removeprefix("http")


class _Lost(Exception):
    """The reader cannot follow the text."""


def find_subjects(source: SourceText, wanted: set[str], base: str) -> dict[str, Subject]:
    """IRI -> place of each wanted thing; empty where the text cannot be followed.

    What is never a subject is found where something first points at it.
    """
    if len(source.text) > MAX_CHARACTERS:
        return {}
    reader = _Reader(wanted, base)
    at, text = 0, source.text
    try:
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                return {}
            at = found.end()
            reader.take(found)
    except _Lost:
        return {}
    return {**reader.mentioned, **reader.found}


class _Reader:
    def __init__(self, wanted: set[str], base: str):
        self.found: dict[str, Subject] = {}
        self.mentioned: dict[str, Subject] = {}
        self._wanted = wanted
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._depth = 0
        self._directive: list[str] | None = None
        self._expect = "subject"
        self._subject: Subject | None = None
        self._objects: list[tuple[str, Span]] | None = None
        self._take: dict[str, Callable[[re.Match[str]], None]] = {
            "iri": self._term,
            "local": self._term,
            "text": self._term,
            "number": self._term,
            "a": self._term,
            "directive": self._begin_directive,
            "mark": self._mark,
        }

    def take(self, token: re.Match[str]) -> None:
        group = token.lastgroup
        if group == "name":
            group = "local"
        if group is not None:
            self._take[group](token)

    def _begin_directive(self, token: re.Match[str]) -> None:
        word = token.group().lower()
        if word != "graph":
            self._directive = [word]

    def _term(self, token: re.Match[str]) -> None:
        if self._directive is not None:
            self._direct(token)
            return
        value = self._value(token)
        span = token.span()
        if self._depth or self._expect == "object":
            if token["text"] is None and value in self._wanted:
                self.mentioned.setdefault(value, Subject(span))
            if self._depth:
                return
        if self._expect == "subject":
            self._subject = None
            if value in self._wanted and token["text"] is None:
                self._subject = self.found.setdefault(value, Subject(span))
            self._expect = "predicate"
        elif self._expect == "predicate":
            self._objects = None
            if self._subject is not None:
                self._objects = self._subject.properties.setdefault(value, (span, []))[1]
            self._expect = "object"
        elif self._objects is not None and self._expect == "object":
            self._objects.append((value, span))
            self._expect = "datatype"  # what follows a literal is no object of its own

    def _mark(self, token: re.Match[str]) -> None:
        mark = token.group()
        if mark in "[(":
            if not self._depth and self._expect in ("subject", "object"):
                self._subject = None if self._expect == "subject" else self._subject
                self._expect = "predicate" if self._expect == "subject" else "datatype"
            self._depth += 1
        elif mark in "])":
            self._depth -= 1
            if self._depth < 0:
                raise _Lost
        elif mark in "{}":
            self._expect = "subject"
        elif not self._depth:
            self._punctuate(mark)

    def _punctuate(self, mark: str) -> None:
        if mark == ".":
            # `@prefix` ends with a full stop, `PREFIX` does not.
            self._directive = None
            self._expect = "subject"
        else:
            self._expect = "predicate" if mark == ";" else "object"

    def _direct(self, token: re.Match[str]) -> None:
        words = self._directive or []
        if token["iri"] is None:
            words.append(token["name"] or "")
            return
        iri = resolve(self._base, _plain(token["iri"]))
        if words[0].endswith("base"):
            self._base = iri
        else:
            self._prefixes[words[1] if len(words) > 1 else ""] = iri
        self._directive = None

    def _value(self, token: re.Match[str]) -> str:
        if token["iri"] is not None:
            return resolve(self._base, _plain(token["iri"]))
        if token["text"] is not None:
            quotes = 3 if token["text"][:3] in ('"""', "'''") else 1
            return _plain(token["text"][quotes:-quotes])
        if token["a"] is not None:
            return _RDF_TYPE
        if token["number"] is not None:
            return token.group()
        name = token["name"] or ""
        if name == "_":
            return "_:" + token["local"]
        if name not in self._prefixes:
            raise _Lost
        return self._prefixes[name] + _plain(token["local"])


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[3] is None else _ESCAPED.get(found[3], found[3]), text
    )
