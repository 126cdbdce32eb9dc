"""harvester: which partner formats are read, the spreadsheet template, and the start of a new adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    harvester = typer.Typer(help="Partner formats that can be read.", no_args_is_help=True)
    harvester.command("list")(harvester_list)
    harvester.command("template")(harvester_template)
    harvester.command("new")(harvester_new)
    app.add_typer(harvester, name="harvester")


def harvester_list(context: typer.Context, json_: Json = False) -> None:
    """The formats that `source add --harvester` takes."""
    node: Node = context.obj()
    found = [
        (name, str(harvester.version), node.describe_harvester(name))
        for name, harvester in sorted(node.harvesters.items())
    ]
    if json_:
        print_json([{"harvester": name, "version": version, "reads": reads} for name, version, reads in found])
        return
    print_rows(["harvester", "version", "reads"], found, empty="No harvesters.")


def harvester_template(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Name of a workbook (.xlsx), or of a folder for CSV files.")],
) -> None:
    """Write the spreadsheet that the harvester `table` reads, made from the model."""
    node: Node = context.obj()
    written = node.write_template(file)
    out.print(plain(f"Wrote {', '.join(path.name for path in written)}."))
    out.print(plain(f"Fill it in; then: ommatidia source add NAME --harvester table --location {file}"))


def harvester_new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name: lower-case letters, digits, underscores.")],
    checkout: Annotated[Path, typer.Option(help="Folder of the project's sources.")] = Path(),
) -> None:
    """Start an adapter for a partner's format: a file that works, with its contract test."""
    node: Node = context.obj()
    for path in node.write_harvester(name, checkout):
        out.print(plain(f"Wrote {path}"))
    out.print(plain(f"Run its test: python -m pytest {checkout / 'tests' / 'harvesters' / name}"))
    out.print(plain("How to go on: catalogue/docs/writing-a-harvester.md, also at /docs/writing-a-harvester."))
