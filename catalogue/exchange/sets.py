"""Sets of records: by owner and kind, by kind, and by imaging method; as OAI-PMH names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import ONTOLOGIES, OWNERS
from catalogue.store.entries import GONE

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

# Source: OAI-PMH 2.0, section 2.6 and setSpecType of OAI-PMH.xsd.
SET_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_KINDS: Final = {"study": "Studies", "image": "Images"}
SUPPRESSED: Final = "status:suppressed"


@dataclass(frozen=True, slots=True)
class Membership:
    """Sets of one record.

    Args:
        leaves: setSpecs, the most specific of each hierarchy.
        names: setSpec and setName of these and of the sets above them.
    """

    leaves: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


def memberships(entry: Entry) -> Membership:
    """The sets that a record is in: `owner:OWNER:KIND`, `kind:KIND`, `modality:METHOD` and `status:suppressed`."""
    kind = _KINDS.get(entry.kind, entry.kind)
    owner = owner_name(entry.owner) if entry.owner in OWNERS else entry.owner
    names = {
        "owner": "Records by their owner",
        f"owner:{entry.owner}": owner,
        f"owner:{entry.owner}:{entry.kind}": f"{kind} of {owner}",
        "kind": "Records by their kind",
        f"kind:{entry.kind}": kind,
    }
    leaves = [f"owner:{entry.owner}:{entry.kind}", f"kind:{entry.kind}"]
    for spec, name in _modalities(entry):
        leaves.append(spec)
        names |= {"modality": "Records by their imaging method", spec: name}
    if entry.status == "suppressed":
        leaves.append(SUPPRESSED)
        names |= {"status": "Records that are not simply public", SUPPRESSED: "Suppressed: not for search"}
    return Membership(tuple(dict.fromkeys(leaves)), tuple(names.items()))


def _modalities(entry: Entry) -> Iterator[tuple[str, str]]:
    """setSpec and name of each imaging method that an ontology knows; a record's own words are no set."""
    if entry.status in GONE:
        return
    record = entry.record
    labels = {term["id"]: term.get("label") for term in record.get("terms", ()) if "id" in term}
    for curie in record.get("methods", ()):
        prefix, _, local = curie.partition(":")
        spec = f"modality:{prefix}_{local}"
        if prefix in ONTOLOGIES and SET_SPEC.fullmatch(spec):
            yield spec, str(labels.get(curie) or curie)
