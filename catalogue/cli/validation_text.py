"""A validation report for people: grouped by file, each fault with its line and what to do, as a good compiler does."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from catalogue.cli.output import plain
from catalogue.validation.results import SEVERITIES, FileReport, Kind, Report, Result, rule_name, rule_source

# A person reads no more; the other formats give all.
SHOWN = 100
# An address in a message still fits.
_WIDTH = 120
_STYLES = {"violation": "bold red", "warning": "bold yellow", "info": "bold blue"}


def print_report(console: Console, report: Report) -> None:
    """The whole report on a console."""
    for file in report.files:
        for result in file.results[:SHOWN]:
            console.print(_block(file.name, result))
        hidden = len(file.results) - SHOWN + file.left_out
        if hidden > 0:
            console.print(plain(f"… and {hidden} more in {file.name}; --format json gives all.\n"))
    for file in report.files:
        console.print(_line_of(file))
    console.print(_summary(report))


def _block(file: str, result: Result) -> Text:
    text = Text()
    text.append(result.severity, style=_STYLES[result.severity])
    text.append_text(Text.assemble(": ", plain(_folded(result.message, "  ", len(result.severity) + 2)), "\n"))
    place = result.place
    width = len(str(place.line)) if place else 1
    margin = " " * width
    where = f"{_name(file)}:{place.line}:{place.column}" if place else _name(file)
    text.append(f"{margin}--> ", style="blue")
    text.append_text(Text.assemble(plain(where), "\n"))
    if place is not None:
        text.append_text(_excerpt(result, margin))
    for word, said in _notes(result):
        text.append(f"{margin} = ", style="blue")
        text.append_text(
            Text.assemble((f"{word}: ", "bold"), plain(_folded(said, f"{margin}   ", len(margin + word) + 5)), "\n")
        )
    return text


def _excerpt(result: Result, margin: str) -> Text:
    place = result.place
    if place is None:
        return Text()
    line = plain(place.excerpt.replace("\t", " "))
    before, marked = line.plain[: place.offset], line.plain[place.offset : place.offset + place.length]
    carets = "^" * max(1, cell_len(marked))
    bar = ("│ ", "blue")
    return Text.assemble(
        (f"{place.line} ", "blue"), bar, line, "\n",
        f"{margin} ", bar, " " * cell_len(before), (carets, _STYLES[result.severity]), "\n",
    )  # fmt: skip


def _notes(result: Result) -> list[tuple[str, str]]:
    of = " ".join(part for part in (result.kind, result.focus) if part)
    if result.focus.startswith("_:"):
        of = f"{result.kind or 'a node'} without an IRI"
    if of and result.label and result.label != result.focus:
        of += f" ({_short(result.label)})"
    # What the caret shows needs no repeating.
    value = result.value if result.place is None else ""
    notes = [
        ("did you mean", result.suggestion),
        ("value", _short(value)),
        ("in", of),
        ("help", result.help),
        ("rule", f"{rule_name(result)}, {rule_source(result)}"),
    ]
    # A note about a whole file has no rule to look up.
    short = result.severity == "info" and result.place is None
    return [(word, said) for word, said in notes if said and (not short or word in ("value", "in"))]


def _folded(said: str, indent: str, taken: int) -> str:
    """The text over several lines where it is longer than anybody reads in one.

    Args:
        taken: characters that stand before it on its first line.
    """
    folded = textwrap.fill(
        said,
        _WIDTH,
        initial_indent="." * taken,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return folded[taken:]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


def _line_of(file: FileReport) -> Text:
    counts = _counts({severity: file.count(severity) for severity in SEVERITIES})
    held = []
    if file.records:
        held.append(_number(file.records, "record"))
    if file.triples:
        held.append(_number(file.triples, "triple"))
    kind = "" if file.kind in (None, Kind.RECORDS) else f"{file.kind}: "
    what = f" ({kind}{', '.join(held)})" if held else ""
    style = _STYLES["violation"] if file.count("violation") else "bold green"
    return Text.assemble((plain(_name(file.name)).plain, style), f"{what}: {counts or 'conforms'}")


def _summary(report: Report) -> Text:
    counts = report.counts()
    found = _counts(counts) or "nothing to mend"
    held = ", ".join(("the hard rules", *report.profiles))
    return Text(f"{_number(len(report.files), 'file')} held against {held}: {found}.", style="bold")


def _counts(counts: dict[str, int]) -> str:
    words = {"violation": "violation", "warning": "warning", "info": "note"}
    return ", ".join(_number(counts[severity], words[severity]) for severity in SEVERITIES if counts[severity])


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
