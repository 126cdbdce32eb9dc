"""Every error a caller can meet, with its HTTP status, title and type slug (RFC 9457).

Rendering is catalogue.web's and catalogue.cli's; read STYLE section 5 before adding one.
"""

from __future__ import annotations

from typing import Any, ClassVar

TYPE_BASE = "https://w3id.org/ommatidia/problems/"


class Problem(Exception):
    """An error with a sentence for the person who met it.

    Args:
        detail: what was asked, what is wrong, what to do; never a traceback, path or secret.
        members: typed extension members of the problem document (RFC 9457, section 3.2).
    """

    status: ClassVar[int]
    title: ClassVar[str]
    slug: ClassVar[str]
    exit_code: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("status", "title", "slug"):
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} lacks {name}")

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members
        self.headers = headers or {}

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.detail, self.headers, self.members)

    def document(self) -> dict[str, Any]:
        """The problem document: type, title, status, detail and the extension members."""
        return {
            "type": TYPE_BASE + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


def _rebuild(kind: type[Problem], detail: str, headers: dict[str, str], members: dict[str, Any]) -> Problem:
    return kind(detail, headers=headers, **members)


class BadRequest(Problem):
    """A parameter is missing or malformed."""

    status, title, slug, exit_code = 400, "Bad request", "bad-request", 2


class BadIdentifier(Problem):
    """An identifier does not have the form its prefix demands."""

    status, title, slug, exit_code = 400, "Malformed identifier", "bad-identifier", 2


class AmbiguousIdentifier(Problem):
    """An identifier fits several records; `candidates` lists them."""

    status, title, slug, exit_code = 300, "Ambiguous identifier", "ambiguous-identifier", 2


class NotFound(Problem):
    """Nothing is known under a well-formed identifier or name."""

    status, title, slug = 404, "Not found", "not-found"


class Withdrawn(Problem):
    """The record was withdrawn; `tombstone` says what it was."""

    status, title, slug = 410, "Withdrawn", "withdrawn"


class NotAcceptable(Problem):
    """No representation of the resource fits the Accept header."""

    status, title, slug = 406, "Not acceptable", "not-acceptable"


class Conflict(Problem):
    """Something of that name or state exists already."""

    status, title, slug = 409, "Conflict", "conflict"


class SettingsInvalid(Problem):
    """The configuration cannot be used."""

    status, title, slug, exit_code = 500, "Invalid settings", "settings-invalid", 2


class StoreDamaged(Problem):
    """Stored bytes do not fit their digest or chain."""

    status, title, slug = 500, "Store damaged", "store-damaged"


class Locked(Problem):
    """Another process holds the lock that this work needs."""

    status, title, slug, exit_code = 503, "Locked by another run", "locked", 6


class QuerySyntax(Problem):
    """A SPARQL text cannot be parsed."""

    status, title, slug, exit_code = 400, "Query syntax error", "query-syntax", 2


class QueryTooLarge(Problem):
    """A SPARQL text is too long or too deeply nested to be parsed safely."""

    status, title, slug, exit_code = 413, "Query too large", "query-too-large", 2


class QueryRefused(Problem):
    """A SPARQL text asks for something this endpoint never does (update, LOAD, SERVICE)."""

    status, title, slug, exit_code = 403, "Query refused", "query-refused", 2


class QueryTimeout(Problem):
    """A query ran past its deadline and was stopped."""

    status, title, slug = 504, "Query timed out", "query-timeout"


class QueryMemory(Problem):
    """A query needed more memory than one query may use and was stopped."""

    status, title, slug = 507, "Query used too much memory", "query-memory"


class QueryFailed(Problem):
    """A query ended its worker without a known reason."""

    status, title, slug = 500, "Query failed", "query-failed"


class ResultTooLarge(Problem):
    """A result has more rows or bytes than one answer may have."""

    status, title, slug = 413, "Result too large", "result-too-large"


class QueryBusy(Problem):
    """All query workers and places in the queue are taken."""

    status, title, slug, exit_code = 503, "Too many queries", "query-busy", 5


class ExchangeBusy(Problem):
    """Other nodes and harvesters are answered as fast as this node can; ask again later."""

    status, title, slug, exit_code = 503, "Exchange busy", "exchange-busy", 5


class ImageUnreachable(Problem):
    """No replica of an image answered."""

    status, title, slug, exit_code = 503, "Image unreachable", "image-unreachable", 5


class NoPreview(Problem):
    """An image cannot be rendered within the limits for previews."""

    status, title, slug = 404, "No preview", "no-preview"


class FetchRefused(Problem):
    """An outgoing request breaks the rules of the one fetcher (address, size, redirect, scheme)."""

    status, title, slug = 403, "Request refused", "fetch-refused"


class SourceUnavailable(Problem):
    """A partner did not answer; the run stops and can be resumed later."""

    status, title, slug, exit_code = 502, "Source unavailable", "source-unavailable", 5


class SourceChanged(Problem):
    """A partner no longer is what its harvester assumes: keep yesterday's data and tell the operator."""

    status, title, slug = 502, "Source changed", "source-changed"


class NotificationRefused(Problem):
    """A notification has not the form, or asks for what the inbox never does."""

    status, title, slug = 422, "Notification refused", "notification-refused"


class TooLargeToAssess(Problem):
    """What was handed in for an assessment is larger than can be looked at while somebody waits."""

    status, title, slug, exit_code = 413, "Too large to assess", "too-large-to-assess", 2


class AssessmentStopped(Problem):
    """Judging took more time or memory than one assessment may take, and was stopped."""

    status, title, slug, exit_code = 422, "Assessment stopped", "assessment-stopped", 2


class TooManyRequests(Problem):
    """More was asked in a short time than is answered; Retry-After says when to come again."""

    status, title, slug, exit_code = 429, "Too many requests", "too-many-requests", 5


# Closed list of quarantine reasons: federation.md, rule R20.
REASONS = frozenset(
    {
        "not-parsable",
        "too-large",
        "bad-encoding",
        "schema-required",
        "shape-violation",
        "bad-identifier",
        "not-owner",
        "equivocation",
        "gap",
        "canonicalisation-limit",
        "link-unsafe",
        "policy",
    }
)


class RecordRejected(Problem):
    """One record cannot enter; it is quarantined and the run goes on.

    Args:
        detail: the field, its value, the rule and how to mend it.
        reason: one of REASONS.
        members: `identifier` of the record where it is known; `path` and `value` where one field is at fault, so that
            its partner is shown both apart from the words.
    """

    status, title, slug = 422, "Record rejected", "record-rejected"

    def __init__(self, detail: str, *, reason: str, headers: dict[str, str] | None = None, **members: Any):
        if reason not in REASONS:
            raise ValueError(f"{reason} is not in the closed list of quarantine reasons")
        super().__init__(detail, headers=headers, reason=reason, **members)
        self.reason = reason
