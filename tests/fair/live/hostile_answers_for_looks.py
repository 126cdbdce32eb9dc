"""A world of looks over loopback: servers that play archive and node, and answers written by us."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from socket import socket
from types import SimpleNamespace
from typing import Any

from catalogue.fair.live.base import Check, Seen, Target
from catalogue.fair.live.world import World
from harvesters.http import Fetcher
from harvesters.looker import Home, Looker
from tests.harvesters.loopback_server import Request, Server, answer

NODE = "node-1"
STUDY = "biostudies:S-BIAD1"
IRI = "https://w3id.org/ommatidia/" + STUDY
PAGE = f"/studies/{STUDY}"
ID = f"/id/{STUDY}"


def fetcher(allow: set[str], timeout_s: float = 30.0, **options: Any) -> Fetcher:
    """As app.py makes one for looks: one try, no patience."""
    return Fetcher(
        contact="https://example.org/", allow_private=frozenset(allow), timeout_s=timeout_s, attempts=1,
        pause_s=(0.0, 0.0), parallel=4, clock=lambda: datetime.now(UTC), **options,
    )  # fmt: skip


def world(here: Server | None, *there: Server, timeout_s: float = 30.0, node: str = NODE) -> World:
    """Doors to the server that plays this node and to those that play archives, and to nothing else."""
    base = here.url if here is not None else "http://127.0.0.1:9"
    if here is not None:
        here.routes.setdefault("/federation/node.json", says(b'{"node": "node-1"}', "application/json"))
    own = Home(fetcher({base.partition("//")[2]}, timeout_s), base)
    others = Looker(fetcher({f"127.0.0.1:{server.port}" for server in there}, timeout_s))
    return World(base if here is not None else "", own, others, node)


def says(
    body: bytes = b"", media_type: str = "text/html", status: str = "200 OK", **headers: str
) -> Callable[[Request, socket], bytes]:
    """A route that answers GET with a body and HEAD with the headers of that answer."""
    told = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    whole = answer(body, status, {name: value for name, value in told.items() if value})
    return lambda request, _: whole[: whole.index(b"\r\n\r\n") + 4] if request.method == "HEAD" else whole


def leads(target: str, status: str = "303 See Other") -> Callable[[Request, socket], bytes]:
    """A route that redirects."""
    return says(b"", "text/html", status, Location=target)


def silence(stop: threading.Event) -> Callable[[Request, socket], None]:
    """A route that answers nothing until `stop` is set."""

    def route(_: Request, __: socket) -> None:
        stop.wait(30)

    return route


def study(record: Mapping[str, Any] | None = None, *images: Mapping[str, Any]) -> Target:
    """A study to be looked at."""
    entry: Any = SimpleNamespace(record={"id": STUDY, **(record or {})}, schema_version="")
    return Target(STUDY, entry, images)


def looked(check: Check, target: Target, at: World) -> Seen:
    """What a check saw, silence included, as the runner has it."""
    from catalogue.fair.live.base import NoAnswer, silent

    visit = at.visit()
    visit.begin()
    try:
        return check.look(target, visit)
    except NoAnswer as no:
        return silent(no)
