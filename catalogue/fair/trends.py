"""How audits came out over time: by run, for all or one archive, and by year of release; changed metrics are marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.fair.audit_manifest import AuditManifest, Totals
from catalogue.fair.basis import Basis
from catalogue.fair.shelf import AuditShelf
from catalogue.problems import StoreDamaged

MOST: Final = 120
LETTERS: Final = "FAIR"


@dataclass(frozen=True, slots=True)
class Share:
    """Outcomes of several answers, counted."""

    passes: int
    fails: int
    open: int
    not_applicable: int

    @property
    def percent(self) -> int | None:
        """Share of passes among decided answers, in whole percent rounded down; None where nothing was decided."""
        decided = self.passes + self.fails
        return 100 * self.passes // decided if decided else None


@dataclass(frozen=True, slots=True)
class Point:
    """One audit in a series.

    Args:
        name: of the audit.
        recorded_at: when the entry at its position was recorded, ISO 8601.
        kept: whether its answers are still here, not its totals only.
        studies: that were judged.
        letters: F, A, I, R -> its answers.
        metrics: identifier -> its answers.
        marks: sentences: what makes it hard to compare with the point before.
    """

    name: str
    position: int
    recorded_at: str
    kept: bool
    studies: int
    letters: Mapping[str, Share]
    metrics: Mapping[str, Share]
    marks: tuple[str, ...]


def by_run(shelf: AuditShelf, owner: str = "", year: str | None = None, most: int = MOST) -> tuple[Point, ...]:
    """The newest audits, oldest first, dropped ones included; audits without studies of the owner or year are left out.

    Args:
        owner: of the studies; "" means all.
        year: of their release, "" for those without a date; None means all. Not together with an owner.
    """
    points: list[Point] = []
    before: AuditManifest | None = None
    for manifest, kept in _runs(shelf, most):
        totals = _chosen(manifest, owner, year)
        if totals:
            points.append(_point(manifest, totals, kept, before))
            before = manifest
    return tuple(points)


def by_year(manifest: AuditManifest) -> tuple[tuple[str, Mapping[str, Share]], ...]:
    """(year of release, letter -> answers) of one audit; "" is for studies without a date, and comes first."""
    principles = manifest.principles
    return tuple((year, _letters(totals, principles)) for year, totals in sorted(manifest.cohorts.items()))


def _runs(shelf: AuditShelf, most: int) -> list[tuple[AuditManifest, bool]]:
    """(manifest, whether it is whole) of the newest audits, oldest first; unreadable ones are left out."""
    found = []
    for name in shelf.names():
        try:
            kept = shelf.find(name)
        except StoreDamaged:
            continue
        if kept is not None:
            found.append((kept.made_at, name, True))
    found += [(made_at, name, False) for name, made_at in shelf.past()]
    runs = []
    for _made_at, name, whole in sorted(found)[-most:]:
        try:
            kept = shelf.find(name) if whole else None
            manifest = kept.manifest if kept is not None else shelf.past_manifest(name)
        except (StoreDamaged, FileNotFoundError):
            continue
        runs.append((manifest, whole))
    return sorted(runs, key=lambda run: (run[0].basis.position, run[0].basis.observation))


def _chosen(manifest: AuditManifest, owner: str, year: str | None) -> Totals:
    if owner:
        return manifest.members.get(owner, {})
    return manifest.totals if year is None else manifest.cohorts.get(year, {})


def _point(manifest: AuditManifest, totals: Totals, kept: bool, before: AuditManifest | None) -> Point:
    basis = manifest.basis
    return Point(
        manifest.name,
        basis.position,
        basis.recorded_at,
        kept,
        max(sum(counts) for counts in totals.values()),
        _letters(totals, manifest.principles),
        {metric: Share(*counts) for metric, counts in totals.items()},
        marks(before.basis, basis) if before is not None else (),
    )


def _letters(totals: Totals, principles: Mapping[str, str]) -> dict[str, Share]:
    return {
        letter: _sum(counts for metric, counts in totals.items() if principles[metric].startswith(letter))
        for letter in LETTERS
    }


def _sum(counts: Iterable[tuple[int, ...]]) -> Share:
    rows = list(counts)
    return Share(*(sum(row[place] for row in rows) for place in range(4)))


def marks(before: Basis, after: Basis) -> tuple[str, ...]:
    """What of the metrics and the software differs between two audits, as sentences."""
    old, new = before.metrics, after.metrics
    found = [f"{name} {old[name]} → {new[name]}" for name in new if name in old and old[name] != new[name]]
    found += [f"{name} is new" for name in new if name not in old]
    found += [f"{name} is gone" for name in old if name not in new]
    if before.software != after.software:
        found.append(f"software {before.software} → {after.software}")
    return tuple(found)
