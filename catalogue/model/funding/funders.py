"""The funders of schema/funders.tsv and how a name, ROR or Crossref funder id leads to one of them.

What their award numbers look like is awards.py's business.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from catalogue import resources

ROR: Final = "https://ror.org/"
CROSSREF: Final = "https://doi.org/10.13039/"
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ROR_FORM: Final = re.compile(
    r"(?:https?://(?:www\.)?ror\.org/|ror:)?(0[a-z0-9]{6}[0-9]{2})/?", re.ASCII | re.IGNORECASE
)
_CROSSREF_FORM: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/)*(?:doi:)?(?:10\.13039/)?((?:501)?100[0-9]{6})/?", re.ASCII | re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]+")
# Letters with a stroke have no decomposition in Unicode.
_UNDECOMPOSED: Final = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i"}
MAX_NAME: Final = 500


@dataclass(frozen=True, slots=True)
class Funder:
    """One who gives grants.

    Args:
        key: short name within the registry; other registry entries refer by it.
        country: ISO 3166-1 alpha-2 code of its seat.
        ror: IRI, or None where none could be verified.
        crossref_funder_id: IRI of the one that the registry prefers, or None.
        crossref_also: further Crossref funder ids that ROR counts to it, such as those of its programmes.
        parent: key of the funder that it is a part of; "" for none.
        abbreviations: read only as written, capitals included.
        spellings: other names, whatever their capitals.
    """

    key: str
    name: str
    country: str
    ror: str | None
    crossref_funder_id: str | None
    crossref_also: tuple[str, ...]
    parent: str
    abbreviations: tuple[str, ...]
    spellings: tuple[str, ...]
    programmes: tuple[str, ...]

    @property
    def iri(self) -> str | None:
        """The ROR IRI, else the Crossref one, else None."""
        return self.ror or self.crossref_funder_id


@cache
def funders() -> dict[str, Funder]:
    """Key -> funder, in the order of the registry."""
    with (resources.schema_dir() / "funders.tsv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: _funder(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def _funder(row: dict[str, str]) -> Funder:
    def many(column: str, prefix: str = "") -> tuple[str, ...]:
        return tuple(prefix + part for part in row[column].split("|") if part)

    return Funder(
        key=row["key"],
        name=row["name"],
        country=row["country"],
        ror=ROR + row["ror"] if row["ror"] else None,
        crossref_funder_id=CROSSREF + row["crossref"] if row["crossref"] else None,
        crossref_also=many("crossref_also", CROSSREF),
        parent=row["parent"],
        abbreviations=many("abbreviations"),
        spellings=many("spellings"),
        programmes=many("programmes"),
    )


def ror_checks(identifier: str) -> bool:
    """True when the last two digits of a bare ROR id are the checksum of the others.

    Source: ROR, "ROR identifier pattern"; ISO/IEC 7064 MOD 97-10 over Crockford's base 32.
    """
    if not re.fullmatch(r"0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}", identifier, re.ASCII):
        return False
    number = 0
    for letter in identifier[:7]:
        number = number * 32 + _CROCKFORD.index(letter)
    return int(identifier[7:]) == 98 - (number * 100) % 97


def ror_id(text: str) -> str | None:
    """The bare ROR id that a text is, in any of its forms and with a right checksum; else None."""
    found = _ROR_FORM.fullmatch(text.strip()[:MAX_NAME])
    return found[1].lower() if found and ror_checks(found[1].lower()) else None


def children(key: str) -> list[Funder]:
    """A funder's parts, with theirs."""
    own = [funder for funder in funders().values() if funder.parent == key]
    return [*own, *(below for funder in own for below in children(funder.key))]


def find_funder(text: str) -> Funder | None:
    """The funder that a ROR, a Crossref funder id, a name, an abbreviation or a known spelling names whole.

    Names are compared without capitals, accents, punctuation and a leading "the". Two funders of one name give None.
    """
    text = text.strip()
    if len(text) > MAX_NAME:
        return None
    identifier = ror_id(text)
    if identifier:
        return _by_identifier().get(ROR + identifier)
    registered = _CROSSREF_FORM.fullmatch(text)
    if registered:
        return _by_identifier().get(CROSSREF + registered[1])
    named = _by_name()
    return named.get(fold(text)) or named.get(fold(re.sub(r"\([^()]*\)", " ", text)))


def fold(name: str) -> str:
    """A name's words in small letters without accents and a leading "the"."""
    words = list(fold_words(name))
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def fold_words(text: str) -> Iterator[str]:
    """The words of a text, each in small letters without accents; an apostrophe does not part a word."""
    for found in _WORD.finditer(re.sub(r"(?<=\w)['’](?=\w)", "", text).replace("&", " and ")):
        yield fold_word(found.group())


@cache
def _plain(letter: str) -> str:
    letter = _UNDECOMPOSED.get(letter, letter)
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def fold_word(word: str) -> str:
    """A word in small letters without accents."""
    return word.casefold() if word.isascii() else "".join(map(_plain, word)).casefold()


@cache
def _by_identifier() -> dict[str, Funder]:
    found: dict[str, Funder] = {}
    for funder in funders().values():
        for identifier in (funder.ror, funder.crossref_funder_id, *funder.crossref_also):
            if identifier:
                found[identifier] = funder
    return found


@cache
def _by_name() -> dict[str, Funder]:
    found: dict[str, dict[str, Funder]] = defaultdict(dict)
    for funder in funders().values():
        for name in (funder.name, *funder.spellings, *funder.abbreviations):
            found[fold(name)][funder.key] = funder
    return {name: next(iter(held.values())) for name, held in found.items() if len(held) == 1}
