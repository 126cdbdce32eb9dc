"""A report as JSON: every number that the page shows, under the names that catalogue.fair.report gives them.

What each test says of each study is in the report of one study only; for many studies it is the long table's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from catalogue.fair.benchmark import Item
from catalogue.fair.forms.base import Addresses
from catalogue.fair.outcomes import Evidence, Outcome
from catalogue.fair.report import Counts, Fix, LongRow, Report, Tally
from catalogue.fair.scoring import Points

SUFFIX: Final = ".json"
MEDIA_TYPE: Final = "application/json"
TITLE: Final = "JSON, all numbers"
_PIECES: Final = 10_000
"""Names, values and marks that the encoder gives one by one, and that are sent together."""


def iter_parts(report: Report, links: Addresses) -> Iterator[bytes]:
    """The report as JSON in UTF-8."""
    document = {
        "scope": _scope(report, links),
        "benchmark": _benchmark(report),
        "basis": _basis(report),
        "headline": list(report.headline),
        "total": _tally(report.total),
        "letters": [_tally(one) for one in report.letters],
        "principles": [_tally(one) for one in report.principles],
        "members": [_tally(one) for one in report.members],
        "cohorts": [_tally(one) for one in report.cohorts],
        "items": [_item(item, counted) for item, counted in report.items],
        "fixes": [_fix(fix) for fix in report.fixes],
        "studies": [_study(report, place) for place in range(len(report.studies))],
    }
    if report.levels:
        document["levels"] = {area: asdict(counts) for area, counts in report.levels.items()}
    if report.scope.kind == "study":
        document["tests"] = [_test(row) for row in report.long()]
    pieces = json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(document)
    while some := "".join(islice(pieces, _PIECES)):
        yield some.encode()
    yield b"\n"


def _scope(report: Report, links: Addresses) -> dict[str, Any]:
    scope = report.scope
    return {
        "kind": scope.kind,
        "id": scope.id,
        "iri": scope.iri,
        "title": scope.title,
        "page": links.full(scope.path),
        "studies": len(report.studies),
    }


def _benchmark(report: Report) -> dict[str, Any]:
    benchmark = report.benchmark
    return {
        "id": benchmark.id,
        "version": benchmark.version,
        "iri": benchmark.iri,
        "title": benchmark.title,
        "digest": benchmark.digest,
    }


def _basis(report: Report) -> dict[str, Any]:
    basis = report.basis
    return {
        "audit": basis.name,
        "recorded_at": basis.recorded_at,
        "position": basis.position,
        "entry_hash": basis.entry_hash,
        "observation": basis.observation,
        "software": basis.software,
        "metrics": dict(basis.metrics),
        "node": {
            "base_url": basis.node.base_url,
            "metadata_license": basis.node.metadata_license,
            "persistence_policy": basis.node.persistence_policy,
            "holders": dict(sorted(basis.node.holders.items())),
            "harvestable": list(basis.node.harvestable),
        },
        "not_judged": report.audit.absent,
    }


def _counts(counts: Counts) -> dict[str, int]:
    return {outcome.value: counts[outcome] for outcome in Outcome}


def _tally(counted: Tally) -> dict[str, Any]:
    return {
        "name": counted.name,
        "studies": counted.studies,
        "outcomes": _counts(counted.counts),
        "percent": counted.percent,
    }


def _item(item: Item, counted: Tally) -> dict[str, Any]:
    told = item.model_dump(exclude_defaults=True)
    return {**told, "outcomes": _counts(counted.counts), "percent": counted.percent}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "metric": fix.metric.id,
        "title": fix.metric.title,
        "mender": fix.mender.value,
        "studies": list(fix.studies),
        "fix": fix.metric.fix,
        "add": list(fix.add),
    }


def _study(report: Report, place: int) -> dict[str, Any]:
    study = report.studies[place]
    told: dict[str, Any] = {
        "curie": study.curie,
        "title": study.title,
        "owner": study.owner,
        "released": study.released,
    }
    told |= {"basis": study.basis} if study.basis else {}
    told["outcomes"] = [outcome.value for outcome in study.outcomes]
    return told | ({"points": _points(report.points[place])} if report.points else {})


def _points(points: Points) -> dict[str, Any]:
    told = asdict(points)
    del told["groups"]  # follow from the outcomes
    return told


def _test(row: LongRow) -> dict[str, Any]:
    judgement = row.judgement
    return {
        "metric": row.metric.id,
        "version": row.metric.version,
        "outcome": judgement.outcome.value,
        "said": judgement.said,
        "evidence": [_evidence(one) for one in judgement.evidence],
        "add": list(judgement.add),
        "mender": (judgement.mender or row.metric.mender).value,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    told = {"text": one.text, "url": one.url, "status": one.status, "observed_at": one.observed_at}
    return {name: value for name, value in told.items() if value not in ("", None)}
