"""Our crates of the partners' studies, held against the SHACL shapes with which GIDE checks its own deliverable."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, SH, Graph

from catalogue.exchange.base import Document
from catalogue.exchange.ro_crate import FORMAT
from catalogue.model.documents import SourceDocument, SourceSpec
from harvesters.gide import GideHarvester
from harvesters.gide_profile import PLACEHOLDERS

RO_CRATE = "https://w3id.org/ro/crate/1.2/context"
# The shapes ask for rdf:seeAlso, where profile and crates have rdfs:seeAlso: no crate can satisfy them.
SLIP = "Dataset MAY have at least one rdf:seeAlso (ScholarlyArticle)"


def findings(crate: Any, shapes: Graph, context: Any) -> Counter[tuple[str, str]]:
    """(severity, message) of what the shapes say of a crate, its context replaced by the published one."""
    named = crate["@context"] if isinstance(crate["@context"], list) else [crate["@context"]]
    inline = [context if isinstance(part, str) else part for part in named]
    data = Graph().parse(
        data=json.dumps({**crate, "@context": inline}), format="json-ld", publicID="https://x.example/"
    )
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    return Counter(
        (str(report.value(result, SH.resultSeverity)).rpartition("#")[2], str(report.value(result, SH.resultMessage)))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def without_blanks(crate: Any) -> Any:
    """The crate without texts that say nothing, of which none is in a record."""
    graph = [
        {name: value for name, value in entity.items() if name == "@id" or not _says_nothing(value, entity)}
        for entity in crate["@graph"]
    ]
    return {**crate, "@graph": graph}


def _says_nothing(value: Any, entity: dict[str, Any]) -> bool:
    # A paper whose name is its address: ssbd 108-Sugita-RPEiPSCell.
    return isinstance(value, str) and (value.strip().casefold() in {"", *PLACEHOLDERS} or value == entity.get("@id"))


@pytest.mark.partners
@pytest.mark.slow
def test_our_crates_violate_no_shape_that_the_partners_do_not(partners: Path) -> None:
    """GIDE SHACL: of every eighth of the 871 studies, ours violates nothing but what its archive left empty."""
    profile = partners / "gide-profile"
    shapes = Graph().parse(profile / "gide_profile_shacl_shape.ttl")
    context = json.loads((profile / "ro-crate-1.2-context.jsonld").read_text())["@context"]
    harvester, spec = GideHarvester(None), SourceSpec("real", "gide", "/")  # type: ignore[arg-type]
    read, violations = 0, 0
    for path in sorted(partners.glob("gide-*/crates/**/*.json"))[::8]:
        for record in harvester.map(SourceDocument(path.name, "https://x.example/", path.read_bytes()), spec).records:
            ours = findings(json.loads(FORMAT.render(Document(record))), shapes, context)
            theirs = findings(without_blanks(json.loads(path.read_bytes())), shapes, context)
            more = ours - theirs
            assert not {message for severity, message in more if severity == "Violation"}, (record["id"], more)
            assert ("Info", SLIP) in ours, "the shapes were mended: take this line away"
            violations += sum(count for (severity, _), count in ours.items() if severity == "Violation")
            read += 1
    assert read >= 100
    assert violations <= 20
