"""One way to answer for a record: find it, choose the form, give it with validators and typed links.

The resolver decides what a name means; the views of studies and images only add their page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import NoReturn

from flask import Response, redirect, render_template, request

from catalogue.exchange.base import RENDERER_VERSION, tells_images
from catalogue.model.identifiers import owner_name
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, NotFound, StoreDamaged
from catalogue.resolver.service import Resolution, State
from catalogue.web.negotiation import PAGE, Offer, choose, offers
from catalogue.web.services import Links, Services
from catalogue.web.signposting import document_links, tombstone_links
from catalogue.web.study_images import document_of
from catalogue.web.text import path_of, plain

CACHE = "public, max-age=60"
TOMBSTONE_SUFFIX = ".jsonld"
FOUND = frozenset({State.PUBLIC, State.SUPPRESSED, State.WITHDRAWN, State.REPLACED})
Page = Callable[[Resolution], Response]
_NO_MORE: Mapping[str, Page] = MappingProxyType({})


def refuse(services: Services, resolution: Resolution) -> NoReturn:
    """Raise the problem that says why a name leads to no record, and where to look.

    Raises:
        BadIdentifier, AmbiguousIdentifier, NotFound: always one of them.
    """
    if resolution.state is State.MALFORMED:
        raise BadIdentifier(plain(resolution.understood), identifier=plain(resolution.text)[:200])
    if resolution.state is State.AMBIGUOUS:
        candidates = [
            {
                "curie": curie,
                "url": services.links.full(services.links.identifier(curie)),
                "archive": owner_name(curie.partition(":")[0]),
                "here": services.ledger.head(curie) is not None,
            }
            for curie in resolution.candidates
        ]
        raise AmbiguousIdentifier(plain(resolution.understood), headers={"Vary": "Accept"}, candidates=candidates)
    links = services.links
    look_at = [{"label": place.label, "url": place.url} for place in resolution.suggestions]
    look_at += [
        {"label": f"Its study, {curie}, is here", "url": links.full(links.document("study", curie))}
        for curie in resolution.related
    ]
    raise NotFound(
        plain(resolution.understood),
        headers={"Vary": "Accept", "Cache-Control": CACHE},
        identifier=plain(resolution.text)[:200],
        understood_as=resolution.curie,
        look_at=look_at,
    )


def to(links: Links, path: str, code: int) -> Response:
    """A redirect to a path of this node; `path` starts with one slash, so that it cannot lead elsewhere."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no path of this node")
    response = redirect(links.full(path) if links.base_url else links.path(path), code)
    assert isinstance(response, Response)
    response.headers["Cache-Control"] = CACHE
    response.vary.add("Accept")
    return response


def _split_suffix(services: Services, name: str, extra: Iterable[str]) -> tuple[Resolution, str]:
    """What `name` leads to and the suffix that was cut off for that; a record so named wins over a suffix."""
    fitting = (end for end in (*_suffixes(), *extra) if name.endswith(end))
    suffix = max(fitting, key=len, default="")
    whole = services.resolver.resolve(name)
    if suffix and whole.state not in FOUND:
        return services.resolver.resolve(name[: -len(suffix)]), suffix
    return whole, ""


@cache
def _suffixes() -> frozenset[str]:
    """What the address of a form may end with."""
    return frozenset(offer.suffix for kind in ("Study", "Image", "Tombstone") for offer in offers(kind) if offer.suffix)


def tombstone_page(resolution: Resolution) -> Response:
    """The page that stays when a record is withdrawn."""
    return Response(
        render_template(
            "tombstone.html",
            stone=resolution.tombstone,
            curie=resolution.curie,
            kind=resolution.kind or "study",
            entry=resolution.entry,
            offers=offers("Tombstone"),
        )
    )


def record_type(resolution: Resolution) -> str:
    """Type of the record that is shown for this name: Study, Image or Tombstone."""
    if resolution.tombstone is not None:
        return "Tombstone"
    assert resolution.entry is not None
    return str(resolution.entry.record["type"])


def answer(services: Services, kind: str, name: str, page: Page, extra: Mapping[str, Page] = _NO_MORE) -> Response:
    """The document `name` of this kind: page, rendering, tombstone, redirect to its or its successor's address, or a
    problem.

    Args:
        page: makes the page of a public record.
        extra: suffix -> what gives a public record in a form that no other kind of record has (`.bib`).
    """
    resolution, suffix = _split_suffix(services, name, extra)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    curie, links = resolution.curie or "", services.links
    if resolution.replacement is not None:
        return to(links, links.document(resolution.kind or kind, resolution.replacement, suffix), 301)
    proper = links.document(resolution.kind or kind, curie, suffix)
    if proper != f"/{'images' if kind == 'image' else 'studies'}/{path_of(name)}":
        return to(services.links, proper, 301)
    if suffix in extra and resolution.tombstone is None:
        return extra[suffix](resolution)
    available = offers(record_type(resolution))
    if suffix:
        # What a form would have told is gone in every form: the tombstone answers for those that it has none of.
        gone = next((o for o in available if o.suffix == TOMBSTONE_SUFFIX and resolution.tombstone is not None), None)
        chosen = next((offer for offer in available if offer.suffix == suffix), gone)
        if chosen is None:
            raise NotFound(f"There is no {suffix} form of {curie}.", headers={"Cache-Control": CACHE})
    else:
        chosen = choose(request.accept_mimetypes, available)
    return _render(services, resolution, chosen, available, page)


def _render(
    services: Services, resolution: Resolution, chosen: Offer, available: Sequence[Offer], page: Page
) -> Response:
    curie, kind, links = resolution.curie or "", resolution.kind or "study", services.links
    if chosen is PAGE:
        response = tombstone_page(resolution) if resolution.tombstone is not None else page(resolution)
    else:
        response = _data(services, resolution, chosen)
        response.headers["Link"] = document_links(links, kind, curie)
        response.headers["Content-Location"] = links.path(links.document(kind, curie, chosen.suffix))
        response.headers["Access-Control-Allow-Origin"] = "*"
    if resolution.tombstone is not None:
        response.status_code = 410
        response.headers["Link"] = tombstone_links(links, kind, curie, available)
    elif resolution.state is State.SUPPRESSED:
        response.headers["X-Robots-Tag"] = "noindex"
    return finish(response, resolution.entry.recorded_at if resolution.entry is not None else None)


def _data(services: Services, resolution: Resolution, chosen: Offer) -> Response:
    entry, member = resolution.entry, chosen.member
    assert member is not None
    etag = ""
    if entry is not None and resolution.tombstone is None and not tells_images(member):
        # The entry hash covers payload and provenance, so equal tags mean equal bytes.
        etag = f"{entry.payload_digest[:24]}-{entry.entry_hash[:8]}-{member.name}-{RENDERER_VERSION}"
        if request.if_none_match.contains(etag):
            return Response(status=304, headers={"ETag": f'"{etag}"'})
    try:
        body = member.render(document_of(services, resolution, member))
    except ValueError as error:
        raise StoreDamaged(f"The record of {resolution.curie} cannot be written as {chosen.title}.") from error
    charset = "" if chosen.media_type.endswith("+json") else "; charset=utf-8"
    response = Response(body, content_type=chosen.media_type + charset)
    if chosen.profile:
        response.content_type = f'{chosen.media_type}; profile="{chosen.profile}"'
    if etag:
        response.set_etag(etag)
    return response


def finish(response: Response, modified: datetime | None, cache: str = CACHE) -> Response:
    """The response with strong ETag, Last-Modified, Vary and Cache-Control, made 304 where the client has it.

    Last-Modified is only stated, not compared: what else a page shows may change without its record.
    """
    if response.status_code == 200 or response.status_code == 410:
        if "ETag" not in response.headers:
            response.set_etag(f"{hashlib.sha256(response.get_data()).hexdigest()[:32]}-{RENDERER_VERSION}")
        if response.status_code == 200:
            response.make_conditional(request)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = cache
    if modified is not None:
        response.last_modified = modified
    return response
