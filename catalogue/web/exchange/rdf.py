"""RDF documents of the catalogue over HTTP: which form, with validators, open to every origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Response, request

from catalogue.exchange.dcat.forms import FORMS, Form
from catalogue.problems import NotFound
from catalogue.web.documents import finish
from catalogue.web.exchange.answers import compressed
from catalogue.web.exchange.rendered import Rendered
from catalogue.web.negotiation import HTML, Offer, choose

# Other bytes, so another strong tag (RFC 9110, section 8.8.3.3).
_GZIP = "-gzip"
_OFFERS = {Offer(form.media_type, form.suffix, form.title, also=form.also): form for form in FORMS}
_PAGE = Offer(HTML, "", "Web page", also=("application/xhtml+xml",))


def chosen_form(forms: Sequence[Form] = FORMS) -> Form:
    """The form that the Accept header likes best.

    Raises:
        NotAcceptable: none of them.
    """
    return _OFFERS[choose(request.accept_mimetypes, [offer for offer, form in _OFFERS.items() if form in forms])]


def wants_page() -> bool:
    """True for a browser: HTML is preferred to every form of RDF."""
    return choose(request.accept_mimetypes, [*_OFFERS, _PAGE]) is _PAGE


def form_of(suffix: str) -> Form:
    """The form whose documents end with `suffix`.

    Raises:
        NotFound: there is none.
    """
    for form in FORMS:
        if form.suffix == f".{suffix}":
            return form
    raise NotFound(f"There is no form .{suffix[:20]}; ask for {', '.join(form.suffix for form in FORMS)}.")


def document(form: Form, rendered: Callable[[], Rendered], path: str, modified: datetime | None) -> Response:
    """The answer that carries a rendered document.

    Args:
        path: where this form is under an address of its own.
        modified: when what it says last changed.
    """
    body, etag = rendered()
    held = next((tag for tag in (etag, etag + _GZIP) if request.if_none_match.contains(tag)), None)
    if held is not None:
        response = Response(status=304)
    else:
        response = compressed(body, form.media_type + ("; charset=utf-8" if form.charset else ""))
    response.set_etag(held or (etag + _GZIP if "Content-Encoding" in response.headers else etag))
    response.headers["Content-Location"] = path
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept-Encoding")
    return finish(response, modified)
