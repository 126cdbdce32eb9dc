"""dumps make, dumps list: everything that the node holds as files for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.cli.progress import dump_progress

if TYPE_CHECKING:
    from catalogue.exchange.dumps.shelf import Dump

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    dumps = typer.Typer(help="Everything that the node holds as files, served at /dumps/.", no_args_is_help=True)
    dumps.command("make")(dumps_make)
    dumps.command("list")(dumps_list)
    app.add_typer(dumps, name="dumps")


def dumps_make(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="Also when nothing changed since the last one.")] = False,
    json_: Json = False,
) -> None:
    """Make a dump now; the worker makes one each night. Nothing is written when nothing changed."""
    node: Node = context.obj()
    dump, made = bring_up_to_date(node, again=again)
    if json_:
        print_json({**_document(dump), "made": made})
    elif not made:
        out.print(plain(f"Nothing changed since {dump.name}."))
    else:
        size = sum(one.size_bytes for one in dump.manifest.files)
        counts = ", ".join(f"{count:,} {what}" for what, count in dump.manifest.statement["counts"].items())
        out.print(plain(f"Made {dump.name}: {counts}; {size:,} bytes in {len(dump.manifest.files)} files."))


def bring_up_to_date(node: Node, *, again: bool = False) -> tuple[Dump, bool]:
    """A dump of what the ledger holds now, and whether it was made now."""
    from catalogue.exchange.dumps.making import make_dump
    from catalogue.exchange.dumps.shelf import LATEST

    node.ledger.sign_log()
    settings = node.settings
    with dump_progress() as tell:
        made = make_dump(
            node.ledger,
            node.dumps,
            title=settings.name,
            base_url=settings.web.base_url,
            kept=settings.exchange.dumps_kept,
            again=again,
            on_progress=tell,
        )
    dump = made or node.dumps.find(LATEST)
    assert dump is not None  # nothing is made only where one is there
    return dump, made is not None


def dumps_list(context: typer.Context, json_: Json = False) -> None:
    """The dumps there are, newest first."""
    node: Node = context.obj()
    found = [dump for dump in map(node.dumps.find, node.dumps.names()) if dump is not None]
    if json_:
        print_json([_document(dump) for dump in found])
        return
    rows = [_document(dump) for dump in found]
    print_rows(
        ["dump", "made", "position", "files", "bytes"],
        [(row["name"], row["made_at"], row["position"], row["files"], f"{row['size_bytes']:,}") for row in rows],
        empty="No dump yet; `ommatidia dumps make` makes one.",
    )


def _document(dump: Dump) -> dict[str, Any]:
    said, files = dump.manifest.statement, dump.manifest.files
    sums = {"files": len(files), "size_bytes": sum(one.size_bytes for one in files)}
    return {name: said[name] for name in ("name", "made_at", "position", "digest", "counts")} | sums
