"""Filters of the model's pages: words for relations, groups for indexes, and which page an IRI of ours has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint
from markupsafe import Markup, escape

from catalogue.model.documentation import documentation
from catalogue.model.namespaces import BASE
from catalogue.web.schema.places import anchor, page_of


def register_wording(blueprint: Blueprint) -> None:
    """Make the filters known to the templates."""
    filters: tuple[Callable[..., Any], ...] = (
        anchor,
        module_title,
        class_names,
        by_letter,
        below_base,
        prose,
    )
    for function in filters:
        blueprint.add_app_template_filter(function, function.__name__)
    blueprint.add_app_template_filter(own_page, "page_of")


def prose(text: str) -> Markup:
    """A description with what stands between backticks as code, the rest escaped."""
    pieces = str(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


def own_page(iri: str) -> str:
    """Path of the page of an IRI of ours; "" for those of others."""
    return (page_of(iri) or "") if iri.startswith(BASE) else ""


def module_title(name: str) -> str:
    """Heading of a module."""
    return next(str(module["title"]) for module in documentation()["modules"] if module["name"] == name)


def class_names(slots: list[dict[str, Any]]) -> list[str]:
    """Classes that fields lead to, each once, in the order of the fields."""
    ranges = [found for slot in slots for found in slot["ranges"]]
    return list(dict.fromkeys(found["name"] for found in ranges if found["kind"] == "class"))


def by_letter(rows: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Rows in alphabetical order under their first letters."""
    ordered = sorted(rows.items(), key=lambda pair: pair[0].lower())
    return [(letter, list(found)) for letter, found in groupby(ordered, key=lambda pair: pair[0][0].lower())]


def below_base(iri: str) -> str:
    """Path at which every node answers for an IRI of ours."""
    return "/" + iri.removeprefix(BASE)
