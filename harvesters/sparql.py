"""Harvester `sparql`: studies that a remote endpoint constructs by queries of the operator's.

The queries are files: one lists what there is, one constructs what is said of it. Source: SPARQL 1.1 Protocol.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.account import Account
from harvesters.datacite_rdf import KERNEL, map_datacite
from harvesters.dcat import map_dataset
from harvesters.dcat_terms import DATASET, OUTSIDE, kind_of, reasons, shorten
from harvesters.draft import StudyDraft
from harvesters.http import Fetcher
from harvesters.jsonld_nodes import plain_type, slug
from harvesters.model_rdf import RECORDS, map_model
from harvesters.rdf_nodes import RDF_TYPE, Node, Nodes, Triple
from harvesters.rdf_records import focus
from harvesters.rdf_slices import MEDIA_TYPE, by_subject, cut, parse_bytes, to_bytes
from harvesters.schema_study import SchemaStudy, identify
from harvesters.schema_terms import STUDIES
from harvesters.schema_terms import kind_of as schema_kind
from harvesters.schema_terms import reasons as schema_reasons
from harvesters.sources.delivery import Delivery
from harvesters.sparql_client import Endpoint, Query, Subject, load_query

_MAX_SUBJECTS: Final = 500_000
_BATCH: Final = 100
_PAGE: Final = 1000
_SCHEMA: Final = ("http://schema.org/", "https://schema.org/")


class SparqlHarvester:
    """Asks the endpoint at the location.

    Options: `list`, the path of a query that gives `?subject` (an IRI) and, where the endpoint knows it, `?version`
    (what changes with the record); with a slot `VALUES ?after { UNDEF }` it is asked page by page, ordered by
    `?subject`. `construct`, the path of a query with a slot `VALUES ?subject { UNDEF }` that gives the statements of
    those subjects; they are in the terms of Ommatidia's model, DCAT, schema.org or DataCite. `batch` and `page`: how
    many subjects one request asks for.
    """

    name = "sparql"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """A document for each subject as canonical N-Triples, then one Listed.

        A subject whose version is as it was is not asked for. One of which the endpoint gives nothing is Unreadable
        `gap`: a cut answer looks like that.

        Raises:
            SourceUnavailable: the endpoint cannot be read now, or its list does not end.
            SourceChanged: a query or an option is missing or wrong, or the list is empty.
        """
        listing, construct = _query(source, "list"), _query(source, "construct")
        if "subject" not in construct.slots:
            raise SourceChanged("The query of the option construct has no slot VALUES ?subject { UNDEF }; add it.")
        endpoint = Endpoint(self._fetcher, source.location)
        before, after = _load(since), dict[str, str]()
        waiting: list[str] = []
        size = _number(source, "batch", _BATCH)
        for subject in _subjects(endpoint, listing, _number(source, "page", _PAGE)):
            if subject.iri in after:
                continue
            after[subject.iri] = subject.version
            if subject.version and before.get(subject.iri) == subject.version and subject.iri in known:
                yield Unchanged(subject.iri)
                continue
            waiting.append(subject.iri)
            if len(waiting) >= size:
                yield from _construct(endpoint, construct, waiting, known, after)
                waiting = []
        yield from _construct(endpoint, construct, waiting, known, after)
        if not after:
            raise SourceChanged("The endpoint lists no subject; nothing counts as removed. Correct the query `list`.")
        yield Listed(json.dumps({"format": 1, "versions": after}, separators=(",", ":")), True, len(after))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The record that the statements describe, by the vocabulary they are in.

        Raises:
            RecordRejected: not parsable, of no vocabulary known here, no certain identity, another's accession, no
                title.
        """
        triples = parse_bytes(document.content)
        types = {t.object.text for t in triples if t.predicate == RDF_TYPE and t.subject.text == document.item}
        if types & RECORDS.keys():
            return map_model(triples, document.item, source)
        if DATASET in types:
            account = Account(reasons())
            nodes = Nodes.of_triples(account, triples, shorten, kind_of)
            return map_dataset(nodes, focus(nodes, document, "dcat.Dataset"), account, source)
        if any(plain_type(kind) in STUDIES for kind in types if kind.startswith(_SCHEMA)):
            return _map_schema(triples, document, source)
        if any(KERNEL.match(t.predicate) for t in triples if t.subject.text == document.item):
            return map_datacite(triples, document, source)
        raise RecordRejected(
            "The statements are in no vocabulary read here (Ommatidia's model, DCAT, schema.org, DataCite). Mend the "
            "query of the option construct.",
            reason="schema-required",
        )


def _map_schema(triples: set[Triple], document: SourceDocument, source: SourceSpec) -> Mapped:
    account = Account(schema_reasons())
    nodes = Nodes.of_triples(account, triples, _schema_name, schema_kind)
    node: Node = focus(nodes, document, *STUDIES)
    study = identify(node, source)
    draft = StudyDraft(study, account)
    SchemaStudy(node, study, draft, source, splits_keywords=True).read()
    nodes.close()
    return draft.mapped()


def _schema_name(iri: str) -> str:
    plain = plain_type(iri)
    return plain if plain != iri else {"http://purl.org/dc/terms/conformsTo": "conformsTo"}.get(iri, slug(iri))


# -- asking ------------------------------------------------------------------------------------------------------


def _subjects(endpoint: Endpoint, query: Query, page: int) -> Iterator[Subject]:
    """What the endpoint lists, page by page where the query can be asked so.

    Raises:
        SourceUnavailable: a page does not come after the one before it, or there is no end.
    """
    after, count = "", 0
    paged = "after" in query.slots
    while True:
        found = endpoint.select(query.page(after, page) if paged else query.text)
        for subject in found:
            count += 1
            if count > _MAX_SUBJECTS:
                raise SourceUnavailable(f"The endpoint lists more than {_MAX_SUBJECTS:,} subjects; narrow the query.")
            yield subject
        if not paged or len(found) < page:
            return
        last = max(subject.iri for subject in found)
        if last <= after:
            raise SourceUnavailable(
                "The endpoint's pages do not go on: the list must be ordered by ?subject and filtered by ?after."
            )
        after = last


def _construct(
    endpoint: Endpoint, query: Query, subjects: list[str], known: Mapping[str, str], after: dict[str, str]
) -> Iterator[Event]:
    """Events for some subjects; halves are asked again when an answer lacks one or is too large."""
    if not subjects:
        return
    try:
        triples = endpoint.construct(query.about(subjects))
    except RecordRejected as rejected:
        if len(subjects) == 1:
            after[subjects[0]] = ""
            yield Unreadable(subjects[0], subjects[0], rejected.reason, rejected.detail)
            return
        triples = set()
    said = {triple.subject.text for triple in triples}
    lacking = [subject for subject in subjects if subject not in said]
    if lacking and len(subjects) > 1:
        yield from _events(endpoint.url, triples, [s for s in subjects if s in said], known, after, set(subjects))
        middle = (len(lacking) + 1) // 2
        for part in (lacking[:middle], lacking[middle:]):
            yield from _construct(endpoint, query, part, known, after)
        return
    yield from _events(endpoint.url, triples, subjects, known, after, set(subjects))


def _events(
    url: str, triples: set[Triple], subjects: list[str], known: Mapping[str, str], after: dict[str, str], all_: set[str]
) -> Iterator[Event]:  # fmt: skip
    graph, delivery = by_subject(triples), Delivery("", known, 20 << 20, MEDIA_TYPE)
    stops = all_ | {
        triple.subject.text
        for triple in triples
        if triple.predicate == RDF_TYPE and (triple.object.text in OUTSIDE or triple.object.text in RECORDS)
    }  # fmt: skip
    for subject in subjects:
        if subject not in graph:
            after[subject] = ""
            yield Unreadable(
                subject, url, "gap", "The endpoint lists this subject and says nothing of it; tried again."
            )
            continue
        try:
            content = to_bytes(cut(graph, [subject], lambda triple: triple.object.text not in stops))
        except RecordRejected as rejected:
            after[subject] = ""
            yield Unreadable(subject, url, rejected.reason, rejected.detail)
        else:
            yield delivery.document(subject, subject, content)


def _query(source: SourceSpec, option: str) -> Query:
    path = source.options.get(option)
    if not path:
        raise SourceChanged(f"The option {option} names no query file; give the source one.")
    return load_query(Path(path), option)


def _number(source: SourceSpec, option: str, default: int) -> int:
    given = source.options.get(option, str(default))
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= 10_000):
        raise SourceChanged(f"The option {option} is '{given[:20]}'; a whole number from 1 to 10,000 is needed.")
    return int(given)


def _load(since: str | None) -> dict[str, str]:
    try:
        found: Any = json.loads(since) if since else {}
        if found.get("format") != 1:
            return {}
        return {str(name): str(version) for name, version in found["versions"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
