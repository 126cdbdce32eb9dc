"""validate: files against the hard rules and profiles; needs no node."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import out, print_json, print_rows
from catalogue.problems import BadRequest
from catalogue.validation.results import Kind, Report
from catalogue.validation.source import MAX_BYTES

if TYPE_CHECKING:
    from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
    from catalogue.model.profiles import Profile

CHECK_FAILED = 3
# The harvester that knows RO-Crates.
CRATE_HARVESTER = "gide"
_DESCRIPTOR = "ro-crate-metadata.json"


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    TTL = "ttl"
    SARIF = "sarif"


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("validate")(validate)


def validate(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Records as YAML or JSON, RO-Crates, or RDF; a folder means its crate, - standard input."),
    ] = None,
    profile: Annotated[list[str] | None, typer.Option(help="Also hold against this profile; may be repeated.")] = None,
    format_: Annotated[ReportFormat, typer.Option("--format", help="How to report.")] = ReportFormat.TEXT,
    kind: Annotated[Kind | None, typer.Option("--as", help="What the files hold, where it is told wrong.")] = None,
    strict: Annotated[bool, typer.Option(help="Fail on warnings as well.")] = False,
    list_profiles: Annotated[bool, typer.Option("--list-profiles", help="Show the profiles and stop.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Check files against the hard rules and profiles; exit 3 when one does not conform."""
    from catalogue.validation.service import Validator  # a tenth of a second that other commands need not wait

    form = ReportFormat.JSON if json_ else format_
    if list_profiles:
        _show_profiles(form is ReportFormat.JSON)
        return
    if not files:
        raise BadRequest("Name at least one file, or - for standard input.")

    def map_crate(document: SourceDocument, source: SourceSpec) -> Mapped:
        node: Node = context.obj()
        return node.harvesters[CRATE_HARVESTER].map(document, source)

    validator = Validator(profile or (), map_crate)
    paths = [_path(name) for name in files]
    reports = tuple(validator.check(str(path), _read(path), kind) for path in paths)
    for unused in validator.unused:
        raise BadRequest(f"No file is of a kind that the profile '{unused.name}' is about: {_subjects(unused)}.")
    report = Report(reports, validator.profiles)
    _render(report, form, strict)
    if report.fails(strict=strict):
        raise typer.Exit(CHECK_FAILED)


def _render(report: Report, form: ReportFormat, strict: bool) -> None:
    from catalogue.cli.validation_text import print_report
    from catalogue.validation.reports.json import render_json
    from catalogue.validation.reports.sarif import render_sarif
    from catalogue.validation.reports.turtle import render_turtle

    match form:
        case ReportFormat.TEXT:
            print_report(out, report)
        case ReportFormat.JSON:
            sys.stdout.write(render_json(report, strict=strict))
        case ReportFormat.SARIF:
            sys.stdout.write(render_sarif(report))
        case ReportFormat.TTL:
            sys.stdout.write(render_turtle(report))


def _path(name: str) -> Path:
    path = Path(name)
    if name == "-":
        return path
    if path.is_dir():
        if not (path / _DESCRIPTOR).is_file():
            raise BadRequest(f"'{name}' is a folder without {_DESCRIPTOR}; name the files in it that are meant.")
        return path / _DESCRIPTOR
    if not path.exists():
        raise BadRequest(f"There is no file '{name}'.")
    return path


def _read(path: Path) -> bytes:
    """The file's bytes, and never many more than can be checked."""
    if str(path) == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _show_profiles(as_json: bool) -> None:
    from catalogue.model.profiles import profiles

    found = list(profiles().values())
    if as_json:
        print_json(
            [
                {
                    "name": one.name,
                    "version": one.version,
                    "title": one.title,
                    "description": one.description,
                    "applies_to": sorted(one.applies_to),
                    "iri": one.iri,
                    "source": one.source or None,
                }
                for one in found
            ]
        )
        return
    print_rows(
        ["profile", "version", "about", "title"],
        [(one.name, one.version, _subjects(one), one.title) for one in found],
        empty="There are no profiles.",
    )


def _subjects(profile: Profile) -> str:
    words = {"Records": "records of our model", "SourceGraphs": "RO-Crates and RDF as they come"}
    return " and ".join(words[subject] for subject in sorted(profile.applies_to))
