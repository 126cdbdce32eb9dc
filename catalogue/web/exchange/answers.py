"""What the routes of this package share: turns and compressed answers."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Response, request

from catalogue.problems import ExchangeBusy
from catalogue.settings import ExchangeSettings
from catalogue.web.documents import CACHE

XML: Final = "text/xml; charset=utf-8"
# Higher levels cost more time than loopback or a fast line saves: 1 halves what 6 takes and is a tenth larger.
_LEVEL: Final = 1
_SMALL: Final = 500
_RETRY_S: Final = 5


class Turns:
    """So many answers are made at a time; whoever waits too long is told to come back."""

    def __init__(self, settings: ExchangeSettings) -> None:
        self._places = threading.BoundedSemaphore(settings.parallel)
        self._wait_s = settings.wait_s

    @contextmanager
    def take(self) -> Iterator[None]:
        """A turn, until the context ends.

        Raises:
            ExchangeBusy: none came free in time. OAI-PMH clients retry its status 503 only, never 429.
        """
        if not self._places.acquire(timeout=self._wait_s):
            raise ExchangeBusy(
                "This node answers as many harvesters as it can. Ask again after the seconds in Retry-After.",
                headers={"Retry-After": str(_RETRY_S)},
            )
        try:
            yield
        finally:
            self._places.release()


def compressed(body: bytes, content_type: str) -> Response:
    """The answer, as gzip where the client takes that; its length is always told."""
    response = Response(content_type=content_type)
    if len(body) > _SMALL and request.accept_encodings["gzip"] > 0:
        response.headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, _LEVEL, mtime=0)
    response.set_data(body)
    response.vary.add("Accept-Encoding")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def cached(body: bytes, content_type: str) -> Response:
    """As `compressed`, with a validator: whoever has these bytes already gets 304."""
    response = compressed(body, content_type)
    response.headers["Cache-Control"] = CACHE
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response
