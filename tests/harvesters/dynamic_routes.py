"""Routes of a loopback server that are computed from the path and query of each request."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from tests.harvesters.loopback_server import Route

Answering = Callable[[str, dict[str, str]], Route]


class DynamicRoutes(dict[str, Route]):
    """Set as a server's `routes`: asks `answering` with the path and the first value of each parameter."""

    def __init__(self, answering: Answering):
        super().__init__()
        self._answering = answering

    def get(self, path: str, default: object = None) -> Route:  # type: ignore[override]
        """The answer to one request."""
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return self._answering(parts.path, query)
