"""A node on loopback for clients of other people: the real application over a ledger, its address known to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from werkzeug.serving import make_server

from catalogue.settings import WebSettings
from catalogue.web.factory import Services, create_web


@contextmanager
def served_node(services: Services) -> Iterator[str]:
    """The address of the node without a slash at its end, until the block ends."""
    server = make_server("127.0.0.1", 0, lambda *_: (), threaded=True)
    root = f"http://127.0.0.1:{server.server_port}"
    server.app = create_web(replace(services, web=WebSettings(base_url=root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield root
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
