"""Tells indexes of FAIR Data Points where ours is; they then read it by themselves.

Source: FAIR Data Point index, `POST INDEX/` with `{"clientUrl": ...}`, answered 204; federation.md section 2.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogue.problems import BadRequest, FetchRefused, Problem, SettingsInvalid, SourceChanged, SourceUnavailable

_ANSWER_BYTES = 64 << 10


class _Answer(Protocol):
    @property
    def status(self) -> int: ...


class Poster(Protocol):
    """The part of the one fetcher that is needed here."""

    def post(
        self, url: str, data: bytes, content_type: str, *, max_bytes: int | None = None, idempotent: bool = False
    ) -> _Answer:
        """The answer to POST."""
        ...


@dataclass(frozen=True, slots=True)
class Announced:
    """What came of one announcement.

    Args:
        problem: why the index did not take it; None when it did.
    """

    index: str
    problem: Problem | None = None


def announce(poster: Poster, indexes: Sequence[str], base_url: str) -> list[Announced]:
    """Name the node's FAIR Data Point to each index; one that fails does not keep the others from being told.

    Raises:
        BadRequest: no index is configured.
        SettingsInvalid: the node has no public address that an index could read.
    """
    if not indexes:
        raise BadRequest("No index is configured. Name those to be told in exchange.fdp_index.")
    if not base_url:
        raise SettingsInvalid("An index needs the node's public address. Set web.base_url.")
    body = json.dumps({"clientUrl": f"{base_url.rstrip('/')}/fdp"}).encode()
    return [Announced(index, _tell(poster, index, body)) for index in indexes]


def _tell(poster: Poster, index: str, body: bytes) -> Problem | None:
    try:
        # Being told twice changes nothing for an index.
        answer = poster.post(
            f"{index.rstrip('/')}/", body, "application/json", max_bytes=_ANSWER_BYTES, idempotent=True
        )
    except (SourceUnavailable, SourceChanged, FetchRefused) as problem:
        return problem
    if 200 <= answer.status < 300:
        return None
    return SourceUnavailable(f"{index} answers {answer.status} to the announcement. Check its address.")
