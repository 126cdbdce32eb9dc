"""Asks this node's own interfaces for harvesters whether they are alive."""

from __future__ import annotations

from typing import Final, NamedTuple

from catalogue.fair.live.base import Check, NoAnswer, Seen, Target, Visit, fine, folded, silent, wrong


class _Endpoint(NamedTuple):
    """An interface: where it is asked, as what, and what the beginning of its answer holds."""

    path: str
    accept: str
    holds: bytes


ENDPOINTS: Final = {
    "oai-pmh": _Endpoint("/oai?verb=ListMetadataFormats", "text/xml", b"<metadataPrefix>oai_dc<"),
    "ldes": _Endpoint("/ldes", "application/trig", b"EventStream"),
    "resourcesync": _Endpoint("/.well-known/resourcesync", "application/xml", b"capability="),
    "sitemap": _Endpoint("/sitemap.xml", "application/xml", b"<"),
    "dcat": _Endpoint("/catalog", "text/turtle", b"Catalog"),
    "sparql": _Endpoint("/sparql?query=ASK%20%7B%7D", "application/sparql-results+json", b"boolean"),
}


def _look(node: Target, visit: Visit) -> Seen:
    return folded({name: _of(visit, endpoint) for name, endpoint in ENDPOINTS.items()})


def _of(visit: Visit, endpoint: _Endpoint) -> Seen:
    try:
        answer = visit.here(endpoint.path, endpoint.accept)
    except NoAnswer as no:
        if no.rests:
            raise
        return silent(no)
    if answer.status != 200:
        return wrong(f"It answered {answer.status}.", answer)
    if endpoint.holds not in answer.content:
        return wrong(f"It answered 200 with something else ({answer.media_type}).", answer)
    return fine("It answered 200 with what it is asked for.", answer)


CHECK: Final = Check(
    name="harvest-endpoints",
    asks="This node's OAI-PMH, LDES, ResourceSync, sitemap, DCAT and SPARQL addresses, one request each.",
    fresh_days=1,
    look=_look,
    of="node",
)
