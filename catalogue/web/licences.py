"""Licences in words, and as SPDX IRIs for Signposting."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CC = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(?P<terms>by(?:-nc)?(?:-nd|-sa)?)/(?P<version>[1-4]\.\d)"
    r"|publicdomain/(?P<public>zero|mark)/1\.0)(?:/|/deed\.\w+|/legalcode)?/?$"
)
_WORDS = {"nc": "not for commercial use", "nd": "no changed versions", "sa": "share under the same licence"}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as a person reads it.

    Args:
        name: short name, such as "CC BY 4.0"; None when the address is not a known licence.
        meaning: what one may do, in one phrase.
        spdx: IRI in the SPDX list, where it is listed.
    """

    url: str
    name: str | None = None
    meaning: str = ""
    spdx: str | None = None


def describe_licence(url: str) -> Licence:
    """What the licence at `url` is called and allows; only the address itself when it is unknown."""
    found = _CC.fullmatch(url)
    if found is None:
        return Licence(url)
    if found["public"] == "zero":
        return Licence(url, "CC0 1.0", "no rights reserved: use it for anything", "https://spdx.org/licenses/CC0-1.0")
    if found["public"] == "mark":
        return Licence(url, "Public Domain Mark 1.0", "no known copyright")
    terms = found["terms"].split("-")
    phrases = ["use it with credit to the authors", *(_WORDS[term] for term in terms[1:])]
    name = f"CC {found['terms'].upper()} {found['version']}"
    return Licence(
        url,
        name,
        ", ".join(phrases),
        f"https://spdx.org/licenses/CC-{found['terms'].upper()}-{found['version']}",
    )
