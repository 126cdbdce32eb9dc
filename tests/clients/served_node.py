"""A node on loopback for clients of other people: the real application over a ledger, its address known to it."""

from __future__ import annotations

import socket
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
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    root = f"http://127.0.0.1:{port}"
    app = create_web(replace(services, web=WebSettings(base_url=root)))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield root
    finally:
        server.shutdown()
        thread.join()
