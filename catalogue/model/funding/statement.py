"""Awards and funders out of a sentence such as "supported by JSPS KAKENHI Grant Number JP16H06372".

Precision before recall: a number is read where its form is its funder's alone, or where a funder that numbers so is
named beside it. All others stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalogue.model.funding.awards import Award, find_alone, plain, series_of
from catalogue.model.funding.funders import Funder
from catalogue.model.funding.mentions import Mention, choose, find_mentions

MAX_STATEMENT: Final = 20_000
MAX_EXCERPT: Final = 240
# How far behind its funder's name the last number of a list may stand, and how far before it one of its own.
_MAX_LIST: Final = 400
_MAX_BEFORE: Final = 160
# Between a funder and a number these begin what somebody else paid for.
_OTHERS: Final = re.compile(
    r"\b(?:Foundation|Trust|Fund|Association|Society|University|Institute|Ministry|Council|Agency|Academy|Hospital|"
    r"Company|Inc|Ltd|Corporation|Stiftung|Fondation|Consortium|Cent(?:er|re))\b"
)
_JOINED: Final = re.compile(r"[\W_]{0,3}(?:the\s)?")
_PART_OF: Final = re.compile(r"[\s,(]+(?:(?:a )?part )?of (?:the )?")
_SENTENCE_END: Final = re.compile(r"(?<![A-Z])(?<!\bNo)(?<!\bNos)(?<!\bno)(?<!\bnos)(?<!\bref)[.]\s+(?=[A-Z])")
# Digits alone may count anything: only these words and signs introduce an award.
_INTRODUCED: Final = re.compile(
    r"(?:\b(?:no|nos|nr|numbers?|grants?|agreement|awards?|abstract|contract|projects?|references?|ref|id|code|under|and)|"
    r"[#(\[,;:/–—-])[\s.:#]*$",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"\s+(?!to\b|and\b|from\b|by\b|for\b|under\b|awarded\b|in\b)[a-z]{3,}")
_GIVEN_BY: Final = re.compile(r"(?:from|by|of|\()\W*(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """One award, or one funder without an award, that a text names.

    Args:
        funder: who is named; where the number alone says who gave it, the one who numbers.
        funder_given: the text's words for it; "" where only the number says.
        award: None for a funder alone.
        award_given: the number as it stands in the text.
        excerpt: a piece of the text, unchanged.
    """

    funder: Funder
    funder_given: str
    programme: str
    award: Award | None
    award_given: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Names that stand together, such as `MEXT/JSPS KAKENHI`."""

    start: int
    end: int
    funder: Funder | None
    members: tuple[Mention, ...]

    @property
    def programme(self) -> str:
        return next((m.programme for m in self.members if m.programme), "")


@lru_cache(maxsize=5_000)
def read_statement(text: str) -> tuple[Found, ...]:
    """Awards in the order of the text, then funders that are named without one; each once."""
    text = text[:MAX_STATEMENT]
    even = plain(text)
    groups = _groups(text)
    taken: dict[tuple[int, int], Found] = {}
    for number, group in enumerate(groups):
        stop = groups[number + 1].start if number + 1 < len(groups) else len(text)
        _behind(text, even, group, min(stop, group.end + _MAX_LIST), taken)
    for number, group in enumerate(groups):
        start = groups[number - 1].end if number else 0
        _before(text, even, group, max(start, group.start - _MAX_BEFORE), taken)
    _alone(text, even, groups, taken)
    awards = [taken[place] for place in sorted(taken)]
    with_award = {found.funder.key for found in awards} | {f.award.funder.key for f in awards if f.award is not None}
    return _once([*awards, *_funders_alone(text, groups, with_award)])


def _groups(text: str) -> list[_Group]:
    together: list[list[Mention]] = []
    for mention in find_mentions(text):
        if together and _stand_together(text, together[-1][-1], mention):
            together[-1].append(mention)
        else:
            together.append([mention])
    return [_Group(members[0].start, _closed(text, members), choose(members), tuple(members)) for members in together]


def _stand_together(text: str, one: Mention, two: Mention) -> bool:
    """True for `MEXT/JSPS, KAKENHI` and a name with its abbreviation; a comma parts two funders."""
    between = text[one.end : two.start]
    if two.funder.key == one.funder.parent and _PART_OF.fullmatch(between):
        return True
    if not _JOINED.fullmatch(between):
        return False
    related = one.funder.key == two.funder.key or two.funder.key == one.funder.parent
    return bool(two.programme) or related or not set(between) & set(",;.")


def _closed(text: str, members: list[Mention]) -> int:
    """End of the names, with the bracket that was opened among them."""
    end = members[-1].end
    given = text[members[0].start : end]
    return end + 1 if given.count("(") > given.count(")") and text[end : end + 1] == ")" else end


def _behind(text: str, even: str, group: _Group, stop: int, taken: dict[tuple[int, int], Found]) -> None:
    """Numbers between a name and the next one."""
    other = _OTHERS.search(text, group.end, stop)
    _take(text, even, group, (group.end, other.start() if other else stop), taken)


def _before(text: str, even: str, group: _Group, start: int, taken: dict[tuple[int, int], Found]) -> None:
    """Numbers before a name that gives them: `(18K06055) from MEXT`, `20K15858 (JSPS)`."""
    if not _GIVEN_BY.search(text, start, group.start):
        return
    for end in _SENTENCE_END.finditer(text, start, group.start):
        start = end.end()
    for other in _OTHERS.finditer(text, start, group.start):
        start = other.end()
    _take(text, even, group, (start, group.start), taken)


def _take(text: str, even: str, group: _Group, span: tuple[int, int], taken: dict[tuple[int, int], Found]) -> None:
    for mention in {m.funder.key: m for m in group.members}.values():
        for series in series_of(mention.funder):
            for match in series.beside.finditer(even, *span):
                if _free(match.span(), taken) and _is_number(text, span[0], match):
                    funder = group.funder or mention.funder
                    funder = funder if funder.key in series.funders else series.home
                    taken[match.span()] = _found(text, group, funder, series.award(match), match.span())


def _is_number(text: str, start: int, match: re.Match[str]) -> bool:
    """False for digits alone that nothing introduces as an award, or that count something."""
    if not match.group().isdigit():
        return True
    before = text[max(start, match.start() - 20) : match.start()]
    follows = not before.strip() if match.start() - start < 20 else False
    return bool(follows or _INTRODUCED.search(before)) and not _COUNTED.match(text, match.end())


def _alone(text: str, even: str, groups: list[_Group], taken: dict[tuple[int, int], Found]) -> None:
    """Numbers that no other funder gives, wherever they stand."""
    for series, match in find_alone(even):
        if _free(match.span(), taken):
            named = _named_before(text, groups, match.start(), series.funders)
            award = series.award(match)
            funder = named.funder if named is not None and named.funder is not None else series.home
            taken[match.span()] = _found(text, named, funder, award, match.span())


def _named_before(text: str, groups: list[_Group], at: int, funders: tuple[str, ...]) -> _Group | None:
    """The last name before a number, where it is one of these funders' and nobody else's stands between."""
    before = [group for group in groups if group.end <= at <= group.end + _MAX_LIST]
    if not before or before[-1].funder is None or before[-1].funder.key not in funders:
        return None
    return before[-1] if not _OTHERS.search(text, before[-1].end, at) else None


def _free(span: tuple[int, int], taken: dict[tuple[int, int], Found]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in taken)


def _found(text: str, group: _Group | None, funder: Funder, award: Award, span: tuple[int, int]) -> Found:
    start, end = span
    given = text[group.start : group.end] if group is not None else ""
    first = min(group.start, start) if group is not None else max(0, start - 60)
    last = max(group.end, end) if group is not None else end
    if last - first > MAX_EXCERPT:
        first, last = max(0, start - 80), end
    programme = group.programme if group is not None else ""
    return Found(funder, given, programme, award, text[start:end], text[first:last])


def _funders_alone(text: str, groups: list[_Group], with_award: set[str]) -> list[Found]:
    return [
        Found(group.funder, text[group.start : group.end], group.programme, None, "", _around(text, group))
        for group in groups
        if group.funder is not None and not with_award & {m.funder.key for m in group.members}
    ]


def _around(text: str, group: _Group) -> str:
    return text[max(0, group.start - 40) : group.end + 40][:MAX_EXCERPT]


def _once(found: list[Found]) -> tuple[Found, ...]:
    kept: dict[tuple[str, str], Found] = {}
    for one in found:
        number = f"{one.award.funder.key} {one.award.core}" if one.award is not None else ""
        kept.setdefault((one.funder.key, number), one)
    return tuple(kept.values())
