"""Problems rendered once for all views: application/problem+json, or a page where HTML is preferred."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from catalogue.problems import Problem
from catalogue.query.request import Cancelled
from catalogue.web.layout import layout

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
# Nobody reads the answer to a client that has left; the number is the one that web server logs use for it.
_CLIENT_LEFT = 499


def register_errors(app: Flask) -> None:
    """Answer every Problem, every HTTP error of the framework and every fault with a problem document."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Cancelled, _cancelled)
    app.register_error_handler(Exception, _fault)


def problem_response(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The answer that carries a problem document, in the form that the request prefers.

    Args:
        document: type, title, status, detail and extension members.
        headers: further headers.
    Source: RFC 9457, section 3.
    """
    best = request.accept_mimetypes.best_match([PROBLEM_JSON, "application/json", "text/html"], PROBLEM_JSON)
    if best == "text/html":
        response = Response(_page(document), mimetype="text/html")
    else:
        response = Response(json.dumps(document, ensure_ascii=False) + "\n", content_type=PROBLEM_JSON)
    response.status_code = document["status"]
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept")
    return response


def _page(document: dict[str, Any]) -> str:
    try:
        return render_template("problem.html", layout=layout(), problem=document)
    except Exception:  # a fault in the page of a fault would hide the first one
        log.exception("problem page")
        return f"<!doctype html><title>{escape(document['title'])}</title><p>{escape(document.get('detail', ''))}</p>"


def _problem(error: Problem) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and error.status not in (503, 504, 507):
        log.error("%s: %s", error.title, error.detail)
    return problem_response(error.document(), error.headers)


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        # Redirects are exceptions too in this framework.
        return Response(status=error.code or 302, headers=error.get_headers())
    headers = {
        name: value for name, value in error.get_headers() if name.lower() not in ("content-type", "content-length")
    }
    document = {
        "type": "about:blank",
        "title": error.name,
        "status": error.code,
        "detail": error.description or error.name,
    }
    return problem_response(document, headers)


def _cancelled(_error: Cancelled) -> Response:
    return Response(status=_CLIENT_LEFT)


def _fault(error: Exception) -> Response:
    log.error("fault at %s %s", request.method, request.path, exc_info=error)
    document = {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "Something went wrong on this node; the operator finds it in the log. Try again later.",
    }
    return problem_response(document)
