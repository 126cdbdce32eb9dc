"""/studies/{curie}/linkset.json and /linkset, the same for images: all typed links of a page, of its forms and images.

Source: RFC 9264; signposting.org/FAIR, level 2. Studies with many images have several link sets, each naming the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, request

from catalogue.problems import NotFound
from catalogue.resolver.service import Resolution
from catalogue.web.documents import FOUND, finish, record_type, refuse, to
from catalogue.web.negotiation import HTML, offers
from catalogue.web.services import Services
from catalogue.web.signposting import (
    LINKSET,
    LINKSET_JSON,
    TypedLink,
    authors,
    data_items,
    described_by,
    image_items,
    linkset_links,
    own_links,
    policy_link,
)
from catalogue.web.study_images import study_images

MOST_ITEMS = 2_000
"""Images of one link set."""
_INBOX_PATH = "/inbox"

Context = tuple[str, list[TypedLink]]
"""Where links start, and the links."""


def inbox_path(services: Services) -> str:
    """Path at which this node takes notifications; "" where it takes none."""
    return _INBOX_PATH if services.inbox is not None else ""


def _contexts(services: Services, found: Resolution, after: str, own: str, media_type: str) -> Iterator[Context]:
    """All links, by where they start; absolute, as a link set may be read far from here.

    Args:
        own: address of this link set without its query.
        media_type: of this link set.
    """
    links, absolute = services.links, services.absolute
    kind, curie = found.kind or "study", found.curie or ""
    page = absolute(links.document(kind, curie))
    available = offers(record_type(found))
    images, following = _images(services, found, after)
    if found.tombstone is not None:
        gone = [TypedLink("cite-as", links.iri(curie)), *linkset_links(links, absolute, kind, curie), policy_link()]
        yield page, [*gone, *described_by(links, absolute, kind, curie, available)]
    else:
        assert found.entry is not None
        record = found.entry.record
        items = image_items(links, absolute, images)
        essential = own_links(links, absolute, kind, record, available, inbox_path(services))
        yield page, [*essential, *authors(record), *data_items(record), *items]
        for item in items:
            yield item.href, [TypedLink("collection", page, HTML)]
    for document in described_by(links, absolute, kind, curie, available):
        yield document.href, [TypedLink("describes", page, HTML)]
    if following:
        yield own, [TypedLink("next", f"{own}?after={quote(following, safe=':')}", media_type)]


def _images(services: Services, found: Resolution, after: str) -> tuple[list[str], str]:
    """Images of one link set above `after`, and where the next one begins; "" after the last."""
    if found.kind != "study" or found.tombstone is not None:
        return [], ""
    entries = study_images(services, found.curie or "", after, MOST_ITEMS + 1)
    named = [entry.curie for entry in entries[:MOST_ITEMS]]
    return named, named[-1] if len(entries) > MOST_ITEMS else ""


def _as_json(contexts: Iterator[Context]) -> str:
    linkset = []
    for anchor, found in contexts:
        relations: dict[str, list[dict[str, str]]] = {}
        for link in found:
            relations.setdefault(link.rel, []).append(link.target())
        linkset.append({"anchor": anchor, **relations})
    return json.dumps({"linkset": linkset}, ensure_ascii=False, indent=2) + "\n"


def _as_text(contexts: Iterator[Context]) -> str:
    return ",\n".join(link.render(anchor) for anchor, found in contexts for link in found) + "\n"


_FORMS = {"/linkset.json": (LINKSET_JSON, _as_json), "/linkset": (LINKSET, _as_text)}


def _linkset(services: Services, kind: str, name: str, end: str) -> Response:
    found = services.resolver.resolve(name)
    if found.state not in FOUND:
        refuse(services, found)
    curie, links = found.replacement or found.curie or "", services.links
    if name != curie or found.kind != kind:
        return to(links, links.document(found.kind or kind, curie, end), 301)
    after = request.args.get("after", "")
    if len(after) > 300:
        raise NotFound("`after` is the identifier of an image of this study; begin without it.")
    media_type, render = _FORMS[end]
    own = services.absolute(links.document(kind, curie, end))
    response = Response(render(_contexts(services, found, after, own, media_type)), content_type=media_type)
    response.headers["Link"] = TypedLink("describes", links.full(links.document(kind, curie)), HTML).render()
    if found.tombstone is not None:
        response.status_code = 410
    return finish(response, found.entry.recorded_at if found.entry is not None else None)


def linksets_blueprint(services: Services) -> Blueprint:
    """Routes of link sets."""
    blueprint = Blueprint("linksets", __name__)

    @blueprint.get("/studies/<path:name>/linkset.json", defaults={"kind": "study", "end": "/linkset.json"})
    @blueprint.get("/studies/<path:name>/linkset", defaults={"kind": "study", "end": "/linkset"})
    @blueprint.get("/images/<path:name>/linkset.json", defaults={"kind": "image", "end": "/linkset.json"})
    @blueprint.get("/images/<path:name>/linkset", defaults={"kind": "image", "end": "/linkset"})
    def linkset(name: str, kind: str, end: str) -> Response:
        return _linkset(services, kind, name, end)

    return blueprint
