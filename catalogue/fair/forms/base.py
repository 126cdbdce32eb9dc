"""The contract of a form: a report, rendered to bytes; members lie beside this file.

A form is free of Flask and of the ledger and makes no numbers of its own; `forms()` finds every member that has FORM.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from catalogue.fair.report import Report

RENDERER_VERSION = "1"
"""Part of every ETag: changes when any form gives other bytes for the same report."""

Address = Callable[[str], str]
"""Path on this node -> its address, as it shall stand in a document."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a report down.

    Args:
        name: of its file.
        title: for people, with what it holds, such as `CSV, one line per test and study`.
        suffix: what the address of the page gets, such as `.csv`.
        media_type: with its parameters.
        render: equal reports give equal bytes.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    render: Callable[[Report, Address], bytes]


@cache
def forms() -> Mapping[str, Form]:
    """Suffix -> form, by suffix."""
    found = []
    for module in pkgutil.iter_modules(__import__(__package__, fromlist=["x"]).__path__):
        member = getattr(import_module(f"{__package__}.{module.name}"), "FORM", None)
        if member is not None:
            found.append(member)
    return {form.suffix: form for form in sorted(found, key=lambda form: form.suffix)}
