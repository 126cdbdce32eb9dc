"""How an operator limits the reading of a source, and a harvester that keeps to it whatever its adapter does.

Settings `harvest.*` hold for all sources; options of a source of the same names go before them. Rules R8 to R11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec
from catalogue.problems import BadRequest, Problem, SourceChanged, SourceUnavailable
from harvesters.base import Harvester
from harvesters.traffic import Limits, Run, Window, under

_WINDOW: Final = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?-([01]?\d|2[0-4])(?::([0-5]\d))?")
_SIZE: Final = re.compile(r"(\d{1,12})\s*([kMGT]?)B?")
_UNITS: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def read_hours(text: str) -> tuple[Window, ...]:
    """Times of the day (UTC), such as `22-06` or `01:30-05:00, 12-13`; none for an empty text.

    Raises:
        BadRequest: the text means no hours.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise BadRequest(f"'{part}' names no hours; write them in UTC, such as hours=22-06 or hours=01:30-05:00.")
        start, start_min, end, end_min = (int(group or 0) for group in match.groups())
        if start * 60 + start_min == end * 60 + end_min or end * 60 + end_min > 1440:
            raise BadRequest(f"'{part}' names no hours; give a beginning and another end within a day.")
        found.append(Window(start * 60 + start_min, end * 60 + end_min))
    return tuple(found)


def read_size(text: str) -> int:
    """Bytes, such as `500M` or `2G`.

    Raises:
        BadRequest: the text means no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise BadRequest(f"'{text}' is no size; write bytes, or kB, MB, GB as in bytes_per_day=500M.")
    return int(match[1]) * _UNITS[match[2]]


def limits_of(general: Limits, options: Mapping[str, str]) -> Limits:
    """The limits of one source: its options `hours`, `bytes_per_day`, `rate` (requests a second), `run_requests`,
    `run_pages`, `run_records`, `run_bytes`, `run_s`, `run_errors` where given, else the general ones.

    Raises:
        BadRequest: one of them cannot be understood.
    """
    changed: dict[str, Any] = {}
    if "hours" in options:
        changed["hours"] = read_hours(options["hours"])
    for option, name in (("bytes_per_day", "bytes_per_day"), ("run_bytes", "bytes_raw")):
        if option in options:
            changed[name] = read_size(options[option])
    for name in ("requests", "pages", "records", "errors"):
        if f"run_{name}" in options:
            changed[name] = int(_number(f"run_{name}", options[f"run_{name}"]))
    if "run_s" in options:
        changed["seconds"] = _number("run_s", options["run_s"])
    if "rate" in options:
        changed["pause_s"] = 1 / _number("rate", options["rate"])
    return replace(general, **changed)


def _number(option: str, text: str) -> float:
    if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text.strip()) is None or float(text) <= 0:
        raise BadRequest(f"The option {option}={text} is no number above 0. Correct it.")
    return float(text)


class MannerlyHarvester:
    """A harvester whose fetching ends at the limits of its source.

    Args:
        inner: the adapter.
        general: limits that hold where the source names none.
        clock: aware UTC time.
        used_today: source name -> bytes received today by runs that ended.
    """

    def __init__(
        self, inner: Harvester, general: Limits, clock: Callable[[], datetime], used_today: Callable[[str], int]
    ) -> None:
        self.inner = inner
        self.name, self.version = inner.name, inner.version
        self._general, self._clock, self._used_today = general, clock, used_today

    def __getattr__(self, name: str) -> Any:
        # What an adapter offers beyond the contract is its own.
        return getattr(self.inner, name)

    def check(self, source: SourceSpec) -> None:
        """Nothing, when the options of the source that concern its limits can be understood.

        Raises:
            BadRequest: they cannot.
        """
        limits_of(self._general, source.options)

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """As the adapter.

        Raises:
            SourceUnavailable: as the adapter; also when time, errors, hours or bytes of the day are used up, and with
                rule `forbidden` when the source refuses us (R9).
            SourceChanged: as the adapter; also when the source gives more than a run may bring.
        """
        limits = limits_of(self._general, source.options)
        run = Run(source.name, limits, self._clock, self._used_today(source.name) if limits.bytes_per_day else 0)
        events = self.inner.fetch(source, since, known)
        try:
            while True:
                # Around each step, not around the loop: between two steps the caller's work is not the source's.
                with under(run):
                    event = next(events, None)
                if run.ended is not None:
                    # What an adapter makes of a request that was refused for the run's sake is no event of the source.
                    raise run.ended
                if event is None:
                    break
                if isinstance(event, Listed):
                    event = replace(event, clock_skew_s=run.skew_s)
                else:
                    run.record()
                yield event
        except (SourceUnavailable, SourceChanged) as problem:
            if run.forbidden:
                raise _forbidden(run, problem) from problem
            raise
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """As the adapter."""
        return self.inner.map(document, source)


def _forbidden(run: Run, problem: Problem) -> SourceUnavailable:
    return SourceUnavailable(
        f"{problem.detail} {run.forbidden}: the source stays stopped until a person has settled that with the partner; "
        f"then `ommatidia source resume {run.source}`, or harvest it by hand.",
        rule="forbidden",
    )
