"""How this node's own pages are read by checks: typed links of header and head, embedded JSON-LD, ways of redirects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from catalogue.exchange.places import record_place
from catalogue.fair.live.base import Answer, Blocked, NoAnswer, Visit
from catalogue.fair.live.html_head import Link, joined

HTML: Final = "text/html"
MOST_HOPS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Possessive, and blanks in one place only: headers of strangers are read, too.
_LINK: Final = re.compile(
    r'\s*+<([^<>]*+)>((?:\s*+;\s*+(?:[\w*-]++(?:\s*+=\s*+(?:"[^"]*+"|[^\s",;]*+))?+)?+)*+)\s*+(?:,|$)'
)
_ATTRIBUTE: Final = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s",;]*))')


@dataclass(frozen=True, slots=True)
class Way:
    """Where a chain of redirects led.

    Args:
        answers: in their order; the last one is the end.
        fault: why it is no end: "" when it is one; else what is wrong.
    """

    answers: tuple[Answer, ...]
    fault: str = ""

    @property
    def first(self) -> Answer:
        """The first hop."""
        return self.answers[0]

    @property
    def end(self) -> Answer:
        """The last answer."""
        return self.answers[-1]


def identifier_path(curie: str) -> str:
    """Path at which this node resolves a record."""
    return f"/id/{quote(curie, safe=':/')}"


def page_path(curie: str, suffix: str = "") -> str:
    """Path of a study's page or of another form of it."""
    return record_place("", "study", curie, suffix)


def way_here(visit: Visit, path: str, accept: str) -> Way:
    """From a path of this node to the end, if that is on this node too."""

    def ask(url: str) -> Answer | str:
        local = path_here(visit, url)
        return visit.here(local, accept) if local is not None else f"it leads away from this node, to {url[:200]}"

    return _way(ask, visit.base + path, visit.here(path, accept))


def way_out(visit: Visit, url: str, accept: str = "*/*", *, whole: bool = False) -> Way:
    """From an address of somebody else to the end.

    Args:
        whole: the body is wanted; else HEAD asks first, and GET only where that is not understood.
    Raises:
        Blocked: a redirect from https to http, which nobody should follow.
    """

    def ask(there: str) -> Answer:
        if whole:
            return visit.out(there, accept=accept)
        head = _head(visit, there, accept)
        # Some servers do not know HEAD, or answer it as they would answer nothing else.
        if head is not None and (head.status in REDIRECTS or head.status == 200):
            return head
        return visit.out(there, accept=accept)

    def next_one(there: str) -> Answer | str:
        if urlsplit(url).scheme == "https" and urlsplit(there).scheme == "http":
            raise Blocked("It leads from https to http, which is never followed.", there)
        return ask(there)

    return _way(next_one, url, ask(url))


def _head(visit: Visit, url: str, accept: str) -> Answer | None:
    """The answer to HEAD; None where the server says that it has no such method."""
    try:
        return visit.out(url, "HEAD", accept=accept)
    except NoAnswer as no:
        if no.status != 501:
            raise
        return None


def _way(ask: Callable[[str], Answer | str], start: str, first: Answer) -> Way:
    answers, seen = [first], {start}
    while answers[-1].status in REDIRECTS:
        location = answers[-1].headers.get("location", "")
        if not location:
            return Way(tuple(answers), "a redirect names no address")
        try:
            there = urljoin(answers[-1].url, location).partition("#")[0]
        except ValueError:
            return Way(tuple(answers), "a redirect names no valid address")
        if there in seen:
            return Way(tuple(answers), "its redirects lead in a circle")
        if len(answers) > MOST_HOPS:
            return Way(tuple(answers), f"it is behind more than {MOST_HOPS} redirects")
        found = ask(there)
        if isinstance(found, str):
            return Way(tuple(answers), found)
        seen.add(there)
        answers.append(found)
    return Way(tuple(answers))


def path_here(visit: Visit, url: str) -> str | None:
    """The path of an address of this node, query included; None for an address elsewhere."""
    return url[len(visit.base) :] if url.startswith(visit.base + "/") else None


def header_links(answer: Answer) -> list[Link] | None:
    """The links of a Link header; None where it cannot be read to its end.

    Source: RFC 8288, section 3.
    """
    text, found, place = answer.headers.get("link", ""), [], 0
    while place < len(text):
        match = _LINK.match(text, place)
        if match is None or match.end() == place:
            return None
        said = {name.lower(): quoted or plain for name, quoted, plain in _ATTRIBUTE.findall(match[2])}
        href = joined(answer.url, match[1])
        found += [Link(rel, href, said.get("type", "")) for rel in said.get("rel", "").split() if href]
        place = match.end()
    return found


def nodes_of(block: str) -> Iterator[dict[str, Any]]:
    """The nodes of a JSON-LD block at its top, or of its graph.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        found = json.loads(block)
    except RecursionError as error:
        raise ValueError("too deep") from error
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            graph = one.get("@graph")
            yield from (node for node in (graph if isinstance(graph, list) else [one]) if isinstance(node, dict))
