"""The JSON-LD of a web page: taken out of HTML, and read where it is almost JSON.

Broken forms and where they are seen: field.md section 5 (bioschemas). A form is mended only where its meaning is sure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.confined import confined
from harvesters.jsonbytes import parse_json

MAX_BLOCKS: Final = 50
MAX_LINKS: Final = 1000
_SCRIPT: Final = re.compile(r"<script[^>]{0,300}>", re.IGNORECASE)
_SCRIPT_END: Final = re.compile(r"</script\s*>", re.IGNORECASE)
_ITEM: Final = re.compile(r'<link rel="item" href="([^"]*)" type="([^"]*)">')
_COMMENT: Final = re.compile(r"(?m)//.*$")
_TRAILING: Final = re.compile(r",(\s*[}\]])")
# A string without end reaches to the end of the text; else each quote in it would be tried anew.
_STRINGS: Final = re.compile(r'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)', re.DOTALL)


class _Page(HTMLParser):
    """Collects JSON-LD blocks and links; never fails."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.links: list[dict[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
            self._inside = len(self.blocks) < MAX_BLOCKS
            if self._inside:
                self.blocks.append("")
        elif tag == "link" and "rel" in given and len(self.links) < MAX_LINKS:
            self.links.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks[-1] += data


def extract(html: str) -> tuple[list[str], list[dict[str, str]]]:
    """The JSON-LD blocks of a page as they stand, and its links by attribute.

    Raises:
        RecordRejected: `too-large`, finding them takes too long.
    """
    # html.parser takes quadratic time over tags without end (24 kB of `<a `: 20 s), and holds all threads meanwhile.
    answer = confined("harvesters.page_jsonld:extract_bytes", html.encode("utf-8", "replace"))
    blocks, links = json.loads(answer)
    return blocks, links


def extract_bytes(html: bytes) -> bytes:
    """Blocks and links of a page as JSON; for `extract`, which calls it in a process of its own."""
    page = _Page()
    page.feed(html.decode("utf-8"))
    page.close()
    return json.dumps([[block for block in page.blocks if block.strip()], page.links]).encode()


def write_document(blocks: Iterable[str], items: Iterable[tuple[str, str]]) -> bytes:
    """The kept document of a page: its blocks verbatim, each in a script element, after its links to data.

    Args:
        items: address and media type of each link with rel=item (Signposting).
    """
    lines = [f'<link rel="item" href="{escape(href)}" type="{escape(kind)}">' for href, kind in sorted(set(items))]
    lines += [f'<script type="application/ld+json">{block}</script>' for block in blocks]
    return "\n".join(lines).encode()


def read_items(text: str) -> list[tuple[str, str]]:
    """Address and media type of the links to data in a kept document."""
    return [(href.replace("&amp;", "&"), kind) for href, kind in _ITEM.findall(text)]


def read_blocks(content: bytes, account: Account) -> list[Any]:
    """The JSON values of a kept document, of a JSON-LD file, or of a file that is almost one.

    Raises:
        RecordRejected: `bad-encoding`; `not-parsable`, not one block can be read.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordRejected(
            f"The page's data are not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}.",
            reason="bad-encoding",
        ) from error
    blocks = _scripts(text) or [text]
    values: list[Any] = []
    refused: RecordRejected | None = None
    for block in blocks[:MAX_BLOCKS]:
        try:
            values += _read(block, account)
        except RecordRejected as rejected:
            refused = rejected
            account.note("block-unreadable", Severity.WARNING, "script", block.strip()[:200], rejected.detail)
    if not values:
        raise refused or RecordRejected("The page holds no JSON-LD.", reason="not-parsable")
    return values


def _scripts(text: str) -> list[str]:
    """What stands in the script elements of a text."""
    blocks: list[str] = []
    place = 0
    while (opened := _SCRIPT.search(text, place)) and (closed := _SCRIPT_END.search(text, opened.end())):
        blocks.append(text[opened.end() : closed.start()])
        place = closed.end()
    return blocks


def _read(block: str, account: Account) -> list[Any]:
    """The values of one block, mended where what is meant is certain."""
    try:
        return [parse_json(block.encode()).value]
    except RecordRejected as strict:
        mended = _mend(block, account)
        values = []
        for part in _parts(mended, strict):
            values.append(parse_json(part.encode()).value)
        if len(values) > 1:  # wormbase.json and bbmri-eric: two documents in one
            account.note(
                "several-documents", Severity.REPAIRED, "script", str(len(values)),
                "Several JSON documents stand in one block; read one after the other. Write a list.",
            )  # fmt: skip
        return values


def _mend(block: str, account: Account) -> str:
    """The block without comment lines and commas before a closing bracket, outside of strings only."""
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(found.group())
        return f'"{len(kept) - 1}"'

    bare = _STRINGS.sub(hide, block)
    bare, comments = _COMMENT.subn("", bare)
    if comments:
        account.note("json-comment", Severity.REPAIRED, "script", str(comments), "JSON has no comments; taken out.")
    bare, commas = _TRAILING.subn(r"\1", bare)
    if commas:
        message = "A comma stands before a closing bracket; taken out."
        account.note("json-comma", Severity.REPAIRED, "script", str(commas), message)
    return re.sub(r'"([0-9]+)"', lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else '""', bare)


def _parts(text: str, strict: RecordRejected) -> list[str]:
    """The JSON documents that stand one after the other in a text; raises `strict` where they do not."""
    decoder, place = json.JSONDecoder(), 0
    parts: list[str] = []
    while len(parts) < MAX_BLOCKS:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text):
            break
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            raise strict from None
        parts.append(text[place:end])
        place = end
    if not parts:
        raise strict
    return parts
