"""Addresses of records on a node, for formats that are rendered outside a request."""

from __future__ import annotations

from urllib.parse import quote


def record_place(base: str, kind: str, curie: str, suffix: str = "") -> str:
    """The address of a record's page or document.

    Args:
        base: address of the node, without a slash at its end.
        suffix: of the document (`.nt`); "" for the page.
    """
    return f"{base}/{'images' if kind == 'image' else 'studies'}/{quote(curie, safe=':/')}{suffix}"
