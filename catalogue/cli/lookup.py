"""From a resolution to the record, or to the problem that ends the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from catalogue.problems import AmbiguousIdentifier, BadIdentifier, NotFound, Withdrawn
from catalogue.store.entries import Entry

if TYPE_CHECKING:
    from catalogue.resolver.service import Resolution, Resolver


def find(resolver: Resolver, text: str, kind: str | None = None) -> tuple[Resolution, Entry]:
    """The live record that `text` names.

    Args:
        kind: 'study' or 'image' when only that will do.
    Raises:
        BadIdentifier: malformed, or of the other kind.
        AmbiguousIdentifier: `candidates` lists what it may mean.
        NotFound: nothing is recorded under it; the detail says where to look.
        Withdrawn: it was; the detail says when and why.
    """
    found = resolver.resolve(text)
    if found.entry is None or found.tombstone is not None:
        _refuse(found)
    if kind is not None and found.kind != kind:
        raise BadIdentifier(
            f"{found.curie} is {_article(found.kind)}, not {_article(kind)}; give the identifier of {_article(kind)}."
        )
    return found, found.entry


def _article(kind: str | None) -> str:
    return "an image" if kind == "image" else f"a {kind}"


def _refuse(found: Resolution) -> NoReturn:
    from catalogue.resolver.service import State

    if found.tombstone is not None:
        day, why = found.tombstone.get("date_withdrawn"), found.tombstone.get("reason")
        next_ = f" {found.replacement} has taken its place." if found.replacement is not None else ""
        raise Withdrawn(f"{found.curie} was withdrawn on {day} ({why}).{next_}", tombstone=dict(found.tombstone))
    if found.state is State.AMBIGUOUS:
        raise AmbiguousIdentifier(found.understood, candidates=list(found.candidates))
    if found.state is State.MALFORMED:
        raise BadIdentifier(found.understood)
    where = "; ".join(f"{place.label}: {place.url}" for place in found.suggestions)
    raise NotFound(f"{found.understood}{' ' + where if where else ''}")
