"""schema versions, show, diff: the model, its released versions, and what changed between two of them."""

from __future__ import annotations

import textwrap
from typing import Annotated, Any

import typer

from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.model.evolution import compare, fits, smallest_version
from catalogue.model.namespaces import contract
from catalogue.model.released import Sheet, present, released, released_versions
from catalogue.problems import NotFound

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
# Characters of a column; the other columns are as wide as their names.
_KIND, _WHAT = 40, 60
_COUNTS = {(True, False): "1", (True, True): "1..n", (False, False): "0..1", (False, True): "0..n"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(help="The model: classes, fields, versions and what changed.", no_args_is_help=True)
    group.command("versions")(versions)
    group.command("show")(show)
    group.command("diff")(diff)
    app.add_typer(group, name="schema")


def versions(json_: Json = False) -> None:
    """Released versions, oldest first, and the present one last."""
    sheets = [(released(version), "released") for version in released_versions()]
    now = present()
    if not sheets or sheets[-1][0]["version"] != now["version"]:
        sheets.append((now, "in the making"))
    rows = [
        {
            "version": sheet["version"],
            "state": state,
            "classes": len(sheet["classes"]),
            "slots": sum(len(row["slots"]) for row in sheet["classes"].values()),
        }
        for sheet, state in sheets
    ]
    if json_:
        print_json(rows)
        return
    print_rows(["version", "state", "classes", "slots"], [tuple(row.values()) for row in rows], empty="None.")


def show(
    name: Annotated[str | None, typer.Argument(metavar="CLASS", help="One class; all in short when absent.")] = None,
    version: Annotated[str | None, typer.Option(help="A released version; the present one when absent.")] = None,
    json_: Json = False,
) -> None:
    """The classes of the model, or the fields of one."""
    sheet = present() if version is None else released(version)
    classes = sheet["classes"]
    if name is not None and name not in classes:
        raise NotFound(f"Version {sheet['version']} has no class '{name[:100]}'; it has {', '.join(sorted(classes))}.")
    if json_:
        print_json(sheet if name is None else classes[name])
    elif name is None:
        short = [
            (c, contract(row["iri"]), len(row["slots"]), textwrap.fill(row["description"], _WHAT))
            for c, row in sorted(classes.items())
        ]
        print_rows(["class", "IRI", "slots", "what"], short, empty="None.")
    else:
        out.print(plain(f"{name} ({contract(classes[name]['iri'])}), version {sheet['version']}"))
        rows = [_slot_row(key, slot) for key, slot in classes[name]["slots"].items()]
        print_rows(["slot", "count", "range", "property", "what"], rows, empty="No slots but id and type.")


def _slot_row(key: str, slot: dict[str, Any]) -> tuple[str, ...]:
    choices = " | ".join([*slot.get("classes", ()), *slot.get("values", ())])
    kind = choices or contract(slot.get("datatype", "")) or slot["kind"]
    what = textwrap.fill(slot["description"], _WHAT)
    return (
        key,
        _COUNTS[slot["required"], slot["many"]],
        textwrap.fill(kind, _KIND, break_long_words=False),
        contract(slot["predicate"]),
        what,
    )


def diff(
    version: Annotated[str | None, typer.Argument(help="A released version; the last one when absent.")] = None,
    json_: Json = False,
) -> None:
    """What changed since a release. Exit 3: the present version number says too little about it."""
    old, new = released(version or released_versions()[-1]), present()
    changes = compare(old, new)
    smallest = smallest_version(old["version"], changes)
    good = fits(old["version"], new["version"], changes)
    if json_:
        values = {
            "from": old["version"],
            "to": new["version"],
            "compatible": all(change.compatible for change in changes),
            "smallest": smallest,
            "fits": good,
            "changes": [change.as_dict() for change in changes],
        }
        print_json(values)
    else:
        _print_changes(old, new, [(change.compatible, change.sentence) for change in changes])
        if not good:
            out.print(
                plain(f"The version must be {smallest} or later, but schema/ommatidia.yaml says {new['version']}.")
            )
    if not good:
        raise typer.Exit(3)


def _print_changes(old: Sheet, new: Sheet, told: list[tuple[bool, str]]) -> None:
    out.print(plain(f"{old['version']} -> {new['version']}: {len(told)} changes"))
    for title, wanted in (("Not compatible: payloads or queries of before may break", False), ("Compatible", True)):
        sentences = [sentence for compatible, sentence in told if compatible is wanted]
        if sentences:
            out.print(plain(f"{title} ({len(sentences)})"))
            for sentence in sentences:
                out.print(plain(f"  {sentence}"))
