"""What this node says of itself, as far as metrics ask for it; part of what an audit is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Statements of the node's operator and of its registry.

    Args:
        base_url: public address of the node; "" when it has none.
        metadata_license: IRI of the licence of the catalogue's own words; "" when none is stated.
        persistence_policy: address of the policy; "" when none is stated.
        holders: owner -> number of nodes, this one included, that hold all its records by their last digests.
        harvestable: ways by which others harvest this node (`oai-pmh`, `ldes`, `resourcesync`, `sitemap`, `dcat`).
    """

    base_url: str = ""
    metadata_license: str = ""
    persistence_policy: str = ""
    holders: Mapping[str, int] = field(default_factory=dict)
    harvestable: tuple[str, ...] = ()
