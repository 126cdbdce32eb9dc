"""What an audit is bound to, its name, and its JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from catalogue.fair.node_facts import NodeFacts
from catalogue.model.payload import canonical, digest


@dataclass(frozen=True, slots=True)
class Basis:
    """What an audit is bound to: equal bases give equal audits.

    Fields and those of NodeFacts are only ever added, with a default: what has its default is not in the digest, so
    that old audits keep their names.

    Args:
        position: of the ledger; 0 for records that are in no ledger.
        entry_hash: of the entry at that position.
        observation: number of the last live observation that was taken into account.
        metrics: identifier -> version.
        node: what this node said of itself.
        software: version of ommatidia-node.
        recorded_at: when the entry at that position was recorded, ISO 8601 in UTC; "" in no ledger.
        benchmarks: identifier -> SHA-256, of those that the node had.
    """

    position: int
    entry_hash: str
    observation: int
    metrics: Mapping[str, str]
    node: NodeFacts
    software: str
    recorded_at: str = ""
    benchmarks: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Forms must not depend on where a basis comes from: read back, its mappings are in the order of their keys.
        for name in ("metrics", "benchmarks"):
            object.__setattr__(self, name, dict(sorted(getattr(self, name).items())))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all of it."""
        return digest(canonical(basis_document(self)))

    @property
    def name(self) -> str:
        """`DAY-POSITION-OBSERVATION-DIGEST`; the same for equal bases."""
        return f"{self.recorded_at[:10] or 'undated'}-{self.position}-{self.observation}-{self.digest[:8]}"


def basis_document(basis: Basis) -> dict[str, Any]:
    """All that a basis says, for JSON; what has its default is left out."""
    said = _stated(basis)
    return {**said, "node": _stated(basis.node)}


def read_basis(document: Mapping[str, Any]) -> Basis:
    """The basis that a document says.

    Raises:
        KeyError, TypeError: it is none.
    """
    node = NodeFacts(**{name: _firm(value) for name, value in document["node"].items()})
    return Basis(**{**{name: _firm(value) for name, value in document.items()}, "node": node})


def _stated(thing: Basis | NodeFacts) -> dict[str, Any]:
    found = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        if value != _default(one):
            found[one.name] = _plain(value)
    return found


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _firm(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _firm(one) for name, one in value.items()}
    return tuple(_firm(one) for one in value) if isinstance(value, list) else value
