"""An assessor whose way out leads to servers of the test alone, and pages written by us."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from catalogue.fair.assess.base import Judge
from catalogue.fair.assess.here import JudgeHere
from catalogue.fair.assess.service import Assessor, Outside
from catalogue.fair.assess.turns import Patience
from catalogue.fair.live.world import World
from harvesters.looker import Home, Looker
from harvesters.single import SingleDocuments
from tests.fair.live.hostile_answers_for_looks import fetcher, says
from tests.harvesters.loopback_server import Server

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
DATASET = {
    "@context": "https://schema.org/",
    "@type": "Dataset",
    "@id": "https://doi.org/10.5281/zenodo.1",
    "identifier": "https://doi.org/10.5281/zenodo.1",
    "name": "Nuclei of zebrafish embryos",
    "description": "Light-sheet recordings of whole embryos over two days of development, with tracked nuclei.",
    "license": CC_BY,
    "datePublished": "2024-05-01",
    "creator": [{"@type": "Person", "givenName": "Ada", "familyName": "Author"}],
}
TURTLE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<https://doi.org/10.5281/zenodo.1> a dcat:Dataset ; dcterms:title "Another title" ;
  dcterms:identifier "https://doi.org/10.5281/zenodo.1" .
"""


def assessor(
    *servers: Server, parallel: int = 2, limit_s: float = 600.0, timeout_s: float = 30.0, **more: Any
) -> Assessor:
    """An assessor that may ask these servers and nobody else that is private."""
    patience = Patience()
    waits = {"sleep": patience.rest, "interrupt": lambda: patience.rest(0)}
    others = fetcher({f"127.0.0.1:{server.port}" for server in servers}, timeout_s, **waits)
    world = World("", Home(others, "http://127.0.0.1:9"), Looker(others), "")
    held: Callable[[str], Any] = more.pop("held", lambda text: None)
    outside = Outside(others.check, world.visit, patience.within) if more.pop("outside", True) else None
    here = JudgeHere(SingleDocuments(others).map, "1.0")
    judge: Callable[[], Judge] = more.pop("judge", lambda: here)
    return Assessor(judge, held, outside, lambda: NOON, parallel, limit_s, **more)


def page(dataset: dict[str, Any] | None = None, head: str = "") -> bytes:
    """A landing page with a block of JSON-LD."""
    block = json.dumps(DATASET if dataset is None else dataset)
    text = f'<html><head>{head}<script type="application/ld+json">{block}</script></head><body>Hello</body></html>'
    return text.encode()


def good_archive(server: Server) -> str:
    """Address of a study whose page embeds metadata and links more of them."""
    links = (
        f'<{server.url}/1.ttl>;rel="describedby";type="text/turtle", <https://doi.org/10.5281/zenodo.1>;rel="cite-as"'
    )
    server.routes["/1"] = says(page(), Link=links)
    server.routes["/1.ttl"] = says(TURTLE.encode(), "text/turtle")
    return f"{server.url}/1"
