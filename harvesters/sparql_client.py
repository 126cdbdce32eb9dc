"""Questions to a SPARQL endpoint: query files with typed slots, answers within bounds.

Slots are filled with checked IRIs and quoted text only; nothing of a partner's reaches a query unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from catalogue.model.forms import is_web_address
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.http import Fetcher, Response
from harvesters.jsonbytes import parse_json
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import Triple, to_triples

MAX_ANSWER_BYTES: Final = 50 << 20
MAX_QUERY_BYTES: Final = 100_000
_SLOT: Final = re.compile(r"VALUES\s+\?(?P<name>[A-Za-z_]+)\s*\{\s*UNDEF\s*\}", re.IGNORECASE)
_RDF: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Subject:
    """One row of the list.

    Args:
        version: what the endpoint says of its state; "" when it says nothing.
    """

    iri: str
    version: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query file; `slots` are the names of its empty VALUES."""

    text: str
    slots: frozenset[str]

    def about(self, subjects: Iterable[str]) -> str:
        """The query for these subjects, whose IRIs were checked when they were listed."""
        return self._filled("subject", " ".join(f"<{subject}>" for subject in subjects))

    def page(self, after: str, size: int) -> str:
        """The query for the page behind a subject."""
        return f"{self._filled('after', str(ox.Literal(after)))}\nLIMIT {int(size)}\n"

    def _filled(self, name: str, values: str) -> str:
        def fill(found: re.Match[str]) -> str:
            if found["name"] != name:
                return found.group()
            return found.group().replace("UNDEF", values) if "UNDEF" in found.group() else found.group()

        return _SLOT.sub(fill, self.text)


def load_query(path: Path, option: str) -> Query:
    """The query of a file.

    Raises:
        SourceChanged: the file cannot be read, or is too long.
    """
    try:
        content = path.read_bytes()[: MAX_QUERY_BYTES + 1]
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceChanged(
            f"The query file {path.name} of the option {option} cannot be read; mend its path."
        ) from error
    if len(content) > MAX_QUERY_BYTES:
        raise SourceChanged(f"The query file {path.name} has more than {MAX_QUERY_BYTES:,} bytes.")
    return Query(text, frozenset(found["name"] for found in _SLOT.finditer(text)))


class Endpoint:
    """Asks one endpoint, by POST and within bounds of size and time."""

    def __init__(self, fetcher: Fetcher, url: str):
        self._fetcher, self.url = fetcher, url

    def select(self, query: str) -> list[Subject]:
        """The rows of a list, in their order; what is no IRI is left out.

        Raises:
            SourceUnavailable: the endpoint does not answer as it should.
            SourceChanged: the answer has no ?subject.
        """
        answer = self._ask(query, "application/sparql-results+json")
        try:
            value = parse_json(bytes(answer.content), max_bytes=MAX_ANSWER_BYTES).value
            names, rows = value["head"]["vars"], value["results"]["bindings"]
            found = [_subject(row) for row in rows if type(row) is dict]
        except (RecordRejected, KeyError, TypeError, AttributeError) as error:
            raise SourceUnavailable(f"{self.url} gives no SPARQL results in JSON; the list cannot be read.") from error
        if "subject" not in names:
            raise SourceChanged("The query of the option list gives no ?subject; mend it.")
        return [subject for subject in found if subject is not None]

    def construct(self, query: str) -> set[Triple]:
        """The statements of an answer.

        Raises:
            RecordRejected: the answer cannot be parsed or is too large.
            SourceUnavailable: the endpoint does not answer as it should.
        """
        answer = self._ask(query, _RDF)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        # Virtuoso gives N-Triples as plain text.
        kind = {"text/plain": "application/n-triples", "application/xml": "application/rdf+xml"}.get(kind, kind)
        return to_triples(iter_quads(bytes(answer.content), kind, base_iri=self.url, timeout_s=60.0))

    def _ask(self, query: str, accept: str) -> Response:
        answer = self._fetcher.post(
            self.url, urlencode({"query": query}).encode(), _FORM, headers={"Accept": accept},
            max_bytes=MAX_ANSWER_BYTES, idempotent=True,
        )  # fmt: skip
        if answer.status == 400:
            said = bytes(answer.content)[:200].decode("utf-8", "replace")
            raise SourceChanged(f"{self.url} refuses the query (400): {said} Mend the query file.")
        if answer.status != 200:
            raise SourceUnavailable(f"{self.url} answers {answer.status}; the source is left for now.")
        return answer


def _subject(row: dict[str, Any]) -> Subject | None:
    held = row.get("subject")
    iri = held.get("value") if type(held) is dict and held.get("type") == "uri" else None
    if type(iri) is not str or not is_web_address(iri):
        return None
    version = row.get("version")
    text = version.get("value") if type(version) is dict else ""
    return Subject(iri, text[:200] if type(text) is str else "")
