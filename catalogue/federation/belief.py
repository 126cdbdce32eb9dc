"""Which statements about tenures are believed that a member shows: the registry, kept alike at every node.

Source: federation.md section 3 (ownership registry), R17, P11.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from catalogue.model.tenure import SignedTenure, tenure_fault


@dataclass(slots=True)
class Beliefs:
    """What becomes of the statements that a member shows.

    Args:
        new: to be kept, in this order.
        conflicts: (theirs, ours) for one owner and epoch; ours stands and a person is told.
        refused: (statement, why).
    """

    new: list[SignedTenure] = field(default_factory=list)
    conflicts: list[tuple[SignedTenure, SignedTenure]] = field(default_factory=list)
    refused: list[tuple[SignedTenure, str]] = field(default_factory=list)


def weigh(
    shown: Sequence[SignedTenure],
    kept: Mapping[str, Sequence[SignedTenure]],
    member_keys: Collection[str],
    known_owners: Collection[str],
) -> Beliefs:
    """Which of the shown statements are new and believed.

    A first statement about an owner is believed when the node it names signed it: the member who shows it vouches for
    it, as for a node that it knows through others, or one that is gone or has another key by now. A later one is
    believed when it follows the one before it (catalogue.model.tenure.tenure_fault).

    Args:
        kept: owner -> statements by epoch.
        member_keys: of members here, for statements that members vote on.
        known_owners: prefixes of the prefix map here.
    """
    found = Beliefs()
    chains = {owner: list(said) for owner, said in kept.items()}
    for signed in sorted(shown, key=lambda one: (one.tenure.owner, one.tenure.epoch)):
        said = signed.tenure
        if said.owner not in known_owners:
            found.refused.append((signed, f"the prefix {said.owner} is not in the prefix map here (owners.toml)"))
            continue
        chain = chains.setdefault(said.owner, [])
        if said.epoch < len(chain) and chain[said.epoch].tenure.digest == said.digest:
            continue
        before = chain[min(said.epoch, len(chain)) - 1].tenure if said.epoch and chain else None
        fault = tenure_fault(signed, before, member_keys)
        if fault is not None:
            found.refused.append((signed, fault))
            continue
        if said.epoch < len(chain):
            found.conflicts.append((signed, chain[said.epoch]))
            continue
        chain.append(signed)
        found.new.append(signed)
    return found
