"""The forms in which a node describes an IRI of ours, and the answers that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pyoxigraph
from flask import Response, request

from catalogue.model.documentation import documentation
from catalogue.model.namespaces import BASE
from catalogue.model.vocabulary import describe, nearest, serialise
from catalogue.problems import NotFound
from catalogue.web.documents import finish, to
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.schema.places import page_of
from catalogue.web.services import Links
from catalogue.web.text import plain

CACHE = "public, max-age=3600"
_LONGEST = 300

RDF = (
    Offer("text/turtle", ".ttl", "Turtle", also=("application/x-turtle",)),
    Offer("application/ld+json", ".jsonld", "JSON-LD", also=("application/json",)),
    Offer("application/n-triples", ".nt", "N-Triples", also=("text/plain",)),
    Offer("application/rdf+xml", ".rdf", "RDF/XML", also=("application/xml", "text/xml")),
)
OFFERS = (PAGE, *RDF)
_ENGINE = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def dereference(links: Links, path: str) -> Response:
    """The answer at the path of one of our IRIs: 303 to the page or to the RDF that Accept asks for.

    Args:
        path: what follows the host, such as `/terms/accessLevel`, or with the suffix of a form.

    Raises:
        NotFound: it names nothing; the nearest names are given.
        NotAcceptable: no form fits Accept.
    """
    iri = BASE + path.strip("/")
    if describe(iri):
        chosen = choose(request.accept_mimetypes, OFFERS)
        place = page_of(iri) if chosen is PAGE else None
        response = to(links, place or f"{path.rstrip('/')}{(chosen if chosen is not PAGE else RDF[0]).suffix}", 303)
        response.headers["Link"] = described_by(links, path)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    offer = next((offer for offer in RDF if path.endswith(offer.suffix)), None)
    if offer is not None and describe(iri.removesuffix(offer.suffix)):
        return rdf(links, path.removesuffix(offer.suffix), offer)
    raise unknown(links, iri, [(known.removeprefix(BASE), page) for known in nearest(iri) if (page := page_of(known))])


def rdf(links: Links, path: str, offer: Offer) -> Response:
    """What one of our IRIs means, as RDF.

    Args:
        path: of the IRI, without suffix.
    """
    iri = BASE + path.strip("/")
    charset = "" if offer.suffix == ".jsonld" else "; charset=utf-8"
    response = Response(_body(iri, offer.suffix), content_type=offer.media_type + charset)
    response.headers["Content-Location"] = links.path(path.rstrip("/") + offer.suffix)
    page = page_of(iri)
    response.headers["Link"] = ", ".join(
        [f'<{iri}>; rel="describes"', *([f'<{links.full(page)}>; rel="alternate"; type="text/html"'] if page else [])]
    )
    return open_to_all(finish(response, None, CACHE))


def described_by(links: Links, path: str) -> str:
    """Link header of a page or a redirect: where the RDF is."""
    start = links.full(path.rstrip("/"))
    return ", ".join(f'<{start}{offer.suffix}>; rel="describedby"; type="{offer.media_type}"' for offer in RDF)


def open_to_all(response: Response) -> Response:
    """A vocabulary may be read from any page of any site."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def unknown(links: Links, asked: str, places: Sequence[tuple[str, str]]) -> NotFound:
    """The problem that says that something is not in the model, and what is spelled like it.

    Args:
        asked: the name or IRI.
        places: (label, path) of what was perhaps meant.
    """
    look_at = [{"label": label, "url": links.path(path)} for label, path in places]
    return NotFound(
        f"{plain(asked)[:_LONGEST]} names nothing in version {documentation()['version']} of the model"
        + ("; the names below are spelled most like it." if look_at else "; its index lists every name."),
        headers={"Vary": "Accept", "Access-Control-Allow-Origin": "*"},
        identifier=plain(asked)[:_LONGEST],
        look_at=look_at or [{"label": "Index of the model", "url": links.path("/schema/slots")}],
    )


@lru_cache(maxsize=2_000)
def _body(iri: str, suffix: str) -> bytes:
    return serialise(describe(iri), _ENGINE[suffix])
