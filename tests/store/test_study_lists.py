from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.store.ledger import Ledger
from catalogue.store.study_lists import study_counts, study_curies, study_positions
from tests.web.studies_for_pages import append, bare_study, clock, seed


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Seeded studies, two more of IDR, one of them set aside."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        for number, status in ((9002, "public"), (9003, "suppressed")):
            append(ledger, bare_study() | {"id": f"idr:idr{number}", "accession": f"idr{number}"}, status=status)
        yield ledger


def test_only_public_studies_are_counted(ledger: Ledger) -> None:
    """Images, withdrawn, replaced and suppressed studies do not count; owners without a public study are left out."""
    assert study_counts(ledger.engine) == {"biostudies": 2, "idr": 2, "ssbd": 1}


def test_studies_of_an_owner_come_in_pieces(ledger: Ledger) -> None:
    """Pieces of the list together are the list, in the order of CURIEs."""
    assert study_curies(ledger.engine, "idr", 0, 1) + study_curies(ledger.engine, "idr", 1, 5) == [
        "idr:idr9001",
        "idr:idr9002",
    ]
    assert study_curies(ledger.engine, "nobody", 0, 5) == []


def test_positions_are_those_of_the_page(ledger: Ledger) -> None:
    """Positions agree with the entries that a page is made of, and change with them."""
    before = study_positions(ledger.engine, "", 10)
    assert list(before) == [entry.position for entry in ledger.heads("study", "public")]
    append(ledger, bare_study() | {"title": "Renamed"})
    assert study_positions(ledger.engine, "", 10) != before
    assert len(study_positions(ledger.engine, "idr:idr9002", 10)) == 1
