"""The profiles of shapes/profiles/ by their headers: what each is called, which version, what it can be held against.

A profile is one Turtle file; shapes/profiles/README.md says what its header must hold. Source: W3C PROF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyoxigraph

from catalogue import resources
from catalogue.problems import BadRequest

SHAPES: Final = "https://w3id.org/ommatidia/shapes/"
_PROF: Final = "http://www.w3.org/ns/dx/prof/"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_VERSION: Final = "http://www.w3.org/2002/07/owl#versionInfo"
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
    """

    name: str
    iri: str
    title: str
    description: str
    version: str
    source: str
    applies_to: frozenset[Subject]


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile that is present, by name."""
    found = {path.stem: read_profile(path) for path in resources.profiles_dir().glob("*.ttl")}
    return MappingProxyType(dict(sorted(found.items())))


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
        ValueError: a part of the header is missing, or does not fit the file's name.
    """
    name = path.name.removesuffix(".ttl")
    iri = SHAPES + name
    header: dict[str, list[str]] = {}
    for quad in pyoxigraph.parse(path.read_text("utf-8"), format=pyoxigraph.RdfFormat.TURTLE):
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
    return Profile(name, iri, title, " ".join(description.split()), version, sources[0], subjects)


def _one(path: Path, header: dict[str, list[str]], key: str) -> str:
    values = header.get(key, [])
    if len(values) != 1 or not values[0].strip():
        raise ValueError(f"{path.name}: exactly one <{key}> is needed")
    return values[0]


def _text(term: Any) -> str:
    return str(term.value)
