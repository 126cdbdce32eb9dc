"""The model's files as they are: context, JSON Schema, OWL, shapes, pydantic, diagram, LinkML modules, examples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response

from catalogue import resources
from catalogue.web.documents import finish
from catalogue.web.schema.forms import CACHE, open_to_all

_TYPES = {
    ".jsonld": "application/ld+json",
    ".json": "application/schema+json",
    ".ttl": "text/turtle; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".mmd": "text/plain; charset=utf-8",
    ".yaml": "application/yaml",
    ".toml": "application/toml",
    ".tsv": "text/tab-separated-values; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of the model.

    Args:
        path: below /schema/.
        title: what it is.
        about: one sentence on what it is for; "" for files that are not listed by themselves.
    """

    path: str
    title: str
    about: str
    place: Path

    @property
    def content_type(self) -> str:
        """Of the bytes."""
        kind = _TYPES[self.place.suffix]
        return "application/json" if self.path == "documentation.json" else kind


@cache
def files() -> dict[str, File]:
    """Path below /schema/ -> file; those with a sentence are what the overview lists."""
    model, shapes, schema = resources.model_file, resources.shapes_dir(), resources.schema_dir()
    listed = [
        File("context.jsonld", "JSON-LD context", "Makes RDF of a record written as JSON.", model("context.jsonld")),
        File(
            "records.schema.json",
            "JSON Schema",
            "The form of records, for editors and first checks (2020-12).",
            model("records.schema.json"),
        ),
        File(
            "ontology.ttl",
            "OWL vocabulary",
            "What each term means, with labels, ranges and matches.",
            model("ontology.ttl"),
        ),
        File(
            "shapes/records.ttl",
            "SHACL shapes",
            "Rules of every field, each with an IRI and a message.",
            shapes / "records.ttl",
        ),
        File("shapes/hard.ttl", "SHACL, hard rules", "Rules about more than one field.", shapes / "hard.ttl"),
        File("records.py", "pydantic classes", "Records as Python objects; stands alone.", model("records.py")),
        File(
            "diagram.mmd",
            "ER diagram source",
            "All classes as a Mermaid entity-relationship diagram.",
            model("diagram.mmd"),
        ),
        File(
            "documentation.json",
            "Documentation as data",
            "Everything these pages say, as JSON.",
            model("documentation.json"),
        ),
        File(
            "source/prefixes.toml",
            "Prefix map",
            "Prefixes of archives and ontologies, and the form of their identifiers.",
            schema / "prefixes.toml",
        ),
    ]
    further = [File(f"source/{path.name}", path.stem, "", path) for path in sorted(schema.glob("*.yaml"))]
    further += [
        File(f"shapes/profiles/{path.name}", path.stem, "", path)
        for path in sorted((shapes / "profiles").glob("*.ttl"))
    ]
    further += [
        File(f"examples/{path.name}", path.stem, "", path) for path in sorted((schema / "examples").rglob("*.yaml"))
    ]
    further += [
        File(f"crosswalks/{path.name}", path.stem, "", path)
        for path in sorted((schema / "crosswalks").glob("*.sssom.tsv"))
    ]
    return {file.path: file for file in [*listed, *further]}


def file_response(path: str) -> Response:
    """The bytes of one of `files`, cached, readable from any site."""
    found = files()[path]
    return open_to_all(finish(Response(found.place.read_bytes(), content_type=found.content_type), None, CACHE))
