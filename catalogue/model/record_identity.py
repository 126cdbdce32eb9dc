"""Whether a record's names fit together: its own, its owner's, its parts' and its study's.

What JSON Schema and SHACL cannot say of identifiers; ingest and `ommatidia validate` both ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from catalogue.model.identifiers import parse_identifier
from catalogue.model.namespaces import BASE, expand
from catalogue.model.shacl_engines import Violation
from catalogue.problems import Problem

RULE: Final = BASE + "shapes/Record"
_KINDS: Final = ("Study", "Image")


def check_identity(record: dict[str, Any]) -> list[Violation]:
    """What is wrong with the names in a record that has passed the schema; the first fault is the gravest."""
    if record.get("type") not in _KINDS:
        return []
    return [
        Violation(record["id"], path, value, message, "violation", RULE) for path, value, message in _faults(record)
    ]


def _faults(record: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    name, kind = record["id"], record["type"]
    try:
        known = parse_identifier(name)
    except Problem as problem:
        yield "id", name, problem.detail
        return
    owner, accession = record["owner"], record["accession"]
    if known.kind == "other":
        wanted = f"owner and accession with a colon between, {owner}:{accession} by the fields of this record"
        yield "id", name, f"'{name}' is no name of a record in this federation; the id is {wanted}."
        return
    if known.curie != name:
        yield "id", name, f"The identifier '{name}' is not in canonical form ({known.curie})."
        return
    unlike = [("owner", owner, known.prefix), ("accession", accession, known.accession)]
    for key, given, meant in unlike:
        if given != meant:
            yield (
                key,
                given,
                f"{key} is '{given}', and by the id {name} it is '{meant}'; correct the one that is wrong.",
            )
    if (owner, accession) != (known.prefix, known.accession):
        return
    if kind.lower() != known.kind:
        article = "an" if known.kind == "image" else "a"
        yield "id", name, f"{name} is the name of {article} {known.kind}, not of a record of type {kind}."
        return
    for path, part in _foreign_parts(record, BASE + name + "/", ""):
        message = f"{name} describes '{part[:200]}', which is not a part of it. The id of a part begins with {name}/."
        yield path, part, message
    study = record.get("study")
    if study is not None and not study.startswith(record["owner"] + ":"):
        yield "study", study, f"The image {name} and its study {study} have different owners."


def _foreign_parts(value: Any, stem: str, path: str) -> Iterator[tuple[str, str]]:
    """Path and id of what lies below a record and is an IRI of this federation, but not one of the record's parts."""
    if isinstance(value, list):
        for place, member in enumerate(value):
            yield from _foreign_parts(member, stem, f"{path}[{place}]")
    elif isinstance(value, dict):
        name = value.get("id", "")
        if path and name:
            iri = _expanded(name)
            if iri.startswith(BASE) and not iri.startswith(stem):
                yield f"{path}.id", name
        for key, member in value.items():
            if isinstance(member, list | dict):
                yield from _foreign_parts(member, stem, f"{path}.{key}" if path else key)


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except ValueError:
        return ""  # an unknown prefix, which the record's RDF cannot hold either
