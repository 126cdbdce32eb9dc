"""What each code of a finding and each reason of a quarantine means, who can mend it, and how.

The table is schema/findings/*.tsv, one file an adapter; a new one is found by being there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import Final

from catalogue import resources
from catalogue.problems import REASONS

COLUMNS: Final = ["code", "meaning", "who", "mend"]
WHO: Final = ("partner", "curator", "operator", "nobody")
_REASONS_FILE: Final = "reasons"


@dataclass(frozen=True, slots=True)
class FindingCode:
    """One code.

    Args:
        code: the slug; a family ends in `:*` and stands for every code that begins so.
        meaning: what was seen and what became of the value, in plain words.
        who: one of WHO.
        mend: what to do.
        group: name of the file that defines it.
    """

    code: str
    meaning: str
    who: str
    mend: str
    group: str

    @property
    def anchor(self) -> str:
        """Where it stands on the page of all codes."""
        return self.code.removesuffix(":*")


@cache
def finding_codes() -> dict[str, FindingCode]:
    """Code -> what it means, of findings, by file and code.

    Raises:
        ValueError: a file is not of the form of these tables, or a code is defined twice.
    """
    found: dict[str, FindingCode] = {}
    for name in sorted(path.stem for path in resources.findings_dir().glob("*.tsv")):
        for code in _load(name) if name != _REASONS_FILE else ():
            if code.code in found:
                raise ValueError(
                    f"{code.code} stands in {found[code.code].group}.tsv and in {name}.tsv; what several adapters give "
                    "stands in shared.tsv alone"
                )
            found[code.code] = code
    return found


@cache
def reasons() -> dict[str, FindingCode]:
    """Reason of quarantine -> what it means; all of the closed list.

    Raises:
        ValueError: the table and the closed list differ.
    """
    found = {code.code: code for code in _load(_REASONS_FILE)}
    if found.keys() != REASONS:
        raise ValueError(f"reasons.tsv and the closed list differ in {sorted(found.keys() ^ REASONS)}")
    return found


def explain(code: str) -> FindingCode | None:
    """What a code or reason means; None for one that is no longer, or not yet, in the table."""
    if code in reasons():
        return reasons()[code]
    family, colon, _ = code.partition(":")
    return finding_codes().get(code) or (finding_codes().get(f"{family}:*") if colon else None)


def _load(name: str) -> list[FindingCode]:
    with (resources.findings_dir() / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    if header != COLUMNS:
        raise ValueError(f"{name}.tsv begins with {header}, not with {COLUMNS}")
    for number, row in enumerate(rows, 2):
        if len(row) != len(COLUMNS) or not all(row) or row[2] not in WHO:
            raise ValueError(f"{name}.tsv, line {number}: four filled cells are needed, `who` one of {', '.join(WHO)}")
    return [FindingCode(code, meaning, who, mend, name) for code, meaning, who, mend in rows]
