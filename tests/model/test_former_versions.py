"""A payload means what the version of the model says under which it was written, whatever the present one is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from catalogue import resources
from catalogue.exchange.base import Document
from catalogue.exchange.jsonld import JsonLd
from catalogue.exchange.ntriples import NTriples
from catalogue.model import jsonld, released, table
from catalogue.model.rdf import FieldError, triples
from catalogue.model.released import released_versions
from tests.model.examples import VALID

FORMER = "0.0.1"
RIGHTS = "http://example.org/rights"
OLD_STUDY = {
    "type": "Study",
    "id": "idr:idr0001",
    "accession": "idr0001",
    "owner": "idr",
    "title": "A study of former days",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "rights": "Everybody's",
    "authors": [{"type": "Person", "id": "idr:idr0001/author/1", "name": "Ada"}],
}


@pytest.fixture
def former(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A release that knew a slot of Study which is no more."""
    sheet = json.loads(json.dumps(released.present())) | {"version": FORMER}
    sheet["classes"]["Study"]["slots"]["rights"] = {
        "predicate": RIGHTS, "kind": "text", "required": False, "many": False, "description": "",
    }  # fmt: skip
    for path in resources.schema_dir().rglob("*"):
        if path.is_file() and path.suffix in (".toml", ".json"):
            target = tmp_path / path.relative_to(resources.schema_dir())
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / "released" / f"{FORMER}.json").write_text(released.render(sheet))
    monkeypatch.setattr(resources, "schema_dir", lambda: tmp_path)
    caches = (table.classes, table.record_classes, jsonld.context, jsonld._hidden_prefixes)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def as_rdf(text: str | bytes, form: Any) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(text, format=form)}


def test_former_payload_is_emitted_by_its_own_version(former: None) -> None:
    """What the present model refuses is written with the properties it had."""
    with pytest.raises(FieldError, match="rights"):
        triples(OLD_STUDY)
    found = triples(OLD_STUDY, version=FORMER).decode()
    assert f'<https://w3id.org/ommatidia/idr:idr0001> <{RIGHTS}> "Everybody\'s" .' in found
    assert "author/1> " in found


def test_former_payload_is_the_same_in_json_ld(former: None) -> None:
    """The JSON-LD document carries the former terms and gives the triples that the emitter gives."""
    document = jsonld.jsonld(OLD_STUDY, version=FORMER)
    said = json.dumps(document)
    assert as_rdf(said, ox.RdfFormat.JSON_LD) == as_rdf(triples(OLD_STUDY, version=FORMER), ox.RdfFormat.N_TRIPLES)
    assert RIGHTS not in json.dumps(jsonld.context())


def test_former_record_is_published_beside_its_present_provenance(former: None) -> None:
    """N-Triples and JSON-LD of a record with provenance agree, each node by its own version's terms."""
    provenance = {
        "type": "CatalogRecord", "id": "idr:idr0001/record", "primary_topic": "idr:idr0001", "owner": "idr",
        "status": "public", "schema_version": FORMER,
    }  # fmt: skip
    document = Document(OLD_STUDY, provenance, FORMER)
    plain, linked = NTriples().render(document), JsonLd().render(document)
    assert as_rdf(plain, ox.RdfFormat.N_TRIPLES) == as_rdf(linked, ox.RdfFormat.JSON_LD)
    assert f'schemaVersion> "{FORMER}"' in plain.decode()


def test_version_that_was_never_released_is_read_as_the_present_one() -> None:
    """What was written between releases has no sheet of its own."""
    study = {key: value for key, value in OLD_STUDY.items() if key != "rights"}
    assert triples(study, version="0.0.0-dev") == triples(study) == triples(study, version=table.schema_version())


@pytest.mark.parametrize("version", released_versions())
def test_every_release_can_still_be_read(version: str) -> None:
    """All classes of each released version load, its records among them."""
    known = table.classes(version)
    assert set(table.record_classes(version)) <= set(known)
    assert jsonld.context(version).keys() >= {slot.key for kind in known.values() for slot in kind.slots}


def test_sheet_says_as_much_as_the_table(former: None) -> None:
    """Every valid example comes out of a release's sheet as it comes out of the generated table."""
    for example in VALID:
        record, name = example.record, example.class_name
        assert triples(record, name, FORMER) == triples(record, name), example.name
        left, right = (jsonld.jsonld(record, name, version) for version in (FORMER, ""))
        assert left.pop("@context").items() >= right.pop("@context").items()
        assert left == right
