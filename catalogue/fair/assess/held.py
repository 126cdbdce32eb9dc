"""A study that the node holds, under any of its names, with the newest audit that judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.fair.audit import Audit
from catalogue.problems import AmbiguousIdentifier, NotFound, Withdrawn
from catalogue.resolver.service import State

if TYPE_CHECKING:
    from catalogue.fair.service import Audits
    from catalogue.resolver.service import Resolver


def held_study(text: str, resolver: Resolver, audits: Audits) -> tuple[str, Audit] | None:
    """(CURIE, newest audit); None where the node holds no study of that name. A name of an image means its study.

    Raises:
        AmbiguousIdentifier: several studies have the name.
        Withdrawn: it was taken back.
        NotFound: it is held and no audit judges it: suppressed, or newer than the newest audit.
    """
    found = resolver.resolve(text)
    if found.state is State.AMBIGUOUS:
        raise AmbiguousIdentifier(found.understood, candidates=list(found.candidates))
    if found.state is State.REPLACED and found.replacement is not None:
        return held_study(found.replacement, resolver, audits)
    if found.state is State.WITHDRAWN:
        raise Withdrawn(f"{found.curie} was withdrawn; it is no part of the audit any more.")
    if found.state not in (State.PUBLIC, State.SUPPRESSED):
        return None
    curie = found.curie or ""
    if found.kind == "image" and found.entry is not None:
        curie = found.entry.parent or curie
    audit = audits.newest()
    if curie not in audit.judgements:
        raise NotFound(
            f"{curie} is held here and no audit judges it yet: it is not shown to the public, or it is newer than the "
            f"newest audit, that of ledger position {audit.basis.position}."
        )
    return curie, audit
