"""The manifest of a kept audit: what it is bound to, its files with digests, totals for trends; and its signature.

Nothing in it depends on the clock or on the node's key, so that whoever makes the audit again gets the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from catalogue.fair.basis import Basis, basis_document, read_basis
from catalogue.fair.outcomes import Outcome
from catalogue.model.payload import canonical, digest
from catalogue.model.signing import NodeKey, is_signed
from catalogue.problems import StoreDamaged

if TYPE_CHECKING:
    from catalogue.fair.audit import Audit

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
FORM: Final = "ommatidia-audit/1"
NAME: Final = re.compile(r"(?:\d{4}-\d\d-\d\d|undated)-(\d{1,18})-(\d{1,18})-[0-9a-f]{8}", re.ASCII)
_FILE: Final = re.compile(r"[a-z]{1,40}\.(?:parquet|json)", re.ASCII)
_ORDER: Final = tuple(Outcome)

Totals = Mapping[str, tuple[int, ...]]
"""Metric -> numbers of outcomes in the order of Outcome: pass, fail, indeterminate, not applicable."""


@dataclass(frozen=True, slots=True)
class AuditFile:
    """One file of a kept audit.

    Args:
        rows: of a table; 0 of others.
        content: SHA-256 over the cells of a table; "" of others.
    """

    name: str
    size_bytes: int
    sha256: str
    rows: int = 0
    content: str = ""


@dataclass(frozen=True)
class AuditManifest:
    """What a manifest says; `statement` has all of it."""

    statement: Mapping[str, Any]

    @cached_property
    def basis(self) -> Basis:
        """What the audit is bound to."""
        return read_basis(self.statement["basis"])

    @property
    def name(self) -> str:
        """Name of the audit."""
        return str(self.statement["name"])

    @property
    def studies(self) -> int:
        """Number of studies that were judged."""
        return int(self.statement["studies"])

    @property
    def absent(self) -> int:
        """Public studies that could not be judged."""
        return int(self.statement["absent"])

    @property
    def records(self) -> str:
        """SHA-256 over the digests of all that was judged."""
        return str(self.statement["inputs"]["records"])

    @property
    def observations(self) -> str:
        """SHA-256 over the numbers of all observations that were taken into account."""
        return str(self.statement["inputs"]["observations"])

    @cached_property
    def files(self) -> Mapping[str, AuditFile]:
        """Name -> file."""
        return {one["name"]: AuditFile(**one) for one in self.statement["files"]}

    @property
    def principles(self) -> Mapping[str, str]:
        """Metric -> its FAIR principle."""
        return {metric: said["principle"] for metric, said in self.statement["metrics"].items()}

    @property
    def titles(self) -> Mapping[str, str]:
        """Metric -> its title."""
        return {metric: said["title"] for metric, said in self.statement["metrics"].items()}

    @cached_property
    def totals(self) -> Totals:
        """Over all studies."""
        return _totals(self.statement["counts"]["all"])

    @cached_property
    def members(self) -> Mapping[str, Totals]:
        """By owner."""
        return {name: _totals(said) for name, said in self.statement["counts"]["members"].items()}

    @cached_property
    def cohorts(self) -> Mapping[str, Totals]:
        """By year of release; "" for studies without a date."""
        return {name: _totals(said) for name, said in self.statement["counts"]["cohorts"].items()}


def render_manifest(audit: Audit, files: Iterable[AuditFile]) -> bytes:
    """The manifest as canonical JSON."""
    return canonical(
        {
            "form": FORM,
            "name": audit.basis.name,
            "basis": basis_document(audit.basis),
            "metrics": {one.id: {"principle": one.principle, "title": one.title} for one in audit.metrics.values()},
            "studies": len(audit.studies),
            "absent": audit.absent,
            "inputs": {"records": records_digest(audit), "observations": observations_digest(audit)},
            "counts": {
                "all": _counted(audit, lambda owner, year: "").get("", {}),
                "members": _counted(audit, lambda owner, year: owner),
                "cohorts": _counted(audit, lambda owner, year: year),
            },
            "files": [asdict(one) for one in sorted(files, key=lambda one: one.name)],
        }
    )


def records_digest(audit: Audit) -> str:
    """SHA-256 over the digests of everything that was judged, by study."""
    told = [[one.curie, one.payload_digest, one.images_digest, one.further_digest] for one in audit.studies]
    return digest(canonical({"studies": told, "absent": audit.absent}))


def observations_digest(audit: Audit) -> str:
    """SHA-256 over the numbers of all observations that were taken into account."""
    return digest(canonical({curie: dict(seen) for curie, seen in audit.observed.items()}))


def _counted(audit: Audit, group: Callable[[str, str], str]) -> dict[str, dict[str, list[int]]]:
    """Group -> metric -> numbers of outcomes."""
    place = {outcome: number for number, outcome in enumerate(_ORDER)}
    found: dict[str, dict[str, list[int]]] = {}
    for study in audit.studies:
        counts = found.setdefault(group(study.owner, study.released[:4]), {name: [0] * 4 for name in audit.metrics})
        for name, verdict in audit.judgements.verdicts(study.curie).items():
            counts[name][place[verdict.outcome]] += 1
    return found


def _totals(said: Mapping[str, list[int]]) -> Totals:
    return {metric: tuple(counts) for metric, counts in said.items()}


def read_manifest(content: bytes, name: str) -> AuditManifest:
    """The manifest that some bytes are.

    Args:
        name: that the audit must have.
    Raises:
        StoreDamaged: they are none, or that of another audit.
    """
    try:
        found = AuditManifest(json.loads(content))
        names = {found.name, found.basis.name}
        safe = all(_FILE.fullmatch(file) for file in found.files)
        said = (
            found.studies,
            found.records,
            found.totals,
            found.members,
            found.cohorts,
            found.principles,
            found.titles,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreDamaged(f"The manifest of the audit {name} cannot be read; remove it and make it again.") from error
    if names != {name} or not safe or found.statement.get("form") != FORM or not said:
        raise StoreDamaged(f"The manifest in the folder {name} is that of another audit or form; do not use it.")
    return found


def render_signature(manifest: bytes, key: NodeKey) -> bytes:
    """The signature of a node over a manifest, as JSON."""
    said = {
        "algorithm": "Ed25519",
        "node": key.node,
        "key": key.public,
        "signature": key.sign(_signed(manifest, key.node)),
    }
    return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who says that an audit is theirs.

    Args:
        node: that made it.
        key: public half (hex) of the key that it was signed with.
    """

    node: str
    key: str


def read_signature(content: bytes, manifest: bytes, name: str) -> Signature:
    """Who signed a manifest; whether to trust them is the reader's.

    Raises:
        StoreDamaged: the signature does not fit.
    """
    try:
        said = json.loads(content)
        found = Signature(str(said["node"]), str(said["key"]))
        fits = is_signed(found.key, _signed(manifest, found.node), str(said["signature"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreDamaged(f"The signature of the audit {name} cannot be read; do not use the audit.") from error
    if not fits:
        raise StoreDamaged(
            f"The manifest of the audit {name} is not what was signed with the key that its signature names; do not "
            "use the audit."
        )
    return found


def _signed(manifest: bytes, node: str) -> bytes:
    return f"{FORM}\n{node}\n".encode() + manifest
