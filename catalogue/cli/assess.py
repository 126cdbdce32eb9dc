"""assess: how FAIR a study is that is not published yet, or at any address; files need no node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.audit import BELOW, document
from catalogue.cli.audit_files import Addresses, numbers_of, read_or_get, write_forms
from catalogue.cli.audit_look import NO_ANSWER
from catalogue.cli.audit_text import print_report
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json
from catalogue.problems import BadRequest

if TYPE_CHECKING:
    from catalogue.fair.assess.base import Assessment
    from catalogue.fair.assess.service import Assessor

_DESCRIPTOR = "ro-crate-metadata.json"
_MOST_FAULTS = 20


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command("assess")(assess)


def assess(
    context: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(
            help="A record as YAML or JSON, an RO-Crate or its folder, - for standard input; or an address, DOI, CURIE."
        ),
    ],
    benchmark: Annotated[str, typer.Option(help="What is asked for: a name, or a TOML file of your own.")] = "",
    csv: Annotated[str, typer.Option(help="A line for each test, to this file; - is standard output.")] = "",
    pdf: Annotated[str, typer.Option(help="The report as PDF, to this file.")] = "",
    jsonld: Annotated[str, typer.Option(help="The report as JSON-LD (FTR, DQV, EARL), to this file.")] = "",
    fail_under: Annotated[
        str, typer.Option(help="Exit with 3 below: `90` over all, or `f1=100,a1=95` by letter, principle or item.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Judge a study by every metric, before it is published or wherever it is; nothing is recorded."""
    from catalogue.fair.benchmark import benchmarks
    from catalogue.fair.thresholds import read_thresholds, shortfalls

    files = {suffix: file for suffix, file in {".csv": csv, ".pdf": pdf, ".jsonld": jsonld}.items() if file}
    if files and len(targets) > 1:
        raise BadRequest("Assess one study at a time where the report goes to a file.")
    asked = read_thresholds(fail_under) if fail_under else ()
    node: Node = context.obj()
    known = benchmarks(node.home / "benchmarks", lambda why: err.print(plain(why), soft_wrap=True))
    chosen, links = read_or_get(benchmark, known), Addresses(node.settings.web.base_url)
    assessor, documents, below, silent = node.assessor(), [], False, False
    for target in targets:
        found = _assessed(assessor, target)
        report = found.report(chosen)
        missed = shortfalls(report, asked)
        written = write_forms(report, files, links)
        if json_:
            numbers = {**numbers_of(report, links), "assessed": _how(found)}
            documents.append(document(numbers, missed if asked else None))
        elif "-" not in files.values():
            _print_how(found)
            print_report(report)
            for line in written:
                out.print(plain(line))
        if found.silent:
            silent = True
            err.print(plain(f"{target}: nobody answered, so nothing is known of it; try later."), soft_wrap=True)
            continue
        for one in missed:
            err.print(plain(f"{target}: below the threshold. {one.said}"), soft_wrap=True)
        below = below or bool(missed)
    if json_:
        print_json(documents[0] if len(documents) == 1 else documents)
    if below or silent:
        raise typer.Exit(BELOW if below else NO_ANSWER)


def _assessed(assessor: Assessor, target: str) -> Assessment:
    """The assessment of a file where there is one of that name, else of what has that name."""
    from catalogue.fair.assess.service import MOST_BYTES

    if target == "-":
        return assessor.posted("", sys.stdin.buffer.read(MOST_BYTES + 1))
    path = Path(target)
    if path.is_dir():
        path = path / _DESCRIPTOR
        if not path.is_file():
            raise BadRequest(f"'{target}' is a folder without {_DESCRIPTOR}; name the file that is meant.")
    if path.is_file():
        with path.open("rb") as stream:
            return assessor.posted(path.name, stream.read(MOST_BYTES + 1))
    if ":" not in target and not target.startswith("10.") and path.suffix:
        raise BadRequest(f"There is no file '{target}'.")
    return assessor.named(target)


def _how(found: Assessment) -> dict[str, Any]:
    """What was read, where sources differ, and what is wrong by the hard rules."""
    sources = [
        {"name": one.name, "url": one.url, "status": one.status, "said": one.said, "judged": one.used}
        for one in found.sources
    ]
    faults = found.faults.results if found.faults is not None else ()
    return {
        "origin": found.origin,
        "target": found.target,
        "sources": sources,
        "conflicts": [{"field": one.field, "values": dict(one.values)} for one in found.conflicts],
        "faults": [
            {
                "severity": one.severity,
                "message": one.message,
                "path": one.path,
                "line": one.place.line if one.place is not None else None,
            }
            for one in faults
        ],
    }


def _print_how(found: Assessment) -> None:
    for source in found.sources:
        where = f" {source.url}" if source.url else ""
        out.print(plain(f"{'Judged' if source.used else 'Read'}: {source.name}{where}: {source.said}"), soft_wrap=True)
    for conflict in found.conflicts:
        told = "; ".join(f"{name}: {value}" for name, value in conflict.values.items())
        out.print(plain(f"Differs: {conflict.field}: {told}"), soft_wrap=True)
    faults = [one for one in found.faults.results if one.severity == "violation"] if found.faults is not None else []
    for one in faults[:_MOST_FAULTS]:
        at = f" (line {one.place.line})" if one.place is not None else ""
        out.print(plain(f"Broken rule: {one.path or one.focus}{at}: {one.message}"), soft_wrap=True)
    if len(faults) > _MOST_FAULTS:
        out.print(plain(f"{len(faults) - _MOST_FAULTS} more; `ommatidia validate` lists all."))
    if found.sources:
        out.print("")
