"""The plain SPARQL form, its examples, and an answer shown as a table; works without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
from flask import Response, current_app, render_template, request

from catalogue.model.namespaces import BASE, contract
from catalogue.query.formats import formats_for
from catalogue.query.request import QueryResult
from catalogue.settings import QuerySettings
from catalogue.web.layout import layout

_SHOWN_ROWS = 200
_SHOWN_CHARACTERS = 100_000
_SUMMARY = re.compile(r"^#\+\s*summary:\s*(.+)$", re.MULTILINE)
_METADATA = re.compile(r"^#\+.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One public example query."""

    name: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One term of a shown row: its text, an address when it is an http IRI, and language or datatype."""

    text: str
    href: str | None = None
    note: str = ""


def load_examples(folder: Path) -> tuple[Example, ...]:
    """The example queries of a folder, by name."""
    found = []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text("utf-8")
        summary = _SUMMARY.search(text)
        found.append(
            Example(path.stem, summary[1].strip() if summary else path.stem, _METADATA.sub("", text).strip() + "\n")
        )
    return tuple(found)


def render_form(limits: QuerySettings, examples: tuple[Example, ...]) -> Response:
    """The form, filled with the example that the address names."""
    chosen = next((example for example in examples if example.name == request.args.get("example")), None)
    if chosen is None and examples:
        chosen = examples[0]
    return _page(limits, examples, text=chosen.text if chosen else "", answer=None)


def render_result(result: QueryResult, text: str, limits: QuerySettings, examples: tuple[Example, ...]) -> Response:
    """The form with the answer below it.

    Args:
        result: whole, in the format `json` for tables and `turtle` for graphs.
    """
    graph = result.kind in ("construct", "describe")
    answer = {"kind": result.kind, **(_graph(result) if graph else _table(result)), "forms": _links(text, graph)}
    return _page(limits, examples, text=text, answer=answer)


def _page(
    limits: QuerySettings, examples: tuple[Example, ...], *, text: str, answer: dict[str, object] | None
) -> Response:
    page = render_template(
        "sparql.html", layout=layout(), active="sparql", limits=limits, examples=examples, text=text, answer=answer
    )
    return Response(page, mimetype="text/html")


def _links(text: str, graph: bool) -> list[tuple[str, str]]:
    datasets = [
        (name, value) for name in ("default-graph-uri", "named-graph-uri") for value in request.values.getlist(name)
    ]
    return [
        (form.name, "?" + urlencode([("query", text), ("format", form.name), *datasets])) for form in formats_for(graph)
    ]


def _graph(result: QueryResult) -> dict[str, object]:
    text = result.read().decode("utf-8")
    return {"text": text[:_SHOWN_CHARACTERS], "cut": len(text) > _SHOWN_CHARACTERS}


def _table(result: QueryResult) -> dict[str, object]:
    parsed = pyoxigraph.parse_query_results(result.read(), format=pyoxigraph.QueryResultsFormat.JSON)
    if isinstance(parsed, pyoxigraph.QueryBoolean):
        return {"boolean": bool(parsed)}
    rows, count = [], 0
    for row in parsed:
        if count < _SHOWN_ROWS:
            rows.append([_cell(term) for term in row])
        count += 1
    return {"names": [name.value for name in parsed.variables], "rows": rows, "count": count}


def _own_path(iri: str) -> str:
    """Where this node answers for an IRI of ours: records are CURIEs, terms stand below the name of their namespace."""
    name = iri.removeprefix(BASE)
    return f"/id/{name}" if ":" in name.partition("/")[0] else f"/{name}"


def _cell(term: object) -> Cell:
    if term is None:
        return Cell("")
    if isinstance(term, pyoxigraph.NamedNode):
        iri = term.value
        href = iri if iri.startswith(("http://", "https://")) else None
        if iri.startswith(BASE) and "link" in current_app.jinja_env.globals:
            href = current_app.jinja_env.globals["link"](_own_path(iri))  # type: ignore[operator]
        return Cell(contract(iri), href)
    if isinstance(term, pyoxigraph.Literal):
        plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        return Cell(term.value, note=term.language or ("" if plain else contract(term.datatype.value)))
    return Cell(str(term))
