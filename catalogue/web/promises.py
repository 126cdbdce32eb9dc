"""What every answer carries, whoever wrote its view: ETag, Last-Modified, Vary, and leave for pages of other sites.

Source: federation.md section 4, "General". Views that know better set these headers themselves; nothing is overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from catalogue import resources
from catalogue.exchange.base import RENDERER_VERSION

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

Moment = Callable[[], datetime | None]

EXPOSED = (
    "Link, ETag, Last-Modified, Content-Length, Content-Location, Content-Disposition, Location, Retry-After, "
    "Accept-Ranges, Content-Range"
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match, If-Modified-Since, Range",
    "Access-Control-Max-Age": "86400",
}
# What these show comes with the software and changes with it.
_OF_THE_SOFTWARE = frozenset({"docs", "schema", "schema_profiles", "vocabulary"})


def keep_promises(app: Flask, modified: Moment) -> None:
    """Have every answer of the application complete, also those of errors and of views added later.

    Args:
        modified: when what is shown from the ledger last changed.
    """
    installed = released()

    def complete(response: Response) -> Response:
        _open(response)
        response.vary.add("Accept")
        # Problems are not kept, and neither is what says no-store: validators would be of no use to anybody.
        kept = response.status_code == 200 and "no-store" not in response.headers.get("Cache-Control", "")
        if not kept or request.method not in ("GET", "HEAD"):
            return response
        if "Last-Modified" not in response.headers:
            moment = installed if request.blueprint in _OF_THE_SOFTWARE else modified()
            if moment is not None:
                response.last_modified = moment
        if "ETag" not in response.headers and not response.is_streamed:
            response.set_etag(f"{hashlib.sha256(response.get_data()).hexdigest()[:32]}-{RENDERER_VERSION}")
            response.make_conditional(request)
        return response

    app.after_request(complete)


def _open(response: Response) -> None:
    """Metadata need no login and set no cookie, so that any page may read them."""
    response.headers.setdefault("Access-Control-Allow-Origin", "*")
    response.headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
    if request.method == "OPTIONS":
        for name, value in _PREFLIGHT.items():
            response.headers.setdefault(name, value)


def last_change(ledger: Ledger) -> datetime | None:
    """When the newest entry of the ledger was recorded; None in an empty one."""
    newest = ledger.entries(after=ledger.last_position() - 1, limit=1)
    return newest[0].recorded_at if newest else None


def released() -> datetime:
    """When the youngest file of the model and of the documentation was put here."""
    files = [*resources.docs_dir().rglob("*.md"), resources.model_file("table.json")]
    return datetime.fromtimestamp(max(int(path.stat().st_mtime) for path in files), UTC)
