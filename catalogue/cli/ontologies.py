"""ontology add, list, show, suggest: reference vocabularies installed beside the ledger, and what they say."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.harvest import publish
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.model.namespaces import ONTOLOGIES, expand
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import BadRequest, NotFound

if TYPE_CHECKING:
    from catalogue.store.ontologies import Ontology, Source

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(help="Ontologies that labels and hierarchies are taken from.", no_args_is_help=True)
    group.command("add")(ontology_add)
    group.command("list")(ontology_list)
    group.command("show")(ontology_show)
    group.command("suggest")(ontology_suggest)
    app.add_typer(group, name="ontology")


def ontology_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Short name, such as fbbi.")],
    file: Annotated[Path, typer.Argument(help="OBO, Turtle, N-Triples or RDF/XML; plain, .gz or .xz.")],
) -> None:
    """Install an ontology; records are held against it at the next harvest."""
    from catalogue.store.ontologies import install

    node: Node = context.obj()
    if not file.is_file():
        raise BadRequest(f"There is no file '{file}'.")
    node.initialise()
    count = install(node.home, name, file)
    publish(node)
    out.print(plain(f"Installed {name}: {count} terms."))


def ontology_list(context: typer.Context, json_: Json = False) -> None:
    """What is installed."""
    from catalogue.store.ontologies import sources

    node: Node = context.obj()
    rows = [(source.name, _origin(source), len(source.table)) for source in sources(node.home)]
    if json_:
        print_json([{"name": name, "from": origin, "terms": terms} for name, origin, terms in rows])
        return
    print_rows(["name", "from", "terms"], rows, empty="None.")


def ontology_show(
    context: typer.Context,
    term: Annotated[str, typer.Argument(help="CURIE or IRI of a term, such as FBbi:00000246.")],
    json_: Json = False,
) -> None:
    """What the ontologies say of a term."""
    from catalogue.store.ontologies import Ontology

    node: Node = context.obj()
    ontology = Ontology.load(node.home)
    form = repair_term(term)
    document = described(ontology, form.curie if form else term.strip())
    if json_:
        print_json(document)
        return
    rows: list[tuple[str, str]] = []
    for key, value in document.items():
        values = value if isinstance(value, list) else [value]
        rows.extend((key.replace("_", " "), _said(member)) for member in values if member not in ("", False, None))
    print_rows(["", ""], rows, empty="")


def ontology_suggest(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What somebody wrote, such as 'light sheet microscopy'.")],
    prefix: Annotated[list[str] | None, typer.Option(help="Only terms of this ontology, such as FBbi.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Terms shown at most.")] = 5,
    json_: Json = False,
) -> None:
    """Terms that a free text may mean, best first; nothing is changed by it."""
    from catalogue.store.ontologies import Ontology

    node: Node = context.obj()
    found = Ontology.load(node.home).suggest(text, [_prefix(name) for name in prefix or ()], limit=limit)
    if json_:
        print_json([asdict(suggestion) for suggestion in found])
        return
    rows = [(s.score, s.curie, s.label, s.name if s.name != s.label else "") for s in found]
    print_rows(["fit", "term", "label", "by its name"], rows, empty="Nothing like it is known here.")


def described(ontology: Ontology, curie: str) -> dict[str, Any]:
    """What the ontologies say of a term, for people and JSON.

    Raises:
        NotFound: no ontology that counts here has it.
    """
    from catalogue.store.ontologies import Scope

    term = ontology.term(curie)
    home = ontology.home(curie)
    if term is None or home is None:
        raise NotFound(
            f"No ontology known here has the term '{curie[:200]}'. Install the one it belongs to with "
            "`ommatidia ontology add NAME FILE`, or look for a term with `ommatidia ontology suggest TEXT`."
        )
    synonyms = {f"{scope.name.lower()}_synonyms": term.synonyms.get(scope, []) for scope in Scope}
    return {
        "id": term.curie,
        "iri": expand(term.curie),
        "label": term.label,
        "definition": term.definition,
        **synonyms,
        "parents": _with_labels(term.parents, ontology),
        "obsolete": term.obsolete,
        "replaced_by": _with_labels(term.replaced_by, ontology),
        "consider": _with_labels(term.consider, ontology),
        "ontology": home.name,
        "from": _origin(home),
    }


def _with_labels(curies: list[str], ontology: Ontology) -> list[dict[str, str]]:
    return [{"id": curie, "label": ontology.label(curie) or ""} for curie in curies]


def _said(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['id']} {value['label']}".strip()
    return "yes" if value is True else str(value)


def _origin(source: Source) -> str:
    return "shipped" if source.curated else "installed"


def _prefix(name: str) -> str:
    found = next((known for known in ONTOLOGIES if known.lower() == name.lower()), None)
    if found is None:
        raise BadRequest(f"'{name}' is the prefix of no ontology known here; give one of {', '.join(ONTOLOGIES)}.")
    return found
