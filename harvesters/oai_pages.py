"""Answers of an OAI-PMH repository: records cut out before anything is parsed, so that a broken one costs only itself.

Source: OAI-PMH 2.0, sections 2.5 (records), 3.2 (responses), 3.5 (flow control), 3.6 (errors).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from catalogue.problems import RecordRejected
from harvesters.windows import read_moment
from harvesters.xmlbytes import parse_xml

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
MAX_PAGE_BYTES: Final = 64 << 20
_NAME: Final = r"((?:[A-Za-z_][\w.-]*:)?)"
# A record is told from elements of the same name inside metadata (MARC) by its header. Atomic and bounded, since
# comments without end would else be tried in every combination.
_COMMENTS: Final = r"(?>(?:<!--.{0,2000}?-->\s*)*)"
_START: Final = re.compile(rf"<{_NAME}record(?:\s[^<>]*)?>\s*{_COMMENTS}(?=<\1header[\s/>])", re.DOTALL)
_HEADER: Final = re.compile(rf"<{_NAME}header(?:\s[^<>]*)?(?:/>|>.*?</\1header\s*>)", re.DOTALL)
_ROOT: Final = re.compile(rf"<{_NAME}OAI-PMH((?:\s[^<>]*)?)>")
_LIST: Final = re.compile(rf"<{_NAME}(?:ListRecords|GetRecord)((?:\s[^<>]*)?)>")
_TOKEN: Final = re.compile(rf"<{_NAME}resumptionToken[\s/>]")
_LIST_END: Final = re.compile(rf"</{_NAME}(?:ListRecords|GetRecord)\s*>")
_TAG: Final = re.compile(r"<[\w.:-]+")
_NAMESPACE: Final = re.compile(r"""\bxmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ASCII_LIKE: Final = frozenset({"iso-8859-1", "latin-1", "windows-1252", "us-ascii", "ascii"})


@dataclass(frozen=True, slots=True)
class Header:
    """Who a record is and when it changed.

    Args:
        identifier: "" where the header names none.
        datestamp: as given.
    """

    identifier: str
    datestamp: str = ""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a list: its header, and its XML as a document of its own."""

    header: Header
    content: bytes


@dataclass(slots=True)
class Page:
    """One answer.

    Args:
        moment: the repository's clock (responseDate); None where it gives no time.
        errors: (code, text).
        body: the element named after the verb, without records.
        token: resumptionToken; "" on the last page, also where it is an empty element.
    """

    moment: datetime | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    token: str = ""


def parse_page(content: bytes) -> Page:
    """The answer in the bytes.

    Raises:
        RecordRejected: the answer, its records left out, is no well-formed and whole OAI-PMH answer.
    """
    text = _decode(content)
    pieces, envelope = _cut(text)
    root = parse_xml(_encode(envelope), {OAI: ""}, max_bytes=MAX_PAGE_BYTES).get("OAI-PMH")
    if type(root) is not dict:
        raise RecordRejected("The answer is no OAI-PMH.", reason="not-parsable")
    page = Page(read_moment(_text(root, "responseDate")))
    page.errors = [(str(_attribute(error, "code")), _plain(error)) for error in root.get("error", ())]
    for verb in ("Identify", "ListMetadataFormats", "ListRecords", "ListIdentifiers", "GetRecord"):
        for body in root.get(verb, ()):
            page.body = body if type(body) is dict else {}
    page.token = _text(page.body, "resumptionToken")
    page.headers = [_header(header) for header in page.body.get("header", ())]
    page.records = list(_records(pieces, _namespaces(text)))
    # Records without a header stay in the envelope: nobody knows which ones they are.
    page.records += [Record(Header(""), b"") for _ in page.body.get("record", ())]
    return page


def _decode(content: bytes) -> str:
    """The text of a page; bytes that are not of its encoding stay what they are, for the record that holds them."""
    declared = _ENCODING.search(content[:200])
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding in _ASCII_LIKE:
        return content.decode("windows-1252" if encoding == "windows-1252" else "latin-1", "replace")
    return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _encode(text: str) -> bytes:
    # The declaration named the encoding of the page, which the text no longer has.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode("utf-8", "surrogateescape")


def _cut(text: str) -> tuple[list[str], str]:
    """The records as text, and the page without them."""
    opening = _LIST.search(text)
    starts = list(_START.finditer(text, opening.end())) if opening else []
    if not starts:
        return [], text
    end = _end_of_records(text, starts[-1].end())
    bounds = [start.start() for start in starts] + [end]
    pieces = []
    for start, (begin, until) in zip(starts, pairwise(bounds), strict=True):
        closing = text.rfind(f"</{start[1]}record", begin, until)
        stop = text.find(">", closing, until) + 1 if closing >= 0 else 0
        pieces.append(text[begin : stop or until])
    return pieces, text[: bounds[0]] + text[end:]


def _end_of_records(text: str, last: int) -> int:
    """Where the last record surely ends: before the token, else before the end of the list."""
    closings = list(_LIST_END.finditer(text, last))
    until = closings[-1].start() if closings else len(text)
    tokens = [found.start() for found in _TOKEN.finditer(text, last, until)]
    return tokens[-1] if tokens else until


def _namespaces(text: str) -> list[str]:
    """Namespace declarations that records inherit, the innermost last."""
    found: dict[str, str] = {}
    for pattern in (_ROOT, _LIST):
        if element := pattern.search(text):
            for declaration in _NAMESPACE.findall(element[2]):
                found[declaration.partition("=")[0].strip()] = declaration
    return list(found.values())


def _records(pieces: list[str], namespaces: list[str]) -> Iterator[Record]:
    for piece in pieces:
        tag, _, rest = piece.partition(">")
        own = {declaration.partition("=")[0].strip() for declaration in _NAMESPACE.findall(tag)}
        missing = [item for item in namespaces if item.partition("=")[0].strip() not in own]
        name = _TAG.match(tag)
        cut = name.end() if name is not None else 0
        content = f"{' '.join([tag[:cut], *missing])}{tag[cut:]}>{rest}".encode("utf-8", "surrogateescape")
        yield Record(_header_of(piece, namespaces), content)


def _header_of(piece: str, namespaces: list[str]) -> Header:
    start = _START.match(piece)
    found = _HEADER.match(piece, start.end()) if start is not None else None
    if found is None:
        return Header("")
    try:
        inner = f"<x {' '.join(namespaces)}>{found[0]}</x>".encode("utf-8", "surrogateescape")
        value = parse_xml(inner, {OAI: ""})
    except RecordRejected:
        return Header("")
    for wrapped in value.values():
        for key in ("header", "{}header"):
            if type(wrapped) is dict and wrapped.get(key):
                return _header(wrapped[key][0])
    return Header("")


def _header(value: Any) -> Header:
    if type(value) is not dict:
        return Header("")
    status = _attribute(value, "status")
    return Header(_text(value, "identifier"), _text(value, "datestamp"), status == "deleted")


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return _plain(found[0]) if type(found) is list and found else ""


def _plain(value: Any) -> str:
    text = value.get("#text", "") if type(value) is dict else value
    return text.strip() if type(text) is str else ""


def _attribute(value: Any, name: str) -> str:
    return str(value.get(f"@{name}", "")) if type(value) is dict else ""
