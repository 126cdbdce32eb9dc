"""Values whose many written forms mean one thing: licences, ORCIDs, DOIs, PubMed numbers, days, e-mail addresses.

Pure. A form that leaves a doubt gives None; what then happens to the value is the adapter's decision.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from catalogue.model.terms import iri

MAX_LENGTH: Final = 2_000

_CC_PAGE: Final = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(?P<licence>by(?:-nc)?(?:-nd|-sa)?|zero)|publicdomain/(?P<domain>zero|mark)|public-domain/(?P<cc0>cc0))"
    r"(?:/(?P<version>[1-4]\.[05]))?(?P<port>/[a-z]{2,3})?(?:/(?:legalcode|deed)(?:\.[a-z-]+)?)?/?",
    re.ASCII | re.IGNORECASE,
)
_CC_NAME: Final = re.compile(
    r"(?:https?://spdx\.org/licenses/)?"
    r"(?:CC0(?:[- ]1\.0)?(?P<zero>)|CC[- ](?P<licence>BY(?:-NC)?(?:-ND|-SA)?)[- ](?P<version>[1-4]\.[05]))"
    r"(?:\.html|\.json)?",
    re.ASCII | re.IGNORECASE,
)
_CC_TITLE: Final = re.compile(
    r"Creative Commons (?:Zero v1\.0 Universal(?P<zero>)|Attribution(?P<nc>[- ]Non-?Commercial)?"
    r"(?P<more>[- ](?:No[- ]?Derivatives|Share[- ]?Alike))? (?P<version>[1-4]\.[05])(?: International| Generic)?)",
    re.ASCII | re.IGNORECASE,
)
_CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_ORCID: Final = re.compile(
    r"(?:https?://(?:www\.)?orcid\.org/|orcid:)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?",
    re.ASCII | re.IGNORECASE,
)
_ROR: Final = re.compile(r"https?://(?:www\.)?ror\.org/(0[a-z0-9]{8})/?", re.ASCII | re.IGNORECASE)
_FUNDER: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.13039/[0-9]{6,20})/?", re.ASCII | re.IGNORECASE
)
_DOI: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.ASCII | re.IGNORECASE
)
_PUBMED: Final = re.compile(
    r"(?:https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|PMID:\s*)0*([1-9][0-9]{0,8})/?",
    re.ASCII | re.IGNORECASE,
)
_PMC: Final = re.compile(
    r"(?:https?://(?:www\.ncbi\.nlm\.nih\.gov/pmc|pmc\.ncbi\.nlm\.nih\.gov|europepmc\.org)/articles?/)?(PMC[1-9][0-9]*)/?",
    re.ASCII | re.IGNORECASE,
)
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?P<time>[T ][0-9]{2}:[0-9]{2}.{0,30})?", re.ASCII)
_PARTIAL: Final = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(?:\.[^@\s,;<>.]+)+")


class PaperId(NamedTuple):
    """A paper's identifier: `kind` is doi, pubmed_id or pmc_id; `value` the bare, folded form."""

    kind: str
    value: str


def is_web_address(text: str) -> bool:
    """True for an absolute http(s) address that RFC 3987 allows, in lower-case scheme, of at most 2,000 characters."""
    return text.startswith(("https://", "http://")) and len(text) <= MAX_LENGTH and _is_iri(text)


@lru_cache(maxsize=20_000)
def _is_iri(text: str) -> bool:
    try:
        return bool(urlsplit(text).hostname) and iri(text) == text
    except ValueError:
        return False


def licence_iri(text: str) -> str | None:
    """The canonical address of the licence that `text` names, or None where that is not certain.

    Creative Commons by any spelling of page, SPDX name or full title gives
    `https://creativecommons.org/licenses/by/4.0/`; any other absolute web address is given back. A name without
    version ("CC BY") is not certain; CC0 has one version.
    """
    return _licence_iri(text.strip()) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=1_000)
def _licence_iri(plain: str) -> str | None:
    page = _CC_PAGE.fullmatch(plain)
    if page:
        return _cc_page(page)
    name = _CC_NAME.fullmatch(plain)
    if name:
        if name["zero"] is not None:
            return _CC0
        return f"https://creativecommons.org/licenses/{name['licence'].lower()}/{name['version']}/"
    title = _CC_TITLE.fullmatch(plain)
    if title:
        if title["zero"] is not None:
            return _CC0
        more = (title["more"] or "").lower().lstrip("- ")
        kind = "by" + ("-nc" if title["nc"] else "") + ("-sa" if more[:1] == "s" else "-nd" if more else "")
        return f"https://creativecommons.org/licenses/{kind}/{title['version']}/"
    return plain if is_web_address(plain) else None


def _cc_page(page: re.Match[str]) -> str | None:
    version, port = page["version"], (page["port"] or "").lower()
    if page["cc0"] or (page["licence"] or page["domain"]).lower() == "zero":
        return _CC0 if version in (None, "1.0") and not port else None
    if version is None:
        return None
    if page["domain"]:
        return f"https://creativecommons.org/publicdomain/mark/{version}/"
    return f"https://creativecommons.org/licenses/{page['licence'].lower()}/{version}{port}/"


def orcid_iri(text: str) -> str | None:
    """The https IRI of an ORCID in any written form; None when it has no such form or a wrong check digit.

    Source: ISO 7064 MOD 11-2, as ORCID applies it.
    """
    return _orcid_iri(text.strip()) if len(text) <= 100 else None


@lru_cache(maxsize=20_000)
def _orcid_iri(plain: str) -> str | None:
    found = _ORCID.fullmatch(plain)
    if found is None:
        return None
    digits = found[1].replace("-", "").upper()
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[15] != ("X" if check == 10 else str(check)):
        return None
    return f"https://orcid.org/{found[1].upper()}"


def crossref_funder_iri(text: str) -> str | None:
    """The canonical address of a funder in the Crossref Funder Registry, or None for any other text."""
    found = _FUNDER.fullmatch(text.strip()[:MAX_LENGTH])
    return f"https://doi.org/{found[1]}" if found else None


def ror_iri(text: str) -> str | None:
    """The https IRI of a ROR identifier; None when the text is none."""
    found = _ROR.fullmatch(text.strip())
    return f"https://ror.org/{found[1].lower()}" if found else None


def paper_id(text: str) -> PaperId | None:
    """The DOI (bare, lower case), PubMed number or PubMed Central id that `text` is; None when it is none of them."""
    return _paper_id(text.strip()) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=20_000)
def _paper_id(plain: str) -> PaperId | None:
    doi = _DOI.fullmatch(plain)
    if doi:
        return PaperId("doi", (unquote(doi[1]) if "%" in doi[1] else doi[1]).lower())
    pubmed = _PUBMED.fullmatch(plain)
    if pubmed:
        return PaperId("pubmed_id", pubmed[1])
    pmc = _PMC.fullmatch(plain)
    return PaperId("pmc_id", pmc[1].upper()) if pmc else None


def day(text: str) -> str | None:
    """The calendar day of an ISO 8601 day or instant, as written (no change of zone); None when it is none."""
    found = _DAY.fullmatch(text.strip())
    if found is None or not _is_day(found[1]):
        return None
    return found[1]


def partial_date(text: str) -> str | None:
    """A year, a month or a day in ISO 8601; None when the text is none."""
    plain = text.strip()
    if _PARTIAL.fullmatch(plain):
        return plain
    return day(plain)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def email(text: str) -> str | None:
    """The e-mail address in `text`, without `mailto:` and stray blanks; the first where several stand; else None."""
    plain = text.strip()
    if plain[:7].lower() == "mailto:":
        plain = plain[7:]
    if _EMAIL.fullmatch(plain):
        return plain
    for part in re.split(r"[,;]", plain):
        joined = "".join(part.split())
        # Two addresses parted by blanks only would run together: one @ is the proof that there is one.
        if joined.count("@") == 1 and _EMAIL.fullmatch(joined):
            return joined
    return None
