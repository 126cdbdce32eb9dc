"""Listings that never end, repeat, break off or attack: OAI-PMH, DataCite's registry, DCAT pages, sitemaps."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from tests.e2e.hostile_answers import ENTITY_BOMB, xxe
from tests.e2e.hostile_partners import Build, Hostile
from tests.harvesters.loopback_server import Request, Server, answer

# (arguments of the request, how many lists were asked before, address of the canary) -> body of the answer.
List = Callable[[dict[str, str], int, str], bytes]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-03-02T12:00:00Z</responseDate><request>http://x/oai</request>"
)
_IDENTIFY = (
    "<Identify><repositoryName>r</repositoryName><baseURL>http://x/oai</baseURL><protocolVersion>2.0</protocolVersion>"
    "<adminEmail>a@b.example</adminEmail><earliestDatestamp>2000-01-01T00:00:00Z</earliestDatestamp>"
    "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)
_FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix><schema>http://x</schema>"
    "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>"
    "</ListMetadataFormats>"
)


def _oai(*parts: str) -> bytes:
    return "".join([_HEAD, *parts, "</OAI-PMH>"]).encode()


def _record(number: int, identifier: str = "") -> str:
    name = identifier or f"oai:x:{number}"
    return (
        f"<record><header><identifier>{name}</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Cells</dc:title>'
        f"<dc:identifier>https://doi.org/10.5281/zenodo.{number}</dc:identifier></oai_dc:dc></metadata></record>"
    )


def oai_identify() -> bytes:
    """Who the repository is."""
    return _oai(_IDENTIFY)


def oai_formats() -> bytes:
    """What it offers: oai_dc."""
    return _oai(_FORMATS)


def oai_none() -> bytes:
    """Nothing new."""
    return _oai('<error code="noRecordsMatch">nothing</error>')


def oai_records(numbers: range | list[int], token: str = "") -> bytes:
    """One page of a list."""
    end = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return _oai("<ListRecords>", *(_record(number) for number in numbers), end, "</ListRecords>")


def _repository(list_records: List) -> Build:
    """An OAI-PMH repository whose lists come from a function."""

    def build(server: Server, number: int, canary: str) -> None:
        asked = [0]

        def route(request: Request, _: socket.socket) -> bytes:
            given = {key: values[0] for key, values in parse_qs(urlsplit(request.path).query).items()}
            verb = given.get("verb", "")
            if verb in ("Identify", "ListMetadataFormats"):
                body = oai_identify() if verb == "Identify" else oai_formats()
            else:
                asked[0] += 1
                body = list_records(given, asked[0], canary)
            return answer(body, headers={"Content-Type": "text/xml"})

        server.otherwise = route

    return build


def _error(code: str) -> List:
    return lambda given, asked, canary: _oai(f'<error code="{code}">no</error>')


def _expiring(given: dict[str, str], asked: int, canary: str) -> bytes:
    if "resumptionToken" in given:
        return _oai('<error code="badResumptionToken">expired</error>')
    return oai_records([1], token=f"t{asked}")


def _registry(server: Server, number: int, canary: str) -> None:
    """DataCite's list of DOIs whose pages always lead on, to the same rows."""

    def route(request: Request, _: socket.socket) -> bytes:
        at = request.path.count("x")
        rows = [{"id": "10.5281/zenodo.1", "type": "dois", "attributes": {"doi": "10.5281/zenodo.1"}}]
        page = {"data": rows, "meta": {"total": 10**9}, "links": {"next": f"{server.url}/dois?c={'x' * (at + 1)}"}}
        return answer(json.dumps(page).encode(), headers={"Content-Type": "application/json"})

    server.otherwise = route


def _registry_inside(server: Server, number: int, canary: str) -> None:
    page = {"data": [{"id": "10.5281/zenodo.1", "attributes": {}}], "meta": {"total": 2}, "links": {"next": canary}}
    server.otherwise = answer(json.dumps(page).encode(), headers={"Content-Type": "application/json"})


def _catalogue(leads_on: Callable[[int, str], str]) -> Build:
    """DCAT pages linked by hydra:next."""

    def build(server: Server, number: int, canary: str) -> None:
        def route(request: Request, _: socket.socket) -> bytes:
            at = int(request.path.rpartition("=")[2]) if "=" in request.path else 0
            text = (
                f"<https://zenodo.org/records/{number}> a <http://www.w3.org/ns/dcat#Dataset> ; "
                f'<http://purl.org/dc/terms/title> "Eyes" ; <http://purl.org/dc/terms/identifier> '
                f'"https://doi.org/10.5281/zenodo.{number}" .\n'
                f"<{server.url}{request.path}> <http://www.w3.org/ns/hydra/core#next> <{leads_on(at, canary)}> ."
            ).replace("SERVER", server.url)
            return answer(text.encode(), headers={"Content-Type": "text/turtle"})

        server.otherwise = route

    return build


def _sitemap(entry: Callable[[str, str], str]) -> Build:
    """A sitemap index with one entry."""

    def build(server: Server, number: int, canary: str) -> None:
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        text = f"<sitemapindex {space}>{entry(server.url, canary)}</sitemapindex>"
        server.routes["/sitemap.xml"] = answer(text.encode())
        server.routes["/bomb.xml.gz"] = answer(gzip.compress(bytes(300 << 20)))
        server.routes["/entities.xml"] = answer(ENTITY_BOMB)

    return build


def _row(
    threat: str, name: str, build: Build, harvester: str, location: str, reason: str, *, state: str = "failed",
    requests: int = 8, **options: str,
) -> Hostile:  # fmt: skip
    return Hostile(
        threat, name, build, state, reason, requests=requests, harvester=harvester, location=location, options=options
    )


def _oai_row(
    threat: str, name: str, list_records: List, reason: str, *, state: str = "failed", most: int = 8
) -> Hostile:
    return _row(threat, name, _repository(list_records), "oai_pmh", "/oai", reason, state=state, requests=most)


LISTINGS = (
    _oai_row("TP4", "oai-token-repeats", lambda g, n, c: oai_records(range(n, n + 3), "same"), "loop"),
    _oai_row("TP4", "oai-records-repeat", lambda g, n, c: oai_records([1, 2], f"t{n}"), "loop"),
    _oai_row("TP4", "oai-empty-pages", lambda g, n, c: oai_records([], f"t{n}"), "loop"),
    _oai_row("TP4", "oai-records-without-end", lambda g, n, c: oai_records([n], f"t{n}"), "pages", most=2010),
    _oai_row("TP6", "oai-token-always-expired", _expiring, "forgot its resumptionToken", most=14),
    _oai_row("TP6", "oai-list-cut", lambda g, n, c: oai_records([1, 2])[:-60], "cut off"),
    _oai_row("TP6", "oai-error-of-its-own", _error("internalError"), "internalError"),
    _oai_row("TP6", "oai-html", lambda g, n, c: b"<html><body>Please log in</body></html>", "no OAI-PMH"),
    _oai_row("TP7", "oai-xxe", lambda g, n, c: xxe(c), "no OAI-PMH"),
    _oai_row("TP7", "oai-entity-bomb", lambda g, n, c: ENTITY_BOMB, "no OAI-PMH"),
    _oai_row("TP7", "oai-nested", lambda g, n, c: _oai("<a>" * 50_000 + "</a>" * 50_000), "no OAI-PMH"),
    _oai_row("TP9", "oai-odd-identifiers", lambda g, n, c: _oai("<ListRecords>", *(
        _record(at, name) for at, name in enumerate(["../../x", "x" * 5000, "-rf", "a&gt; b", "&#10;&#13;X: y"], 1)
    ), "</ListRecords>"), "", state="partial", most=20),
    _row("TP4", "registry-without-end", _registry, "datacite", "/dois", "loop"),
    _row("TP3", "registry-next-inside", _registry_inside, "datacite", "/dois", "origin"),
    _row("TP4", "catalogue-without-end", _catalogue(lambda at, c: f"SERVER/c?page={at + 1}"), "dcat", "/c", "gap",
         state="partial", form="pages"),
    _row("TP4", "catalogue-in-a-circle", _catalogue(lambda at, c: "SERVER/c"), "dcat", "/c", "", state="partial",
         form="pages"),
    _row("TP3", "catalogue-next-inside", _catalogue(lambda at, c: c), "dcat", "/c", "", state="partial", form="pages"),
    _row("TP3", "sitemap-inside", _sitemap(lambda u, c: f"<sitemap><loc>{c}</loc></sitemap>"), "bioschemas",
         "/sitemap.xml", "", state="completed"),
    _row("TP4", "sitemap-bomb", _sitemap(lambda u, c: f"<sitemap><loc>{u}/bomb.xml.gz</loc></sitemap>"), "bioschemas",
         "/sitemap.xml", "larger than"),
    _row("TP7", "sitemap-entity-bomb", _sitemap(lambda u, c: f"<sitemap><loc>{u}/entities.xml</loc></sitemap>"),
         "bioschemas", "/sitemap.xml", "cannot be read"),
)  # fmt: skip
