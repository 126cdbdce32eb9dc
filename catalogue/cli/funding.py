"""`ommatidia funding`: who paid for which studies, by whose word, and which studies name nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.harvest import Json
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.problems import NotFound

if TYPE_CHECKING:
    from catalogue.model.funding.funders import Funder
    from catalogue.model.funding.index import FundingIndex, Grant, StudyLink

What = Annotated[
    str, typer.Argument(help="A grant's number in any spelling, or a funder's name, ROR or Crossref funder id.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    funding = typer.Typer(help="Grants, funders and the studies they paid for.", no_args_is_help=True)
    funding.command("list")(funding_list)
    funding.command("show")(funding_show)
    app.add_typer(funding, name="funding")


def funding_list(
    context: typer.Context,
    missing: Annotated[bool, typer.Option("--missing", help="Studies that nothing links to any funding.")] = False,
    json_: Json = False,
) -> None:
    """Funders with their grants and studies, or the studies without any funding."""
    node: Node = context.obj()
    index = node.funding.index()
    if missing:
        curies = index.without_funding()
        if json_:
            print_json(curies)
            return
        print_rows(["study"], [(curie,) for curie in curies], empty="Every study is linked to some funding.")
        return
    rows = [_funder_row(index, funder) for funder in index.funders()]
    if json_:
        print_json({"studies": index.bases(), "funders": rows})
        return
    counts = index.bases()
    out.print(plain(_first_line(counts)))
    columns = ["name", "ror", "grants", "stated", "read from text", "inferred"]
    print_rows(columns, [[row[column] for column in columns] for row in rows], empty="No study names a funder.")


def funding_show(context: typer.Context, what: What, json_: Json = False) -> None:
    """One grant or one funder: its studies, and the words that say so."""
    from catalogue.model.funding.index import Grant

    node: Node = context.obj()
    index = node.funding.index()
    found = _find(index, what)
    document = _grant_document(index, found) if isinstance(found, Grant) else _funder_document(index, found)
    if json_:
        print_json(document)
        return
    out.print(plain(document["title"]))
    for line in document["about"]:
        out.print(plain(line))
    rows = [(s["study"], s["award"], s["basis"], s["field"], s["words"]) for s in document["studies"]]
    print_rows(["study", "award", "basis", "field", "words"], rows, empty="No study names it.")


def _first_line(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    without = counts["none"] + counts["inferred"]
    line = f"For {without} of {total} studies no funding was stated by the archive"
    return (
        f"{line}; {counts['inferred']} of them were linked through their paper." if counts["inferred"] else f"{line}."
    )


def _find(index: FundingIndex, what: str) -> Grant | Funder:
    """The funder of that name, else the grant of that number.

    Raises:
        AmbiguousIdentifier: several funders gave an award of this number.
        NotFound: neither; the sentence names the nearest of both.
    """
    try:
        return index.find_funder(what)
    except NotFound as no_funder:
        try:
            return index.find_grant(what)
        except NotFound as no_grant:
            near = [*no_grant.members.get("nearest", ()), *no_funder.members.get("nearest", ())]
            raise NotFound(f"{no_grant.detail} {no_funder.detail}", nearest=near) from no_grant


def _funder_row(index: FundingIndex, funder: Funder) -> dict[str, Any]:
    studies: dict[str, set[str]] = {}
    grants = set()
    for study in index.studies_of(funder):
        studies.setdefault(study.link.basis, set()).add(study.curie)
        grant = index.grant_of(study.link)
        grants.add(grant.award if grant is not None else None)
    counts = {basis: len(studies.get(basis, ())) for basis in ("stated", "read from text", "inferred")}
    return {"name": funder.name, "ror": funder.ror, "grants": len(grants - {None}), **counts}


def _grant_document(index: FundingIndex, grant: Grant) -> dict[str, Any]:
    about = [f"Also written: {', '.join(grant.spellings)}"] if grant.spellings else []
    about += [f"Acronym: {grant.acronym}"] if grant.acronym else []
    return {
        "title": f"{grant.funder.name}, {grant.award}",
        "about": about,
        "iri": grant.iri,
        "award": grant.award,
        "spellings": list(grant.spellings),
        "funder": _funder_fields(grant.funder),
        "studies": [_study(study) for study in index.studies_with(grant)],
    }


def _funder_document(index: FundingIndex, funder: Funder) -> dict[str, Any]:
    row = _funder_row(index, funder)
    return {
        "title": f"{funder.name} ({funder.country})",
        "about": [line for line in (funder.ror, funder.crossref_funder_id, f"{row['grants']} grants") if line],
        **_funder_fields(funder),
        "studies": [_study(study) for study in index.studies_of(funder)],
    }


def _funder_fields(funder: Funder) -> dict[str, Any]:
    return {"name": funder.name, "ror": funder.ror, "crossref_funder_id": funder.crossref_funder_id}


def _study(study: StudyLink) -> dict[str, Any]:
    link = study.link
    return {
        "study": study.curie,
        "award": link.award,
        "award_given": link.award_given,
        "funder_name_given": link.funder_name_given,
        "basis": link.basis,
        "field": link.evidence.path,
        "words": link.evidence.excerpt,
        "stated_by": link.evidence.record or study.curie,
        "paper": link.evidence.paper or None,
    }
