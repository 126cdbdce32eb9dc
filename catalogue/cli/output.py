"""How the command line speaks: JSON on request, tables for people, problems with an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogue.problems import Problem

# A pipe has no width: nothing is cut for it.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 1000)
err = Console(stderr=True, highlight=False)


def set_log_level(level: int) -> None:
    """Log lines on standard error: for people on a terminal, JSON lines otherwise.

    Args:
        level: of the logging module; lines below it are dropped.
    """
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if on_terminal else [structlog.processors.dict_tracebacks]),
            structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def plain(value: object) -> Text:
    """Partner text as it is: no markup, no control characters that could drive a terminal."""
    return Text("".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(value)))


def print_json(value: Any) -> None:
    """The value on standard output, one JSON document."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def print_document(problem: Problem) -> None:
    """The problem document (RFC 9457) on standard output, one line."""
    sys.stdout.write(json.dumps(problem.document(), ensure_ascii=False, default=str) + "\n")


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table, or the sentence `empty` where there are no rows."""
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    count = 0
    for row in rows:
        table.add_row(*(plain("" if cell is None else cell) for cell in row))
        count += 1
    out.print(table if count else plain(empty))


def fail(problem: Problem) -> typer.Exit:
    """Prints what is wrong and what to do; gives the Exit to raise."""
    line = Text(problem.title, style="bold red")
    line.append(": ")
    line.append_text(plain(problem.detail))
    line.append(f" [{problem.slug}]", style="dim")
    err.print(line, soft_wrap=True)
    return typer.Exit(problem.exit_code)
