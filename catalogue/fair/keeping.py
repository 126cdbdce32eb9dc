"""Keeps an audit as a folder of files that a node signs, and reads it back without the code that judged.

Files: tables (audit_tables.py), metrics.json and benchmarks.json with all their words, funding.json, manifest.json with
its signature. made.json, since.json, frozen.json and redacted.json lie beside them and are no part of the audit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from catalogue.fair.audit import Audit
from catalogue.fair.audit_manifest import (
    MANIFEST,
    SIGNATURE,
    AuditFile,
    Signature,
    read_signature,
    render_manifest,
    render_signature,
)
from catalogue.fair.audit_tables import (
    EVIDENCE,
    RESULTS,
    STUDIES,
    read_judgements,
    read_studies,
    without,
    write_tables,
)
from catalogue.fair.benchmark import Benchmark
from catalogue.fair.kept_funding import read_funding, render_funding
from catalogue.fair.metrics.base import Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender
from catalogue.fair.shelf import MADE, REDACTED, SINCE, AuditShelf, Kept
from catalogue.model.funding.index import FundingIndex
from catalogue.model.namespaces import BASE
from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey
from catalogue.problems import NotFound, StoreDamaged
from catalogue.store.folder_shelf import write_durably

METRICS: Final = "metrics.json"
BENCHMARKS: Final = "benchmarks.json"
FUNDING: Final = "funding.json"
AUDIT_BASE: Final = BASE + "fair/audits/"
LEFT: Final = "evidence-left.parquet"
"""What is left of the evidence when records were withdrawn."""
# Code and examples belong to the software, everything else of a metric to the audit.
_WORDS: Final = tuple(one.name for one in fields(Metric) if one.name not in {"judge", "cases"})


_UNREADABLE: Final = "The metrics or benchmarks of the audit {} are of a form that this software cannot read."


@dataclass(frozen=True, slots=True)
class KeptAudit:
    """An audit read back, with the benchmarks that its node had then."""

    kept: Kept
    audit: Audit
    benchmarks: Mapping[str, Benchmark]


def keep_audit(
    shelf: AuditShelf,
    audit: Audit,
    benchmarks: Iterable[Benchmark],
    key: NodeKey | None,
    made_at: str,
    keep: int,
    since: Mapping[str, Any] | None = None,
) -> Kept:
    """The audit as it is kept; one of the same basis that is there already is left alone.

    Args:
        benchmarks: those that its basis names.
        key: of the node.
        made_at: ISO 8601 in UTC; told beside the audit.
        keep: rolling audits that stay, this one included.
        since: what differs from the audit before it, as JSON; told beside the audit.
    Raises:
        Locked: another process makes an audit.
        NotFound: the node has no key.
    """
    if key is None:
        raise NotFound("This node has no key to sign an audit with. `ommatidia init` makes one.")
    with shelf.alone():
        kept = shelf.find(audit.basis.name)
        if kept is None:
            folder = shelf.begin()
            manifest = write_audit(audit, benchmarks, folder)
            (folder / SIGNATURE).write_bytes(render_signature(manifest, key))
            (folder / MADE).write_bytes(canonical({"made_at": made_at}) + b"\n")
            if since is not None:
                (folder / SINCE).write_bytes(canonical(dict(since)) + b"\n")
            kept = shelf.publish(folder, audit.basis.name)
        shelf.keep(max(keep, 1), kept.name)
        return kept


def write_audit(audit: Audit, benchmarks: Iterable[Benchmark], folder: Path) -> bytes:
    """The manifest of the files, which are in the folder now; equal audits give equal bytes."""
    tables = write_tables(audit, folder)
    words = [_said_of(metric) for metric in audit.metrics.values()]
    known = [one.model_dump(mode="json") for one in sorted(benchmarks, key=lambda one: one.id)]
    (folder / METRICS).write_bytes(_json(words))
    (folder / BENCHMARKS).write_bytes(_json(known))
    (folder / FUNDING).write_bytes(render_funding(audit.funding))
    files = [_file(folder / name) for name in (METRICS, BENCHMARKS, FUNDING)]
    files += [_file(folder / name, table.rows, table.content) for name, table in tables.items()]
    manifest = render_manifest(audit, files)
    (folder / MANIFEST).write_bytes(manifest)
    return manifest


def _file(path: Path, rows: int = 0, content: str = "") -> AuditFile:
    return AuditFile(path.name, path.stat().st_size, sha256(path), rows, content)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def sha256(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _said_of(metric: Metric) -> dict[str, Any]:
    return {name: getattr(metric, name) for name in _WORDS}


def load_audit(kept: Kept, *, grounds: bool = True) -> KeptAudit:
    """The audit with all its judgements; its metrics have their words but judge nothing.

    Args:
        grounds: with what judgements rest on and what to add.
    Raises:
        StoreDamaged: the signature or a file does not fit.
    """
    signed_by(kept)
    check_files(kept)
    metrics = read_metrics((kept.path / METRICS).read_bytes(), kept.name)
    benchmarks = read_benchmarks((kept.path / BENCHMARKS).read_bytes(), kept.name)
    studies, observed = read_studies(kept.path / STUDIES)
    judgements = read_judgements(metrics, kept.path / RESULTS, evidence_file(kept), grounds=grounds)
    basis, absent = kept.manifest.basis, kept.manifest.absent
    funding = _read_funding(kept)
    audit = Audit(basis, metrics, studies, judgements, absent, observed, funding, kept.redacted)
    return KeptAudit(kept, audit, benchmarks)


def read_metrics(content: bytes, name: str) -> dict[str, Metric]:
    """The metrics of a kept audit in their order; they judge nothing.

    Raises:
        StoreDamaged: this software cannot read them.
    """
    try:
        return {one["id"]: _metric(one) for one in json.loads(content)}
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(_UNREADABLE.format(name)) from error


def read_benchmarks(content: bytes, name: str) -> dict[str, Benchmark]:
    """The benchmarks of a kept audit by identifier.

    Raises:
        StoreDamaged: this software cannot read them.
    """
    try:
        return {one["id"]: Benchmark.model_validate(one) for one in json.loads(content)}
    except (ValueError, KeyError, TypeError) as error:  # pydantic's error is a ValueError
        raise StoreDamaged(_UNREADABLE.format(name)) from error


def _read_funding(kept: Kept) -> FundingIndex:
    try:
        return read_funding((kept.path / FUNDING).read_bytes())
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(
            f"Who paid for the studies of the audit {kept.name} cannot be read by this software."
        ) from error


def _metric(said: Mapping[str, Any]) -> Metric:
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Metric(**(words | {"mender": Mender(words["mender"]), "judge": _no_judge, "cases": ()}))


def _no_judge(study: Subject) -> Judgement:
    raise NotImplementedError("a metric that was read back from a kept audit judges nothing")


def signed_by(kept: Kept) -> Signature:
    """Who signed a kept audit.

    Raises:
        StoreDamaged: there is no signature, or it does not fit.
    """
    try:
        return read_signature((kept.path / SIGNATURE).read_bytes(), (kept.path / MANIFEST).read_bytes(), kept.name)
    except FileNotFoundError as error:
        raise StoreDamaged(f"The audit {kept.name} has no signature; do not use it.") from error


@dataclass(frozen=True, slots=True)
class Citation:
    """How others refer to a kept audit.

    Args:
        iri: that holds the node and the name; `latest` never does.
        node: that signed it.
        manifest_sha256: of the manifest, which holds digests of all files.
    """

    iri: str
    node: str
    name: str
    position: int
    recorded_at: str
    manifest_sha256: str

    def text(self, node_name: str) -> str:
        """The citation in one line.

        Args:
            node_name: of the node, for people.
        """
        year = self.recorded_at[:4] or "n.d."
        return (
            f"{node_name} ({year}). FAIR audit {self.name}, ledger position {self.position}. {self.iri} "
            f"(SHA-256 {self.manifest_sha256})"
        )


def cited(kept: Kept) -> Citation:
    """How a kept audit is cited.

    Raises:
        StoreDamaged: its signature does not fit.
    """
    node, basis = signed_by(kept).node, kept.manifest.basis
    found = sha256(kept.path / MANIFEST)
    return Citation(f"{AUDIT_BASE}{node}/{kept.name}", node, kept.name, basis.position, basis.recorded_at, found)


def check_files(kept: Kept) -> None:
    """Nothing, when every file is as its manifest says.

    Raises:
        StoreDamaged: one is missing or changed.
    """
    for file in kept.manifest.files.values():
        if file.name == EVIDENCE and kept.redacted:
            continue
        path = kept.path / file.name
        if not path.is_file():
            raise StoreDamaged(f"The audit {kept.name} has lost its file {file.name}; do not use it.")
        if sha256(path) != file.sha256:
            raise StoreDamaged(f"The file {file.name} of the audit {kept.name} was changed; do not use the audit.")


def evidence_file(kept: Kept) -> Path:
    """Where the evidence of a kept audit is, or what is left of it."""
    return kept.path / (LEFT if kept.redacted else EVIDENCE)


def redact(kept: Kept, gone: Iterable[str], at: str) -> int:
    """Number of lines of evidence that went, since their studies were withdrawn (P18); outcomes stay.

    Args:
        gone: curies of studies that were withdrawn or replaced.
        at: now, ISO 8601 in UTC.
    """
    there = {study.curie for study in read_studies(kept.path / STUDIES)[0]}
    known = frozenset(kept.redacted)
    all_of_them = (frozenset(gone) & there) | known
    if all_of_them == known:
        if known:
            (kept.path / EVIDENCE).unlink(missing_ok=True)
        return 0
    fresh = kept.path / f".{LEFT}"
    dropped = without(evidence_file(kept), fresh, all_of_them)
    write_durably(kept.path / LEFT, fresh.read_bytes())
    fresh.unlink()
    said = {"at": at, "studies": sorted(all_of_them)}
    write_durably(kept.path / REDACTED, canonical(said) + b"\n")
    (kept.path / EVIDENCE).unlink(missing_ok=True)
    return dropped
