"""announce: tell indexes of FAIR Data Points where this node's is."""

from __future__ import annotations

from typing import Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json
from catalogue.problems import Problem, SourceUnavailable

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command("announce")(announce)


def announce(context: typer.Context, json_: Json = False) -> None:
    """Tell the indexes of `exchange.fdp_index` where this node's FAIR Data Point is; they ask for it weekly."""
    node: Node = context.obj()
    told = node.announce()
    if json_:
        print_json([{"index": one.index, "told": one.problem is None, "detail": _detail(one.problem)} for one in told])
    else:
        for one in told:
            out.print(plain(f"{one.index}: {'told' if one.problem is None else _detail(one.problem)}"))
    if any(one.problem is not None for one in told):
        raise typer.Exit(SourceUnavailable.exit_code)


def _detail(problem: Problem | None) -> str:
    return problem.detail if problem is not None else ""
