"""/studies/{curie}: the page of a study, its other forms, its citation files, and its original beside our record."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request

from catalogue.exchange.base import archive_accession
from catalogue.exchange.schema_org import schema_org
from catalogue.fair.usage.summary import uses
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound
from catalogue.resolver.service import Resolution
from catalogue.store.graph_view import catalog_record
from catalogue.web.citation import cite, cite_bibtex, cite_ris
from catalogue.web.data_links import opening_sizes
from catalogue.web.documents import FOUND, answer, finish, refuse, to, tombstone_page
from catalogue.web.fair.study_note import study_note
from catalogue.web.image_lists import pictures
from catalogue.web.linksets import inbox_path
from catalogue.web.negotiation import offers
from catalogue.web.services import Services
from catalogue.web.signposting import head_links, page_links
from catalogue.web.study_images import image_count, study_images

CITATIONS = {
    ".bib": ("application/x-bibtex", cite_bibtex),
    ".ris": ("application/x-research-info-systems", cite_ris),
}
PAGE_SIZE = 24
_SHOWN_CHARACTERS = 200_000
_SHOWN_FINDINGS = 100


def _study_page(services: Services, resolution: Resolution) -> Response:
    entry, curie = resolution.entry, resolution.curie or ""
    assert entry is not None
    record, links = entry.record, services.links
    after = request.args.get("after", "")[:300]
    children = study_images(services, curie, after, PAGE_SIZE + 1)
    shown, available = children[:PAGE_SIZE], offers("Study")
    response = Response(
        render_template(
            "study.html",
            record=record,
            curie=curie,
            iri=links.iri(curie),
            archive=owner_name(entry.owner),
            state=resolution.state,
            terms={term["id"]: term for term in record.get("terms", ())},
            image_count=image_count(services, curie),
            images=pictures(services, shown),
            listed=services.ledger.image_lists.count(curie),
            after=after,
            next_after=shown[-1].curie if len(children) > PAGE_SIZE else "",
            path=links.path(links.document("study", curie)),
            offers=available,
            typed=head_links(links, "study", record, available, inbox_path(services)),
            citation=cite(record),
            description=schema_org(
                record,
                [child.record for child in shown],
                opening_sizes(services, shown),
                metadata_license=services.exchange.metadata_license,
            ),
            provenance=catalog_record(entry),
            entry=entry,
            sites=_sites(shown),
            findings=services.ledger.findings(curie=curie, limit=_SHOWN_FINDINGS),
            refused=services.ledger.issues.refused(curie),
            twins=_twins(services, curie),
            uses=uses(services.ledger, curie),
            highly_used=services.labels.find(curie) if services.labels is not None else None,
            fair=study_note(services.audits, entry),
        )
    )
    response.headers["Link"] = page_links(
        links, "study", record, available, [child.curie for child in shown], inbox_path(services)
    )
    return response


def _twins(services: Services, curie: str) -> list[dict[str, Any]]:
    """Other records of the same study, the preferred one first, with the evidence of every link to them."""
    cluster = services.identities.cluster(curie) if services.identities is not None else None
    if cluster is None:
        return []
    others = [
        {
            "study": member,
            "preferred": member.curie == cluster.preferred,
            "links": [link for link in cluster.links if member.curie in (link.curie, link.other)],
        }
        for member in cluster.members
        if member.curie != curie
    ]
    return sorted(others, key=lambda other: not other["preferred"])


def _sites(images: list[Any]) -> list[str]:
    """Names of the sites at which the shown images lie."""
    return sorted(
        {
            owner_name(replica["site"]) if replica["site"] in OWNERS else replica["site"]
            for image in images
            for representation in image.record.get("representations", ())
            for replica in representation.get("replicas", ())
        }
    )


def _citation_file(resolution: Resolution, suffix: str) -> Response:
    entry = resolution.entry
    assert entry is not None
    media_type, render = CITATIONS[suffix]
    response = Response(render(entry.record), content_type=f"{media_type}; charset=utf-8")
    name = archive_accession(entry.record) + suffix
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return finish(response, entry.recorded_at)


_CITATION_FILES = {suffix: partial(_citation_file, suffix=suffix) for suffix in CITATIONS}


def _pretty(content: bytes) -> tuple[str, bool]:
    """The bytes as readable text, JSON indented, and whether it was cut to what a page can show."""
    text = content.decode("utf-8", "replace")
    if len(content) <= _SHOWN_CHARACTERS:
        # What is not JSON, or too deep for the parser, is shown as it came.
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return text[:_SHOWN_CHARACTERS], len(text) > _SHOWN_CHARACTERS


def _public(services: Services, name: str, below: str) -> Resolution | Response:
    """The public study `name`, or the redirect to the path `below` its own name."""
    resolution = services.resolver.resolve(name)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    if resolution.tombstone is not None:
        return answer(services, resolution.kind or "study", resolution.curie or "", tombstone_page)
    if name != resolution.curie or resolution.kind != "study":
        # An image's original is its study's list; its page says where that is.
        suffix = below if resolution.kind == "study" else ""
        return to(services.links, services.links.document(resolution.kind or "", resolution.curie or "", suffix), 301)
    return resolution


def _original(services: Services, name: str, raw: bool) -> Response:
    resolution = _public(services, name, "/original/raw" if raw else "/original")
    if isinstance(resolution, Response):
        return resolution
    entry = resolution.entry
    if entry is None or entry.original_digest is None:
        raise NotFound(f"No original was kept for {name}.")
    content = services.ledger.original(entry.original_digest)
    if raw:
        # Partner bytes are never typed as something that a browser would run.
        response = Response(content, content_type="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=f"{entry.original_digest[:16]}.original")
        return finish(response, entry.retrieved_at)
    text, cut = _pretty(content)
    page = render_template(
        "original.html",
        record=entry.record,
        curie=entry.curie,
        entry=entry,
        provenance=catalog_record(entry),
        original=text,
        cut=cut,
        size=len(content),
        ours=json.dumps(entry.record, ensure_ascii=False, indent=2),
        path=services.links.path(services.links.document("study", entry.curie)),
    )
    return finish(Response(page), entry.recorded_at)


def studies_blueprint(services: Services) -> Blueprint:
    """Routes of studies."""
    blueprint = Blueprint("studies", __name__)

    @blueprint.get("/studies/<path:name>")
    def study(name: str) -> Response:
        return answer(services, "study", name, lambda found: _study_page(services, found), _CITATION_FILES)

    @blueprint.get("/studies/<path:name>/original")
    def original(name: str) -> Response:
        return _original(services, name, raw=False)

    @blueprint.get("/studies/<path:name>/original/raw")
    def original_raw(name: str) -> Response:
        return _original(services, name, raw=True)

    @blueprint.get("/studies")
    @blueprint.get("/studies/")
    def all_studies() -> Response:
        return to(services.links, "/search", 303)

    return blueprint
