"""Which frame a page stands in."""

from __future__ import annotations

from flask import current_app


def layout() -> str:
    """The template that pages extend: the site's, or a bare one in an application without the site."""
    return "base.html" if "link" in current_app.jinja_env.globals else "bare.html"
