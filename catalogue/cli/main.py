"""The `ommatidia` command: global options, command groups, one place that turns problems into exit codes."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Annotated

import structlog
import typer

from catalogue.cli import (
    announce,
    assess,
    audit,
    data,
    dumps,
    export,
    funding,
    harvest,
    harvesters,
    held,
    identity,
    images,
    members,
    ontologies,
    quarantine,
    query,
    schema,
    serve,
    usage,
    validate,
)
from catalogue.cli.demo import command as demo
from catalogue.cli.node import Node, OpenNode
from catalogue.cli.output import err, fail, print_document, set_log_level
from catalogue.problems import BadRequest, Problem

log = structlog.get_logger(__name__)

INTERRUPTED = 130


def build_cli(open_node: OpenNode) -> typer.Typer:
    """The command tree over a way to open a node.

    Args:
        open_node: called once with the --home value, only when a command needs the node.
    """
    app = typer.Typer(
        name="ommatidia",
        help="A federated FAIR metadata catalogue for biological images.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        home: Annotated[Path | None, typer.Option(help="Data folder; also OMMATIDIA_HOME.", show_default=False)] = None,
        version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
        verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens inside.")] = False,
    ) -> None:
        set_log_level(logging.INFO if verbose or context.invoked_subcommand in {"serve", "work"} else logging.WARNING)
        if version:
            typer.echo(f"ommatidia {distribution_version('ommatidia-node')}")
            raise typer.Exit()
        context.obj = LazyNode(open_node, home)

    data.register(app)
    announce.register(app)
    assess.register(app)
    audit.register(app)
    dumps.register(app)
    export.register(app)
    funding.register(app)
    harvest.register(app)
    harvesters.register(app)
    held.register(app)
    quarantine.register(app)
    identity.register(app)
    members.register(app)
    query.register(app)
    images.register(app)
    ontologies.register(app)
    schema.register(app)
    validate.register(app)
    serve.register(app)
    usage.register(app)
    demo.register(app)
    return app


class LazyNode:
    """Opens the node at the first `node()`; so `--help` costs nothing."""

    def __init__(self, open_node: OpenNode, home: Path | None):
        self._open = open_node
        self._home = home
        self._node: Node | None = None

    def __call__(self) -> Node:
        """The node of --home."""
        if self._node is None:
            self._node = self._open(self._home)
        return self._node

    def open_at(self, home: Path) -> Node:
        """Another node, in a folder of its own."""
        return self._open(home)


def run(cli: typer.Typer, arguments: list[str] | None = None) -> int:
    """Runs the command; gives its exit code (experience.md, section 5)."""
    as_json = "--json" in (sys.argv if arguments is None else arguments)
    try:
        result = cli(args=arguments, prog_name="ommatidia", standalone_mode=False)
        sys.stdout.flush()
        return _ended(result if isinstance(result, int) else 0)
    except typer.Exit as stop:
        return _ended(int(stop.exit_code))
    except Problem as problem:
        return _refuse(problem, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _ended(INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone, as `head` does; Python would complain when it flushes at its end. Code as typer's.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        log.info("path-unusable", exc_info=error)
        return _refuse(BadRequest(f"'{error.filename}' cannot be used: {error.strerror}."), as_json)
    except Exception as error:  # click's usage errors, told by their exit code; all else is raised again
        if type(error).__name__ in {"UsageError", "BadParameter", "NoSuchOption", "MissingParameter"} or hasattr(
            error, "exit_code"
        ):
            if isinstance(said := getattr(error, "message", None), str):
                # How pydantic begins what a choice of typer says.
                error.message = said.removeprefix("Value error, ")  # type: ignore[attr-defined]
            if as_json and hasattr(error, "format_message"):
                print_document(BadRequest(error.format_message()))
            show = getattr(error, "show", None)
            if show is not None:
                show()
            return int(getattr(error, "exit_code", 2))
        raise


def _ended(code: int) -> int:
    # typer turns Ctrl-C into this exit code without a word.
    if code == INTERRUPTED:
        err.print("Interrupted; what was acknowledged is kept, run the command again to go on.")
    return code


def _refuse(problem: Problem, as_json: bool) -> int:
    if as_json:
        print_document(problem)
    return int(fail(problem).exit_code)
