"""Funding inferred through a paper: what another record of the same paper states, and whose word it is.

An inference is never a statement: it names the paper and the record, and whoever counts statements leaves it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from catalogue.model.forms import paper_id
from catalogue.model.funding.link import INFERRED, Evidence, FundingLink, award_identity

# A paper that more records name is that of a collection or an archive, not of one piece of funded work.
MAX_SHARED: Final = 20


def papers_of(record: Mapping[str, Any]) -> list[str]:
    """The bare DOIs of a record's papers, folded, each once."""
    publications = record.get("publications")
    found: dict[str, None] = {}
    for paper in publications if isinstance(publications, list) else ():
        doi = paper.get("doi") if isinstance(paper, Mapping) else None
        known = paper_id(doi) if isinstance(doi, str) else None
        if known is not None and known.kind == "doi":
            found[known.value] = None
    return list(found)


def infer(
    papers: Mapping[str, Iterable[str]], links: Mapping[str, Sequence[FundingLink]]
) -> dict[str, list[FundingLink]]:
    """CURIE -> links that other records of its papers state, or name in a text, and that it has not itself.

    Only awards are passed on, and only to records of a paper that at most `MAX_SHARED` records name.

    Args:
        papers: CURIE -> DOIs of its papers.
        links: CURIE -> what the record itself says.
    """
    sharing: dict[str, list[str]] = defaultdict(list)
    for curie in sorted(papers):
        for doi in papers[curie]:
            sharing[doi].append(curie)
    found: dict[str, list[FundingLink]] = {}
    for doi in sorted(sharing):
        curies = sharing[doi]
        if 2 <= len(curies) <= MAX_SHARED:
            for curie in curies:
                _pass_on(curie, doi, [other for other in curies if other != curie], links, found)
    return found


def _pass_on(
    curie: str,
    doi: str,
    others: list[str],
    links: Mapping[str, Sequence[FundingLink]],
    found: dict[str, list[FundingLink]],
) -> None:
    held = {award_identity(link) for link in (*links.get(curie, ()), *found.get(curie, ()))}
    for other in others:
        for link in links.get(other, ()):
            award = award_identity(link)
            if award is not None and award not in held and link.basis != INFERRED:
                held.add(award)
                evidence = Evidence(link.evidence.path, link.evidence.excerpt, other, doi)
                found.setdefault(curie, []).append(replace(link, basis=INFERRED, evidence=evidence))
