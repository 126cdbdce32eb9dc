"""A landing page as F-UJI reads it: headers, head, embedded descriptions, Turtle by typed link, downloads; no more.

Source: fair.md section 3; F-UJI 3.5.1, `harvester/metadata_harvester.py`. No network: what lies at stores is told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pyoxigraph as px
from flask.testing import FlaskClient

_LINK = re.compile(r"<([^>]*)>((?:;[^,;]+=\"[^\"]*\")+)")
_ATTRIBUTE = re.compile(r";([a-z]+)=\"([^\"]*)\"")


class _Head(HTMLParser):
    """Links, meta elements and data blocks of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.blocks: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in given:
            self.metas.append((given["name"], given.get("content", "")))
        if tag == "link":
            self.links.append(given)
        self._inside = tag == "script" and given.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


@dataclass(frozen=True)
class LandingPage:
    """What is found at the address of a page.

    Args:
        schema: the embedded schema.org description.
        metas: Dublin Core of the head: element -> values.
        header: typed links of the Link header: (relation, target, media type).
        header_bytes: length of that header.
        links: typed links of the head, as `header`.
        turtle: triples of the document that `describedby` names as Turtle.
        downloads: links to data, in the order in which F-UJI takes them: distribution, parts, items.
        client: to follow links of the node.
        served: address at a store -> (media type, bytes) of what lies there.
    """

    status: int
    schema: dict[str, Any]
    metas: dict[str, list[str]]
    header: list[tuple[str, str, str]]
    header_bytes: int
    links: list[tuple[str, str, str]]
    turtle: list[px.Triple]
    downloads: list[dict[str, Any]]
    client: FlaskClient
    served: dict[str, tuple[str, int]] = field(default_factory=dict)

    def targets(self, relation: str) -> list[str]:
        """Targets of a relation in the header."""
        return [target for rel, target, _ in self.header if rel == relation]

    def namespaces(self) -> set[str]:
        """Namespaces of predicates, classes and values in the Turtle."""
        terms = [term for t in self.turtle for term in (t.predicate, t.object) if isinstance(term, px.NamedNode)]
        return {re.sub(r"[^/#]*$", "", term.value) for term in terms}

    def follow(self, address: str) -> tuple[int, str]:
        """First status and target of an identifier at the node, which w3id.org would send there."""
        answer = self.client.get("/id/" + address.split("/ommatidia/", 1)[1])
        return answer.status_code, answer.headers.get("Location", "")


def read(client: FlaskClient, path: str, served: dict[str, tuple[str, int]] | None = None) -> LandingPage:
    """The page at a path, read as F-UJI reads it: `Accept: text/html, */*`, no JavaScript."""
    answer = client.get(path, headers={"Accept": "text/html, */*"})
    head = _Head()
    head.feed(answer.text)
    metas: dict[str, list[str]] = {}
    for name, content in head.metas:
        if name.startswith("DC."):
            metas.setdefault(name[3:], []).append(content)
    raw = answer.headers.get("Link", "")
    header = [(said["rel"], target, said.get("type", "")) for target, said in _parsed(raw)]
    schema: dict[str, Any] = json.loads(head.blocks[0])
    described = [t for rel, t, kind in header if rel == "describedby" and kind == "text/turtle"]
    triples = [q.triple for q in px.parse(client.get(described[0]).data, format=px.RdfFormat.TURTLE)]
    items = [{"contentUrl": t, "encodingFormat": kind} for rel, t, kind in header if rel == "item"]
    return LandingPage(
        answer.status_code,
        schema,
        metas,
        header,
        len(raw),
        [(link.get("rel", ""), link.get("href", ""), link.get("type", "")) for link in head.links],
        triples,
        [*schema.get("distribution", ()), *schema.get("hasPart", ())] or items,
        client,
        served or {},
    )


def _parsed(header: str) -> list[tuple[str, dict[str, str]]]:
    return [(target, dict(_ATTRIBUTE.findall(rest))) for target, rest in _LINK.findall(header)]
