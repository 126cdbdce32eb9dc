"""What the address of a partner's page asks for: whose issues, which of them, from where on, in which form."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from flask import request

from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import REASONS, BadRequest, NotFound
from catalogue.store.books import Source
from catalogue.store.issues import REJECTED, SEVERITIES, Scope, Wanted
from catalogue.store.ledger import Ledger
from catalogue.web.federation.withholding import is_private, private_names
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.services import Links
from catalogue.web.text import path_of, plain

FORMS: Final = (
    PAGE,
    Offer("application/json", ".json", "JSON"),
    Offer("text/csv", ".csv", "CSV, every row"),
    Offer("application/atom+xml", ".atom", "Feed (Atom)", also=("application/rss+xml", "application/xml")),
)
MOST: Final = 1_000
_USUAL: Final = 100


@dataclass(frozen=True, slots=True)
class Partner:
    """Whose issues a page shows.

    Args:
        name: of a source, or the prefix of an owner.
        title: in words.
        source: None where the name is an owner's only.
        is_owner: True where the name is an owner's prefix.
        private: True for a source whose issues are counted and not shown.
    """

    name: str
    title: str
    source: Source | None
    is_owner: bool
    private: bool
    scope: Scope

    @property
    def path(self) -> str:
        """Path of the page on this node."""
        return f"/federation/quarantine/{path_of(self.name)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters, place and length of a page."""

    wanted: Wanted
    after: tuple[str | int, ...]
    limit: int

    def query(self, after: tuple[str | int, ...] = (), **changed: str) -> str:
        """The query string of this page with other filters or from another place on; "" takes a filter away."""
        wanted = self.wanted
        given = {
            "severity": wanted.severity,
            "reason": wanted.reason,
            "code": wanted.code,
            "q": wanted.text,
            **changed,
            "limit": str(self.limit) if self.limit != _USUAL else "",
            "after": _written(after) if after else "",
        }
        return urlencode({name: value for name, value in given.items() if value})


def asked() -> Asked:
    """What the request asks for.

    Raises:
        BadRequest: a filter or number is not one that could fit, or the place is not one that a page gave.
    """
    given = request.args
    wanted = Wanted(given.get("severity", ""), given.get("reason", ""), given.get("code", "")[:200], "")
    if wanted.severity and wanted.severity not in SEVERITIES:
        raise BadRequest(f"severity is one of {', '.join(SEVERITIES)}.")
    if wanted.reason and wanted.reason not in REASONS:
        raise BadRequest(f"reason is one of {', '.join(sorted(REASONS))}.")
    limit = given.get("limit", str(_USUAL))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= MOST):
        raise BadRequest(f"limit is a number from 1 to {MOST}.")
    text = given.get("q", "").strip()[:200].replace("\0", "")
    return Asked(replace(wanted, text=text), _place(given.get("after", "")), int(limit))


def partner_of(ledger: Ledger, name: str) -> Partner | None:
    """The partner called `name`: a source, an owner that is known here, or both; None when it is neither."""
    sources = {source.name: source for source in ledger.sources()}
    source = sources.get(name)
    delivers = any(name in other.owners for other in sources.values())
    is_owner = name in OWNERS and (delivers or _is_recorded(ledger, name))
    if source is None and not is_owner:
        return None
    private = source is not None and is_private(source)
    title = owner_name(name) if is_owner else name
    scope = Scope(source.name if source else None, name if is_owner else None, private_names(ledger))
    return Partner(name, title, source, is_owner, private and not is_owner, scope)


def _is_recorded(ledger: Ledger, owner: str) -> bool:
    """True when some version of a record of this owner is in the ledger."""
    found = ledger.heads(after_curie=f"{owner}:", limit=1)
    return bool(found) and found[0].owner == owner


def find_partner(ledger: Ledger, links: Links, name: str) -> tuple[Partner, Offer]:
    """The partner and the form that an address asks for; a partner so named wins over a suffix.

    Raises:
        NotFound: there is no such partner.
        NotAcceptable: the Accept header rules out every form.
    """
    partner = partner_of(ledger, name)
    if partner is not None:
        return partner, choose(request.accept_mimetypes, FORMS)
    stem, form = without_suffix(name)
    partner = partner_of(ledger, stem) if form is not None else None
    if partner is None or form is None:
        known = [
            {"label": s.name, "url": links.full(f"/federation/quarantine/{path_of(s.name)}")} for s in ledger.sources()
        ]
        raise NotFound(
            f"No source or owner of records is called {plain(name)[:100]} here; /federation/quarantine lists them all.",
            headers={"Vary": "Accept"},
            look_at=known[:50],
        )
    return partner, form


def without_suffix(name: str, forms: Sequence[Offer] = FORMS) -> tuple[str, Offer | None]:
    """The name without the suffix of a form, and that form; None when it ends with none."""
    form = next((offer for offer in forms if offer.suffix and name.endswith(offer.suffix)), None)
    return (name.removesuffix(form.suffix), form) if form is not None else (name, None)


def _written(place: tuple[str | int, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(text: str) -> tuple[str | int, ...]:
    if not text:
        return ()
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        json.dumps(place, ensure_ascii=False).encode()  # half a surrogate pair is text that no query can carry
        kind, *rest = place
        if kind == REJECTED:
            first_seen, source, item = rest
            if all(isinstance(part, str) for part in rest):
                return kind, first_seen, source, item
        elif kind == "finding" and isinstance(rest[0], int) and 0 <= rest[0] < 2**63 and len(rest) == 1:
            return kind, rest[0]
    except (ValueError, TypeError, IndexError, RecursionError):
        pass
    raise BadRequest("after is not a place that a page of this list gave; start again without it.")
