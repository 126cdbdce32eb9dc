"""Licences by address, from a pinned part of the SPDX License List: spdx.tsv says which version, and from where."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

Kind = Literal["free", "attribution", "sharealike", "restricted"]
_FILE: Final = Path(__file__).with_name("spdx.tsv")
_SPDX: Final = re.compile(r"^spdx\.org/licenses/(?P<id>[A-Za-z0-9.+-]+?)(?:\.(?:html|json))?$", re.IGNORECASE)
_TAIL: Final = re.compile(r"(?:/(?:legalcode(?:\.[\w-]+)?|deed(?:\.[\w-]+)?))?/?$")


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of the SPDX list.

    Args:
        id: SPDX identifier.
        kind: what it allows: any use, any use with credit, that under the same terms, or less.
    """

    id: str
    name: str
    kind: Kind

    @property
    def iri(self) -> str:
        """Its IRI in the SPDX list."""
        return f"https://spdx.org/licenses/{self.id}"


def find_licence(address: str) -> Licence | None:
    """The licence at an address (its own or SPDX's, legal code or deed, http or https); None where none is known."""
    key = _key(address)
    by_id, by_address = _tables()
    spdx = _SPDX.match(key)
    return by_id.get(spdx["id"].lower()) if spdx else by_address.get(key)


def _key(address: str) -> str:
    bare = re.sub(r"^https?://(?:www\.)?", "", address.strip(), flags=re.IGNORECASE)
    return _TAIL.sub("", bare).lower()


@cache
def _tables() -> tuple[Mapping[str, Licence], Mapping[str, Licence]]:
    by_id: dict[str, Licence] = {}
    by_address: dict[str, Licence] = {}
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        licence = Licence(row["id"], row["name"], row["kind"])  # type: ignore[arg-type]
        by_id[licence.id.lower()] = licence
        by_address[_key(row["address"])] = licence
    return by_id, by_address
