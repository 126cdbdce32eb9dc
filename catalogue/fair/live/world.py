"""Who may be asked, and what counts as no answer: one narrow door to this node's own pages, one to everybody else.

Both are handed in by app.py; own pages are named by path alone, so that no record can aim that door elsewhere.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from time import monotonic, perf_counter
from typing import Any, Final, Literal, Protocol

from catalogue.fair.live.base import Answer, Blocked, NoAnswer, TooLarge, Unreachable
from catalogue.images.stores import Site, open_site
from catalogue.problems import FetchRefused, Problem

MAX_BYTES: Final = 4 << 20
NODE_PATH: Final = "/federation/node.json"
_CONFIRMED_S: Final = 3600.0
_MOST_ASKED: Final = 12
_MOST_CHARACTERS: Final = 300
_TOLD: Final = ("location", "content-type", "content-length", "link", "retry-after", "etag")
_SHUT: Final = frozenset({401, 403, 407, 451})
_BUSY: Final = frozenset({429, 503})


class LookStopped(Exception):
    """The node was asked to stop; what was being looked at is looked at again."""


class Response(Protocol):
    """What a door gives back."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Home(Protocol):
    """The guarded way to one address (harvesters.looker.Home)."""

    def look(self, url: str, **options: Any) -> Any:
        """One `Response`, redirects as they are."""
        ...


class Door(Home, Protocol):
    """The guarded way out (harvesters.looker.Looker)."""

    def get(self, url: str, **options: Any) -> Any:
        """One `Response` after redirects."""
        ...


class World:
    """Where looks go; shared by threads.

    Args:
        base: address of this node without a slash at its end; "" where it was not told.
        own: leads to that address and nowhere else.
        others: leads to public hosts, within their robots.txt.
        node: identifier of this node, which must be the one that answers there.
    """

    def __init__(self, base: str, own: Home, others: Door, node: str) -> None:
        self.base, self.own, self.others = base, own, others
        self._node = node
        self._confirmed: float | None = None
        self._lock = threading.Lock()

    def confirm(self) -> None:
        """Nothing, when it is this node that answers at its address; asked once an hour.

        Raises:
            NoAnswer: another one answers there, or none; then nothing there is a word about this node.
        """
        with self._lock:
            if self._confirmed is not None and monotonic() - self._confirmed < _CONFIRMED_S:
                return
            url = self.base + NODE_PATH
            try:
                answer = self.own.look(url, headers={"Accept": "application/json"}, max_bytes=MAX_BYTES)
            except Problem as problem:
                raise Blocked(
                    f"This node does not answer at its address. {problem.detail}", url, rests=True
                ) from problem
            if _node_in(answer.content) != self._node:
                said = (
                    f"It is not this node that answers at {self.base} ({answer.status}); see web.base_url and web.port."
                )
                raise Blocked(said, url, answer.status, rests=True)
            self._confirmed = monotonic()

    def visit(self) -> Visiting:
        """A look at one record, with a memory of its own."""
        return Visiting(self)


class Visiting:
    """What was asked on one look; see catalogue.fair.live.base.Visit. For one thread.

    Args:
        world: where to.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._memory: dict[tuple[Any, ...], Any | Exception] = {}
        self._took: dict[tuple[Any, ...], int] = {}
        self._trouble: NoAnswer | None = None
        self.asked: list[dict[str, Any]] = []

    @property
    def base(self) -> str:
        """Address of this node without a slash at its end; "" where it was not told."""
        return self._world.base

    def begin(self) -> None:
        """The next check: what it asks is its own evidence, what was answered before is known."""
        self.asked = []
        self._trouble = None

    def here(self, path: str, accept: str = "*/*") -> Answer:
        """What this node answers to a path."""
        if not self.base:
            raise self._troubled(
                Blocked("This node was not told its own address; its operator sets web.base_url.", "", rests=True)
            )
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"{path!r} is no path of this node")
        try:
            self._world.confirm()
        except NoAnswer as no:
            raise self._troubled(no) from no
        return self._ask(self.base + path, ("here", "GET", accept, None), self._world.own.look, accept)

    def out(
        self,
        url: str,
        method: Literal["GET", "HEAD"] = "GET",
        *,
        accept: str = "*/*",
        byte_range: tuple[int, int] | None = None,
    ) -> Answer:
        """What an address of somebody else answers."""
        options: dict[str, Any] = {"method": method}
        if byte_range is not None:
            options["byte_range"] = byte_range
        return self._ask(url, ("out", method, accept, byte_range), self._world.others.look, accept, **options)

    def site(self, endpoint: str, key: str) -> Site:
        """The objects of one store at somebody else's site.

        Raises:
            Blocked: its address may not be asked.
        """
        try:
            return open_site(endpoint, key, _StoreDoor(self))
        except FetchRefused as problem:
            raise self._troubled(Blocked(problem.detail, endpoint + key)) from problem

    def trouble(self) -> NoAnswer | None:
        """The last look that gave no answer, also one inside a store; None when every one did."""
        return self._trouble

    def read(self, url: str, max_bytes: int | None, byte_range: tuple[int, int] | None) -> Any:
        """An object of a store, as images are opened: redirects are followed, problems are raised as they are."""
        key = (url, "store", max_bytes, byte_range)
        try:
            response = self._once(key, lambda: self._world.others.get(url, max_bytes=max_bytes, byte_range=byte_range))
        except Problem as problem:
            self._troubled(_no_answer(problem, url))
            raise
        except BaseException:
            # Decoders take whatever is raised below them for damaged bytes.
            self._troubled(Unreachable("The look was broken off.", url))
            raise
        self._note(url, response, self._took[key])
        self._refuse(url, response.status)
        return response

    def _ask(self, url: str, how: tuple[Any, ...], look: Callable[..., Any], accept: str, **options: Any) -> Answer:
        key = (url, *how)
        try:
            response = self._once(key, lambda: look(url, headers={"Accept": accept}, max_bytes=MAX_BYTES, **options))
        except Problem as problem:
            no = _no_answer(problem, url)
            # One interface of ours that is busy says nothing of our pages; a stranger who says so is left alone.
            no.rests = no.rests and (how[0] != "here" or isinstance(no, Blocked))
            raise self._troubled(no) from problem
        self._note(url, response, self._took[key])
        shut = self._refuse(url, response.status)
        if shut is not None:
            raise shut
        return Answer(url, response.status, response.headers, response.content, self._took[key])

    def _once(self, key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        """The answer to a question, from memory where it was asked before on this look."""
        if key not in self._memory:
            began = perf_counter()
            try:
                self._memory[key] = ask()
            except Problem as problem:
                self._memory[key] = problem
            self._took[key] = round(1000 * (perf_counter() - began))
        found = self._memory[key]
        if isinstance(found, Problem):
            raise found.with_traceback(None)
        return found

    def _refuse(self, url: str, status: int) -> NoAnswer | None:
        """What a status means that decides nothing."""
        if status >= 500:
            return self._troubled(Unreachable(f"It answered {status}.", url, status))
        if status in _SHUT:
            return self._troubled(Blocked(f"It answered {status}: we are not let see it.", url, status))
        return None

    def _troubled(self, no: NoAnswer) -> NoAnswer:
        self._trouble = no
        if len(self.asked) < _MOST_ASKED and no.url and not (self.asked and self.asked[-1]["url"] == no.url):
            self.asked.append({"url": no.url[:2000], "status": no.status, "said": no.said[:_MOST_CHARACTERS]})
        return no

    def _note(self, url: str, response: Any, took_ms: int) -> None:
        if len(self.asked) == _MOST_ASKED:
            return
        headers = {name: response.headers[name][:_MOST_CHARACTERS] for name in _TOLD if name in response.headers}
        told: dict[str, Any] = {"url": url[:2000], "status": response.status, "took_ms": took_ms, "headers": headers}
        if response.content:
            told["sha256"] = Answer(url, 0, {}, response.content, 0).digest
        self.asked.append(told)


def _node_in(content: bytes) -> str:
    """The identifier that a node's description states; "" where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("node", "")) if isinstance(found, dict) else ""


class _StoreDoor:
    """What catalogue.images reads a store through."""

    def __init__(self, visit: Visiting) -> None:
        self._visit = visit

    def get(self, url: str, *, max_bytes: int | None = None, byte_range: tuple[int, int] | None = None) -> Any:
        return self._visit.read(url, max_bytes, byte_range)


def _no_answer(problem: Problem, url: str) -> NoAnswer:
    """What a problem of the guarded way out means for a look."""
    rule = problem.members.get("rule", "")
    if rule in ("too-large", "ratio"):
        return TooLarge(problem.detail, url)
    if isinstance(problem, FetchRefused):
        return Blocked(problem.detail, url)
    if rule == "breaker":
        return Blocked(problem.detail, url, retry_after_s=problem.members.get("retry_after_s", 0), rests=True)
    status = problem.members.get("answered")
    wait_s = problem.members.get("retry_after_s", 0)
    return Unreachable(problem.detail, url, status, retry_after_s=wait_s, rests=status in _BUSY or wait_s > 0)
