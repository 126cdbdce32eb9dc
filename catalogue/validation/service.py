"""One file to one report: reads it, tells what it holds, holds it against the hard rules and the profiles asked for.

Needs no node. What maps a crate to records is handed in, since harvesters stand above this floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from catalogue.model.namespaces import TERMS, contract
from catalogue.model.profiles import Profile, Subject, get_profile
from catalogue.model.table import classes, record_classes
from catalogue.problems import RecordRejected
from catalogue.validation.crates import REJECTED, MapCrate, check_mapped
from catalogue.validation.fence import broken_rules
from catalogue.validation.graphs import BASE_IRI, Graph, graph_of_json, graph_of_text
from catalogue.validation.json_text import read_json
from catalogue.validation.kinds import JSON, JSON_LINES, YAML, form_of, kind_of_json
from catalogue.validation.nodes import Builder, Fault, Node
from catalogue.validation.records import SHAPES, check_record, plain_result
from catalogue.validation.results import FileReport, Kind, Result, file_report
from catalogue.validation.rules import rules
from catalogue.validation.source import SourceText, decode
from catalogue.validation.terms import readable
from catalogue.validation.yaml_text import read_yaml

NOTHING: Final = SHAPES + "nothing-to-check"


class Validator:
    """Holds files against the hard rules and some profiles.

    Args:
        profiles: names, as in shapes/profiles/.
        map_crate: a harvester's `map` for RO-Crates.

    Raises:
        BadRequest: there is no such profile.
    """

    def __init__(self, profiles: Sequence[str], map_crate: MapCrate):
        self._profiles = [get_profile(name) for name in dict.fromkeys(profiles)]
        self._map_crate = map_crate
        self._used: set[str] = set()

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles asked for."""
        return tuple(profile.name for profile in self._profiles)

    @property
    def unused(self) -> list[Profile]:
        """Profiles that are about nothing that any file so far holds."""
        return [profile for profile in self._profiles if profile.name not in self._used]

    def check(self, name: str, content: bytes, kind: Kind | None = None, class_name: str | None = None) -> FileReport:
        """What is wrong with one file; never raises for what the file holds.

        Args:
            name: of the file, for the report and for its ending.
            kind: what it is said to hold; None tells by the name and the content.
            class_name: class of the records in it, where they are parts of a record that name no type.

        Raises:
            BadRequest: the file cannot be what it is said to be.
        """
        try:
            source = decode(content)
            form = form_of(name, source, kind)
            if form.is_rdf:
                return self._check_graph(name, Kind.RDF, graph_of_text(source, form.syntax))
            if form.syntax == YAML:
                return self._check_records(name, source, read_yaml(source), class_name)
            made = read_json(source, lines=form.syntax == JSON_LINES)
            found = kind or (kind_of_json(name, made.documents[0].value) if form.syntax == JSON else Kind.RECORDS)
            if found is Kind.RECORDS:
                return self._check_records(name, source, made, class_name)
            return self._check_json_graph(name, found, content, source, made)
        except RecordRejected as rejection:
            # What it would have held nobody knows.
            self._used.update(self.profiles)
            return file_report(name, kind, [_refused(rejection)])

    # -- records -------------------------------------------------------------------------------------------------

    def _check_records(self, name: str, source: SourceText, made: Builder, class_name: str | None) -> FileReport:
        profiles = self._names(Subject.RECORDS)
        self._used.update(profiles)
        found = _faults(made)
        items = [item for document in made.documents for item in _items(document)]
        if not items:
            found.append(Result("violation", "There is no record in this file", NOTHING))
        reached: set[str] = set()
        for item in items:
            found += check_record(item, source, profiles, class_name, reached)
        found += [_nothing(name, "info") for name in profiles if name not in reached]
        return file_report(name, Kind.RECORDS, found, records=len(items))

    # -- graphs --------------------------------------------------------------------------------------------------

    def _check_json_graph(self, name: str, kind: Kind, content: bytes, source: SourceText, made: Builder) -> FileReport:
        (document,) = made.documents
        found = _faults(made)
        if kind is Kind.RDF:
            return self._check_graph(name, kind, graph_of_json(source, document), found)
        graph = None
        if self._names(Subject.SOURCE_GRAPHS):
            graph = graph_of_json(source, document)
            found += [_fault(fault) for fault in graph.faults]
            # What is about records as well may find nothing before the crate is mapped.
            found += self._of_source(graph, lenient=self._names(Subject.RECORDS))
        records = 0
        if not made.faults:
            profiles = self._names(Subject.RECORDS)
            self._used.update(profiles)
            more, records = check_mapped(name, content, document, source, self._map_crate, profiles)
            found += more
        return file_report(name, kind, found, records=records, triples=graph.count if graph else 0)

    def _check_graph(self, name: str, kind: Kind, graph: Graph, before: Iterable[Result] = ()) -> FileReport:
        found = [*before, *(_fault(fault) for fault in graph.faults)]
        found += self._of_source(graph)
        if graph.classes & _record_iris():
            profiles = self._names(Subject.RECORDS)
            self._used.update(profiles)
            for profile in (None, *profiles):
                if profile is None or profile not in self._names(Subject.SOURCE_GRAPHS):
                    found += _of_shapes(graph, profile)
        elif not self._names(Subject.SOURCE_GRAPHS):
            found.append(_no_records())
        return file_report(name, kind, found, triples=graph.count)

    def _of_source(self, graph: Graph, lenient: tuple[str, ...] = ()) -> list[Result]:
        found = []
        for name in self._names(Subject.SOURCE_GRAPHS):
            self._used.add(name)
            if rules(name).reaches(graph.triples):
                found += _of_shapes(graph, name)
            elif name not in lenient:
                found.append(_nothing(name, "violation"))
        return found

    def _names(self, subject: Subject) -> tuple[str, ...]:
        return tuple(profile.name for profile in self._profiles if subject in profile.applies_to)


def _of_shapes(graph: Graph, profile: str | None) -> list[Result]:
    found = broken_rules(graph.triples, graph.count, profile)
    graph.locator.expect(result.focus for result in found)
    return [
        plain_result(
            result,
            profile,
            focus=_short(result.focus),
            label=graph.labels.get(result.focus, ""),
            kind=graph.kinds.get(result.focus, ""),
            value=_short(readable(result.value))[:500],
            place=graph.locator.place(result.focus, result.path, readable(result.value)),
        )
        for result in found
    ]


def _short(iri: str) -> str:
    """The name as the file writes it where it is relative, else as a CURIE."""
    return iri.removeprefix(BASE_IRI) or iri if iri.startswith(BASE_IRI) else contract(iri)


def _items(document: Node) -> list[Node]:
    """The records of a document: itself, each of a list, or both parts of a line of `dump --format jsonl`."""
    if isinstance(document.parts, list):
        return [item for part in document.parts for item in _items(part)]
    if document.value is None:
        return []
    wrapped = [document.part(key) for key in ("record", "provenance")]
    if "type" not in (document.parts or {}) and all(part is not None for part in wrapped):
        return [part for part in wrapped if part is not None]
    return [document]


def _record_iris() -> frozenset[str]:
    """The classes of records that are ours alone: dcat:CatalogRecord stands in everybody's catalogues."""
    iris = (classes()[name].types[0].rpartition("<")[2][:-1] for name in record_classes())
    return frozenset(iri for iri in iris if iri.startswith(TERMS))


def _nothing(profile: str, severity: str) -> Result:
    about = ", ".join(sorted(contract(iri) for iri in rules(profile).subjects()))
    message = f"Nothing in this file is what the profile {profile} is about: there is no {about}"
    return Result(severity, message, NOTHING, profile=profile)


def _no_records() -> Result:
    names = ", ".join(sorted(contract(iri) for iri in _record_iris()))
    return Result(
        "violation",
        f"There is no record of our model in this graph, no node of class {names}",
        NOTHING,
        help="RDF in another vocabulary is held against a profile: --profile NAME; --list-profiles shows them.",
    )


def _faults(made: Builder) -> list[Result]:
    return [_fault(fault) for fault in made.faults]


def _fault(fault: Fault) -> Result:
    return Result("violation", fault.message, SHAPES + fault.code, place=fault.place)


def _refused(rejection: RecordRejected) -> Result:
    return Result(
        "violation", rejection.detail.rstrip("."), REJECTED + rejection.reason, place=rejection.members.get("place")
    )
