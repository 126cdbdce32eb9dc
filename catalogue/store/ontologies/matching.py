"""How well a name fits a person's words: the words' variants, and rapidfuzz's ratio between each and the name.

Pure; which names are worth comparing is catalogue.store.ontologies.names' business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

MAX_TEXT: Final = 300
MAX_WORDS: Final = 16
# Weights were chosen on the labels of the partners' crates (tests/store/ontologies/test_partner_labels.py).
_OUTSIDE_BRACKETS: Final = 0.98
_INSIDE_BRACKETS: Final = 0.9
_REORDERED: Final = 0.96
_ABBREVIATED: Final = 0.97
# A name that is only part of the words, or the words of the name, is a hint and never a match.
_PART: Final = 0.8
# Misspelling changes words; a word that has no counterpart changes the meaning ("DIC microscopy" is no "microscopy").
_SAME_WORD: Final = 70
_SAME_LETTERS: Final = 95
_MISSING_WORD: Final = 80.0

_WORD: Final = re.compile(r"[^\W_]+")
_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_SPECIES: Final = re.compile(r"[A-Z][a-z]{2,} [a-z]{2,}(?: .*)?")
_SHORT_GENUS: Final = re.compile(r"\s*([A-Za-z])\.\s*([^\W\d_]{2,}.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text as it is compared.

    Args:
        words: lower-case words without accents, Greek letters spelt out.
        weight: what a perfect fit of this reading of the text is worth, at most 1.
    """

    words: tuple[str, ...]
    weight: float = 1.0

    @property
    def spaced(self) -> str:
        """The words with blanks between."""
        return " ".join(self.words)

    @property
    def joined(self) -> str:
        """The words without blanks, in which U-2 OS is U2OS."""
        return "".join(self.words)


def words(text: str) -> tuple[str, ...]:
    """The words by which names are found: lower case, no accents, no punctuation, Greek letters by name."""
    text = text[:MAX_TEXT]
    if not text.isascii():
        text = "".join(_spelt(c) for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(_WORD.findall(text.casefold())[:MAX_WORDS])


@lru_cache(maxsize=20_000)
def readings(text: str) -> tuple[Phrase, ...]:
    """The ways to read a text: whole, without its brackets, what stands in brackets; best first, none empty."""
    text = text[:MAX_TEXT]
    found = {words(text): 1.0}
    if "(" not in text and "[" not in text:
        return tuple(Phrase(phrase, weight) for phrase, weight in found.items() if phrase)
    found.setdefault(words(text.partition("(")[0].partition("[")[0]), _OUTSIDE_BRACKETS)
    found.setdefault(words(_BRACKETS.sub(" ", text)), _OUTSIDE_BRACKETS)
    for inner in _BRACKETS.findall(text)[:4]:
        found.setdefault(words(inner), _INSIDE_BRACKETS)
    return tuple(Phrase(phrase, weight) for phrase, weight in found.items() if phrase)


def abbreviated(text: str) -> str:
    """ "M. musculus" and "Mus musculus" as `mmusculus`; "" for what is no species' name, short or full."""
    short = _SHORT_GENUS.fullmatch(text[:MAX_TEXT])
    if short is not None:
        return "".join(words(f"{short[1]} {short[2]}"))
    if not _SPECIES.fullmatch(text):
        return ""
    genus, *rest = words(text)
    return "".join([genus[0], *rest])


def is_short_genus(text: str) -> bool:
    """True for a species named with the first letter of its genus, such as "C. elegans"."""
    return _SHORT_GENUS.fullmatch(text[:MAX_TEXT]) is not None


def fit(text: str, name: str) -> float:
    """How well `name` fits `text`, 0 to 100; 100 for the same words in the same order."""
    from rapidfuzz import fuzz

    pairs = product(readings(text), readings(name))
    found = max((said.weight * known.weight * _fit(said, known) for said, known in pairs), default=0.0)
    if is_short_genus(text) and (full := abbreviated(name)):
        found = max(found, _ABBREVIATED * fuzz.ratio(abbreviated(text), full))
    return found


def _fit(text: Phrase, name: Phrase) -> float:
    from rapidfuzz import fuzz

    joined = fuzz.ratio(text.joined, name.joined)
    reordered = fuzz.ratio(" ".join(sorted(text.words)), " ".join(sorted(name.words)))
    found = max(fuzz.ratio(text.spaced, name.spaced), joined, _REORDERED * reordered)
    if joined < _SAME_LETTERS and not (_answered(text, name) and _answered(name, text)):
        found = min(found, _MISSING_WORD)
    shorter, longer = sorted((set(text.words), set(name.words)), key=len)
    part = 0.0
    if shorter and shorter <= longer:
        part = 50 + 50 * sum(map(len, shorter)) / sum(map(len, longer))
    return max(found, _PART * part)


def _answered(some: Phrase, others: Phrase) -> bool:
    """True when every word of `some` is a word of `others`, if misspelt."""
    from rapidfuzz import fuzz

    return all(any(fuzz.ratio(word, other) >= _SAME_WORD for other in others.words) for word in some.words)


def _spelt(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"{name.rpartition(' ')[2].lower()}" if name.startswith("GREEK ") and "LETTER" in name else character
