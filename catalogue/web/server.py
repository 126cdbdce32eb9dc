"""The WSGI server of a node on one machine: waitress, told to notice clients that leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask
from waitress.server import create_server

_LARGEST_TABLE: Final = 1 << 30
"""Of an audit: 45 kB for a study (463 studies), so that of 20,000."""


def serve(
    app: Flask,
    host: str,
    port: int,
    threads: int,
    max_answer_bytes: int,
    on_ready: Callable[[str], None],
    trusted_proxies: int = 0,
) -> None:
    """Serves until interrupted.

    Args:
        max_answer_bytes: largest answer to a query; also tables of audits wait in a file for a slow reader, not in a
            thread.
        port: 0 picks a free one.
        threads: requests at a time.
        on_ready: gets the address with the port in use, before the first request is answered.
        trusted_proxies: number of proxies whose X-Forwarded-For the application reads; 0 takes the header away.
    """
    server = create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="",
        # Lets `waitress.client_disconnected` see a client that left while its query runs.
        channel_request_lookahead=1,
        max_request_header_size=1 << 16,
        # A query of 1 MB grows to 3 MB when it is percent-encoded in a form.
        max_request_body_size=4 << 20,
        outbuf_high_watermark=max(max_answer_bytes + (16 << 20), _LARGEST_TABLE),
        clear_untrusted_proxy_headers=not trusted_proxies,
    )
    shown = f"[{host}]" if ":" in host else host
    on_ready(f"http://{shown}:{server.effective_port}/")
    try:
        server.run()
    finally:
        server.close()
