"""Award numbers: the series of schema/award_series.toml, one canonical form for every spelling of a number.

A form that several funders share means nothing without a funder; a number of no known form stays as it was given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from catalogue import resources
from catalogue.model.funding.funders import Funder, funders

MAX_AWARD: Final = 100
# What stands before a number in a field that should hold the number alone.
_LEAD: Final = re.compile(
    r"(?:(?:the|award|grant|grants|project|projekt(?:nummer)?|agreement|contract|reference|ref|number|numbers|nr|no|nos|"
    r"id|under|code|kakenhi|jsps|mext)\b[.:#]*\s*|[#:(\[\"'“”]\s*)*",
    re.IGNORECASE,
)
_TAIL: Final = " \t\n.,;:)]\"'“”"
_BEFORE: Final = r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-/_.])"
_AFTER: Final = r"(?![A-Za-z0-9])(?![-/_.][A-Za-z0-9])"
_DASHES: Final = str.maketrans(
    {"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "⁄": "/"}
)


@dataclass(frozen=True, slots=True)
class Award:
    """A number that a series knows.

    Args:
        number: canonical form.
        core: the same for all spellings of one award within `funder`'s numbers.
        funder: who numbers it.
    """

    number: str
    core: str
    funder: Funder


@dataclass(frozen=True, slots=True)
class AwardSeries:
    """One form of award numbers; see schema/award_series.toml.

    Args:
        alone: what no other funder's number looks like; None where the form says nothing by itself.
        beside: what is of this series beside a name of one of its funders; never narrower than `alone`.
    """

    name: str
    funders: tuple[str, ...]
    canonical: str
    core: str
    alone: re.Pattern[str] | None
    beside: re.Pattern[str]

    @property
    def home(self) -> Funder:
        """The funder that numbers the awards."""
        return funders()[self.funders[0]]

    def award(self, found: re.Match[str]) -> Award:
        """The award that a match of one of the patterns is."""
        groups = {name: re.sub(r"\s", "", text or "") for name, text in found.groupdict().items()}
        number = re.sub(r"^[-/_]+|[-/_]+$", "", self.canonical.format_map(groups))
        return Award(number, groups[self.core] if self.core else number, self.home)


@cache
def award_series() -> tuple[AwardSeries, ...]:
    """All series, in the order of the file."""
    told = tomllib.loads((resources.schema_dir() / "award_series.toml").read_text("utf-8"))
    return tuple(_series(name, entry) for name, entry in told.items())


def _series(name: str, entry: dict[str, Any]) -> AwardSeries:
    forms = [entry[key] for key in ("alone", "beside") if key in entry]
    patterns = [re.compile(f"{_BEFORE}(?:{form}){_AFTER}", re.ASCII) for form in forms]
    alone = patterns[0] if "alone" in entry else None
    return AwardSeries(name, tuple(entry["funders"]), entry["canonical"], entry.get("core", ""), alone, patterns[-1])


@cache
def _of_funder() -> dict[str, tuple[AwardSeries, ...]]:
    return {key: tuple(series for series in award_series() if key in series.funders) for key in funders()}


def series_of(funder: Funder) -> tuple[AwardSeries, ...]:
    """The series that a funder's awards are numbered in."""
    return _of_funder().get(funder.key, ())


@cache
def _any_alone() -> re.Pattern[str]:
    """What may be a match of some `alone`: one search over a text instead of one for each series."""
    told = tomllib.loads((resources.schema_dir() / "award_series.toml").read_text("utf-8"))
    forms = [re.sub(r"\(\?P<\w+>", "(?:", entry["alone"]) for entry in told.values() if "alone" in entry]
    return re.compile(f"{_BEFORE}(?=.{{0,30}}[0-9])(?:{'|'.join(forms)}){_AFTER}", re.ASCII)


def find_alone(text: str) -> Iterator[tuple[AwardSeries, re.Match[str]]]:
    """Numbers in a text whose form no two funders share, with their series; the text as `plain` gives it."""
    for place in _any_alone().finditer(text):
        for series in award_series():
            found = series.alone.match(text, place.start()) if series.alone is not None else None
            if found is not None:
                yield series, found
                break


def plain(text: str) -> str:
    """The text with one kind of hyphen, blank and slash; as long as it was."""
    return text.translate(_DASHES)


@lru_cache(maxsize=20_000)
def find_award(text: str, funder: Funder | None = None) -> Award | None:
    """The award that a text is, but for words such as "grant no." before it.

    Args:
        funder: who gave it; None lets only forms count that no two funders share.
    """
    if len(text) > MAX_AWARD:
        return None
    bare = plain(text).strip().rstrip(_TAIL)
    for number in dict.fromkeys((bare, bare[_lead(bare) :], _after_funder(bare, funder))):
        if award := _of_series(number, funder):
            return award
    return None


def _of_series(number: str, funder: Funder | None) -> Award | None:
    for series in series_of(funder) if funder is not None else ():
        for pattern in (series.alone, series.beside):
            if pattern is not None and (found := pattern.fullmatch(number)):
                return series.award(found)
    for series in award_series():
        if series.alone is not None and (found := series.alone.fullmatch(number)):
            return series.award(found)
    return None


def _lead(text: str) -> int:
    found = _LEAD.match(text)
    return found.end() if found is not None else 0


def _after_funder(text: str, funder: Funder | None) -> str:
    """The text without a funder's own abbreviation before it, as in `CIHR PJT 185984` or `ERC-2019-COG 866543`."""
    for short in (*funder.abbreviations, *funder.spellings) if funder is not None else ():
        if text.casefold().startswith(short.casefold()):
            rest = text[len(short) :].lstrip(" :-#")
            return rest[_lead(rest) :]
    return text


def normalise_award(text: str, funder: Funder | None = None) -> str | None:
    """The canonical form of an award number, or None for one whose form is not known; see `find_award`."""
    award = find_award(text, funder)
    return award.number if award is not None else None


def same_award(one: str, two: str, funder: Funder | None = None) -> bool:
    """True when two spellings are certainly one award.

    Numbers of no known form are the same when only blanks, hyphens, slashes and capitals differ, and a funder is named.
    """
    first, second = find_award(one, funder), find_award(two, funder)
    if first is not None and second is not None:
        return (first.funder.key, first.core) == (second.funder.key, second.core)
    if first is not None or second is not None or funder is None:
        return False
    return award_key(one) == award_key(two)


def award_key(text: str) -> str:
    """Letters and digits of a number, in capitals, for comparing."""
    return re.sub(r"[^A-Z0-9]", "", plain(text).upper())
