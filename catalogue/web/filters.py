"""Filters of the templates; partner values go through one of them wherever they are printed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from catalogue.exchange.base import archive_accession
from catalogue.exchange.oai.dublin_core import dublin_core
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS, expand
from catalogue.model.sizes import human_size
from catalogue.web.licences import describe_licence
from catalogue.web.services import Links
from catalogue.web.text import ago, path_of, plain, safe_url, spaced, unbroken, xml_text

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}", re.ASCII)
_REASONS = {
    "removed-at-source": "The archive no longer offers it.",
    "renamed-at-source": "The archive gives it another identifier now.",
    "renamed-by-mapping": "The archive's document is read as another record now.",
    "absent-from-source": "The archive no longer lists it.",
    "study-withdrawn": "The study it belongs to was withdrawn.",
    "withdrawn": "The archive withdrew it.",
}

_ACCESS = {
    "PUBLIC": "Anybody may get and use the data under the licence.",
    "RESTRICTED": "The data can be had under conditions.",
    "NON_PUBLIC": "The data cannot be had.",
}


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the main menu; pages that stand behind it say `active=name`."""

    name: str
    title: str
    path: str


def paragraphs(text: Any) -> str:
    """The text without control characters, its line breaks kept, at most one empty line in a row."""
    lines = [plain(line) for line in str(text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def iri_of(name: str) -> str:
    """The IRI of a CURIE; an unknown prefix gives the text back, which is then no link."""
    try:
        return expand(name)
    except ValueError:
        return name


def below(identifier: str, curie: str) -> str:
    """The part of a sub-resource's identifier below its record, as the anchor to which /id/… leads."""
    return plain(str(identifier).removeprefix(curie + "/"))


def round_to(number: Any, digits: int) -> str:
    """The number with so many significant digits, without an exponent for everyday sizes."""
    return f"{float(number):.{digits}g}"


def words(name: str) -> str:
    """A name of the model as words: IsSupplementTo and NON_PUBLIC become "is supplement to" and "non public"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", plain(name)).lower()


def _archive(owner: str) -> str:
    return owner_name(owner) if owner in OWNERS else owner


def _reason(slug: str) -> str:
    return _REASONS.get(slug, f"Reason given: {plain(slug)}.")


@cache
def _asset_version(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]


def register_filters(app: Flask, links: Links, name: str, doors: Sequence[Door]) -> None:
    """Make filters and addresses known to every template.

    Args:
        name: of the node, in the masthead and in titles.
        doors: entries of the main menu.
    """
    app.jinja_env.filters.update(
        plain=plain,
        paragraphs=paragraphs,
        safe_url=safe_url,
        human_size=human_size,
        spaced=spaced,
        ago=ago,
        xml_text=xml_text,
        path_of=path_of,
        unbroken=unbroken,
        iri=iri_of,
        licence=describe_licence,
        below=below,
        round_to=round_to,
        archive=_archive,
        dublin_core=dublin_core,
        accession=archive_accession,
        reason=_reason,
        words=words,
        access_words=lambda level: _ACCESS.get(str(level), plain(level)),
        is_colour=lambda text: bool(_COLOUR.fullmatch(str(text))),
    )
    static = app.static_folder or ""
    app.jinja_env.globals.update(
        node_name=name,
        doors=tuple(doors),
        searchable=any(door.name == "search" for door in doors),
        link=links.path,
        full=links.full,
        asset=lambda name: links.path(f"/static/{name}?v={_asset_version(static, name)}"),
        path_for=lambda kind, curie: links.path(links.document(kind, curie)),
        base_iri=BASE,
    )
