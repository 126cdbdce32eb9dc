"""audit make, list, show, freeze, remove, diff, verify: signed audits that the node keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.audit_files import Addresses, numbers_of
from catalogue.cli.audit_text import print_difference, print_kept, print_report
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.cli.progress import audit_progress
from catalogue.problems import BadRequest

if TYPE_CHECKING:
    from catalogue.fair.shelf import Kept

NOT_HELD = 3
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Name = Annotated[str, typer.Argument(help="Name of the audit, as `audit list` shows it; `latest` is the newest.")]


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to the group `audit`."""
    group.command("make")(audit_make)
    group.command("list")(audit_list)
    group.command("show")(audit_show)
    group.command("freeze")(audit_freeze)
    group.command("remove")(audit_remove)
    group.command("diff")(audit_diff)
    group.command("verify")(audit_verify)


def audit_make(
    context: typer.Context,
    position: Annotated[int | None, typer.Option(min=0, help="The ledger as it was at this position.")] = None,
    json_: Json = False,
) -> None:
    """Make an audit of all studies and keep it; the worker does so when something changed."""
    node: Node = context.obj()
    kept, made = _make(node, position)
    if json_:
        print_json({**_document(kept), "made": made})
    else:
        said = "Made" if made else "Nothing changed since"
        out.print(plain(f"{said} {kept.name}: {kept.manifest.studies} studies, {len(kept.manifest.totals)} tests."))


def _make(node: Node, position: int | None = None) -> tuple[Kept, bool]:
    with audit_progress() as tell:
        return node.audit_history.keep(position, tell)


def audit_list(context: typer.Context, json_: Json = False) -> None:
    """The audits that are kept, newest first."""
    shelf = context.obj().audit_history.shelf
    found = [kept for kept in map(shelf.find, shelf.names()) if kept is not None]
    if json_:
        print_json([_document(kept) for kept in found])
        return
    print_rows(
        ["audit", "made", "position", "studies", "tests", "frozen", "note"],
        [
            (
                kept.name,
                kept.made_at[:19],
                kept.manifest.basis.position,
                kept.manifest.studies,
                len(kept.manifest.totals),
                kept.frozen_at[:10],
                kept.note,
            )
            for kept in found
        ],
        empty="No audit is kept yet; `ommatidia audit make` makes one.",
    )


def _document(kept: Kept) -> dict[str, Any]:
    from catalogue.fair.basis import basis_document
    from catalogue.fair.keeping import cited

    return {
        "name": kept.name,
        "iri": cited(kept).iri,
        "made_at": kept.made_at,
        "frozen_at": kept.frozen_at,
        "note": kept.note,
        "studies": kept.manifest.studies,
        "tests": len(kept.manifest.totals),
        "withheld": list(kept.redacted),
        "basis": basis_document(kept.manifest.basis),
    }


def audit_show(context: typer.Context, name: Name, json_: Json = False) -> None:
    """A kept audit: how to cite it, and its report over all studies."""
    node: Node = context.obj()
    report = node.audit_history.report(name)
    kept = node.audit_history.shelf.get(name)
    if json_:
        print_json({**numbers_of(report, Addresses(node.settings.web.base_url)), "kept": _document(kept)})
        return
    print_kept(kept, node.settings.name)
    print_report(report)


def audit_freeze(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a kept audit; without one, an audit is made now.")] = "",
    note: Annotated[str, typer.Option(help="Why, for people, such as `end of project report`.")] = "",
    json_: Json = False,
) -> None:
    """Keep an audit until it is removed by hand, so that others can cite it."""
    if len(note) > 500 or not note.isprintable():
        raise BadRequest("A note is one line of at most 500 characters.")
    node: Node = context.obj()
    found = node.audit_history.shelf.get(name) if name else _make(node)[0]
    kept = node.audit_history.freeze(found.name, note)
    if json_:
        print_json(_document(kept))
    else:
        out.print(plain(f"Frozen: {kept.name}"))
        print_kept(kept, node.settings.name)


def audit_remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the audit, as `audit list` shows it.")],
    frozen: Annotated[bool, typer.Option("--frozen", help="Also when it is frozen.")] = False,
) -> None:
    """Drop a kept audit; its totals stay for trends."""
    history = context.obj().audit_history
    with history.shelf.alone():
        history.shelf.remove(name, frozen=frozen)
    out.print(plain(f"Removed {name}."))


def audit_diff(context: typer.Context, before: Name, after: Name, json_: Json = False) -> None:
    """What differs between two kept audits, record by record, and why."""
    from catalogue.fair.changes import difference_document

    difference = context.obj().audit_history.difference(before, after)
    if json_:
        print_json(difference_document(difference))
    else:
        print_difference(difference)


def audit_verify(context: typer.Context, name: Name, json_: Json = False) -> None:
    """Check a kept audit: signature, files, ledger, and that it comes out the same when made again; else exit 3."""
    node: Node = context.obj()
    with audit_progress() as tell:
        checks = node.audit_history.verify(name, tell)
    held = all(check.held is not False for check in checks)
    if json_:
        rows = [{"name": check.name, "held": check.held, "said": check.said} for check in checks]
        print_json({"audit": name, "held": held, "checks": rows})
    else:
        words = {True: "holds", False: "DOES NOT HOLD", None: "cannot be told"}
        print_rows(["check", "", ""], [(one.name, words[one.held], one.said) for one in checks], empty="")
    if not held:
        raise typer.Exit(NOT_HELD)
