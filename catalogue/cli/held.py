"""held: batches of changes that wait for a person, shown, let pass or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.harvest import Json, end_with, publish, show_reports
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows

if TYPE_CHECKING:
    from catalogue.store.books import HeldBatch

Number = Annotated[int, typer.Argument(help="Number of the batch, as `held list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    held = typer.Typer(help="Changes that would take too many live records at once.", no_args_is_help=True)
    held.command("list")(held_list)
    held.command("show")(held_show)
    held.command("accept")(held_accept)
    held.command("drop")(held_drop)
    app.add_typer(held, name="held")


def held_list(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Only this source.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Decided and superseded ones too.")] = False,
    json_: Json = False,
) -> None:
    """Batches that wait for a person, newest first; meanwhile the old state stays served."""
    ledger = context.obj().ledger
    name = None if source is None else ledger.source(source).name
    batches = ledger.held_batches(name, state=None if all_ else "open")
    if json_:
        print_json([_row(batch) for batch in batches])
        return
    print_rows(
        ["batch", "source", "made", "state", "live records", *(batches[0].changes if batches else ())],
        [
            (b.id, b.source, b.made_at.isoformat(timespec="seconds"), b.state, b.live, *b.changes.values())
            for b in batches
        ],
        empty="Nothing is held.",
    )


def held_show(
    context: typer.Context,
    number: Number,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 1000,
    json_: Json = False,
) -> None:
    """What one batch would change, record by record."""
    ledger = context.obj().ledger
    batch = ledger.held_batch(number)
    changes = ledger.held_changes(number, limit=limit)
    if json_:
        rows = [
            {
                "identifier": c.curie,
                "change": c.change,
                "reason": c.reason,
                "replacement": c.replacement,
                "item": c.item,
            }
            for c in changes
        ]
        print_json({**_row(batch), "records": rows})
        return
    out.print(
        plain(
            f"Batch {batch.id} of {batch.source}, {batch.state}: {batch.total} of {batch.live} live records, from "
            f"{batch.kind} run {batch.run_id} at {batch.made_at.isoformat(timespec='seconds')}."
        )
    )
    print_rows(
        ["identifier", "change", "reason", "replacement", "document"],
        [(c.curie, c.change, c.reason, c.replacement or "", c.item) for c in changes],
        empty="It changes nothing.",
    )


def held_accept(context: typer.Context, number: Number, json_: Json = False) -> None:
    """Let a batch pass: apply exactly what `held show` lists, from kept bytes, and publish."""
    node: Node = context.obj()
    report = node.ingest.accept_held(number)
    publish(node)
    show_reports([report], json_)
    end_with([report])


def held_drop(context: typer.Context, number: Number) -> None:
    """Discard a batch: its records stay as they are until a run says otherwise again."""
    out.print(plain(context.obj().ingest.drop_held(number)))


def _row(batch: HeldBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "source": batch.source,
        "run": batch.run_id,
        "kind": batch.kind,
        "state": batch.state,
        "live": batch.live,
        "made_at": batch.made_at.isoformat(),
        "decided_at": None if batch.decided_at is None else batch.decided_at.isoformat(),
        **batch.changes,
    }
