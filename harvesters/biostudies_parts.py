"""Samples, preparations, acquisitions, analyses, annotations and components of a PageTab submission (REMBI, MIFA).

Sections name each other by title or accession; the older generation nests them in each component (S-BIAD628).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import day
from harvesters.bioimage_archive import annotation_types
from harvesters.biostudies_files import FileLists
from harvesters.biostudies_pagetab import Node, Submission
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft

_VERNACULAR: Final = re.compile(r"(?P<label>[^()]+?)\s*\((?P<vernacular>[^()]+)\)")
# Kind of section -> slot of the study and of associations, kind of the part in its id.
_KINDS: Final = {
    "biosample": ("biosamples", "biosample"),
    "specimen": ("specimens", "specimen"),
    "image_acquisition": ("acquisitions", "acquisition"),
    "image_correlation": ("correlations", "correlation"),
    "image_analysis": ("analyses", "analysis"),
}


def organism(draft: StudyDraft, text: str, given: str | None, path: str) -> str | None:
    """The term of `Homo sapiens (human)`, whose name in brackets is the common one."""
    found = _VERNACULAR.fullmatch(text)
    label, common = (found["label"], found["vernacular"]) if found else (text, None)
    return draft.term(given, TAXON, path, label=label, vernacular=common)


class Parts:
    """Makes the parts of one study, and finds them again by what the submission calls them."""

    def __init__(self, draft: StudyDraft, submission: Submission, lists: FileLists):
        self._draft, self._submission, self._lists = draft, submission, lists
        self._made: dict[int, str] = {}
        self._named: dict[str, dict[str, list[str]]] = {kind: {} for kind in _KINDS}

    def map(self) -> None:
        """All parts, those that others refer to first."""
        study = self._submission.study
        for node in study.walk():
            if node.kind in _KINDS:
                self._part(node)
            elif node.kind in ("protocol", "protocols"):
                self._protocol(node)
        for node in study.below("annotations", "annotation"):
            self._annotation(node)
        for node in study.below("study_component"):
            self._component(node)
        self._pair()

    # -- what is made once ---------------------------------------------------------------------------------------

    def _part(self, node: Node) -> None:
        slot, kind = _KINDS[node.kind]
        title = node.text("title", lines=False, word=True)
        fields = {"title": title, **_READERS[node.kind](self, node)}
        if not self._draft.filled(fields):
            return
        name = self._made[id(node)] = self._draft.part(slot, kind, **fields)
        for called in {title, node.accno} - {None, ""}:
            self._named[node.kind].setdefault(_folded(str(called)), []).append(name)

    def _biosample(self, node: Node) -> dict[str, Any]:
        organisms = [
            self._organism_section(below) or ""
            for below in (*self._referred(node, "organism"), *node.below("organism"))
        ]
        organisms += [
            organism(self._draft, text, given, node.path("organism")) or ""
            for text, given in node.terms("organism", word=True)
            if not self._is_section(text, "organism")
        ]
        variables = {f"{name}s": node.many(name, lines=True) for name in (
            "intrinsic_variable", "extrinsic_variable", "experimental_variable",
        )}  # fmt: skip
        self._draft.extend("organisms", organisms)
        return {
            "description": node.text("description"),
            "biological_entity": node.text("biological_entity"),
            "organisms": [name for name in dict.fromkeys(organisms) if name],
            **variables,
        }

    def _organism_section(self, node: Node) -> str | None:
        return self._draft.term(
            node.text("ncbi_taxon_id", lines=False), TAXON, node.path("ncbi_taxon_id"),
            label=node.text("scientific_name", lines=False, word=True),
            vernacular=node.text("common_name", lines=False),
        )  # fmt: skip

    def _specimen(self, node: Node) -> dict[str, Any]:
        return {
            "sample_preparation": node.text("sample_preparation_protocol"),
            "growth_protocol": node.text("growth_protocol"),
        }

    def _acquisition(self, node: Node) -> dict[str, Any]:
        names, methods = [], []
        for below in (*self._referred(node, "imaging_method"), *node.below("imaging_method")):
            given, label = below.text("ontology_term_id", lines=False), below.text("ontology_value", lines=False)
            methods.append(self._draft.term(given, METHOD, below.path("ontology_term_id"), label=label) or "")
            names += [label] if label and not given else []
        for text, given in node.terms("imaging_method", word=True):
            if not self._is_section(text, "imaging_method"):
                methods.append(self._draft.term(given, METHOD, node.path("imaging_method"), label=text) or "")
                names += [] if given else [text]
        self._draft.extend("methods", methods)
        parameters = [node.text("image_acquisition_parameters"), *self._slipped(node)]
        return {
            "instrument": node.text("imaging_instrument"),
            "acquisition_parameters": "\n".join(text for text in parameters if text),
            "methods": [name for name in dict.fromkeys(methods) if name],
            "method_names": list(dict.fromkeys(names)),
        }

    def _slipped(self, node: Node) -> Iterable[str]:
        """Settings that slipped into the name of an attribute without value (S-BIAD1076)."""
        for key, name in node.names.items():
            if not node.attributes.has(key) and len(name) > 40:
                node.attributes.raw(key)
                self._draft.account.note(
                    "value-in-name", Severity.REPAIRED, node.path(key[:80]), name,
                    "Stands as the name of an attribute without value; read as an acquisition parameter.",
                )  # fmt: skip
                yield name

    def _correlation(self, node: Node) -> dict[str, Any]:
        return {
            name: node.text(name)
            for name in ("spatial_and_temporal_alignment", "fiducials_used", "transformation_matrix")
        }

    def _analysis(self, node: Node) -> dict[str, Any]:
        software = [
            text for below in node.below("software_informations") for text in below.many("column_1")
            if self._draft.web_address(text, below.path("column_1"))
        ]  # fmt: skip
        self._draft.extend("software", software)
        return {"description": node.text("image_analysis_overview"), "software": software}

    def _protocol(self, node: Node) -> None:
        types = [
            self._draft.term(given, TERM, node.path("type"), label=text)
            for text, given in node.terms("type", word=True)
        ]
        self._draft.part(
            "protocols", "protocol", title=node.text("name", lines=False, word=True),
            description=node.text("description"), protocol_types=[name for name in types if name],
            equipment=node.many("hardware"),
        )  # fmt: skip

    def _annotation(self, node: Node) -> None:
        types = annotation_types(self._draft, node.many("annotation_type"), node.path("annotation_type"))
        fields: dict[str, Any] = {
            "title": node.text("title", lines=False, word=True),
            "description": node.text("annotation_method"),
            "annotation_types": types,
            **{
                name: node.text(name)
                for name in (
                    "annotation_overview", "annotation_criteria", "annotation_coverage", "annotation_confidence_level",
                )
            },
        }  # fmt: skip
        method = self._draft.part("annotation_methods", "annotation-method", **fields)
        for name in node.many("file_list"):
            self._lists.annotations(self._draft, name, method, types)
        for version in node.below("version"):
            map_version(self._draft, version)

    # -- components ----------------------------------------------------------------------------------------------

    def _component(self, node: Node) -> None:
        components = self._draft.find("components") or []
        name = f"{self._draft.curie}/component/{len(components) + 1}"
        held: dict[str, list[str]] = {
            _KINDS[below.kind][0]: [] for below in node.sections if below.kind in _KINDS
        }  # fmt: skip
        for below in node.sections:
            if below.kind in _KINDS and id(below) in self._made:
                held[_KINDS[below.kind][0]].append(self._made[id(below)])
        together = [{slot: names for slot, names in held.items() if names}] if any(held.values()) else []
        for below in node.below("associations"):
            if found := self._association(below):
                together.append(found)
        united: dict[str, Any] = {}
        for association in together:
            for slot, names in association.items():
                united[slot] = list(dict.fromkeys([*united.get(slot, []), *names]))
        title = node.text("name", lines=False, word=True)
        self._draft.part(
            "components", "component", type="StudyComponent", title=title or _untitled(self._draft, node, components),
            description=node.text("description"), **united,
            associations=[{"id": f"{name}/association/{n}", **one} for n, one in enumerate(together, 1)],
            **self._lists.component(node, name),
        )  # fmt: skip

    def _association(self, node: Node) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind, (slot, _) in _KINDS.items():
            for text in node.many(kind, word=True):
                named = self._named[kind].get(_folded(text), [])
                if named:
                    found.setdefault(slot, []).extend(named)
                else:
                    self._draft.account.note(
                        "association-unresolved", Severity.WARNING, node.path(kind), text,
                        "No section of this kind has this title; left out. Write the title as the section has it.",
                    )  # fmt: skip
        return {slot: list(dict.fromkeys(names)) for slot, names in found.items()}

    def _pair(self) -> None:
        """Specimens learn from associations of which biosamples they are made."""
        made_of: dict[str, dict[str, None]] = {}
        for component in self._draft.find("components") or []:
            for association in component.get("associations", ()):
                for specimen in association.get("specimens", ()):
                    made_of.setdefault(specimen, {}).update(dict.fromkeys(association.get("biosamples", ())))
        for specimen in self._draft.find("specimens") or []:
            if made_of.get(specimen["id"]):
                specimen["biosamples"] = list(made_of[specimen["id"]])

    # -- references ----------------------------------------------------------------------------------------------

    def _is_section(self, text: str, kind: str) -> bool:
        node = self._submission.by_accno.get(text)
        return node is not None and node.kind == kind

    def _referred(self, node: Node, kind: str) -> list[Node]:
        return [self._submission.by_accno[text] for text in node.many(kind) if self._is_section(text, kind)]


_READERS: Final[Mapping[str, Any]] = {
    "biosample": Parts._biosample,
    "specimen": Parts._specimen,
    "image_acquisition": Parts._acquisition,
    "image_correlation": Parts._correlation,
    "image_analysis": Parts._analysis,
}


def map_version(draft: StudyDraft, node: Node) -> None:
    """An entry of the version history; annotations and study share one."""
    stamp = node.text("version_timestamp", lines=False)
    when = day(stamp) if stamp else None
    if stamp and when is None:
        draft.account.note("date-form", Severity.WARNING, node.path("version_timestamp"), stamp, "No day; left out.")
    elif stamp != when:
        draft.account.note("date-form", Severity.REPAIRED, node.path("version_timestamp"), stamp, f"Read as {when}.")
    node.text("previous_version")
    number, changes = node.text("annotation_version", lines=False, word=True), node.text("version_changes")
    if number or when or changes:
        draft.part("version_history", "version", version=number, date_of_version=when, description=changes)


def _untitled(draft: StudyDraft, node: Node, components: list[Any]) -> str:
    title = node.accno or f"{node.kind.replace('_', ' ').capitalize()} {len(components) + 1}"
    draft.account.note(
        "component-without-title", Severity.WARNING, node.path("name"), title,
        "The component has no name; shown by its place in the submission. Name it at the source.",
    )  # fmt: skip
    return title


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
