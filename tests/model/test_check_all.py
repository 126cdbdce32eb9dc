"""One pass over both kinds of rule says what two passes say."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.model.rdf import triples
from catalogue.model.validation import check_all, check_shapes
from tests.ingest.conftest import study


@pytest.mark.parametrize(
    "record",
    [
        study(1),
        study(1, description="x" * 30, date_published="2020-01-01"),
        {**study(1), "accession": "S-BIADTEST2"},
        {**study(1), "organisms": ["NCBITaxon:9606"]},
    ],
    ids=["bare", "fuller", "identity broken", "term not listed"],
)
def test_one_pass_equals_two(record: dict[str, Any]) -> None:
    """Hard rules and profile notes are told apart exactly as by two separate checks."""
    hard, noted = check_all(record, triples(record), "gide-0.2")
    assert hard == check_shapes(record)
    assert noted == check_shapes(record, profile="gide-0.2")
    assert hard or noted
