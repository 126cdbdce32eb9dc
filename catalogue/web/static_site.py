"""The model and the documentation as a folder of static pages: `python -m catalogue.web.static_site FOLDER`.

The pages are those that a node serves, with links between them made relative, so that they open from a disk too.
"""

from __future__ import annotations

import html
import posixpath
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from catalogue.web.factory import create_reading

_STARTS = ("/", "/docs", "/schema")
# Attributes are written by our templates and by the Markdown renderer, always in double quotes and escaped.
_LINK = re.compile(r'(\b(?:href|src))="(/[^"]*)"')


class BrokenLink(Exception):
    """A page leads to an address that does not answer."""


@dataclass
class _Site:
    """What was fetched so far.

    Args:
        bodies: file -> bytes, pages still with their own links.
        files: address path -> file that answers for it, redirects followed.
        anchors: address path that redirects -> anchor it leads to.
    """

    bodies: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)


def write_site(app: Flask, folder: Path) -> list[str]:
    """Write every page that can be reached from the front page; gives the names of the files.

    Raises:
        BrokenLink: an address does not answer; nothing is written then.
    """
    site = _Site()
    client = app.test_client()
    waiting = [(path, "the start") for path in _STARTS]
    while waiting:
        path, page = waiting.pop()
        if path not in site.files:
            waiting += [(found, path) for found in _fetch(client, site, path, page)]
    for name, body in site.bodies.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_relative(site, name, body) if name.endswith(".html") else body)
    return sorted(site.bodies)


def _fetch(client: FlaskClient, site: _Site, path: str, page: str) -> list[str]:
    """Take an address into the site; gives the addresses that it leads to."""
    answer = client.get(path, headers={"Accept": "text/html, */*;q=0.1"})
    if answer.status_code in (301, 302, 303, 307, 308):
        target = urlsplit(answer.headers["Location"])
        found = [] if target.path in site.files else _fetch(client, site, target.path, page)
        site.files[path] = site.files[target.path]
        site.anchors[path] = target.fragment
        return found
    if answer.status_code != 200:
        raise BrokenLink(f"{path}, to which {page} leads, answers {answer.status_code}.")
    is_page = answer.mimetype == "text/html"
    name = unquote(path).strip("/")
    name = posixpath.join(name, "index.html") if is_page else name
    if name.startswith("..") or posixpath.normpath(name) != name:
        raise BrokenLink(f"{path}, to which {page} leads, is no path of a file.")
    site.files[path] = name
    site.bodies[name] = answer.data
    if not is_page:
        return []
    return [urlsplit(html.unescape(found)).path for _, found in _LINK.findall(answer.text)]


def _relative(site: _Site, name: str, body: bytes) -> bytes:
    """The page with its links as they must be in the file `name`."""

    def rewritten(match: re.Match[str]) -> str:
        parts = urlsplit(html.unescape(match[2]))
        target = posixpath.relpath(site.files[parts.path], posixpath.dirname(name) or ".")
        anchor = parts.fragment or site.anchors.get(parts.path, "")
        address = target + (f"#{anchor}" if anchor else "")
        return f'{match[1]}="{html.escape(address)}"'

    return _LINK.sub(rewritten, body.decode()).encode()


def main(arguments: list[str]) -> int:
    """Exit code 0 when the folder was written, 1 when a link is broken, 2 without a folder."""
    if len(arguments) != 1:
        print("Give one folder: python -m catalogue.web.static_site FOLDER", file=sys.stderr)
        return 2
    try:
        names = write_site(create_reading("Ommatidia"), Path(arguments[0]))
    except BrokenLink as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(names)} files in {arguments[0]}; begin with {Path(arguments[0]) / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
