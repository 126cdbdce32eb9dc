"""Which answers are uses of a record: noted after they are made, counted elsewhere (catalogue.fair.usage).

Source: Code of Practice for Research Data 1.0.1, "Return codes", table 6.5. What each address counts as stands in
docs/usage.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, request, request_finished
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue.fair.usage.agents import MOST_CHARACTERS
from catalogue.fair.usage.hits import INVESTIGATION, REQUEST, Hit, UsageKind
from catalogue.fair.usage.recorder import Recorder
from catalogue.web.negotiation import offers
from catalogue.web.studies import CITATIONS

_COUNTED: Final = frozenset({200, 304})
_LEADS_AWAY: Final = frozenset({307})
_MOST_TARGET: Final = 2000


@dataclass(frozen=True, slots=True)
class _Use:
    kind: UsageKind
    folded: bool = False
    statuses: frozenset[int] = _COUNTED


# Endpoint -> what an answer of it is. Redirects (/id/…) are none: where they lead is counted. Only those to the objects
# of an image lead to another site, so that nobody but this node can count them.
_USES: Final = {
    "studies.study": _Use(INVESTIGATION),
    "images.image": _Use(INVESTIGATION),
    "linksets.linkset": _Use(INVESTIGATION),
    "studies.original": _Use(INVESTIGATION),
    "studies.original_raw": _Use(REQUEST),
    "image_lists.manifest": _Use(REQUEST, folded=True),
    "image_lists.chunk": _Use(REQUEST, folded=True),
    "data_links.data": _Use(REQUEST, folded=True, statuses=_LEADS_AWAY),
}


def count_answers(app: Flask, recorder: Recorder | None, trusted_proxies: int) -> None:
    """Have successful answers about records noted.

    Args:
        recorder: None counts nothing.
        trusted_proxies: number of reverse proxies before this server that tell the client's address in
            X-Forwarded-For; of what they tell, nothing else is believed.
    """
    if trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    if recorder is None:
        return
    suffixes = _suffixes()

    def note(_app: Flask, response: Response, **_: object) -> None:
        hit = _hit(recorder, response, suffixes)
        if hit is not None:
            recorder.add(hit)

    # After every after_request, as those make 304 of 200. The signal holds it weakly, the application does not.
    app.extensions["usage"] = note
    request_finished.connect(note, app)


def _hit(recorder: Recorder, response: Response, suffixes: tuple[str, ...]) -> Hit | None:
    use = _USES.get(request.endpoint or "")
    if use is None or response.status_code not in use.statuses or request.method != "GET" or _is_ahead_of_a_click():
        return None
    arguments = request.view_args or {}
    name = str(arguments.get("name", ""))
    return Hit(
        at=recorder.now(),
        address=request.remote_addr or "",
        # Thousands wait in memory: what is as long as a header may be must not.
        agent=request.headers.get("User-Agent", "")[:MOST_CHARACTERS],
        usage_kind=use.kind,
        target=request.full_path[:_MOST_TARGET],
        names=(name, *(name.removesuffix(end) for end in suffixes if name.endswith(end))) if name else (),
        chunk=str(arguments.get("digest", "")),
        size_bytes=_sent(response),
        folded=use.folded,
    )


def _sent(response: Response) -> int:
    return response.content_length or 0 if response.status_code == 200 else 0


def _is_ahead_of_a_click() -> bool:
    """Whether a browser fetches the page in case somebody clicks: no use was intended."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose


def _suffixes() -> tuple[str, ...]:
    found = {offer.suffix for kind in ("Study", "Image", "Tombstone") for offer in offers(kind)} | set(CITATIONS)
    return tuple(sorted(filter(None, found), key=len, reverse=True))
