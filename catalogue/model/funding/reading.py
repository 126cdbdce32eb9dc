"""What one record says about its funding, as links with evidence.

What other records of the same paper say is papers.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogue.model.funding.awards import MAX_AWARD, Award, find_award, plain
from catalogue.model.funding.funders import ROR, Funder, find_funder, ror_id
from catalogue.model.funding.link import READ, STATED, Basis, Evidence, FundingLink, award_identity
from catalogue.model.funding.mentions import named_funder
from catalogue.model.funding.statement import MAX_EXCERPT, MAX_STATEMENT, Found, read_statement

# Records are hostile until checked: what is beyond is not read.
MAX_GRANTS: Final = 200
MAX_NUMBERS: Final = 50
_SEPARATOR: Final = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
_CORDIS: Final = re.compile(
    r"https?://(?:cordis\.europa\.eu/project/id/|(?:dx\.)?doi\.org/10\.3030/)(?P<number>\d{6,9})", re.ASCII
)
_SENTENCES: Final = re.compile(r"[^\n]+?(?:[.;](?=\s+[A-Z])|(?=\n)|$)")
_ABOUT_MONEY: Final = re.compile(
    r"\b(?:support(?:ed|s|ing)? (?:by|from)|fund(?:ed|ing|s)|financed|financial|grants?|fellowship|scholarship|"
    r"award(?:s|ed)?)\b",
    re.IGNORECASE,
)


def funding_of(record: Mapping[str, Any]) -> list[FundingLink]:
    """The links of a record: first those of its fields, then those of its texts; one for each award and funder.

    A field or a funding statement from which no funder can be told still gives a link, without one: something is
    stated. Thanks give a link only where they name an award, or a funder in a sentence about money.

    Args:
        record: a study as the model has it.
    """
    links = [link for number, grant in _grants(record) for link in _of_grant(f"grants[{number}]", grant)]
    if statement := _text(record, "funding_statement"):
        links += _of_statement("funding_statement", statement)
    links += _of_thanks("acknowledgements", _text(record, "acknowledgements"))
    return _once(links)


def _grants(record: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    grants = record.get("grants")
    for number, grant in enumerate(grants[:MAX_GRANTS] if isinstance(grants, list) else ()):
        if isinstance(grant, Mapping):
            yield number, grant


def _text(part: Mapping[str, Any], field: str) -> str:
    value = part.get(field)
    return value.strip() if isinstance(value, str) else ""


def _of_grant(path: str, grant: Mapping[str, Any]) -> list[FundingLink]:
    organization = grant.get("funder")
    funder, name, programme = _funder(organization if isinstance(organization, Mapping) else {})
    given = _text(grant, "grant_identifier")
    title, pid = _text(grant, "title"), _text(grant, "grant_pid") or _text(grant, "url")
    if not (given or name or funder):
        from_page = _cordis(pid)
        if from_page is None:
            return _of_statement(f"{path}.title", title) if title else []
        funder, given = from_page
        evidence = Evidence(f"{path}.{'grant_pid' if grant.get('grant_pid') else 'url'}", pid[:MAX_EXCERPT])
    else:
        evidence = Evidence(f"{path}.{'grant_identifier' if given else 'funder'}", (given or name)[:MAX_EXCERPT])
    basis: Basis = STATED
    if funder is None and not name and title:
        # SSBD: the name of a grant is that of its programme or funder.
        funder, found = named_funder(title)
        basis, programme = (READ, found) if funder is not None else (STATED, "")
    more = {
        "grant_pid": pid or None,
        "acronym": _text(grant, "acronym") or None,
        "programme": _text(grant, "programme") or programme or None,
    }
    return [
        FundingLink(
            funder=funder or (award.funder if award is not None else None),
            funder_name_given=name,
            award=award.number if award is not None else None,
            award_given=number,
            basis=basis,
            evidence=evidence,
            numbered_by=award.funder if award is not None else None,
            **more,
        )
        for number, award in _numbers(given, funder)
    ]


def _funder(organization: Mapping[str, Any]) -> tuple[Funder | None, str, str]:
    """Funder, name as given and programme of an Organization; what it states of identifiers comes before its name."""
    name = _text(organization, "name")
    stated = ror_id(_text(organization, "ror"))
    same = organization.get("same_as")
    others = [one for one in same[:MAX_NUMBERS] if isinstance(one, str)] if isinstance(same, list) else []
    for identifier in (_text(organization, "ror"), _text(organization, "crossref_funder_id"), *others):
        if identifier and (funder := find_funder(identifier)) is not None:
            return funder, name, ""
    if stated:
        return Funder(stated, name or ROR + stated, "", ROR + stated, None, (), "", (), (), ()), name, ""
    funder, programme = named_funder(name) if name else (None, "")
    return funder, name, programme


def _cordis(address: str) -> tuple[Funder | None, str] | None:
    found = _CORDIS.match(address)
    return (find_funder("European Commission"), found["number"]) if found is not None else None


def _numbers(given: str, funder: Funder | None) -> list[tuple[str | None, Award | None]]:
    """Each number of a field with the award that it is; (None, None) for a field without any."""
    if not given:
        return [(None, None)]
    pieces = [given]
    if find_award(given, funder) is None:
        split = [piece for piece in _SEPARATOR.split(given) if piece]
        pieces = split if all(any(c.isdigit() for c in piece) for piece in split) else [given]
    return [(piece, _award(piece, funder)) for piece in pieces[:MAX_NUMBERS]]


def _award(number: str, funder: Funder | None) -> Award | None:
    """The award of a number in its own field: of a known form, or as it stands beside a known funder."""
    award = find_award(number, funder)
    if award is not None or funder is None:
        return award
    found = [one.award for one in read_statement(f"{funder.name} {number}") if one.award is not None]
    if len(found) == 1:
        return found[0]
    bare = " ".join(plain(number).split())
    if not any(c.isdigit() for c in bare) or len(bare) > MAX_AWARD or len(bare.split()) > 4:
        return None
    return Award(bare, bare.upper(), funder)


def _of_statement(path: str, text: str) -> list[FundingLink]:
    links = [_read(path, found) for found in read_statement(text)]
    return links or [FundingLink(None, "", None, None, STATED, Evidence(path, text[:MAX_EXCERPT]))]


def _of_thanks(path: str, text: str) -> list[FundingLink]:
    sentences = [found.group() for found in _SENTENCES.finditer(text[:MAX_STATEMENT])]
    return [
        _read(path, found)
        for sentence in sentences
        for found in read_statement(sentence)
        if found.award is not None or _ABOUT_MONEY.search(sentence)
    ]


def _read(path: str, found: Found) -> FundingLink:
    award = found.award
    return FundingLink(
        funder=found.funder,
        funder_name_given=found.funder_given,
        award=award.number if award is not None else None,
        award_given=found.award_given or None,
        basis=READ,
        evidence=Evidence(path, found.excerpt),
        numbered_by=award.funder if award is not None else None,
        programme=found.programme or None,
    )


def _once(links: list[FundingLink]) -> list[FundingLink]:
    """The first link of each award or funder.

    A number read from a text goes where a field states it, a funder alone where the record has awards of it.
    """
    stated = {award_identity(link) for link in links if link.basis == STATED}
    awarded = {funder.key for link in links if link.award for funder in (link.funder, link.numbered_by) if funder}
    kept: dict[tuple[str, ...], FundingLink] = {}
    for link in links:
        if link.award and link.numbered_by:
            if link.basis != STATED and award_identity(link) in stated:
                continue
            giver = (link.funder or link.numbered_by).key
            kept.setdefault(("award", giver, *(award_identity(link) or ())), link)
        elif link.funder is not None and not link.award_given:
            if link.funder.key not in awarded:
                kept.setdefault(("funder", link.funder.key), link)
        else:
            kept.setdefault(("given", link.funder_name_given, link.award_given or link.evidence.excerpt), link)
    return list(kept.values())
