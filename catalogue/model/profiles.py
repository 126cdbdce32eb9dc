"""The profiles of shapes/profiles/ by their headers: what each is called, which version, what it can be held against.

A profile is one Turtle file; shapes/profiles/README.md says what its header must hold. Source: W3C PROF.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyoxigraph

from catalogue import resources
from catalogue.model.shacl_engines import best_engine
from catalogue.problems import BadRequest

SHAPES: Final = "https://w3id.org/ommatidia/shapes/"
_PROF: Final = "http://www.w3.org/ns/dx/prof/"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_VERSION: Final = "http://www.w3.org/2002/07/owl#versionInfo"
_SHAPE_CLASSES: Final = (
    "http://www.w3.org/ns/shacl#NodeShape",
    "http://www.w3.org/ns/shacl#PropertyShape",
)
_TARGET_CLASS: Final = "http://www.w3.org/ns/shacl#targetClass"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Subject(StrEnum):
    """What a profile is about: our records as RDF, or a partner's RDF before it is mapped."""

    RECORDS = "Records"
    SOURCE_GRAPHS = "SourceGraphs"


@dataclass(frozen=True, slots=True)
class Profile:
    """The header of a profile.

    Args:
        name: what --profile takes; the file's name, and the beginning of the names of its shapes.
        source: address of the specification; "" where there is none.
        text: the whole file.
        targets: IRIs of the classes that its shapes are about.
        properties, values: IRIs; where any is given, only records that use one of them are concerned.
    """

    name: str
    iri: str
    title: str
    description: str
    version: str
    source: str
    applies_to: frozenset[Subject]
    text: str
    targets: frozenset[str]
    properties: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def concerns(self, types: Iterable[str], triples: bytes) -> bool:
        """True where a result is worth keeping: the profile is about records of such a class and with such content.

        Args:
            types: IRIs of the record's classes.
            triples: the record's N-Triples.
        """
        if self.targets.isdisjoint(types):
            return False
        if not self.properties and not self.values:
            return True
        # A text may contain anything; a statement stands on a line of its own, and its terms outside of quotes.
        return any(_states(rb"^<[^>]*", f"> <{iri}> ", triples) for iri in self.properties) or any(
            _states(rb"^<[^>]*> <[^>]*", f"> <{iri}> .\n", triples) for iri in self.values
        )


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile that is shipped, by name."""
    return MappingProxyType(read_profiles(resources.profiles_dir()))


def read_profiles(folder: Path) -> dict[str, Profile]:
    """The profiles of a folder, by name; none where there is no folder.

    Raises:
        ValueError: see `read_profile`.
    """
    return {path.stem: read_profile(path) for path in sorted(folder.glob("*.ttl"), key=lambda path: path.stem)}


def chosen_profiles(names: Iterable[str], folder: Path) -> list[Profile]:
    """The shipped profiles of those names, and all of an operator's folder.

    Raises:
        ValueError: a name is not known, or a file of the folder cannot be used: it is not well formed, or has the name
            of a shipped profile, which would change what old results mean.
    """
    shipped, own = profiles(), read_profiles(folder)
    for name in names:
        if name not in shipped:
            raise ValueError(f"there is no profile '{name[:100]}'; there are {', '.join(shipped)}")
    for profile in own.values():
        if profile.name in shipped:
            raise ValueError(f"{profile.name}.ttl has the name of a shipped profile; give it another version")
        try:
            best_engine(profile.text)
        except ValueError as error:
            raise ValueError(f"{profile.name}.ttl: {error}") from error
    return [*(shipped[name] for name in dict.fromkeys(names)), *own.values()]


def get_profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        BadRequest: there is none; the detail lists those present.
    """
    found = profiles().get(name)
    if found is None:
        raise BadRequest(f"There is no profile '{name[:100]}'; there are {', '.join(profiles())}.")
    return found


def read_profile(path: Path) -> Profile:
    """The header of a profile file.

    Raises:
        ValueError: a part of the header is missing, or does not fit the file's name, as a shape's name may not; or the
            file is no Turtle.
    """
    name = path.name.removesuffix(".ttl")
    iri = SHAPES + name
    text = path.read_text("utf-8")
    header: dict[str, list[str]] = {}
    targets = set()
    for quad in _quads(path.name, text):
        if quad.predicate.value == _TARGET_CLASS:
            targets.add(_text(quad.object))
        is_shape = quad.predicate.value == _TYPE and _text(quad.object) in _SHAPE_CLASSES
        if is_shape and isinstance(quad.subject, pyoxigraph.NamedNode) and not quad.subject.value.startswith(iri + "-"):
            raise ValueError(f"{path.name}: the name of the shape <{quad.subject.value}> must begin with <{iri}->")
        if isinstance(quad.subject, pyoxigraph.NamedNode) and quad.subject.value == iri:
            header.setdefault(quad.predicate.value, []).append(_text(quad.object))
    if _PROF + "Profile" not in header.get(_TYPE, ()):
        raise ValueError(f"{path.name}: <{iri}> must be a prof:Profile")
    if header.get(_PROF + "hasToken") != [name]:
        raise ValueError(f"{path.name}: prof:hasToken must be the file's name, '{name}'")
    title, description, version = (
        _one(path, header, key) for key in (_DCTERMS + "title", _DCTERMS + "description", _VERSION)
    )
    known = {SHAPES + str(subject): subject for subject in Subject}
    applies = [known.get(target) for target in header.get(SHAPES + "appliesTo", ())]
    subjects = frozenset(subject for subject in applies if subject is not None)
    if not subjects or None in applies:
        raise ValueError(f"{path.name}: omsh:appliesTo must be omsh:Records, omsh:SourceGraphs or both")
    sources = header.get(_DCTERMS + "source", [""])
    return Profile(
        name,
        iri,
        title,
        " ".join(description.split()),
        version,
        sources[0],
        subjects,
        text,
        frozenset(targets),
        tuple(header.get(SHAPES + "concernsProperty", ())),
        tuple(header.get(SHAPES + "concernsValue", ())),
    )


def _quads(name: str, text: str) -> Iterator[pyoxigraph.Quad]:
    try:
        yield from pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise ValueError(f"{name}: {error}") from error


def _states(before: bytes, terms: str, triples: bytes) -> bool:
    text = terms.encode()
    return text in triples and re.search(before + re.escape(text), triples, re.MULTILINE) is not None


def _one(path: Path, header: dict[str, list[str]], key: str) -> str:
    values = header.get(key, [])
    if len(values) != 1 or not values[0].strip():
        raise ValueError(f"{path.name}: exactly one <{key}> is needed")
    return values[0]


def _text(term: Any) -> str:
    return str(term.value)
