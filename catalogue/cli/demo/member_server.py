"""A small read-only file server for one demo member: Range, ETag, CORS, keep-alive, one write per answer.

Run as `python -m catalogue.cli.demo.member_server DIR --port N`; it prints its address and dies with its parent.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import re
import signal
import sys
from email.utils import formatdate
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import quote, unquote, urlsplit

_PR_SET_PDEATHSIG: Final = 1
_TYPES: Final = {
    ".json": "application/json",
    ".zattrs": "application/json",
    ".zarray": "application/json",
    ".zgroup": "application/json",
    ".csv": "text/csv; charset=utf-8",
}
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class MemberHandler(BaseHTTPRequestHandler):
    """Answers GET, HEAD and OPTIONS for files below `root`."""

    protocol_version = "HTTP/1.1"
    server_version = "DemoMember/1"
    root: ClassVar[Path]

    def do_GET(self) -> None:
        """A file, a range of it, or a folder listing."""
        self._answer(body_wanted=True)

    def do_HEAD(self) -> None:
        """The headers of a file."""
        self._answer(body_wanted=False)

    def do_OPTIONS(self) -> None:
        """A CORS preflight."""
        self._send(HTTPStatus.NO_CONTENT, b"", {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS"})

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a demonstration's terminal stays readable."""

    def _answer(self, *, body_wanted: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        file = (self.root / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.root) or "\0" in path:
            return self._send(HTTPStatus.NOT_FOUND, b"not here\n", {"Content-Type": "text/plain"})
        if file.is_dir() and path.endswith("/"):
            return self._send(
                HTTPStatus.OK,
                _listing(file, path) if body_wanted else b"",
                {"Content-Type": "text/html; charset=utf-8"},
            )
        try:
            content = file.read_bytes()
        except OSError:
            return self._send(HTTPStatus.NOT_FOUND, b"not here\n", {"Content-Type": "text/plain"})
        headers = {
            "Content-Type": _TYPES.get(file.suffix or file.name, "application/octet-stream"),
            "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            "Last-Modified": formatdate(file.stat().st_mtime, usegmt=True),
            "Accept-Ranges": "bytes",
        }
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
        span = _span(self.headers.get("Range", ""), len(content))
        if span is None:
            return self._send(HTTPStatus.OK, content, headers, body_wanted=body_wanted)
        first, last = span
        if first >= len(content):
            return self._send(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", {"Content-Range": f"bytes */{len(content)}"}
            )
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        return self._send(HTTPStatus.PARTIAL_CONTENT, content[first : last + 1], headers, body_wanted=body_wanted)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str], *, body_wanted: bool = True) -> None:
        self.send_response(status)
        if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Expose-Headers", "ETag, Content-Range, Content-Length")
        # One write per answer: separate header and body writes cost 40 ms (reliability.md section 1, item 12).
        head = b"".join(self._headers_buffer) + b"\r\n"
        self._headers_buffer: list[bytes] = []
        self.wfile.write(head + (body if body_wanted and self.command != "HEAD" else b""))


def _span(text: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None for no or an unusable Range header."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return (first, last) if first <= last or first >= size else None


def _listing(folder: Path, path: str) -> bytes:
    names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in folder.iterdir())
    links = "\n".join(f'<li><a href="{quote(name)}">{escape(name)}</a></li>' for name in names)
    title = escape(f"Index of {path}")
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><ul>\n{links}\n</ul></html>\n".encode()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; nothing on systems that cannot."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            raise SystemExit(0)


class MemberServer(ThreadingHTTPServer):
    """One thread per connection, all ended with the process."""

    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve a folder until ended."""
    parser = argparse.ArgumentParser(description="Serve one demo member on loopback.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    die_with_parent()
    # Ctrl-C reaches the whole group of processes; the parent ends its members in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handler = type("Handler", (MemberHandler,), {"root": options.folder.resolve()})
    with MemberServer(("127.0.0.1", options.port), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
        server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
