"""What stands for a withdrawn record is itself a record of the model."""

from __future__ import annotations

import pytest

from catalogue.ingest.decide import tombstone
from catalogue.model.rdf import triples
from catalogue.model.validation import check_schema
from tests.ingest.conftest import Clock, image, study


@pytest.mark.parametrize(
    "record",
    [
        study(1),
        study(2, landing_page="https://a.example/2", authors=[{"id": "biostudies:x/author/1", "name": "Ada"}]),
        image(1, 1, title="Cells"),
    ],
    ids=["study", "study with authors", "image"],
)
def test_tombstone_fits_the_model(record) -> None:
    """The tombstone of a study or an image passes the schema and can be written as RDF."""
    stone = tombstone(record, "removed-at-source", Clock()())
    assert check_schema(stone) == []
    assert b"omm" in triples(stone)
    assert (stone["record_type"], stone["id"]) == (record["type"], record["id"])
