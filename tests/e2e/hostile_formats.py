"""Misbehaviour in the formats beside GIDE's crates: what only one adapter can be sent. New adapters add rows here."""

from __future__ import annotations

import io
import json
import socket
import zipfile
from collections.abc import Callable

from tests.e2e.hostile_answers import ENTITY_BOMB, bomb, index, xxe
from tests.e2e.hostile_partners import Hostile
from tests.harvesters.loopback_server import Request, Server, answer


def _rdf(name: str, content: bytes) -> object:
    """A source of one RDF file."""

    def build(server: Server, number: int, canary: str) -> None:
        body = content.replace(b"CANARY", canary.encode())
        server.routes |= {"/index.json": index(f"/{name}"), f"/{name}": answer(body)}

    return build


def _rdf_xxe(server: Server, number: int, canary: str) -> None:
    server.routes |= {"/index.json": index("/a.rdf"), "/a.rdf": answer(xxe(canary))}


_RDF = b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/"'
_DEEP_XML = (
    b"<rdf:RDF " + _RDF + b">" + b"<rdf:Description><e:p>" * 9000 + b"</e:p></rdf:Description>" * 9000 + b"</rdf:RDF>"
)
_DEEP_JSON = b'{"https://example.org/p":' * 20_000 + b"1" + b"}" * 20_000
_REMOTE_CONTEXT = b'{"@context": "CANARYcontext", "@id": "a"}'


def _stores_inside(server: Server, number: int, canary: str) -> None:
    rows = [f"{canary}a.zarr", "http://169.254.169.254/b.zarr", "file:///etc/c.zarr", "simplecache::http://x/d.zarr"]
    server.routes["/list.csv"] = answer(("url,study\n" + "".join(f"{row},idr0001\n" for row in rows)).encode())


def _lists_of_lists(server: Server, number: int, canary: str) -> None:
    """Each list names two more, without end."""

    def route(request: Request, _: socket.socket) -> bytes:
        name = request.path.strip("/").removesuffix(".csv")
        return answer(f"source,url\nA,{name}a.csv\nB,{name}b.csv\n".encode())

    server.otherwise = route


def _endless_series(server: Server, number: int, canary: str) -> None:
    """A store that has every document asked for, a collection of ever more images."""
    layout = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"bioformats2raw.layout": 3}}}
    server.otherwise = answer(json.dumps(layout).encode(), headers={"Content-Type": "application/json"})
    server.routes["/list.csv"] = answer(b"url,study\na.zarr,idr0001\n")


def _store_bomb(server: Server, number: int, canary: str) -> None:
    server.otherwise = bomb(200 << 20)
    server.routes["/list.csv"] = answer(b"url,study\na.zarr,idr0001\n")


def _packed(name: str, size_bytes: int) -> bytes:
    """A zip file whose one member unpacks to so many bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as member:
        for _ in range(size_bytes >> 20):
            member.write(bytes(1 << 20))
    return out.getvalue()


def _workbook(make: Callable[[], bytes]) -> object:
    def build(server: Server, number: int, canary: str) -> None:
        server.routes["/studies.xlsx"] = answer(make())

    return build


def _crate_zip(server: Server, number: int, canary: str) -> None:
    server.routes["/crate.zip"] = answer(_packed("ro-crate-metadata.json", 300 << 20))


def _search_without_end(server: Server, number: int, canary: str) -> None:
    """BioStudies' list says that there are a million, and gives the same page again and again."""
    hits = [{"accession": f"S-BIAD{one}", "type": "study", "title": "t"} for one in range(10)]
    page = {"page": 1, "pageSize": 10, "totalHits": 1_000_000, "isTotalHitsExact": True, "hits": hits}
    server.otherwise = answer(json.dumps(page).encode(), headers={"Content-Type": "application/json"})


def _row(
    threat: str, name: str, build: object, harvester: str, location: str, *ending: object, **more: object
) -> Hostile:
    """A row of another harvester than `gide`."""
    return Hostile(threat, name, build, *ending, harvester=harvester, location=location, **more)  # type: ignore[arg-type]


FORMATS = (
    _row("TP7", "rdf-entity-bomb", _rdf("a.rdf", ENTITY_BOMB), "ssbd", "/index.json", "partial", "not-parsable"),
    _row("TP7", "rdf-xxe", _rdf_xxe, "ssbd", "/index.json", "partial", "not-parsable"),
    _row("TP7", "rdf-nested", _rdf("a.rdf", _DEEP_XML), "ssbd", "/index.json", "partial", "not-parsable"),
    _row("TP7", "json-ld-nested", _rdf("a.jsonld", _DEEP_JSON), "ssbd", "/index.json", "partial", "not-parsable"),
    _row("TP3", "json-ld-context-inside", _rdf("a.jsonld", _REMOTE_CONTEXT), "ssbd", "/index.json", "partial",
         "not-parsable"),
    _row("TP3", "stores-inside", _stores_inside, "ome_zarr", "/list.csv", "partial", "link-unsafe"),
    _row("TP4", "lists-of-lists", _lists_of_lists, "ome_zarr", "/l.csv", "completed", "", requests=20),
    _row("TP4", "ngff-lists-of-lists", _lists_of_lists, "ngff_list", "/l.csv", "partial", "too-large", requests=20),
    _row("TP4", "store-of-endless-series", _endless_series, "ome_zarr", "/list.csv", "partial", "", requests=2000),
    _row("TP4", "store-bomb", _store_bomb, "ome_zarr", "/list.csv", "partial", "too-large"),
    _row("TP4", "workbook-bomb", _workbook(lambda: _packed("xl/workbook.xml", 300 << 20)), "table", "/studies.xlsx",
         "failed", "studies.xlsx"),
    _row("TP7", "workbook-of-nothing", _workbook(lambda: b"PK\x03\x04garbage"), "table", "/studies.xlsx", "failed",
         "studies.xlsx"),
    _row("TP4", "crate-zip-bomb", _crate_zip, "ro_crate", "/crate.zip", "partial", "too-large"),
    _row("TP4", "search-without-end", _search_without_end, "biostudies", "/api/v1/BioImages/search", "failed", "",
         requests=40),
)  # fmt: skip
