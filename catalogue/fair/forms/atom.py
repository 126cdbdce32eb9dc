"""Changes of outcomes between consecutive kept audits as Atom; no form of one report, so it has no suffix.

Source: RFC 4287.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from catalogue.exchange.xml_text import DECLARATION, attribute, text
from catalogue.fair.basis import Basis
from catalogue.fair.changes import document_of
from catalogue.fair.forms.base import Addresses

MEDIA_TYPE: Final = "application/atom+xml"
_MOST_LINES: Final = 100
_NEVER: Final = "1970-01-01T00:00:00Z"


def render_changes(
    audits: Sequence[tuple[Basis, Mapping[str, Any]]],
    links: Addresses,
    *,
    iri: str,
    title: str,
    author: str,
    page: str,
    owner: str = "",
    studies: Iterable[str] | None = None,
) -> bytes:
    """The feed; audits in which nothing changed have no entry.

    Args:
        audits: (what an audit is bound to, what differs from the one before as catalogue.fair.changes writes it),
            newest first.
        iri: of the feed, which entries are named by.
        title: for people.
        author: name of the node that audits.
        page: path of the page that the feed is about; the feed is at the same path with `.atom`.
        owner: prefix of the archive that it is about; "" for others.
        studies: CURIEs that it is about; None means all.
    """
    wanted = None if studies is None else frozenset(studies)
    told = [(basis, document_of(since, wanted)) for basis, since in audits]
    query = f"?member={quote(owner)}" if owner else ""
    entries = [_entry(basis, found, links, iri, query) for basis, found in told if _says_something(found)]
    updated = audits[0][0].recorded_at if audits else _NEVER
    head = (
        f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom">\n<id>{text(iri)}</id>\n<title>{text(title)}</title>\n'
        f"<updated>{text(updated or _NEVER)}</updated>\n"
        f"<author><name>{text(author)}</name><uri>{text(links.absolute('/'))}</uri></author>\n"
        f'<link rel="self" type="{MEDIA_TYPE}" href="{attribute(links.absolute(page + ".atom"))}"/>\n'
        f'<link rel="alternate" type="text/html" href="{attribute(links.absolute(page))}"/>\n'
    )
    return (head + "".join(entries) + "</feed>\n").encode()


def _says_something(found: Mapping[str, Any]) -> bool:
    return bool(found["changes"] or found["came"] or found["went"])


def _entry(basis: Basis, found: Mapping[str, Any], links: Addresses, iri: str, query: str) -> str:
    pair = f"{found['before']}...{found['after']}"
    lines = [*_studies("New", found["came"]), *_studies("No longer public", found["went"])]
    lines += [_line(change) for change in found["changes"]]
    left = len(lines) - _MOST_LINES
    more = [f"… and {left} more on the page."] if left > 0 else []
    items = "".join(f"<li>{text(line)}</li>" for line in [*lines[:_MOST_LINES], *more])
    page = links.absolute(f"/fair/audits/{pair}") + query
    # Escaped once more: the content is HTML as text (RFC 4287, section 3.1.1.2).
    return (
        f"<entry>\n<id>{text(iri)}#{text(pair)}</id>\n<title>{text(' '.join(found['summary']))}</title>\n"
        f"<updated>{text(basis.recorded_at or _NEVER)}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{attribute(page)}"/>\n'
        f'<content type="html">{text(f"<ul>{items}</ul>")}</content>\n</entry>\n'
    )


def _studies(what: str, found: Iterable[Mapping[str, str]]) -> list[str]:
    return [f"{what}: {one['study']} {one['title']}" for one in found]


def _line(change: Mapping[str, Any]) -> str:
    why = "; ".join(f"{one['cause']} ({one['detail']})" for one in change["why"])
    return f"{change['study']}, {change['metric']}: {change['before']}, now {change['after']}, because {why}"
