"""The index as N-Quads in a graph of its own; catalogue/docs/funding.md describes the shape.

What a record states, or a text says, is asserted (schema:funding); what is inferred is told by an annotation alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from json.encoder import encode_basestring  # JSON's escapes are all N-Triples escapes
from typing import Final

from catalogue.model.forms import is_web_address
from catalogue.model.funding.funders import Funder
from catalogue.model.funding.index import GRANTS, FundingIndex, Grant
from catalogue.model.funding.link import INFERRED, FundingLink
from catalogue.model.namespaces import BASE, expand

FUNDING: Final = BASE + "funding"
_OA: Final = "http://www.w3.org/ns/oa#"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def funding_quads(index: FundingIndex) -> bytes:
    """Sorted N-Quads in the graph FUNDING; equal for equal indexes. Links without a funder's IRI are left out."""
    return "".join(sorted({f"{triple} <{FUNDING}> .\n" for triple in _triples(index)})).encode("utf-8", "replace")


def grant_page(iri: str) -> str | None:
    """The path of the page about a grant, from its IRI: `/funders/ror/…/grants/…`; None for another IRI."""
    ror, slash, award = iri.removeprefix(GRANTS).partition("/")
    return f"/funders/ror/{ror}/grants/{award}" if slash and award and iri.startswith(GRANTS) else None


def _triples(index: FundingIndex) -> Iterator[str]:
    for funder in index.funders():
        yield from _funder(funder)
    for grant in index.grants():
        if grant.iri is not None:
            yield from _grant(grant, grant.iri)
    for curie in index.studies():
        for link in index.links_of(curie):
            target = _target(index, link)
            if target is not None:
                yield from _link(curie, link, target)


def _target(index: FundingIndex, link: FundingLink) -> str | None:
    grant = index.grant_of(link)
    if grant is not None:
        return grant.iri
    return link.funder.iri if link.funder is not None else None


def _funder(funder: Funder) -> Iterator[str]:
    if funder.iri is None:
        return
    about = f"<{funder.iri}>"
    # Records may say schema:Organization and schema:name of the same IRI: the engine would count such triples twice.
    yield f"{about} <{_TYPE}> <{_schema('FundingAgency')}>"
    yield f"{about} <{expand('rdfs:label')}> {encode_basestring(funder.name)}"
    if funder.ror is not None and funder.crossref_funder_id is not None:
        yield f"{about} <{_schema('sameAs')}> <{funder.crossref_funder_id}>"


def _grant(grant: Grant, iri: str) -> Iterator[str]:
    about = f"<{iri}>"
    yield f"{about} <{_TYPE}> <{_schema('Grant')}>"
    yield f"{about} <{_schema('identifier')}> {encode_basestring(grant.award)}"
    yield f"{about} <{_schema('funder')}> <{grant.funder.iri}>"
    if grant.acronym:
        yield f"{about} <{_schema('alternateName')}> {encode_basestring(grant.acronym)}"
    if grant.grant_pid and is_web_address(grant.grant_pid):
        yield f"{about} <{_schema('url')}> <{grant.grant_pid}>"


def _link(curie: str, link: FundingLink, target: str) -> Iterator[str]:
    study, evidence = BASE + curie, link.evidence
    if link.basis != INFERRED:
        yield f"<{study}> <{_schema('funding' if link.award else 'funder')}> <{target}>"
    told = "\n".join((curie, target, link.basis, evidence.path, evidence.record, evidence.paper))
    about = f"{FUNDING}/{hashlib.sha256(told.encode()).hexdigest()[:24]}"
    yield f"<{about}> <{_TYPE}> <{_OA}Annotation>"
    yield f"<{about}> <{_OA}hasTarget> <{study}>"
    yield f"<{about}> <{_OA}hasBody> <{target}>"
    yield f"<{about}> <{_schema('additionalType')}> {encode_basestring(link.basis)}"
    yield f"<{about}> <{expand('prov:wasDerivedFrom')}> <{about}/evidence>"
    yield f"<{about}/evidence> <{_TYPE}> <{_OA}SpecificResource>"
    yield f"<{about}/evidence> <{_OA}hasSource> <{BASE}{evidence.record or curie}>"
    yield f"<{about}/evidence> <{_schema('name')}> {encode_basestring(evidence.path)}"
    yield f"<{about}/evidence> <{_OA}hasSelector> <{about}/words>"
    yield f"<{about}/words> <{_TYPE}> <{_OA}TextQuoteSelector>"
    yield f"<{about}/words> <{_OA}exact> {encode_basestring(evidence.excerpt)}"
    if evidence.paper and is_web_address(f"https://doi.org/{evidence.paper}"):
        yield f"<{about}> <{expand('prov:wasDerivedFrom')}> <https://doi.org/{evidence.paper}>"


def _schema(name: str) -> str:
    return expand(f"schema:{name}")
