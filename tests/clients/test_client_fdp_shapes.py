"""The shapes that a FAIR Data Point starts with, in two engines, over our own FAIR Data Point."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.exchange.dcat.records_for_dcat import example
from tests.web.studies_for_pages import append, clock, seed

_DCAT = "http://www.w3.org/ns/dcat#"
# What we do not follow, one a line: (rule, property).
KNOWN = {
    # A literal such as "text/turtle"; DCAT and DCAT-AP demand the IRI of IANA's register.
    ("NodeKindConstraintComponent", f"{_DCAT}mediaType"),
    # The archive's page with the data is a distribution without a media type.
    ("MinCountConstraintComponent", f"{_DCAT}mediaType"),
    # An instant; records state days, and a time of day would be made up.
    ("DatatypeConstraintComponent", "http://purl.org/dc/terms/issued"),
    # A theme and a publisher: what the record does not say is not said.
    ("MinCountConstraintComponent", f"{_DCAT}theme"),
    ("MinCountConstraintComponent", "http://purl.org/dc/terms/publisher"),
}


def _walked(client: FlaskClient) -> bytes:
    """Every document of the FAIR Data Point as one graph."""
    lines, waiting, met = set[str](), ["/fdp"], set[str]()
    while waiting:
        path = waiting.pop()
        met.add(path)
        quads = list(ox.parse(client.get(path).data, format=ox.RdfFormat.TURTLE))
        lines.update(f"{quad.triple} .\n" for quad in quads)
        down = {urlsplit(q.object.value).path for q in quads if q.predicate.value.endswith("ldp#contains")}  # type: ignore[union-attr]
        waiting += sorted(down - met)
    return "".join(sorted(lines)).encode()


@pytest.mark.partners
def test_fair_data_point_keeps_its_own_shapes(partners: Path, tmp_path: Path) -> None:
    """Both engines object to the same, and to nothing beyond the differences that are known and reasoned."""
    files = sorted((partners / "dcat" / "fair-data-point" / "shapes").glob("*.ttl"))
    triples = [quad.triple for file in files for quad in ox.parse(path=str(file))]
    shapes = (ox.serialize(triples, format=ox.RdfFormat.TURTLE) or b"").decode()
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        append(ledger, example("Study-full"))
        data = _walked(create_web(Services(ledger, Resolver(ledger))).test_client())
    results = [engine(shapes).results(data) for engine in (RustEngine, PyShaclEngine)]
    fast, referee = ([(r.focus, r.path, r.component) for r in found] for found in results)
    assert fast == referee
    assert {(component.rpartition("#")[2], path) for _, path, component in fast} == KNOWN
