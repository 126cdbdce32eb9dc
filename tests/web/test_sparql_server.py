"""What the SPARQL route does on a real socket: clients that leave, answers that break, old HTTP."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from waitress.server import create_server

from catalogue.query.pool import QueryPool
from catalogue.query.quads import throwaway_store
from catalogue.settings import QuerySettings
from catalogue.web.sparql import create_sparql_only

ONE = quote("SELECT ?s { ?s ?p ?o } LIMIT 1")
CROSS = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
ENDLESS = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


# Machines are shared: a short deadline leaves room for a query that does nothing, a long one for anything that ends.
SHORT_S = 2.0
LONG_S = 120.0


class Served:
    """An address and the pool behind it."""

    def __init__(self, port: int, pool: QueryPool) -> None:
        self.port, self.pool = port, pool

    def connect(self, query: str, version: str = "1.1", accept: str = "text/tab-separated-values") -> socket.socket:
        """A connection on which the query was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(f"GET /sparql?query={query} HTTP/{version}\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode())
        return connection

    def works(self) -> bool:
        """A simple query is answered and its place is free again; not while the worker only starts."""
        with self.connect(ONE) as connection:
            answered = connection.recv(1000).startswith(b"HTTP/1.1 200")
        return answered and until(lambda: self.pool.stats().running == 0)


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of 1,000 quads."""
    file = tmp_path_factory.mktemp("quads") / "some.nq"
    file.write_text("".join(f'<http://e/s{i}> <http://e/p> "v{i}" <http://e/g> .\n' for i in range(1000)), "utf-8")
    with throwaway_store(file) as link:
        yield link


@pytest.fixture
def serve(link: Path) -> Iterator[Callable[..., Served]]:
    """Starts a server with a pool of one worker; `limits` go to the pool."""
    stops: list[Callable[[], None]] = []

    def start(**limits: Any) -> Served:
        pool = QueryPool(link, **{"workers": 1, "deadline_s": LONG_S, "memory_bytes": 1 << 30, **limits})
        server = create_server(
            create_sparql_only(pool, QuerySettings()), port=0, host="127.0.0.1", channel_request_lookahead=1
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()

        def stop() -> None:
            server.close()
            pool.close()
            server.task_dispatcher.shutdown(timeout=2)

        stops.append(stop)
        served = Served(server.effective_port, pool)
        assert until(served.works)
        return served

    yield start
    for stop in stops:
        stop()


def until(condition: Callable[[], bool]) -> bool:
    """True as soon as the condition holds, False when it does not though the machine had time enough."""
    deadline = time.monotonic() + LONG_S / 2
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.01)
    return True


def drain(connection: socket.socket) -> bytes:
    """Everything until the other side ends."""
    received = b""
    while True:
        try:
            data = connection.recv(1 << 16)
        except ConnectionResetError:
            return received
        if not data:
            return received
        received += data


def test_a_runaway_is_504_and_the_next_is_served(serve: Callable[..., Served]) -> None:
    """A query that would take hours ends with status and problem document, over a real socket."""
    served = serve(deadline_s=SHORT_S)
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    client.request("GET", f"/sparql?query={CROSS}")
    response = client.getresponse()
    body = response.read()
    assert (response.status, response.headers["Content-Type"]) == (504, "application/problem+json")
    assert b"add LIMIT" in body
    assert until(served.works)
    client.close()


@pytest.mark.parametrize("hold_s", [60.0, 0.0], ids=["before", "during"])
def test_a_client_that_leaves_frees_the_worker(serve: Callable[..., Served], hold_s: float) -> None:
    """Closing the connection, before or during the answer, ends the query long before its deadline."""
    limits = {"hold_s": hold_s, "hold_bytes": 1000, "max_rows": 10**9, "max_bytes": 1 << 40}
    served = serve(**limits)
    connection = served.connect(ENDLESS if hold_s == 0 else CROSS)
    if hold_s == 0:
        assert connection.recv(10)
    assert until(lambda: served.pool.stats().running == 1)
    connection.close()
    assert until(lambda: served.pool.stats().killed == 1)
    assert until(served.works)


def test_a_broken_answer_never_looks_whole(serve: Callable[..., Served]) -> None:
    """When a query dies after its answer began, the chunked body has no end and clients see that."""
    served = serve(deadline_s=SHORT_S, hold_s=0.0, hold_bytes=1000, max_rows=10**9, max_bytes=1 << 40)
    with served.connect(ENDLESS) as connection:
        received = drain(connection)
    assert received.startswith(b"HTTP/1.1 200") and b"Transfer-Encoding: chunked" in received
    assert not received.endswith(b"0\r\n\r\n")
    assert until(served.works)
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    client.request("GET", f"/sparql?query={ENDLESS}", headers={"Accept": "text/csv"})
    response = client.getresponse()
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    client.close()
    assert until(served.works)


def test_old_clients_get_whole_answers_or_problems(serve: Callable[..., Served]) -> None:
    """HTTP/1.0 ends a body by closing, so nothing is sent before all is known."""
    served = serve(deadline_s=SHORT_S, hold_s=0.0, hold_bytes=1000, max_rows=10**9, max_bytes=1 << 40)
    with served.connect(ENDLESS, version="1.0") as connection:
        assert drain(connection).startswith(b"HTTP/1.0 504")
    assert until(served.works)
    whole = quote("SELECT * { ?a ?b ?c . ?d <http://e/p> ?f } LIMIT 20000")
    with served.connect(whole, version="1.0") as connection:
        head, body = drain(connection).split(b"\r\n\r\n", 1)
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.count(b"\n") == 20_001


def test_a_long_answer_arrives_whole_at_a_slow_reader(serve: Callable[..., Served]) -> None:
    """A reader who takes his time gets everything, and holds no worker meanwhile."""
    served = serve(hold_s=0.0, hold_bytes=1000, max_rows=10**6)
    text = quote("SELECT * { ?a ?b ?c . ?d <http://e/p> ?f } LIMIT 100000")
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    client.request("GET", f"/sparql?query={text}", headers={"Accept": "text/tab-separated-values"})
    response = client.getresponse()
    first = response.read(10)
    assert until(lambda: served.pool.stats().running == 0)
    assert served.works()
    assert (first + response.read()).count(b"\n") == 100_001
    client.close()


def test_busy_is_503_with_retry_after(serve: Callable[..., Served]) -> None:
    """A full service says so at once, and when to come back."""
    served = serve(queue=0)
    with served.connect(CROSS):
        assert until(lambda: served.pool.stats().running == 1)
        client = http.client.HTTPConnection("127.0.0.1", served.port)
        client.request("GET", f"/sparql?query={ONE}")
        response = client.getresponse()
        assert response.status == 503
        assert int(response.headers["Retry-After"]) >= 1
        response.read()
        client.close()


def test_a_listed_cross_product_is_a_problem_not_a_break(serve: Callable[..., Served]) -> None:
    """With ordinary settings even a runaway that gives rows from the start ends as 504 or 413 with a document."""
    served = serve(deadline_s=SHORT_S)
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    client.request("GET", f"/sparql?query={ENDLESS}")
    response = client.getresponse()
    assert response.status in (504, 413)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.read()) == int(response.headers["Content-Length"])
    client.close()
