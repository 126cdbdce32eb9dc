"""Partner folders over loopback HTTP, as a careful partner would serve them: ETags, 304, an index with versions.

In a process's own threads; what it was asked is counted.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Path -> bytes and media type; asked for at every request, so that a document may change.
Find = Callable[..., tuple[bytes, str] | None]


@dataclass
class Asked:
    """What a served partner was asked."""

    url: str = ""
    paths: list[str] = field(default_factory=list)


@contextmanager
def served(find: Find) -> Iterator[Asked]:
    """A server over `find`, with a strong ETag on everything; ends with the block."""
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet, or each answer waits for an acknowledgement.
        wbufsize = -1

        def do_GET(self) -> None:
            asked.paths.append(self.path)
            # Only a sitemap needs to know where it is.
            found = find(self.path, self.headers["Host"]) if self.path == "/sitemap.xml" else find(self.path)
            body, kind = found or (b"no such thing", "text/plain")
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            same = found is not None and self.headers.get("If-None-Match") == tag
            self.send_response(304 if same else 200 if found else 404)
            self.send_header("ETag", tag)
            if not same:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    asked.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def index_of(documents: dict[str, bytes]) -> bytes:
    """A JSON index that states the digest of every document (what `harvesters/sources/listing.py` calls a version)."""
    rows = [{"url": path, "sha256": hashlib.sha256(body).hexdigest()} for path, body in sorted(documents.items())]
    return json.dumps(rows).encode()


def listing_of(documents: dict[str, bytes]) -> bytes:
    """A folder listing as nginx writes it, of files that have not changed for long."""
    rows = "".join(
        f'<a href="{path.lstrip("/")}">{path}</a>  02-Jan-2020 10:30  {len(body)}\n'
        for path, body in sorted(documents.items())
    )
    return f'<html><pre><a href="../">../</a>\n{rows}</pre></html>'.encode()
