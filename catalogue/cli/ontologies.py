"""ontology add, ontology list: reference vocabularies installed beside the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.harvest import publish
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.problems import BadRequest
from catalogue.store.ontologies import Ontology, install, sources


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(help="Ontologies that labels and hierarchies are taken from.", no_args_is_help=True)
    group.command("add")(ontology_add)
    group.command("list")(ontology_list)
    app.add_typer(group, name="ontology")


def ontology_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Short name, such as fbbi.")],
    file: Annotated[Path, typer.Argument(help="Turtle or RDF/XML, plain, .gz or .xz.")],
) -> None:
    """Install an ontology; records are held against it at the next harvest."""
    node: Node = context.obj()
    if not file.is_file():
        raise BadRequest(f"There is no file '{file}'.")
    node.initialise()
    count = install(node.home, name, file)
    publish(node)
    out.print(plain(f"Installed {name}: {count} terms."))


def ontology_list(
    context: typer.Context, json_: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False
) -> None:
    """What is installed."""
    node: Node = context.obj()
    rows = [(path.stem, "shipped" if path.suffix == ".ttl" else "installed") for path in sources(node.home)]
    if json_:
        print_json([{"name": name, "from": origin} for name, origin in rows])
        return
    print_rows(["name", "from"], rows, empty="None.")
    out.print(plain(f"{len(Ontology.load(node.home))} terms in all."))
