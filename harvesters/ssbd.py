"""Harvester `ssbd`: instances of the SSBD ontology in Turtle, one study a project, with its OME-Zarr images.

SSBD's RO-Crates are the `gide` harvester's. Source: field.md section 5 (ssbd-rdf); schema/crosswalks/ssbd.sssom.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected, SourceChanged
from harvesters.http import Fetcher
from harvesters.rdf_files import read_files
from harvesters.rdf_nodes import Triple
from harvesters.rdf_slices import MEDIA_TYPE, by_subject, cut, parse_bytes, to_bytes
from harvesters.sources.delivery import Delivery
from harvesters.ssbd_study import map_project

NAMESPACE: Final = "http://ssbd.riken.jp/ontology/"
# Instances of the ontology's own naming: ssbd-biosample-141-Fig1a_FIB-SEM_somatosensory is of project 141.
_INSTANCE: Final = re.compile(r".*[/#]ssbd-[a-z-]+?-(?P<project>[1-9][0-9]{0,5})(?:-.*)?", re.ASCII | re.DOTALL)


class SsbdHarvester:
    """Reads all RDF files at a folder, tar archive, Git repository or HTTP index as one graph, and cuts it by project.

    Two thirds of the instances are linked by their names only (ssbd-paper-141-30371805), so the number in an
    instance's name says its project, as SSBD's naming has it.
    """

    name = "ssbd"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """A document for each project, as canonical N-Triples, then one Listed.

        A file that cannot be read is Unreadable, and no project is given then: each would lose what that file says.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location holds no RDF file, or RDF without a single instance of SSBD.
        """
        files = read_files(source, since, self._fetcher)
        if files.unreadable:
            yield from files.unreadable
            yield Listed(None, complete=False)
            return
        if files.triples is None:
            yield from (Unchanged(item) for item in sorted(known))
            # Documents that have to be read again are not among the known ones: nothing is absent by this list (R14).
            yield Listed(files.state, complete=False)
            return
        projects = _by_project(files.triples)
        if not projects:
            raise SourceChanged(
                "The files hold no instance of the SSBD ontology (ssbd-project-N). Correct the location."
            )
        state: str | None = files.state
        graph, delivery = by_subject(files.triples), Delivery("", known, 10 << 20, MEDIA_TYPE)
        for number, instances in sorted(projects.items()):
            item, url = f"ssbd-project-{number}", f"{NAMESPACE}ssbd-project-{number}"
            try:
                content = to_bytes(cut(graph, instances, lambda triple: project_of(triple.object.text) is None))
            except RecordRejected as rejected:
                state = None  # so that it is told again, although no file changed
                yield Unreadable(item, url, rejected.reason, rejected.detail)
            else:
                yield delivery.document(item, url, content)
        yield Listed(state, complete=True, total=len(projects))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one project, then its images.

        Raises:
            RecordRejected: no N-Triples, no project or more than one, no accession of SSBD's, no title.
        """
        return map_project(parse_bytes(document.content), source)


def project_of(iri: str) -> int | None:
    """Number of the project that an instance's name names; None for what is no instance of SSBD's."""
    found = _INSTANCE.fullmatch(iri)
    return int(found["project"]) if found else None


def _by_project(triples: set[Triple]) -> dict[int, list[str]]:
    """Number of a project -> its instances."""
    found: dict[int, list[str]] = {}
    for name in {triple.subject.text for triple in triples}:
        number = project_of(name)
        if number is not None:
            found.setdefault(number, []).append(name)
    return found
