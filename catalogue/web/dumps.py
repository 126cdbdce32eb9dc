"""/dumps/: the dumps of this node, and their files with ranges."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request, send_file

from catalogue.exchange.dumps.manifest import MANIFEST, SUMS, DumpFile
from catalogue.exchange.dumps.shelf import LATEST, Dump, DumpShelf
from catalogue.problems import NotFound
from catalogue.store.entries import moment
from catalogue.web.documents import finish
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.services import Links, Services
from catalogue.web.text import plain

FORMS: Final = (PAGE, Offer("application/json", ".json", "JSON"))
# A dump's name stands for its bytes: they are there for ever, or gone for good.
FILE_CACHE: Final = "public, max-age=31536000, immutable"
LATEST_CACHE: Final = "public, no-cache"


def dumps_blueprint(services: Services) -> Blueprint:
    """Routes of dumps."""
    blueprint = Blueprint("dumps", __name__)

    @blueprint.get("/dumps/")
    def overview() -> Response:
        return _overview(services, choose(request.accept_mimetypes, FORMS))

    @blueprint.get("/dumps.json")
    def listing() -> Response:
        return _overview(services, FORMS[1])

    @blueprint.get("/dumps/<name>/")
    def one(name: str) -> Response:
        dump = _find(services, name)
        page = render_template("dump.html", dump=_document(services.links, dump))
        return finish(Response(page), None)

    @blueprint.get("/dumps/<name>/<path:file>")
    def content(name: str, file: str) -> Response:
        return _file(services.links, _find(services, name), name, file)

    return blueprint


def _shelf(services: Services) -> DumpShelf:
    if services.dumps is None:
        raise NotFound("This node offers no dumps.")
    return services.dumps


def _find(services: Services, name: str) -> Dump:
    dump = _shelf(services).find(name)
    if dump is None:
        raise NotFound(f"There is no dump {plain(name)[:60]} here (any more); /dumps/ lists those there are.")
    return dump


def _overview(services: Services, form: Offer) -> Response:
    shelf = _shelf(services)
    dumps = [_document(services.links, dump) for dump in map(shelf.find, shelf.names()) if dump is not None]
    if form is PAGE:
        return finish(Response(render_template("dumps.html", dumps=dumps, forms=FORMS)), None)
    response = jsonify(dumps=dumps)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None)


def _document(links: Links, dump: Dump) -> dict[str, Any]:
    said = dump.manifest.statement
    root = links.full(f"/dumps/{dump.name}/") if links.base_url else links.path(f"/dumps/{dump.name}/")
    shown = ("name", "made_at", "position", "digest", "counts", "schema_version")
    return {
        **{name: said[name] for name in shown},
        "url": root,
        "manifest": root + MANIFEST,
        "size_bytes": sum(one.size_bytes for one in dump.manifest.files),
        "files": [_file_document(root, one) for one in dump.manifest.files],
    }


def _file_document(root: str, one: DumpFile) -> dict[str, Any]:
    said = {"name": one.name, "url": root + one.name, "media_type": one.media_type, "size_bytes": one.size_bytes}
    return said | {"sha256": one.sha256, "rows": one.rows, "description": one.description}


def _file(links: Links, dump: Dump, asked: str, name: str) -> Response:
    path, media_type, digest = _known(dump, name)
    try:
        response = send_file(path.absolute(), mimetype=media_type, conditional=True, etag=digest)
    except FileNotFoundError as error:
        raise NotFound(f"The dump {dump.name} has gone; /dumps/ lists those there are.") from error
    response.last_modified = moment(dump.manifest.statement["made_at"])
    response.headers["Cache-Control"] = LATEST_CACHE if asked == LATEST else FILE_CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"
    if asked == LATEST:
        response.headers["Content-Location"] = links.path(f"/dumps/{dump.name}/{name}")
    return response


def _known(dump: Dump, name: str) -> tuple[Path, str, str]:
    """Path, media type and digest of a file of the dump; nothing else in its folder is ever given."""
    one = dump.manifest.file(name)
    if one is not None:
        return dump.path / one.name, one.media_type, one.sha256
    media_types = {MANIFEST: "application/json", SUMS: "text/plain"}
    if name not in media_types:
        raise NotFound(f"The dump {dump.name} has no file {plain(name)[:100]}; its page lists those it has.")
    digest = hashlib.sha256((dump.path / name).read_bytes()).hexdigest()
    return dump.path / name, media_types[name], digest
