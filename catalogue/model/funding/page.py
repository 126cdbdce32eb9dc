"""The table of funders in catalogue/docs/funding.md; `python -m catalogue.model.funding.page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogue import resources
from catalogue.model.funding.awards import series_of
from catalogue.model.funding.funders import CROSSREF, ROR, Funder, funders

BEGIN: Final = "<!-- funders: generated from schema/funders.tsv and schema/award_series.toml, do not edit -->\n"
END: Final = "<!-- end of funders -->\n"


def funders_table() -> str:
    """The registry as a Markdown table, by country and name."""
    rows = sorted(funders().values(), key=lambda funder: (funder.country, funder.name.casefold()))
    return "".join(_lines(rows))


def with_table(page: str) -> str:
    """A page with the table between its two marks as it must be.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page lacks a mark of the table of funders")
    return f"{before}{begin}{funders_table()}{end}{after}"


def _lines(rows: list[Funder]) -> Iterator[str]:
    yield "| country | funder | ROR | Crossref funder id | part of | series of its awards |\n"
    yield "| --- | --- | --- | --- | --- | --- |\n"
    for funder in rows:
        ror = f"[{funder.ror.removeprefix(ROR)}]({funder.ror})" if funder.ror else ""
        crossref = (funder.crossref_funder_id or "").removeprefix(CROSSREF)
        parent = funders()[funder.parent].name if funder.parent else ""
        series = ", ".join(one.name for one in series_of(funder))
        yield f"| {funder.country} | {funder.name} | {ror} | {crossref} | {parent} | {series} |\n"


if __name__ == "__main__":
    path = resources.docs_dir() / "funding.md"
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
