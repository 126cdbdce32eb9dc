"""One issue as partners read it: the same facts in page, JSON, CSV and feed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from catalogue.exchange.base import archive_accession
from catalogue.federation.issue_cells import Fault, cell, faults_of
from catalogue.model.finding_codes import explain
from catalogue.model.identifiers import parse_identifier
from catalogue.model.namespaces import BASE
from catalogue.problems import Problem
from catalogue.store.entries import stamp
from catalogue.store.issues import Issue
from catalogue.web.federation.withholding import Withholding
from catalogue.web.services import Links
from catalogue.web.text import safe_url

HIDDEN: Final = (
    "Not shown: the record is not open to everybody. Its partner sees it in its own node or asks the operator."
)
COLUMNS: Final = (
    "source", "owner", "document", "identifier", "severity", "rule", "rule_page", "field", "value", "message",
    "first_seen", "last_seen", "tries", "original",
)  # fmt: skip
_RULE: Final = re.compile(r"(?:profile|rule):([A-Za-z0-9][A-Za-z0-9._-]{0,150})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """An issue with its addresses, ready to be shown.

    Args:
        name: the accession, else the document.
        page: path of the record's page on this node; "" where it names no record.
        faults: never empty; what cannot be told apart stands in one fault without a field.
        meaning: of the rule, in plain words; "" for a code that is not in the table.
        original: path of the partner's bytes; "" where they are not shown.
    """

    issue: Issue
    name: str
    page: str
    rule_page: str
    meaning: str
    faults: tuple[Fault, ...]
    original: str
    hidden: bool

    @property
    def key(self) -> str:
        """Names the issue for ever, on every node."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, _key(self.issue))}"


class Rows:
    """Makes rows.

    Args:
        links: addresses on this node.
        withholding: what stays hidden.
    """

    def __init__(self, links: Links, withholding: Withholding) -> None:
        self._links = links
        self._withholding = withholding
        self._names: dict[str, tuple[str, str]] = {}

    def of(self, issues: list[Issue]) -> list[Row]:
        """The rows of some issues, in order."""
        self._withholding.look_at(issues)
        return [self._row(issue) for issue in issues]

    def _row(self, issue: Issue) -> Row:
        hidden = self._withholding.hides(issue)
        name, page = self._named(issue.curie or "")
        found = explain(issue.code)
        return Row(
            issue=issue,
            name=name or issue.curie or issue.item,
            page=page,
            rule_page=rule_page(issue.code),
            meaning=found.meaning if found is not None else "",
            faults=(Fault("", "", issue.code, HIDDEN),) if hidden else faults_of(issue),
            original=self._original(issue),
            hidden=hidden,
        )

    def _named(self, curie: str) -> tuple[str, str]:
        """Accession and path of the page of a record; both "" for a name that is none."""
        if curie not in self._names:
            self._names[curie] = self._name(curie)
        return self._names[curie]

    def _name(self, curie: str) -> tuple[str, str]:
        try:
            known = parse_identifier(curie)
        except Problem:
            return "", ""
        if known.kind == "other":
            return "", ""
        accession = archive_accession({"owner": known.prefix, "accession": known.accession})
        return accession, self._links.document(known.kind, known.curie)

    def _original(self, issue: Issue) -> str:
        refused = issue.refused
        if refused is None or not self._withholding.shows_original(refused):
            return ""
        source = quote(refused.source, safe="")
        return f"/federation/quarantine/{source}/original/{refused.original_digest}"


@lru_cache(maxsize=4096)
def rule_page(code: str) -> str:
    """Path of the page that explains a code: the rule's own, else its place in the table of codes."""
    rule = _RULE.fullmatch(code)
    if rule is not None:
        # A rule of the schema is named by its class, one in SHACL by class and field.
        return f"/shapes/{rule[1]}" if "-" in rule[1] else f"/schema/{rule[1]}"
    found = explain(code)
    return f"/federation/rules#{quote(found.anchor)}" if found is not None else "/federation/rules"


def as_json(row: Row, links: Links) -> dict[str, Any]:
    """The row for machines; values are exact."""
    issue = row.issue
    return {
        "id": row.key,
        "source": issue.source,
        "owner": issue.owner,
        "document": issue.item,
        "url": _url(row),
        "identifier": issue.curie,
        "page": links.full(row.page) if row.page else None,
        "severity": issue.severity,
        "rule": issue.code,
        "rule_page": links.full(row.rule_page),
        "meaning": row.meaning or None,
        "faults": [
            {"field": fault.field or None, "value": fault.value or None, "rule": fault.rule, "message": fault.message}
            for fault in row.faults
        ],
        "first_seen": _moment(issue.first_seen),
        "last_seen": _moment(issue.last_seen),
        "tries": issue.tries,
        "original": links.full(row.original) if row.original else None,
        "withheld": row.hidden,
    }


def as_cells(row: Row, links: Links) -> Iterator[list[str]]:
    """One list of COLUMNS for each fault; no cell is a formula, nor has a control character."""
    issue = row.issue
    for fault in row.faults:
        cells: Iterable[object] = (
            issue.source, issue.owner or "", issue.item, issue.curie or "", issue.severity, fault.rule,
            links.full(rule_page(fault.rule)), fault.field, fault.value, fault.message,
            _moment(issue.first_seen) or "", _moment(issue.last_seen) or "", issue.tries,
            links.full(row.original) if row.original else "",
        )  # fmt: skip
        yield [cell(value) for value in cells]


def _url(row: Row) -> str | None:
    refused = row.issue.refused
    return safe_url(refused.url) if refused is not None and not row.hidden else None


def _moment(moment: datetime | None) -> str | None:
    return stamp(moment) if moment is not None else None


def _key(issue: Issue) -> str:
    return "\n".join((f"{BASE}federation/quarantine/{issue.source}", issue.item, *(str(part) for part in issue.place)))
