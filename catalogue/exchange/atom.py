"""The log as Atom: the newest entries, and all of them in archives that do not change.

Source: RFC 4287; RFC 5005, section 4 (archived feeds).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from catalogue.exchange.ldes.views import PAGE_MEMBERS
from catalogue.exchange.log_pages import LogPage, page_of_record
from catalogue.exchange.xml_text import DECLARATION, attribute, text
from catalogue.store.entries import GONE, stamp
from catalogue.store.exchange_log import Exchanged, ExchangeLog

MEDIA_TYPE: Final = "application/atom+xml"
_LONGEST: Final = 1_000
_WORDS: Final = {"create": "New", "update": "Changed", "delete": "Gone"}


def newest_feed(log: ExchangeLog, name: str, root: str) -> bytes:
    """The document to subscribe to.

    Args:
        name: of the node.
        root: its whole address, without a slash at the end.
    """
    last = log.last_signed()
    entries = log.between(max(1, last - PAGE_MEMBERS + 1), last)
    links = [("self", "/feed.atom")]
    if last >= PAGE_MEMBERS:
        links.append(("prev-archive", _archive(last // PAGE_MEMBERS)))
    return _feed(entries, name, root, links, "")


def archive_feed(page: LogPage, name: str, root: str) -> bytes:
    """One archive; arguments as for `newest_feed`."""
    links = [("self", _archive(page.number)), ("current", "/feed.atom")]
    if page.number > 1:
        links.append(("prev-archive", _archive(page.number - 1)))
    if page.number < page.last:
        links.append(("next-archive", _archive(page.number + 1)))
    return _feed(page.entries, name, root, links, "<fh:archive/>\n")


def _archive(number: int) -> str:
    return f"/feed/archive/{number}.atom"


def _feed(entries: Sequence[Exchanged], name: str, root: str, links: list[tuple[str, str]], mark: str) -> bytes:
    updated = stamp(entries[-1].entry.recorded_at) if entries else "1970-01-01T00:00:00Z"
    head = (
        f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">\n'
        f"<id>{text(root)}/feed.atom</id>\n<title>{text(name)}: records</title>\n<updated>{updated}</updated>\n"
        f"<author><name>{text(name)}</name></author>\n{mark}"
    )
    told = "".join(f'<link rel="{rel}" type="{MEDIA_TYPE}" href="{attribute(root + path)}"/>\n' for rel, path in links)
    return (head + told + "".join(_entry(one, root) for one in reversed(entries)) + "</feed>\n").encode()


def _entry(found: Exchanged, root: str) -> str:
    entry, record = found.entry, found.entry.record
    # Of what is suppressed the log says that it is, and no more.
    shown = record if found.log.status != "suppressed" else {}
    title = shown.get("title") or entry.curie
    told = {"public": _WORDS[entry.action]}.get(found.log.status, found.log.status.capitalize())
    reason = record.get("reason", "") if found.log.status in GONE else ""
    summary = str(reason or shown.get("description") or "")[:_LONGEST]
    return (
        f"<entry>\n<id>{text(found.log.iri)}</id>\n<title>{text(title)}</title>\n"
        f"<updated>{stamp(entry.recorded_at)}</updated>\n"
        f'<category term="{attribute(entry.action)}" label="{attribute(told)}"/>\n'
        f'<category term="{attribute(entry.owner)}"/>\n'
        f'<link rel="alternate" href="{attribute(page_of_record(entry, root))}"/>\n'
        f'<summary type="text">{text(f"{told}. {summary}".strip())}</summary>\n</entry>\n'
    )
