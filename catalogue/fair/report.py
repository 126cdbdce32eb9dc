"""The one report that every form is a rendering of: numbers per item, study, principle, member, cohort, and fixes.

Pure: the same audit, scope and benchmark give the same report (fair.md, section 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalogue.fair.audit import Audit, Basis
from catalogue.fair.benchmark import Benchmark, Item, outcomes, tally
from catalogue.fair.dataset import study_iri
from catalogue.fair.headline import headline
from catalogue.fair.levels import AREAS, HIGHEST, levels
from catalogue.fair.metrics.base import PRINCIPLES, Metric
from catalogue.fair.outcomes import Judgement, Mender, Outcome
from catalogue.fair.scopes import Scope
from catalogue.fair.scoring import Points, points

Counts = Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes counted over something: an item, a principle, an archive, a year.

    Args:
        name: of what was counted over (identifier, principle, owner prefix, year).
        studies: number of studies that were looked at.
    """

    name: str
    studies: int
    counts: Counts

    @property
    def decided(self) -> int:
        """Outcomes that are pass or fail."""
        return self.counts[Outcome.PASS] + self.counts[Outcome.FAIL]

    @property
    def percent(self) -> int | None:
        """Share of passes among the decided, in whole percent rounded down; None where nothing was decided."""
        return 100 * self.counts[Outcome.PASS] // self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study in the report; `outcomes` are in the order of the benchmark's items.

    Args:
        basis: how it belongs to the grant or funder, one of catalogue.fair.scopes.BASES; "" in other scopes.
    """

    curie: str
    title: str
    owner: str
    released: str
    basis: str
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> Counts:
        """Its outcomes, counted."""
        return tally(self.outcomes)


@dataclass(frozen=True, slots=True)
class Fix:
    """A metric that fails, with what would mend it.

    Args:
        studies: CURIEs of those in which it fails and which this mender can mend, sorted.
        add: what to add, of the first of these studies.
    """

    metric: Metric
    mender: Mender
    studies: tuple[str, ...]
    add: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Number of studies at each level from 0 to the highest; those in which nothing of the area applies are left out.

    Args:
        reached: for sure: what is open does not count as met.
        possible: if all that is open were met.
    """

    reached: tuple[int, ...]
    possible: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LongRow:
    """What one metric says of one study: a line of the long table."""

    study: str
    owner: str
    metric: Metric
    judgement: Judgement

    @property
    def iri(self) -> str:
        """Persistent identifier of the study."""
        return study_iri(self.study)


@dataclass(frozen=True)
class Report:
    """An audit seen by one benchmark, over the studies of one scope."""

    audit: Audit
    scope: Scope
    benchmark: Benchmark
    studies: tuple[StudyRow, ...]

    @property
    def basis(self) -> Basis:
        """What the audit is bound to."""
        return self.audit.basis

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the benchmark rests on, in their order."""
        wanted = set(self.benchmark.metrics)
        return tuple(metric for name, metric in self.audit.metrics.items() if name in wanted)

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """Sentences for the top; the first says what is missing."""
        return headline(self)

    @cached_property
    def items(self) -> tuple[tuple[Item, Tally], ...]:
        """Each item of the benchmark with its outcomes over all studies."""
        columns = list(zip(*(study.outcomes for study in self.studies), strict=True)) or [()] * len(self.benchmark.item)
        return tuple(
            (item, Tally(item.id, len(self.studies), tally(column)))
            for item, column in zip(self.benchmark.item, columns, strict=True)
        )

    @cached_property
    def total(self) -> Tally:
        """Every item of every study."""
        return self._over_items("all", lambda item: True)

    @cached_property
    def principles(self) -> tuple[Tally, ...]:
        """By FAIR principle, those that the benchmark has items of."""
        present = {item.principle for item in self.benchmark.item}
        return tuple(
            self._over_items(name, lambda item, name=name: item.principle == name)  # type: ignore[misc]
            for name in PRINCIPLES
            if name in present
        )

    @cached_property
    def letters(self) -> tuple[Tally, ...]:
        """By letter: F, A, I, R."""
        return tuple(
            self._over_items(letter, lambda item, letter=letter: item.principle.startswith(letter))  # type: ignore[misc]
            for letter in "FAIR"
        )

    @cached_property
    def levels(self) -> Mapping[str, LevelCounts]:
        """Area (F, A, I, R) -> how many studies reached which level; empty for a benchmark that defines no levels."""
        if self.benchmark.scoring != "levels":
            return {}
        found = {area: ([0] * (HIGHEST + 1), [0] * (HIGHEST + 1)) for area in AREAS}
        for study in self.studies:
            for area, level in levels(self.benchmark.item, study.outcomes).items():
                if level is not None:
                    found[area][0][level.reached] += 1
                    found[area][1][level.possible] += 1
        return {area: LevelCounts(tuple(sure), tuple(hoped)) for area, (sure, hoped) in found.items()}

    @cached_property
    def points(self) -> tuple[Points, ...]:
        """Points of each study, in the order of `studies`; empty for a benchmark that defines no points."""
        if self.benchmark.scoring != "points":
            return ()
        items, totals = self.benchmark.item, self.benchmark.totals
        return tuple(points(zip(items, study.outcomes, strict=True), totals) for study in self.studies)

    @cached_property
    def members(self) -> tuple[Tally, ...]:
        """By owner of the studies."""
        return self._grouped(lambda study: study.owner)

    @cached_property
    def cohorts(self) -> tuple[Tally, ...]:
        """By year in which the studies were published; "" for those without a date."""
        return self._grouped(lambda study: study.released[:4])

    @cached_property
    def fixes(self) -> tuple[Fix, ...]:
        """What to mend, by number of studies, most first."""
        found: dict[tuple[str, Mender], list[str]] = {}
        wanted = set(self.benchmark.metrics)
        for study in self.studies:
            for name, verdict in self.audit.judgements.verdicts(study.curie).items():
                if verdict.outcome is Outcome.FAIL and name in wanted:
                    key = (name, verdict.mender or self.audit.metrics[name].mender)
                    found.setdefault(key, []).append(study.curie)
        first = {curie: self.audit.judgements[curie] for curie in {studies[0] for studies in found.values()}}
        fixes = [
            Fix(self.audit.metrics[name], who, tuple(studies), first[studies[0]][name].add)
            for (name, who), studies in found.items()
        ]
        return tuple(sorted(fixes, key=lambda fix: (-len(fix.studies), fix.metric.id, fix.mender)))

    def long(self) -> Iterator[LongRow]:
        """What every metric of the benchmark says of every study, by study and then in the order of metrics."""
        for study in self.studies:
            judgements = self.audit.judgements[study.curie]
            for metric in self.metrics:
                yield LongRow(study.curie, study.owner, metric, judgements[metric.id])

    def count(self, metric: str) -> Counts:
        """Outcomes of one metric over the studies; of a metric that was not judged all are 0."""
        if metric not in self.audit.metrics:
            return tally(())
        return tally(self.audit.judgements.verdict(study.curie, metric).outcome for study in self.studies)

    def _grouped(self, key: Callable[[StudyRow], str]) -> tuple[Tally, ...]:
        groups: dict[str, list[StudyRow]] = {}
        for study in self.studies:
            groups.setdefault(key(study), []).append(study)
        return tuple(
            Tally(name, len(rows), _sum(study.counts for study in rows)) for name, rows in sorted(groups.items())
        )

    def _over_items(self, name: str, chosen: Callable[[Item], bool]) -> Tally:
        return Tally(name, len(self.studies), _sum(counted.counts for item, counted in self.items if chosen(item)))


def _sum(parts: Iterable[Counts]) -> Counts:
    summed = dict.fromkeys(Outcome, 0)
    for counts in parts:
        for outcome, number in counts.items():
            summed[outcome] += number
    return summed


def make_report(audit: Audit, scope: Scope, benchmark: Benchmark) -> Report:
    """The report of an audit by one benchmark.

    Args:
        scope: its studies must be among those of the audit; others are left out.
    """
    wanted = set(scope.studies)
    rows = tuple(
        StudyRow(
            study.curie,
            study.title,
            study.owner,
            study.released,
            scope.basis.get(study.curie, ""),
            outcomes(benchmark.item, audit.judgements.verdicts(study.curie)),
        )
        for study in audit.studies
        if study.curie in wanted
    )
    return Report(audit, scope, benchmark, rows)
