"""Benchmarks: sets of tests that somebody asks for, as versioned data; shipped ones lie in benchmarks/.

A benchmark says nothing new: each of its items rests on metrics.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalogue import resources
from catalogue.fair.metrics.base import METRIC_BASE, PRINCIPLES, metrics
from catalogue.fair.outcomes import Outcome, Verdict
from catalogue.model.namespaces import BASE
from catalogue.problems import BadRequest, NotFound

DEFAULT: Final = "ommatidia-1.0"
BENCHMARK_BASE: Final = BASE + "fair/benchmarks/"
_MOST_BYTES: Final = 1 << 20
_MOST_POINTS: Final = 1000.0
_OF_LEVELS: Final = ("essential", "important", "useful")
Priority = Literal["", "essential", "important", "useful", "required", "recommended"]
Scoring = Literal["none", "points", "levels"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Strict):
    """One demand of a benchmark.

    `metrics` must all pass, or one of them where `rule` is `any`; without metrics the item is not applicable, and
    `reason` says why. `group` is the metric of a scheme whose tests are its items; `maturity` is F-UJI's.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)
    title: str = Field(min_length=3, max_length=300)
    principle: str = ""
    group: str = ""
    priority: Priority = ""
    weight: float = Field(1.0, ge=0, le=_MOST_POINTS)
    maturity: int = Field(0, ge=0, le=3)
    metrics: tuple[str, ...] = ()
    rule: Literal["all", "any"] = "all"
    reason: str = ""
    source: str = ""


class Benchmark(_Strict):
    """A set of items with the version of the set.

    `scoring` is `none` unless the benchmark defines a score itself: `points` as F-UJI counts, `levels` as RDA does.
    `license` is the address of the licence of its words; "" where none is stated.
    `totals` is the most points of a group, where the weights of its items add up to more.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)
    version: str = Field(pattern=r"^[1-9]\d*\.\d+$")
    title: str = Field(min_length=3, max_length=200)
    description: str = Field(min_length=3, max_length=2000)
    source: str = ""
    license: str = Field("", pattern=r"^(https?://\S+)?$", max_length=300)
    scoring: Scoring = "none"
    totals: dict[str, Annotated[float, Field(ge=0, le=_MOST_POINTS)]] = Field(default_factory=dict)
    item: tuple[Item, ...] = Field(min_length=1)
    digest: str = ""

    @property
    def iri(self) -> str:
        """Its IRI, which holds the version."""
        return f"{BENCHMARK_BASE}{self.id}/{self.version}"

    @property
    def metrics(self) -> tuple[str, ...]:
        """Identifiers of all metrics that its items rest on, sorted."""
        return tuple(sorted({name for item in self.item for name in item.metrics}))


def read_benchmark(text: bytes, name: str) -> Benchmark:
    """A benchmark from its TOML.

    Args:
        name: of the file, for messages.
    Raises:
        BadRequest: it is no TOML, has unknown keys, asks for metrics that do not exist, or names an item twice.
    """
    if len(text) > _MOST_BYTES:
        raise BadRequest(f"The benchmark {name} has more than {_MOST_BYTES} bytes; leave out what is no item.")
    try:
        found = Benchmark.model_validate(tomllib.loads(text.decode("utf-8")))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise BadRequest(f"The benchmark {name} cannot be used: {told}.") from error
    except RecursionError as error:
        raise BadRequest(f"The benchmark {name} is nested too deep; items need no more than one level.") from error
    except ValueError as error:  # also numbers of more digits than Python reads
        raise BadRequest(f"The benchmark {name} is no TOML: {error}.") from error
    _check(found, name)
    return found.model_copy(update={"digest": hashlib.sha256(text).hexdigest()})


def _check(benchmark: Benchmark, name: str) -> None:
    if stray := sorted(set(benchmark.totals) - {item.group for item in benchmark.item}):
        raise BadRequest(f"The benchmark {name} has a total for {stray[0]}, which is the group of no item; remove it.")
    seen: set[str] = set()
    for item in benchmark.item:
        if item.id in seen:
            raise BadRequest(f"The benchmark {name} has the item {item.id} twice; give each an identifier of its own.")
        seen.add(item.id)
        if item.principle and item.principle not in PRINCIPLES:
            raise BadRequest(f"The benchmark {name}, item {item.id}: {item.principle} is no FAIR principle.")
        if benchmark.scoring == "levels" and not (item.principle and item.priority in _OF_LEVELS):
            raise BadRequest(
                f"The benchmark {name}, item {item.id}: levels need a principle and a priority of "
                f"{', '.join(_OF_LEVELS)} for each item; give both, or take another scoring."
            )
        if not item.metrics and not item.reason:
            raise BadRequest(f"The benchmark {name}, item {item.id}: name metrics, or the reason why there are none.")
        for metric in item.metrics:
            if metric not in metrics():
                near = get_close_matches(metric, metrics(), 1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise BadRequest(f"The benchmark {name}, item {item.id}: there is no metric '{metric}'.{hint}")


@cache
def shipped() -> Mapping[str, Benchmark]:
    """Identifier -> benchmark that comes with this software, the one of all metrics first."""
    found = {DEFAULT: _of_all_metrics()}
    for path in sorted(resources.benchmarks_dir().glob("*.toml")):
        benchmark = read_benchmark(path.read_bytes(), path.name)
        found[benchmark.id] = benchmark
    return found


def _of_all_metrics() -> Benchmark:
    items = tuple(
        Item(id=metric.id, title=metric.title, principle=metric.principle, metrics=(metric.id,))
        for metric in metrics().values()
    )
    text = "\n".join(metric.iri.removeprefix(METRIC_BASE) for metric in metrics().values())
    return Benchmark(
        id=DEFAULT,
        version="1.0",
        title="All metrics of Ommatidia",
        description="Every metric that this software has, each as an item of its own; no score.",
        license="https://creativecommons.org/publicdomain/zero/1.0/",
        item=items,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def benchmarks(folder: Path, on_unusable: Callable[[str], None]) -> dict[str, Benchmark]:
    """Shipped benchmarks and those of a node.

    Args:
        folder: `DIR/benchmarks` of the node.
        on_unusable: told why a file is left out: it cannot be read or used, or has the identifier of another.
    """
    found = dict(shipped())
    for path in sorted(folder.glob("*.toml")):
        try:
            benchmark = read_benchmark(path.read_bytes(), path.name)
        except (BadRequest, OSError) as problem:
            on_unusable(str(problem))
            continue
        if benchmark.id in found:
            on_unusable(f"The benchmark {path.name} has the identifier {benchmark.id}, which is taken; rename it.")
        found.setdefault(benchmark.id, benchmark)
    return found


def get_benchmark(name: str, known: Mapping[str, Benchmark]) -> Benchmark:
    """The benchmark of an identifier.

    Raises:
        NotFound: there is none; the message lists those that there are.
    """
    if name not in known:
        raise NotFound(f"There is no benchmark '{name[:60]}'. There are {', '.join(known)}.")
    return known[name]


def outcome_of(item: Item, verdicts: Mapping[str, Verdict]) -> Outcome:
    """What a study comes to in an item.

    Metrics that are not applicable say nothing. Of the others all must pass; one that fails decides, then one that is
    indeterminate. Where one is enough, one that passes decides, then one that is indeterminate. A metric that the audit
    does not have, as one that is older than the metric, is indeterminate.
    """
    found = [verdicts[name].outcome if name in verdicts else Outcome.INDETERMINATE for name in item.metrics]
    decisive = [Outcome.PASS, Outcome.INDETERMINATE] if item.rule == "any" else [Outcome.FAIL, Outcome.INDETERMINATE]
    left = [outcome for outcome in found if outcome is not Outcome.NOT_APPLICABLE]
    if not left:
        return Outcome.NOT_APPLICABLE
    rest = Outcome.FAIL if item.rule == "any" else Outcome.PASS
    return next((outcome for outcome in decisive if outcome in left), rest)


def outcomes(items: Sequence[Item], verdicts: Mapping[str, Verdict]) -> tuple[Outcome, ...]:
    """What a study comes to in each item, in their order."""
    # The item of one metric is that metric's outcome under either rule; most are, and there are 450,000 in a report.
    return tuple(
        verdicts[item.metrics[0]].outcome
        if len(item.metrics) == 1 and item.metrics[0] in verdicts
        else outcome_of(item, verdicts)
        for item in items
    )


def tally(found: Iterable[Outcome]) -> dict[Outcome, int]:
    """Number of each outcome, every outcome present."""
    listed = tuple(found)
    return {outcome: listed.count(outcome) for outcome in Outcome}
