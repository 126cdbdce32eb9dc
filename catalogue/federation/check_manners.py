"""How an endpoint answers over HTTP, and what it offers beside the exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogue.federation.feed import MemberSays
from catalogue.federation.findings import Finding, note, ok, warning
from catalogue.federation.probe import Probe, Seen
from catalogue.problems import FetchRefused, NotFound, SourceChanged, SourceUnavailable

_NOWHERE: Final = "federation/log/nobody/0/1.json"
_EXTRAS: Final = (
    ("ldes", "LDES feed", b""),
    ("oai?verb=Identify", "OAI-PMH", b"<Identify"),
    ("sitemap.xml", "sitemap", b"<"),
    ("inbox", "inbox", b""),
)


def check_manners(probe: Probe, says: MemberSays) -> Iterator[Finding]:
    """Validators, lengths, caching, compression and the form of a missing document."""
    seen = probe.get("federation/node.json", 4 << 20)
    yield from _validators(probe, seen)
    yield from _length(seen)
    if "json" not in seen.headers.get("content-type", ""):
        yield warning(
            "media type",
            f"node.json comes as {seen.headers.get('content-type', 'no media type')[:80]}.",
            "Pulling does not mind, other readers do.",
            "Let its server send application/json for .json.",
        )
    yield from _caching(probe, says)
    yield from _missing(probe)


def _validators(probe: Probe, seen: Seen) -> Iterator[Finding]:
    if not seen.etag:
        yield warning(
            "conditional requests",
            "node.json comes without an ETag.",
            "A look that finds nothing new then costs six documents instead of one 304.",
            "Let its server, or the one before it, send ETags.",
        )
        return
    again = probe.get("federation/node.json", 4 << 20, etag=seen.etag)
    if again.status == 304:
        yield ok("conditional requests", "An unchanged node.json answers 304.")
    elif again.etag == seen.etag:
        yield warning(
            "conditional requests",
            f"Asked for node.json with the ETag that it gave, it answers {again.status} with the same one.",
            "Each look reads everything again.",
            "Something before its server drops If-None-Match; let it pass.",
        )
    else:
        yield note("conditional requests", "node.json changed between two requests; 304 could not be tried.")


def _length(seen: Seen) -> Iterator[Finding]:
    if "content-length" in seen.headers:
        yield ok("length", "Answers say their length.")
        return
    yield warning(
        "length",
        "Answers come without Content-Length.",
        "An answer that was cut off looks whole; several OAI-PMH and LDES clients fail on it.",
        "Let its server, or what compresses before it, send whole answers with their length.",
    )


def _caching(probe: Probe, says: MemberSays) -> Iterator[Finding]:
    try:
        owner = next((one for one in says.owners() if one.seq), None)
    except (NotFound, SourceChanged):
        # Told already, by what reads the documents.
        return
    if owner is None:
        return
    page = probe.get(f"federation/log/{owner.owner}/{owner.epoch}/1.json")
    cache = page.headers.get("cache-control", "")
    if not cache or "no-store" in cache:
        yield warning(
            "caching",
            f"Pages of the log come with {'Cache-Control: ' + cache[:80] if cache else 'no Cache-Control'}.",
            "Caches before it cannot help, and every member reads every page from its disk.",
            "Full pages may be kept for a week, the last one must be revalidated.",
        )
    else:
        yield ok("caching", f"Pages of the log come with Cache-Control: {cache[:80]}.")
    if page.headers.get("content-encoding", ""):
        yield ok("compression", f"Pages come compressed ({page.headers['content-encoding'][:20]}).")
    else:
        yield note("compression", f"A page of the log comes uncompressed ({len(page.content):,} bytes).")


def _missing(probe: Probe) -> Iterator[Finding]:
    seen = probe.get(_NOWHERE, 4 << 20)
    if seen.status in (404, 410):
        yield ok("missing documents", f"A document that is not there answers {seen.status}.")
    else:
        yield warning(
            "missing documents",
            f"A document that is not there answers {seen.status}.",
            "What is missing then looks like something broken, and a pull stops.",
            "Let its server answer 404 below /federation/ and /chunks/.",
        )


def check_extras(probe: Probe) -> Iterator[Finding]:
    """What other clients read; the exchange does without."""
    for path, title, mark in _EXTRAS:
        seen = _look(probe, path)
        there = seen is not None and seen.status == 200 and mark in seen.content
        yield note(title, f"{'There' if there else 'Not there'} (/{path}).")
    robots = _look(probe, "robots.txt")
    lines = robots.content[:65_536].decode("utf-8", "replace").splitlines() if robots and robots.status == 200 else []
    if any(line.partition("#")[0].replace(" ", "").lower() == "disallow:/" for line in lines):
        yield note("robots.txt", "It keeps crawlers out; members are not crawlers and read it all the same.")


def _look(probe: Probe, path: str) -> Seen | None:
    try:
        return probe.get(path, 4 << 20)
    except (SourceUnavailable, FetchRefused):
        return None
