"""A node of this process on loopback, for clients of other people to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server

from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web


@contextmanager
def node_of(ledger: Ledger, *, told: bool = False, **services: Any) -> Iterator[str]:
    """The address of a node over this ledger, until the context ends.

    Args:
        told: whether the node knows that address as its public one.
    """
    server = make_server("127.0.0.1", 0, lambda *_: (), threaded=True)
    web = WebSettings(base_url=f"http://127.0.0.1:{server.server_port}") if told else WebSettings(port=0)
    server.app = create_web(Services(ledger=ledger, resolver=Resolver(ledger), web=web, **services))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
