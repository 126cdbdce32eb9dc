"""Names of funders within a text: which funder, in which words, from where to where.

A name is read letter by letter without blanks and hyphens, since texts out of journals are hyphenated anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from catalogue.model.funding.funders import MAX_NAME, Funder, find_funder, fold_word, funders

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|&")
_HYPHENATED: Final = re.compile(r"[-‐]\s+")
_KEY_LETTERS: Final = 5
# A name goes on into that of a house, as in "Wellcome Centre for Cell Biology".
_HOUSES: Final = re.compile(
    r"[\s-]+(?:Sanger|Cent(?:re|er)s?|Institutes?|University(?! Research Fellow)|Laborator(?:y|ies)|Hospital|Campus|"
    r"Collection|Library)\b"
)
_OF_ANOTHER: Final = re.compile(r"\s+of\s+(?:the\s+)?(?P<place>[A-Z]\w+)")
_NATIONAL: Final = re.compile(r"(?P<nation>[A-Z]\w+(?:ese|ish|ian|ean|can|wiss|ench|zech|erman))\s+(?:\w+\s+)?$")
_AT_HOME: Final = {
    "JP": ("Japan", "Japanese"), "GB": ("United", "UK", "British", "Great"), "DE": ("Germany", "German"),
    "US": ("United", "America", "American", "USA"), "FR": ("France", "French"), "NO": ("Norway", "Norwegian"),
    "SG": ("Singapore",), "CA": ("Canada", "Canadian"), "CH": ("Switzerland", "Swiss"), "BE": ("European",),
    "AU": ("Australia", "Australian"), "KR": ("Korea",), "CN": ("China", "Chinese"), "SE": ("Sweden", "Swedish"),
    "AT": ("Austria", "Austrian"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """A funder as a text names it.

    Args:
        start: index of its first character in the text.
        end: index after its last one.
        programme: the words, where they name a programme of the funder instead of itself; else "".
    """

    start: int
    end: int
    funder: Funder
    programme: str = ""


class _Word(NamedTuple):
    start: int
    end: int
    letters: str
    raw: str


def find_mentions(text: str) -> list[Mention]:
    """Every name of a funder of the registry in a text, in its order; of names within names the longest."""
    words = list(_words(text))
    found: list[Mention] = []
    at = 0
    while at < len(words):
        mention, size = _at(text, words, at)
        if mention is not None:
            found.append(mention)
        at += size
    return found


def named_funder(name: str) -> tuple[Funder | None, str]:
    """The one funder that a field which should name one speaks of, and its programme; (None, "") in doubt."""
    funder = find_funder(name)
    if funder is not None:
        return funder, ""
    mentions = find_mentions(name[:MAX_NAME])
    chosen = choose(mentions)
    return chosen, next((m.programme for m in mentions if m.programme and m.funder == chosen), "")


def choose(mentions: list[Mention]) -> Funder | None:
    """The funder that names standing together mean: a part before its whole, a funder before one only implied.

    `MEXT KAKENHI` is MEXT, `UKRI Engineering and Physical Sciences Research Council` the latter; None for several.
    """
    named = {m.funder.key: m.funder for m in mentions if not m.programme}
    named = named or {m.funder.key: m.funder for m in mentions}
    wholes = {funder.parent for funder in named.values()}
    parts = [funder for key, funder in named.items() if key not in wholes]
    return parts[0] if len(parts) == 1 else None


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        raw = found.group()
        if raw.isascii() and raw.isalnum():
            plain = raw.lower()
        else:
            plain = "and" if raw == "&" else fold_word(raw.replace("'", "").replace("’", ""))
        yield _Word(found.start(), found.end(), plain, raw)


def _at(text: str, words: list[_Word], at: int) -> tuple[Mention | None, int]:
    """The mention that begins at a word, and how many words are dealt with."""
    size, name = _longest(words, at)
    if name is None:
        size, name = _short(text, words, at)
    if name is None:
        return None, 1
    funder, programme = name
    start, end = words[at].start, words[at + size - 1].end
    if _is_another(text, start, end, funder):
        return None, size
    return Mention(start, end, funder, text[start:end] if programme else ""), size


def _longest(words: list[_Word], at: int) -> tuple[int, tuple[Funder, bool] | None]:
    stream = words[at].letters
    size = 1
    while len(stream) < _KEY_LETTERS and at + size < len(words):
        stream += words[at + size].letters
        size += 1
    names = _long_names().get(stream[:_KEY_LETTERS])
    if names is None:
        return 1, None
    best: tuple[int, tuple[Funder, bool] | None] = (1, None)
    longest = max(map(len, names))
    while True:
        if stream in names:
            best = (size, names[stream])
        if len(stream) >= longest or at + size >= len(words):
            return best
        stream += words[at + size].letters
        size += 1


def _short(text: str, words: list[_Word], at: int) -> tuple[int, tuple[Funder, bool] | None]:
    """An abbreviation, in capitals as registered, perhaps hyphenated over a line's end."""
    names = _abbreviations()
    if (found := names.get(words[at].raw)) is not None:
        return 1, found
    if at + 1 < len(words) and _HYPHENATED.fullmatch(text[words[at].end : words[at + 1].start]):
        found = names.get(words[at].raw + words[at + 1].raw)
    return (2, found) if found is not None else (1, None)


def _is_another(text: str, start: int, end: int, funder: Funder) -> bool:
    """True where the words around show that somebody else is meant."""
    if _HOUSES.match(text, end):
        return True
    home = _AT_HOME.get(funder.country, ())
    place = _OF_ANOTHER.match(text, end)
    nation = _NATIONAL.search(text[max(0, start - 30) : start])
    whole = funders()[funder.parent].name.split() if funder.parent else []
    return bool(place and place["place"] not in (*home, *whole)) or bool(nation and nation["nation"] not in home)


@cache
def _long_names() -> dict[str, dict[str, tuple[Funder, bool]]]:
    """First letters -> letters of a name -> funder and whether the name is that of a programme."""
    found: dict[str, dict[str, tuple[Funder, bool]]] = defaultdict(dict)
    for funder in funders().values():
        names = [(funder.name, False), *((n, False) for n in funder.spellings), *((n, True) for n in funder.programmes)]
        for name, programme in names:
            words = list(_words(name))
            letters = "".join(word.letters for word in words)
            if (len(words) > 1 or name == funder.name) and len(letters) >= _KEY_LETTERS:
                found[letters[:_KEY_LETTERS]].setdefault(letters, (funder, programme))
    return dict(found)


@cache
def _abbreviations() -> dict[str, tuple[Funder, bool]]:
    return {
        short: (funder, short in funder.programmes) for funder in funders().values() for short in funder.abbreviations
    }
