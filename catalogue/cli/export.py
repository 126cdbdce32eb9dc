"""export --static: the node as a folder of files, for an archive that runs no server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.dumps import bring_up_to_date
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json
from catalogue.cli.progress import dump_progress


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("export")(export)


def export(
    context: typer.Context,
    static: Annotated[Path, typer.Option("--static", help="Folder to write, or to bring up to date.")],
    url: Annotated[str, typer.Option(help="Address at which the folder is served; web.base_url when absent.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Write what members read of this node into a folder that any web server can serve."""
    from catalogue.exchange.static_member import export_static

    node: Node = context.obj()
    dump, _ = bring_up_to_date(node)
    address = (url or node.settings.web.base_url).rstrip("/")
    with dump_progress() as tell:
        done = export_static(node.ledger, static, name=node.settings.name, url=address, dump=dump, on_progress=tell)
    if json_:
        print_json({"files": done.files, "written": done.written, "removed": done.removed})
        return
    out.print(plain(f"{static}: {done.files:,} files, {done.written:,} written, {done.removed:,} removed."))
    if address:
        out.print(plain(f"Serve the folder at {address}/ ; fellows join it with `ommatidia member join {address}`."))
