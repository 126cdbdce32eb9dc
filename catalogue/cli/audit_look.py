"""audit look: asks what live checks ask, now; what is still fresh is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, plain, print_json, print_rows
from catalogue.cli.progress import look_progress
from catalogue.fair.outcomes import Outcome
from catalogue.problems import BadRequest, NotFound

if TYPE_CHECKING:
    from catalogue.fair.live.base import Check
    from catalogue.fair.live.runner import Tally

NO_ANSWER = 5
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command("look")(look)


def look(
    context: typer.Context,
    study: Annotated[list[str] | None, typer.Option(help="Only this study, as `idr:idr0001`; may be repeated.")] = None,
    check: Annotated[list[str] | None, typer.Option(help="Only this check; may be repeated.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also what was looked at a short while ago.")] = False,
    json_: Json = False,
) -> None:
    """Look at pages, archives and images now; Ctrl-C ends it, and the next call goes on from there."""
    from catalogue.fair.live.due import due

    node: Node = context.obj()
    chosen = _chosen(node.looks.checks, check or [])
    for curie in study or []:
        entry = node.ledger.head(curie)
        if entry is None or entry.kind != "study" or entry.status != "public":
            raise NotFound(f"No public study {curie} is known here.")
    looks = due(node.ledger.observations, chosen, node.ledger.clock(), studies=study, all_of_them=all_)
    with look_progress() as tell:
        tally = node.looks.run(looks, tell)
    _tell(tally, as_json=json_)
    if tally.left:
        raise typer.Exit(NO_ANSWER)


def _chosen(known: Mapping[str, Check], names: list[str]) -> list[Check]:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadRequest(f"There is no check '{unknown[0][:100]}'; there are {', '.join(known)}.")
    return [check for name, check in known.items() if not names or name in names]


def _tell(tally: Tally, *, as_json: bool) -> None:
    names = sorted({name for name, _ in tally.outcomes})
    if as_json:
        counts = {name: {outcome.value: tally.outcomes[(name, outcome.value)] for outcome in Outcome} for name in names}
        left = {host: {"why": why, "checks": count} for host, (why, count) in tally.left.items()}
        print_json({"seen": tally.seen, "checks": counts, "left_alone": left})
        return
    rows = [(name, *(tally.outcomes[(name, outcome.value)] for outcome in Outcome)) for name in names]
    print_rows(["check", *(outcome.value for outcome in Outcome)], rows, empty="Nothing is due.")
    for host, (why, count) in sorted(tally.left.items()):
        err.print(plain(f"{host} is left alone for now, {count:,} checks stay due there. {why}"), soft_wrap=True)
