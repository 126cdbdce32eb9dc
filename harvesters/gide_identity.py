"""Which study a crate is about and who owns it; every doubt rejects the crate, since identity is never guessed.

Source: field.md section 5 (gide parts), federation.md R17, reliability.md TP1 (look-alikes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address
from catalogue.problems import RecordRejected
from harvesters.gide_crate import Crate, Entity
from harvesters.gide_profile import CRATE_SPEC, SUFFIX

# Owner prefix -> accession as GIDE members write it: ASCII, anchored, canonical; the group is our accession.
ACCESSIONS: Final = {
    "biostudies": re.compile(r"(S-[A-Z]{4}(?:0|[1-9][0-9]{0,9}))", re.ASCII),
    "empiar": re.compile(r"EMPIAR-([1-9][0-9]{4,9})", re.ASCII),
    "idr": re.compile(r"(idr[0-9]{4})", re.ASCII),
    "ssbd": re.compile(r"(ssbd-repos-[0-9]{6}|[1-9][0-9]{0,5}-[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)", re.ASCII),
}
_COLLECTION: Final = ("./", ".", "")


@dataclass(frozen=True, slots=True)
class StudyIdentity:
    """Owner prefix, accession and CURIE of a study, with the owner's page about it.

    Args:
        given: the accession as the member writes it (EMPIAR-10311 for empiar:10311).
    """

    prefix: str
    accession: str
    given: str
    landing_page: str

    @property
    def curie(self) -> str:
        """The CURIE that never changes."""
        return f"{self.prefix}:{self.accession}"


def find_root(crate: Crate) -> Entity:
    """The root entity, found through the descriptor by its @id, conformsTo and about.

    Raises:
        RecordRejected: `schema-required` without exactly one descriptor and root; `bad-identifier` when the
            descriptor points at nothing; `policy` for a crate over a collection.
    """
    descriptors = [entity for entity in crate.entities() if _is_descriptor(entity)]
    if len(descriptors) > 1:
        descriptors = [entity for entity in descriptors if _conforms(entity)] or descriptors
    if len(descriptors) != 1:
        raise RecordRejected(
            f"The crate has {len(descriptors)} metadata descriptors; exactly one entity with an @id ending in "
            f"{SUFFIX} and an `about` must say which entity is the root.",
            reason="schema-required",
        )
    descriptor = descriptors[0]
    crate.rename(descriptor, "Descriptor")
    crate.reach(crate.use(descriptor))
    targets = [target for item in _listed(descriptor["about"]) if (target := _id_of(item)) is not None]
    if len(set(targets)) != 1:
        raise RecordRejected(
            f"The descriptor's `about` names {len(set(targets))} roots; it must name exactly one.",
            reason="schema-required",
        )
    root = crate.find(targets[0])
    if root is None:
        _bad(
            f"The descriptor says the root is '{_shown(targets[0])}', which the crate does not hold. Write the root's "
            "own @id, the address of the study's page."
        )
    crate.reach(root)
    if targets[0] in _COLLECTION:
        raise RecordRejected(
            f"The root is '{targets[0]}': this is a crate over a whole collection, not over one study; the studies are "
            "harvested from their own crates.",
            reason="policy",
        )
    if crate.kinds[id(root)] != "Dataset":
        raise RecordRejected(
            f"The root '{_shown(targets[0])}' is of type {crate.kinds[id(root)][:50]}, not Dataset.",
            reason="schema-required",
        )
    _check_relative(crate, descriptor, targets[0])
    return root


def identify(crate: Crate, root: Entity, item: str, owners: tuple[str, ...]) -> StudyIdentity:
    """The identity on which `identifier`, the file's stem and the root's @id agree.

    Args:
        item: name of the document in its source; its stem counts where it has the form of an accession.
        owners: prefixes this source may deliver; empty for all.
    Raises:
        RecordRejected: `bad-identifier` when they disagree or none is canonical; `not-owner` for another's prefix.
    """
    page = root["@id"]
    if not is_web_address(page):
        _bad(f"The root's @id '{_shown(page)}' is no absolute web address; it must be the study's page.")
    named = _listed(root.get("identifier"))
    if len(named) > 1 or (named and type(named[0]) is not str):
        _bad(f"`identifier` is {_shown(named)}; it must be one text, the accession.")
    sources: dict[str, tuple[str, str]] = {}
    if named:
        sources["identifier"] = _canonical(named[0])
    for source, text in (("file name", stem(item)), ("root @id", page.rstrip("/").rpartition("/")[2])):
        found = _match(text)
        if found is not None:
            sources[source] = found
    if len(set(sources.values())) > 1:
        told = ", ".join(f"{source} says {prefix}:{local}" for source, (prefix, local) in sources.items())
        _bad(f"The crate does not say which study it is: {told}. Make them agree.")
    if not sources:
        _bad(f"Neither `identifier` nor the root's @id '{_shown(page)}' nor the file's name is an accession.")
    prefix, accession = next(iter(sources.values()))
    if not named:
        crate.note(
            "identifier-missing", Severity.REPAIRED, "Dataset.identifier", accession,
            f"Taken from the {' and the '.join(sources)}; state it as `identifier`.",
        )  # fmt: skip
    if owners and prefix not in owners:
        raise RecordRejected(
            f"{prefix}:{accession} belongs to {prefix}; this source may deliver only {', '.join(owners)}. Add the "
            "owner to the source if that is wrong.",
            reason="not-owner",
        )
    given = f"EMPIAR-{accession}" if prefix == "empiar" else accession
    return StudyIdentity(prefix, accession, given, page)


def stem(item: str) -> str:
    """The document's name without folders and the ending of crates."""
    name = item.rpartition("/")[2]
    for ending in (f"-{SUFFIX}", ".jsonld", ".json"):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def _is_descriptor(entity: Entity) -> bool:
    if "about" not in entity:
        return False
    name = entity.get("@id")
    return (type(name) is str and name.endswith(SUFFIX)) or _conforms(entity)


def _conforms(entity: Entity) -> bool:
    return any((_id_of(item) or "").startswith(CRATE_SPEC) for item in _listed(entity.get("conformsTo")))


def _check_relative(crate: Crate, descriptor: Entity, root: str) -> None:
    name = descriptor.get("@id")
    if name != SUFFIX or root.endswith("/"):
        return
    # Against a root without trailing slash the id is the same IRI in every crate: 804 descriptors of BIA are one node.
    crate.note(
        "descriptor-relative-id", Severity.REPAIRED, "Descriptor.@id", str(name),
        "Resolved against this root the id is the same for every crate of the member; scoped to the record here. End "
        "the root's @id with a slash or name the descriptor by its accession.",
    )  # fmt: skip


def _canonical(text: str) -> tuple[str, str]:
    found = _match(text)
    if found is None:
        _bad(
            f"The identifier '{_shown(text)}' is no accession of an owner known here (S-BIAD634, EMPIAR-10311, "
            "idr0001, 47-Noguchi-CellDyn, ssbd-repos-000011), character for character.",
            path="Dataset.identifier",
            value=text,
        )
    return found


def _match(text: str) -> tuple[str, str] | None:
    for prefix, pattern in ACCESSIONS.items():
        found = pattern.fullmatch(text)
        if found:
            return prefix, found[1]
    return None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if type(value) is list else [value]


def _id_of(item: Any) -> str | None:
    if type(item) is dict:
        item = item.get("@id")
    return item if type(item) is str else None


def _shown(value: Any) -> str:
    """The value in ASCII, so that a look-alike shows what it is."""
    text = value if type(value) is str else repr(value)
    return text[:200].encode("ascii", "backslashreplace").decode()


def _bad(detail: str, **where: Any) -> NoReturn:
    raise RecordRejected(detail, reason="bad-identifier", **where)
