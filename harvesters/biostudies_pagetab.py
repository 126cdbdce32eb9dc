"""PageTab as a tree of sections, whichever form it comes in: submission JSON, database JSON, tab-separated text.

What the sections mean is left to biostudies_study and biostudies_parts. Forms: field.md section 5, biostudies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry, crosswalk_reasons
from harvesters.biostudies_text import parse_list_text, parse_pagetab_text
from harvesters.jsonbytes import parse_json

BELOW: Final = ("section", "sections", "subsections", "links", "files")
_QUALIFIERS: Final = ("valqual", "nmqual", "valueAttrs", "nameAttrs")
_STRUCTURES: Final = {"links": "Link", "files": "File"}
# A table is written as a list in the list (S-BIAD954), or in the database's JSON as an object around one.
_TABLES: Final = ("sectionsTable", "filesTable", "linksTable")
MAX_SECTIONS: Final = 20_000


@lru_cache(maxsize=10_000)
def slug(name: str) -> str:
    """The name of an attribute or kind as the crosswalk spells it; names that differ in case only are one."""
    return re.sub(r"[^\w.@*-]+", "_", name, flags=re.ASCII).strip("_").lower()


@cache
def reasons() -> Mapping[str, str]:
    """Path in the account -> why that field is left out, by the crosswalk biostudies-pagetab."""
    found = {
        path.replace("@", "/@", 1): reason
        for path, reason in crosswalk_reasons("biostudies-pagetab", "pagetab:").items()
    }
    found |= crosswalk_reasons("biostudies-pagetab", "pagetab_json:")
    found |= {f"info/{path}": text for path, text in crosswalk_reasons("biostudies-pagetab", "pagetab_info:").items()}
    return found | {f"flat/{path}": text for path, text in crosswalk_reasons("biostudies-pagetab", "bia_v1:").items()}


@dataclass(slots=True)
class Node:
    """A submission, section, file or link.

    Args:
        kind: slug of its type (`study_component`), `submission`, `file` or `link`.
        accno: what other sections call it; "" for none.
        keys: its own keys but those that lead to other nodes.
        attributes: slug of an attribute's name -> its value or values, qualifiers below `@name`.
        names: slug -> the name as written.
        references: slugs of attributes flagged as accession numbers of other sections.
    """

    kind: str
    accno: str
    keys: Entry
    attributes: Entry
    names: Mapping[str, str]
    references: frozenset[str]
    sections: list[Node] = field(default_factory=list)
    links: list[Node] = field(default_factory=list)
    files: list[Node] = field(default_factory=list)

    def below(self, *kinds: str) -> list[Node]:
        """The sections directly below that are of one of these kinds, in order."""
        return [node for node in self.sections if node.kind in kinds]

    def walk(self) -> Iterator[Node]:
        """All sections at any depth, this one first, in order."""
        yield self
        for node in self.sections:
            yield from node.walk()

    def many(self, *names: str, lines: bool = False, word: bool = False) -> list[str]:
        """The texts of an attribute under any of its names, in order."""
        return [text for name in names for text, _ in self.terms(name, lines=lines, word=word)]

    def text(self, *names: str, lines: bool = True, word: bool = False) -> str | None:
        """The text of an attribute; several are joined by line breaks. None where there is none."""
        found = list(dict.fromkeys(self.many(*names, lines=lines, word=word)))
        return "\n".join(found) or None

    def terms(self, name: str, *, lines: bool = False, word: bool = False) -> list[tuple[str, str | None]]:
        """The values of an attribute, each with the term identifier or address among its qualifiers."""
        value = self.attributes.value.get(name)
        if not any(type(item) is dict for item in (value if type(value) is list else [value])):
            return [(text, None) for text in self.attributes.texts(name, lines=lines, word=word)]
        found = []
        for entry in self.attributes.entries(name):
            given = entry.text("@termid") or entry.text("@url")
            if text := entry.text("#text", lines=lines, word=word):
                found.append((text, given))
        return found

    def path(self, name: str) -> str:
        """Where an attribute stands, for findings."""
        return f"{self.attributes.path}/{name}"


@dataclass(frozen=True, slots=True)
class Submission:
    """A parsed submission: its root, its study, and every section by its accession."""

    root: Node
    study: Node
    by_accno: Mapping[str, Node]


def parse_submission(content: bytes, account: Account) -> Submission:
    """The tree of one PageTab document, opened in the account.

    Raises:
        RecordRejected: not JSON or PageTab text, no submission, or more than MAX_SECTIONS sections.
    """
    value = _parse(content)
    reader = _Reader(account)
    root = reader.node(value, "Submission", "submission")
    studies = [node for node in root.sections if node.kind == "study"]
    if len(studies) != 1:
        raise RecordRejected(
            f"The document has {len(studies)} sections of type Study; a submission of images has one.",
            reason="schema-required",
        )
    by_accno: dict[str, Node] = {}
    for node in root.walk():
        if node.accno and node is not root:
            by_accno.setdefault(node.accno, node)
    return Submission(root, studies[0], by_accno)


def parse_file_list(content: bytes, account: Account) -> list[Node]:
    """The entries of a file list, JSON or tab-separated text, opened in the account.

    Raises:
        RecordRejected: neither of both, or too many entries.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        rows = list(_tables(parse_json(content).value))
    else:
        rows = parse_list_text(content)
    reader = _Reader(account)
    return [reader.node(row, "File", "file") for row in rows if type(row) is dict]


def _parse(content: bytes) -> dict[str, Any]:
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return parse_pagetab_text(content)
    parsed = parse_json(content)
    value = parsed.value
    if type(value) is not dict or type(value.get("section")) is not dict:
        raise RecordRejected(
            "The document is no PageTab submission: it has no section. Point the source at submissions only.",
            reason="not-parsable",
        )
    return value


class _Reader:
    """Builds nodes; keys and attributes are opened in the account under the crosswalk's paths."""

    def __init__(self, account: Account):
        self._account = account
        self._left = MAX_SECTIONS

    def node(self, value: dict[str, Any], structure: str, kind: str) -> Node:
        self._left -= 1
        if self._left < 0:
            raise RecordRejected(f"The submission has more than {MAX_SECTIONS:,} sections, files and links in all.",
                                 reason="too-large")  # fmt: skip
        keys = {key: inner for key, inner in value.items() if key not in BELOW and key != "attributes"}
        opened = self._account.open(keys, structure)
        attributes, names, references = _attributes(value.get("attributes"))
        accno = opened.text("accno", word=True) or opened.text("accNo", word=True) or ""
        node = Node(kind, accno, opened, self._account.open(attributes, kind), names, references)
        for key in BELOW:
            for inner in _tables(value.get(key)):
                if type(inner) is not dict:
                    opened.complain("wrong-type", Severity.WARNING, key, "An object is expected; left out.", inner)
                elif key in _STRUCTURES:
                    below = self.node(inner, _STRUCTURES[key], key[:-1])
                    (node.links if key == "links" else node.files).append(below)
                else:
                    node.sections.append(self.node(inner, "Section", slug(str(inner.get("type", "")))))
        return node


def _tables(value: Any) -> Iterator[Any]:
    """The members of a list, lists in it and objects that are only a table around others taken apart."""
    if type(value) is list:
        for item in value:
            yield from _tables(item)
    elif type(value) is dict:
        inner = [key for key in ("sections", "subsections", "files", "links") if key in value]
        if value.keys() <= {*inner, "extType"} and len(inner) == 1 and (
            value.get("extType") in (None, *_TABLES)
        ):  # fmt: skip
            yield from _tables(value[inner[0]])
        else:
            yield value
    elif value is not None and value != "":
        yield value


def _attributes(given: Any) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
    """Attributes by slug; where one value of a name has qualifiers, all become objects."""
    found: dict[str, list[Any]] = {}
    names: dict[str, str] = {}
    references = set()
    for item in _tables(given):
        if type(item) is not dict or not str(item.get("name") or "").strip():
            found.setdefault("without_name", []).append(item if type(item) is str else repr(item)[:500])
            continue
        name = str(item["name"])
        key = slug(name) or "without_name"
        names.setdefault(key, name)
        if item.get("reference") is True:
            references.add(key)
        qualifiers = dict(_qualifiers(item))
        value = item.get("value")
        found.setdefault(key, []).append({"#text": value, **qualifiers} if qualifiers else value)
        if odd := item.keys() - {"name", "value", "reference", *_QUALIFIERS}:
            found.setdefault(key + ".other", []).append(", ".join(sorted(map(str, odd))))
    return {key: _even(values) for key, values in found.items()}, names, frozenset(references)


def _qualifiers(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in _QUALIFIERS:
        for qualifier in _tables(item.get(key)):
            if type(qualifier) is dict and qualifier.get("name"):
                yield f"@{slug(str(qualifier['name']))}", qualifier.get("value")


def _even(values: list[Any]) -> Any:
    if any(type(value) is dict for value in values):
        return [value if type(value) is dict else {"#text": value} for value in values]
    return values[0] if len(values) == 1 else values
