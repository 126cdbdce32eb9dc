"""Which studies a report is about: all of them, those of a member, a funder or a grant, or one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from catalogue.fair.audit import Audit
from catalogue.fair.dataset import study_iri
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound

Kind = Literal["federation", "member", "funder", "grant", "study"]
KINDS: Final[tuple[Kind, ...]] = ("federation", "member", "funder", "grant", "study")
STATED: Final = "stated"
READ: Final = "read from text"
INFERRED: Final = "inferred"
BASES: Final = (STATED, READ, INFERRED)
"""How a study is known to belong to a grant, the surest first."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Studies that a report is about.

    Args:
        id: owner prefix, IRI of the funder (ROR) or grant, CURIE of the study; "" for the federation.
        title: for people.
        studies: CURIEs, sorted.
        basis: CURIE -> one of BASES, for grants and funders.
        path: below this node's address, where its page is; without a suffix.
    """

    kind: Kind
    id: str
    title: str
    studies: tuple[str, ...]
    path: str
    basis: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def iri(self) -> str:
        """IRI of what it is about: the study, grant, funder, or owner's records."""
        return study_iri(self.id or "fair")


def federation_scope(audit: Audit, name: str) -> Scope:
    """Every study that this node holds.

    Args:
        name: of the node.
    """
    return Scope("federation", "", f"All studies at {name}", tuple(study.curie for study in audit.studies), "/fair")


def member_scope(audit: Audit, owner: str) -> Scope:
    """Studies of one archive.

    Raises:
        NotFound: there is no such owner prefix here.
    """
    found = tuple(study.curie for study in audit.studies if study.owner == owner)
    if not found and owner not in OWNERS:
        owners = sorted({study.owner for study in audit.studies})
        raise NotFound(f"No archive here has the prefix '{owner[:60]}'. There are {', '.join(owners)}.")
    title = owner_name(owner) if owner in OWNERS else owner
    return Scope("member", owner, title, found, f"/fair/members/{owner}")


def study_scope(audit: Audit, curie: str) -> Scope:
    """One study.

    Raises:
        NotFound: it is not among the public studies of the audit.
    """
    found = next((study for study in audit.studies if study.curie == curie), None)
    if found is None:
        raise NotFound(f"{curie[:100]} is no public study at ledger position {audit.basis.position}.")
    return Scope("study", curie, found.title or curie, (curie,), f"/fair/studies/{curie}")
