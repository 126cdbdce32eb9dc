"""/search: words to a list of studies and images, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request

from catalogue.exchange.base import archive_accession
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import BadRequest
from catalogue.search.service import Hit, SearchPage
from catalogue.web.documents import finish
from catalogue.web.services import Services

PAGE_SIZE = 20
FILTERS = ("organism", "method", "owner", "year", "kind")
_FACETS = {"organism": "organisms", "method": "methods", "owner": "owners", "year": "years"}
_TITLES = {"organism": "Organism", "method": "Imaging method", "owner": "Archive", "year": "Year"}
_SHOWN_VALUES = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a search says."""

    text: str
    page: int
    filters: Mapping[str, str]

    def query(self, page: int = 1, **changed: str) -> str:
        """The query string of this search with another page or other filters; "" takes a filter away."""
        given = {"q": self.text, **self.filters, **changed, "page": str(page) if page > 1 else ""}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Item:
    """A hit as the list shows it."""

    href: str
    title: str
    archive: str
    accession: str
    year: int | None
    organisms: tuple[str, ...]
    methods: tuple[str, ...]
    thumbnail: str
    snippet: Any = ()


def asked() -> Asked:
    """The search that the request asks for.

    Raises:
        BadRequest: the page is no number from 1 to 5000.
    """
    number = request.args.get("page", "1")
    if not (number.isascii() and number.isdigit() and len(number) <= 4 and 1 <= int(number) <= 5000):
        raise BadRequest("page is a number from 1 to 5000.")
    filters = {name: request.args[name][:200] for name in FILTERS if request.args.get(name)}
    return Asked(request.args.get("q", "").strip(), int(number), filters)


def item(services: Services, hit: Hit, snippet: bool = False) -> Item:
    """The hit with its address, and where its description has the words; a study is pictured by its first image."""
    links = services.links
    image = hit.curie if hit.kind == "image" else ""
    if not image and services.images is not None:
        image = next((child.curie for child in services.ledger.children(hit.curie, limit=1)), "")
    return Item(
        links.path(links.document(hit.kind, hit.curie)),
        hit.title,
        _archive(hit.owner),
        archive_accession({"owner": hit.owner, "accession": hit.curie.partition(":")[2]}),
        hit.year,
        tuple(term.label for term in hit.organisms),
        tuple(term.label for term in hit.methods),
        links.path(links.thumbnail(image)) if image and services.images is not None else "",
        hit.snippet if snippet else (),
    )


def find(services: Services, wanted: Asked) -> SearchPage:
    """The page of hits asked for; nothing where this node has no text index."""
    if services.search is None:
        return SearchPage(0, (), {})
    offset = (wanted.page - 1) * PAGE_SIZE
    return services.search.search(wanted.text, limit=PAGE_SIZE, offset=offset, filters=wanted.filters)


def _archive(owner: str) -> str:
    return owner_name(owner) if owner in OWNERS else owner


def _facets(wanted: Asked, found: SearchPage) -> list[dict[str, Any]]:
    """Groups of links that narrow the search, or widen it again."""
    groups = []
    for name, title in _TITLES.items():
        chosen = wanted.filters.get(name, "")
        values = [
            {
                "label": _archive(count.value) if name == "owner" else count.label,
                "count": count.count,
                "chosen": count.value == chosen,
                "query": wanted.query(1, **{name: "" if count.value == chosen else count.value}),
            }
            for count in found.facets.get(_FACETS[name], ())[:_SHOWN_VALUES]
        ]
        if chosen and not any(value["chosen"] for value in values):
            values.insert(
                0, {"label": chosen, "count": found.total, "chosen": True, "query": wanted.query(1, **{name: ""})}
            )
        if len(values) > 1 or chosen:
            groups.append({"title": title, "values": values})
    return groups


def search_blueprint(services: Services) -> Blueprint:
    """Routes of the search."""
    blueprint = Blueprint("search", __name__)

    @blueprint.get("/search")
    def search() -> Response:
        wanted = asked()
        found = find(services, wanted)
        page = render_template(
            "search.html",
            active="search",
            asked=wanted,
            total=found.total,
            corrected=found.corrected,
            items=[item(services, hit, snippet=bool(wanted.text)) for hit in found.hits],
            facets=_facets(wanted, found),
            last_page=max(1, -(-found.total // PAGE_SIZE)),
        )
        return finish(Response(page), None)

    @blueprint.get("/search.json")
    def search_json() -> Response:
        wanted = asked()
        found, links = find(services, wanted), services.links
        hits = [
            {
                "identifier": hit.curie,
                "iri": links.iri(hit.curie),
                "page": links.full(links.document(hit.kind, hit.curie)),
                "kind": hit.kind,
                "title": hit.title,
                "owner": hit.owner,
                "year": hit.year,
                "organisms": [asdict(term) for term in hit.organisms],
                "methods": [asdict(term) for term in hit.methods],
                "study": hit.parent,
            }
            for hit in found.hits
        ]
        following = f"/search.json?{wanted.query(wanted.page + 1)}" if wanted.page * PAGE_SIZE < found.total else None
        response = jsonify(
            total=found.total,
            corrected=found.corrected,
            hits=hits,
            facets={name: [asdict(count) for count in counts] for name, counts in found.facets.items()},
            next=links.full(following) if following else None,
        )
        response.headers["Access-Control-Allow-Origin"] = "*"
        return finish(response, None)

    return blueprint
