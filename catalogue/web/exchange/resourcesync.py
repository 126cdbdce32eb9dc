"""/.well-known/resourcesync and what it leads to: ResourceSync 1.1."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, request
from werkzeug.wsgi import FileWrapper

from catalogue.exchange.resourcesync.documents import Places, ResourceSync
from catalogue.exchange.resourcesync.dump import write_package
from catalogue.problems import NotFound
from catalogue.web.documents import CACHE
from catalogue.web.exchange.answers import Turns, cached
from catalogue.web.services import Services, absolute_base

_XML = "application/xml; charset=utf-8"
# A package of so many bytes stays in memory; a larger one waits on disk for its reader.
_IN_MEMORY = 8 << 20


def resourcesync_blueprint(services: Services, turns: Turns) -> Blueprint:
    """Routes of ResourceSync."""
    blueprint = Blueprint("resourcesync", __name__)
    exposed = services.exposed
    assert exposed is not None

    def sync() -> ResourceSync:
        return ResourceSync(exposed, Places(absolute_base(services.web)))

    def answer(make: Callable[[ResourceSync], bytes]) -> Response:
        with turns.take():
            return cached(make(sync()), _XML)

    @blueprint.get("/.well-known/resourcesync")
    def description() -> Response:
        return answer(ResourceSync.description)

    @blueprint.get("/resourcesync/capabilitylist.xml")
    def capabilities() -> Response:
        return answer(ResourceSync.capabilities)

    @blueprint.get("/resourcesync/resourcelist.xml")
    def resource_list() -> Response:
        return answer(ResourceSync.resource_list)

    @blueprint.get("/resourcesync/resources/<int:number>.xml")
    def resource_block(number: int) -> Response:
        return answer(lambda made: made.resource_block(number))

    @blueprint.get("/resourcesync/changelist.xml")
    def change_index() -> Response:
        return answer(ResourceSync.change_index)

    @blueprint.get("/resourcesync/changes/<day>/<int:first>.xml")
    def changes(day: str, first: int) -> Response:
        return answer(lambda made: made.changes(_day(day), first))

    @blueprint.get("/resourcesync/resourcedump.xml")
    def dump_index() -> Response:
        return answer(ResourceSync.dump_index)

    @blueprint.get("/resourcesync/dump/<int:number>.zip")
    def package(number: int) -> Response:
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  the response closes it
        with turns.take():
            write_package(sync(), number, file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        response = Response(FileWrapper(file), mimetype="application/zip", direct_passthrough=True)
        response.content_length = size
        response.set_etag(digest[:32])
        response.headers["Cache-Control"] = CACHE
        response.call_on_close(file.close)
        response.make_conditional(request)
        return response

    return blueprint


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(f"{text[:20]!r} is no day; /resourcesync/changelist.xml names the lists there are.") from None
