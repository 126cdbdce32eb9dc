"""What a failed attempt of the fetcher means: try again, wait, or give up with a sentence that helps."""

from __future__ import annotations

import email.utils
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

import requests

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.addresses import origin_of, shown
from harvesters.transport import TooSlow

# R8: a longer wish ends the run.
MAX_WAIT_S = 3600.0
# R8: a day is the longest postponement.
_MAX_POSTPONE_S = 86_400.0


class Transient(Exception):
    """An attempt that may succeed when repeated.

    Args:
        wait_s: least seconds until the next attempt, from Retry-After.
        last: no more than one repetition is worth it.
        status: HTTP status of the answer; None where none came.
    """

    def __init__(self, reason: str, wait_s: float = 0.0, *, last: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait_s, self.last, self.status = reason, wait_s, last, status


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds a server asks to wait; 0 when it does not say, or says nothing sensible.

    Args:
        headers: names in lower case.
        now: aware UTC, against which an HTTP-date is held.
    Source: RFC 9110, section 10.2.3.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def failure_of(error: requests.RequestException, url: str) -> Exception:
    """What an exception of the HTTP library means here."""
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return FetchRefused(f"The request for {shown(url)} is malformed.", rule="url-form")
    for part in _chain(error):
        if isinstance(part, TooSlow):
            return Transient(str(part), last=True)
        # http.client's words for more than 100 headers or one beyond 64 kB.
        if isinstance(part, HTTPException) and "got more than" in str(part):
            return FetchRefused(f"{shown(url)} answers with too many or too long headers.", rule="headers")
        if isinstance(part, ssl.SSLCertVerificationError):
            return SourceUnavailable(
                f"The certificate of {origin_of(url)} cannot be trusted ({part.verify_message}). "
                "Check the address, or ask the partner to renew it."
            )
    if isinstance(error, requests.exceptions.Timeout):
        return Transient("it did not answer in time", last=True)
    return Transient("the connection failed or was cut")


def _chain(error: BaseException) -> list[BaseException]:
    """An exception with all it wraps, by argument, cause or context."""
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue and len(found) < 50:
        one = queue.pop()
        if isinstance(one, BaseException) and not any(one is seen for seen in found):
            found.append(one)
            queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def unavailable(url: str, error: Transient, tries: int) -> SourceUnavailable:
    """The end of trying; `retry_after_s` is what the server asked for, at most a day, `answered` its status if any."""
    times = "once" if tries == 1 else f"{tries} times"
    text = f"{shown(url)} could not be read (tried {times}): {error.reason}."
    if error.wait_s > MAX_WAIT_S:
        text += f" It asks to wait {error.wait_s / 3600:.1f} h; run again after that."
    answered: dict[str, Any] = {} if error.status is None else {"answered": error.status}
    return SourceUnavailable(text, retry_after_s=int(min(error.wait_s, _MAX_POSTPONE_S)), **answered)


def phrase(status: int) -> str:
    """The words that go with a status; "" for one nobody registered."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
