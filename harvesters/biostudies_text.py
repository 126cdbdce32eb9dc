"""PageTab as tab-separated text, turned into what its JSON would be; pure.

Blocks apart by empty lines; a block's first line is its kind, accession and parent, each further one an attribute.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.problems import RecordRejected

MAX_BYTES: Final = 10_000_000
_PARENT: Final = re.compile(r"(?P<kind>[^\[\]]+)\[(?P<parent>[^\[\]]*)\]")
_TABLES: Final = {"links": "links", "files": "files"}
Block = list[list[str]]


def parse_pagetab_text(content: bytes) -> dict[str, Any]:
    """The submission as its JSON form has it.

    Raises:
        RecordRejected: `too-large`, `bad-encoding` when not UTF-8, `not-parsable` when the first block is none of a
            submission.
    """
    text = _decoded(content)
    blocks = list(_blocks(text))
    if not blocks or blocks[0][0][0].lower() != "submission":
        raise RecordRejected("The document is neither JSON nor PageTab text.", reason="not-parsable")
    root = _section(blocks[0])
    root["accno"] = root.pop("accno", None)
    root["type"] = "submission"
    by_accno: dict[str, dict[str, Any]] = {}
    study: dict[str, Any] | None = None
    for block in blocks[1:]:
        study = _add(block, root, study, by_accno)
    if study is None:
        raise RecordRejected("The PageTab text has no section below its submission.", reason="not-parsable")
    return root


def parse_list_text(content: bytes) -> list[dict[str, Any]]:
    """The entries of a file list: `Files` and the names of columns, then a path and its values a line.

    Raises:
        RecordRejected: see parse_pagetab_text.
    """
    rows = [line.split("\t") for line in _decoded(content).splitlines() if line.strip()]
    if not rows or rows[0][0].strip().lower() != "files":
        raise RecordRejected("The file list is neither JSON nor a table of files.", reason="not-parsable")
    return _rows(rows, "path")


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise RecordRejected(f"The document has {len(content):,} bytes; {MAX_BYTES:,} are allowed.", reason="too-large")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordRejected(f"Byte {error.start} is not UTF-8.", reason="bad-encoding") from error


def _add(
    block: Block, root: dict[str, Any], study: dict[str, Any] | None, by_accno: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Put a block where it belongs; gives the study, which is the first section."""
    head = block[0][0]
    table = _PARENT.fullmatch(head)
    kind = (table["kind"] if table else head).strip()
    if study is None:
        section = _section(block)
        root["section"] = section
        by_accno[section.get("accno") or ""] = section
        return section
    above = by_accno.get(table["parent"] if table else (block[0][2] if len(block[0]) > 2 else ""), study)
    if kind.lower() in _TABLES:
        above.setdefault(_TABLES[kind.lower()], []).extend(_rows(block, "url" if kind.lower() == "links" else "path"))
    elif table:
        above.setdefault("subsections", []).extend({"type": kind, **row} for row in _rows(block, "accno"))
    elif kind.lower() in ("link", "file"):
        key, name = ("links", "url") if kind.lower() == "link" else ("files", "path")
        above.setdefault(key, []).append({name: _cell(block[0], 1), "attributes": _pairs(block[1:])})
    else:
        section = _section(block)
        above.setdefault("subsections", []).append(section)
        if section.get("accno"):
            by_accno.setdefault(section["accno"], section)
    return study


def _blocks(text: str) -> list[Block]:
    """Blocks of rows of cells; a line without a tab inside a block goes on with the cell before it."""
    blocks: list[Block] = []
    rows: Block = []
    more: list[str] = []
    for line in [*text.splitlines(), ""]:
        if rows and "\t" not in line and line.strip() and len(rows[-1]) > 1:
            more.append(line)
            continue
        if more:
            # Once a cell: adding line by line would copy the cell as often as it has lines.
            rows[-1][-1] = "\n".join([rows[-1][-1], *more])
            more = []
        if not line.strip():
            if rows:
                blocks.append(rows)
            rows = []
        elif rows or not line.startswith("#"):
            rows.append(line.split("\t"))
    return blocks


def _section(block: Block) -> dict[str, Any]:
    section: dict[str, Any] = {"type": block[0][0].strip()}
    if accno := _cell(block[0], 1):
        section["accno"] = accno
    if attributes := _pairs(block[1:]):
        section["attributes"] = attributes
    return section


def _pairs(rows: Block) -> list[dict[str, Any]]:
    """Attributes; `<name>` is a reference, `[name]` and `(name)` qualify the attribute before."""
    found: list[dict[str, Any]] = []
    for row in rows:
        name, value = row[0].strip(), _unquoted(_cell(row, 1))
        if found and name[:1] in "[(" and name[-1:] in "])":
            found[-1].setdefault("valqual", []).append({"name": name[1:-1], "value": value})
        elif name.startswith("<") and name.endswith(">"):
            found.append({"name": name[1:-1], "value": value, "reference": True})
        else:
            found.append({"name": name, "value": value})
    return found


def _rows(block: Block, first: str) -> list[dict[str, Any]]:
    """A table: each row an object whose attributes are named by the block's first line."""
    names = block[0][1:]
    return [
        {first: row[0].strip(), "attributes": _pairs([[name, _cell(row, n + 1)] for n, name in enumerate(names)])}
        for row in block[1:]
    ]


def _cell(row: list[str], number: int) -> str:
    return row[number].strip() if len(row) > number else ""


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text
