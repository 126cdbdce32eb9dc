"""What a DataCite record says, whatever it is written in: XML of any kernel, JSON of the registry, schema.org.

Texts are trimmed and as given; forms are judged in datacite_study. Source: DataCite Metadata Schema 4.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from harvesters.account import crosswalk_reasons

# Appendix 3 of the schema: codes for unknown information, with or without parentheses.
UNKNOWN: Final = re.compile(r"\(?:(?:un(?:ac|al|ap|as|av|kn)|none|null|tba|etal)\)?", re.ASCII | re.IGNORECASE)


@cache
def dates_left_out() -> Mapping[str, str]:
    """dateType -> why such dates have no place in a study, from the crosswalk."""
    return crosswalk_reasons("datacite-4.5", "datacite4:date.")


@dataclass(slots=True)
class Named:
    """A name identifier: value and scheme, either may be empty."""

    value: str
    scheme: str = ""


@dataclass(slots=True)
class Affiliation:
    """Where somebody works."""

    name: str
    identifier: str = ""
    scheme: str = ""


@dataclass(slots=True)
class Agent:
    """A creator or contributor.

    Args:
        kind: nameType as given, "" where nothing is said.
        role: contributorType.
    """

    name: str
    kind: str = ""
    given: str = ""
    family: str = ""
    role: str = ""
    identifiers: list[Named] = field(default_factory=list)
    affiliations: list[Affiliation] = field(default_factory=list)


@dataclass(slots=True)
class Title:
    """A title or description with its type, "" for none, and language."""

    text: str
    kind: str = ""
    language: str = ""


@dataclass(slots=True)
class Subject:
    """A subject: free words, or a term with its address or scheme and code."""

    text: str
    uri: str = ""
    scheme: str = ""
    code: str = ""


@dataclass(slots=True)
class Stamp:
    """A date with its type and what is said of it."""

    text: str
    kind: str
    about: str = ""


@dataclass(slots=True)
class Related:
    """Another resource: identifier with its type, relation, kind of resource."""

    identifier: str
    identifier_type: str = ""
    relation: str = ""
    kind: str = ""
    title: str = ""
    about: str = ""


@dataclass(slots=True)
class Item:
    """A related item, which may lack an identifier."""

    related: Related
    authors: list[str] = field(default_factory=list)
    venue: str = ""
    year: str = ""


@dataclass(slots=True)
class Rights:
    """A licence or statement of rights."""

    text: str
    uri: str = ""
    identifier: str = ""


@dataclass(slots=True)
class Funding:
    """A grant."""

    funder: str
    identifier: str = ""
    identifier_type: str = ""
    number: str = ""
    uri: str = ""
    title: str = ""


@dataclass(slots=True)
class Kernel:
    """One DataCite record."""

    dois: list[str] = field(default_factory=list)
    general: str = ""
    resource: str = ""
    titles: list[Title] = field(default_factory=list)
    creators: list[Agent] = field(default_factory=list)
    contributors: list[Agent] = field(default_factory=list)
    publisher: Affiliation | None = None
    year: str = ""
    subjects: list[Subject] = field(default_factory=list)
    dates: list[Stamp] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    alternates: list[Named] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    version: str = ""
    rights: list[Rights] = field(default_factory=list)
    descriptions: list[Title] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    funding: list[Funding] = field(default_factory=list)
    schema: str = ""
    page: str = ""
    state: str = ""
