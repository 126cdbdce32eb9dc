"""sparql, resolve, show, search: what goes out to people."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.model.namespaces import BASE
from catalogue.problems import BadRequest

if TYPE_CHECKING:
    from catalogue.search.service import Named

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
FORMATS = ("table", "json", "xml", "csv", "tsv", "turtle", "ntriples", "jsonld", "rdfxml")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("sparql")(sparql)
    app.command("resolve")(resolve)
    app.command("show")(show)
    app.command("search")(search)


def sparql(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Query file; - or nothing reads standard input.")] = "-",
    format_: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")] = "table",
) -> None:
    """Run a query over the published graph, with the limits of the public endpoint."""
    from catalogue.query.request import QueryRequest  # a tenth of a second that other commands need not wait

    if format_ not in FORMATS:
        raise BadRequest(f"There is no format '{format_}'; give one of {', '.join(FORMATS)}.")
    node: Node = context.obj()
    node.ledger.last_position()  # says so where there is no node
    text = _query_text(file)
    with node.pool(workers=1) as pool:
        shape = pool.inspect(text)
        as_table = format_ == "table" and shape.form in {"SELECT", "ASK"}
        wanted = "tsv" if as_table else (None if format_ == "table" else format_)
        with pool.run(QueryRequest(text, format=wanted, shape=shape)) as result:
            if not as_table:
                for chunk in result.chunks:
                    sys.stdout.buffer.write(chunk)
                return
            header, *lines = b"".join(result.chunks).decode().splitlines()
    print_rows(
        [name.removeprefix("?") for name in header.split("\t")],
        [line.split("\t") for line in lines],
        empty="No rows.",
    )


def _query_text(file: str) -> str:
    if file != "-" and not Path(file).is_file():
        raise BadRequest(f"There is no query file '{file}'; give a file, or - to read standard input.")
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8 text: byte {error.start + 1} cannot be read.") from error


def resolve(context: typer.Context, identifier: str, json_: Json = False) -> None:
    """What an identifier names, its state and where it lives."""
    node: Node = context.obj()
    found, entry = find(node.resolver, identifier)
    record = entry.record
    document = {
        "identifier": found.curie,
        "iri": BASE + entry.curie,
        "kind": found.kind,
        "state": str(found.state),
        "title": record.get("title"),
        "landing_page": record.get("landing_page"),
        "replicas": [
            replica["endpoint"] + replica["key"]
            for representation in record.get("representations", ())
            for replica in representation.get("replicas", ())
        ],
    }
    if json_:
        print_json(document)
        return
    for name, value in document.items():
        for line in value if isinstance(value, list) else [value]:
            if line:
                out.print(plain(f"{name}: {line}"))


def show(context: typer.Context, identifier: str, json_: Json = False) -> None:
    """The whole record."""
    node: Node = context.obj()
    found, entry = find(node.resolver, identifier)
    record = entry.record
    if json_ or found.kind == "image":
        print_json(record)
        return
    labels = {term["id"]: term.get("label", term["id"]) for term in record.get("terms", ())}
    lines = {
        "title": record.get("title"),
        "identifier": found.curie,
        "state": str(found.state),
        "authors": ", ".join(a["name"] for a in record.get("authors", ()) if "name" in a),
        "published": record.get("date_published"),
        "licence": record.get("license"),
        "organisms": ", ".join(labels.get(t, t) for t in record.get("organisms", ())),
        "methods": ", ".join(labels.get(t, t) for t in record.get("methods", ())),
        "archive": record.get("landing_page"),
        "images": node.ledger.count_children(entry.curie),
        "description": record.get("description"),
    }
    for name, value in lines.items():
        if value not in (None, ""):
            out.print(plain(f"{name:>11}: {value}"))


def _labels(terms: Iterable[Named]) -> str:
    return ", ".join(term.label for term in terms)


def search(
    context: typer.Context,
    text: str,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Rows at most.")] = 20,
    json_: Json = False,
) -> None:
    """Studies and images by title, organism, method, author or accession."""
    node: Node = context.obj()
    node.ledger.last_position()  # says so where there is no node
    page = node.search.search(text, limit=limit)
    if json_:
        print_json(
            {
                "total": page.total,
                "hits": [{"identifier": h.curie, "kind": h.kind, "title": h.title, "year": h.year} for h in page.hits],
            }
        )
        return
    print_rows(
        ["identifier", "title", "organisms", "methods", "year"],
        [(h.curie, h.title, _labels(h.organisms), _labels(h.methods), h.year) for h in page.hits],
        empty=f"Nothing fits '{text}'; try fewer or broader words.",
    )
    if page.total > len(page.hits):
        out.print(plain(f"{len(page.hits)} of {page.total}; more with --limit."))
