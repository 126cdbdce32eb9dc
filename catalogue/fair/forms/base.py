"""The contract of a form of a report, and how forms are found; members lie beside this file, one each.

A member is a module with SUFFIX, MEDIA_TYPE, TITLE where its suffix is no word, and `render(report, links) -> bytes`;
one that may be large has `iter_parts(report, links)` instead, whose parts joined are the form.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

from catalogue.fair.report import Report
from catalogue.problems import NotFound


class Addresses(Protocol):
    """Where this node is; never told by a request."""

    def full(self, path: str) -> str:
        """The address of a path with the node's public address where one is configured, else the path alone."""
        ...

    def absolute(self, path: str) -> str:
        """The whole address of a path, for formats that have no relative ones.

        Raises:
            SettingsInvalid: the node was not told its own address.
        """
        ...


Parts = Callable[[Report, Addresses], Iterator[bytes]]
"""Pure: equal reports and addresses give equal bytes, made as they are asked for."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form that a report takes.

    Args:
        suffix: what the address of the report's page ends with, such as `.wide.csv`.
        media_type: without parameters.
        title: for people.
        iter_parts: the bytes, piece by piece.
        large: whether it may be too large for memory, so that it is made anew for each reader.
    """

    suffix: str
    media_type: str
    title: str
    iter_parts: Parts
    large: bool

    def render(self, report: Report, links: Addresses) -> bytes:
        """The whole form."""
        return b"".join(self.iter_parts(report, links))


@cache
def forms() -> Mapping[str, Form]:
    """Suffix -> form, by suffix; every module beside this one that has SUFFIX.

    Raises:
        ValueError: two modules have the same suffix.
    """
    found: dict[str, Form] = {}
    for module in pkgutil.iter_modules(__import__(__package__, fromlist=["x"]).__path__):
        member = import_module(f"{__package__}.{module.name}")
        suffix = getattr(member, "SUFFIX", None)
        if suffix is None:
            continue
        if suffix in found:
            raise ValueError(f"the form {module.name} has the suffix {suffix} of another one")
        title = getattr(member, "TITLE", suffix.removeprefix(".").upper())
        parts = getattr(member, "iter_parts", None)
        found[suffix] = Form(suffix, member.MEDIA_TYPE, title, parts or _in_one(member.render), parts is not None)
    return dict(sorted(found.items()))


def _in_one(render: Callable[[Report, Addresses], bytes]) -> Parts:
    def iter_parts(report: Report, links: Addresses) -> Iterator[bytes]:
        yield render(report, links)

    return iter_parts


def get_form(suffix: str) -> Form:
    """The form of a suffix.

    Raises:
        NotFound: there is none; the message lists those that there are.
    """
    if suffix not in forms():
        raise NotFound(f"A report has no form '{suffix[:20]}'. There are {', '.join(forms())}.")
    return forms()[suffix]
