"""CURIEs and IRIs: the prefix map of schema/prefixes.toml, expanding and contracting.

Which text a person may write for a record is catalogue.model.identifiers' business.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any, Final

from catalogue import resources

BASE: Final = "https://w3id.org/ommatidia/"
TERMS: Final = BASE + "terms/"

_MAP: Final[dict[str, Any]] = tomllib.loads((resources.schema_dir() / "prefixes.toml").read_text("utf-8"))

# Those of an operator's owners.toml are added by catalogue.model.identifiers.add_owners.
OWNERS: Final[dict[str, dict[str, Any]]] = _MAP["owner"]
SYNONYMS: Final[dict[str, str]] = _MAP["synonym"]
ONTOLOGIES: Final[dict[str, dict[str, Any]]] = _MAP["ontology"]
RESOURCES: Final[dict[str, dict[str, Any]]] = _MAP["resource"]
VOCABULARIES: Final[dict[str, str]] = _MAP["vocabulary"]
ASSESSED: Final = "assessed"
"""Stands for the owner of what is assessed and nobody's here. No identifier has it, so that no ledger takes it."""

PREFIXES: Final[dict[str, str]] = {
    **{name: f"{BASE}{name}:" for name in OWNERS},
    **{name: entry["namespace"] for name, entry in ONTOLOGIES.items()},
    **{name: entry["namespace"] for name, entry in RESOURCES.items()},
    **VOCABULARIES,
}
_BY_NAMESPACE: Final = sorted(((ns, name) for name, ns in PREFIXES.items()), key=lambda pair: -len(pair[0]))
_NAMESPACE: Final = re.compile("|".join(re.escape(ns) for ns, _ in _BY_NAMESPACE))
_NAME_OF: Final = {ns: name for ns, name in _BY_NAMESPACE}
_LOCAL: Final = {
    name: re.compile(entry["pattern"]) for table in (ONTOLOGIES, RESOURCES) for name, entry in table.items()
}
ABSOLUTE: Final = re.compile(r"^https?://[^\s<>\"{}|\\^`\x00-\x20]+$")


def expand(name: str) -> str:
    """The absolute IRI of a CURIE of the prefix map; an http(s) IRI is given back as it is.

    Raises:
        ValueError: the prefix is unknown and the text is no absolute IRI.
    """
    if name.startswith(("http://", "https://")):
        return name
    prefix, colon, local = name.partition(":")
    namespace = PREFIXES.get(prefix, f"{BASE}{prefix}:" if prefix in OWNERS or prefix == ASSESSED else None)
    if not colon or namespace is None:
        raise ValueError(f"'{name[:100]}' is neither an absolute IRI nor a CURIE with a known prefix")
    return namespace + local


@lru_cache(maxsize=50_000)
def contract(iri: str) -> str:
    """The CURIE of an IRI under the prefix map, or the IRI itself where no prefix fits.

    `expand(contract(iri)) == iri` for every absolute http(s) IRI.
    """
    found = _NAMESPACE.match(iri)
    if found is None:
        owner, colon, local = iri.removeprefix(BASE).partition(":")
        return f"{owner}:{local}" if colon and local and owner in OWNERS and iri.startswith(BASE) else iri
    name = _NAME_OF[found.group()]
    local = iri[found.end() :]
    pattern = _LOCAL.get(name)
    if not local or (pattern is not None and not pattern.fullmatch(local)):
        return iri
    return f"{name}:{local}"


def is_absolute(iri: str) -> bool:
    """True for an absolute http(s) IRI without characters that RFC 3987 forbids."""
    return ABSOLUTE.fullmatch(iri) is not None
