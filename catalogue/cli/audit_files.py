"""The benchmark that a report is made by, and its forms: files, standard output, or one JSON document."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogue.problems import BadRequest, SettingsInvalid

if TYPE_CHECKING:
    from catalogue.fair.benchmark import Benchmark
    from catalogue.fair.report import Report


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the node is, for documents written by a command.

    Args:
        base_url: its public address; "" when it has none.
    """

    base_url: str

    def full(self, path: str) -> str:
        """The address of a path, or the path alone where there is no public address."""
        return self.base_url.rstrip("/") + path

    def absolute(self, path: str) -> str:
        """The whole address of a path.

        Raises:
            SettingsInvalid: the node was not told its own address.
        """
        if not self.base_url:
            raise SettingsInvalid("This form needs the node's public address; set web.base_url in ommatidia.toml.")
        return self.full(path)


def write_forms(report: Report, files: Mapping[str, str], links: Addresses) -> list[str]:
    """A sentence for each file that was written.

    Args:
        files: suffix of a form -> file; `-` is standard output.
    Raises:
        NotFound: there is no such form.
    """
    from catalogue.fair.forms.base import get_form

    chosen = [(get_form(suffix), file) for suffix, file in files.items()]
    said = []
    for form, file in chosen:
        parts = form.iter_parts(report, links)
        # Before the file is opened, so that a form that cannot be made leaves what is there.
        first = next(parts)
        if file == "-":
            sys.stdout.buffer.writelines(chain((first,), parts))
            sys.stdout.buffer.flush()
        else:
            with Path(file).open("wb") as stream:
                stream.writelines(chain((first,), parts))
                size_bytes = stream.tell()
            said.append(f"Wrote {file}: {form.title}, {size_bytes:,} bytes.")
    return said


def numbers_of(report: Report, links: Addresses) -> dict[str, Any]:
    """The report as the one JSON document that the page gives, too."""
    from catalogue.fair.forms.base import get_form

    found: dict[str, Any] = json.loads(get_form(".json").render(report, links))
    return found


def read_or_get(name: str, known: Mapping[str, Benchmark]) -> Benchmark:
    """The benchmark in a TOML file, else the known one of that identifier; the usual one for "".

    Raises:
        BadRequest: the file is not there, or cannot be used.
        NotFound: there is no benchmark of that identifier.
    """
    from catalogue.fair.benchmark import DEFAULT, get_benchmark, read_benchmark

    if not name.endswith(".toml"):
        return get_benchmark(name or DEFAULT, known)
    path = Path(name)
    if not path.is_file():
        raise BadRequest(f"There is no file '{name}'.")
    return read_benchmark(path.read_bytes(), path.name)
