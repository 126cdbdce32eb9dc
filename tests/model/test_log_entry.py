"""Headers of strangers are held against their form before anything else looks at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalogue.model.log_entry import START, LogEntry, log_entry_from
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, first_tenure, signed_tenure_from, tenure_fault

HEADER: dict[str, Any] = {
    "owner": "idr",
    "epoch": 0,
    "seq": 1,
    "curie": "idr:idr0001/images",
    "kind": "image-list",
    "parent": "idr:idr0001",
    "action": "create",
    "status": "public",
    "payload_digest": "0" * 64,
    "schema_version": "0.3.0",
    "generated_at": "2026-11-22T10:00:00.000000Z",
    "aliases": ["Ä name"],
    "asserted_by": "n" + "0" * 16,
    "previous": START,
}


def test_document_of_a_header_is_read_as_it_was() -> None:
    """What an entry says of itself gives the same entry, with the same digest."""
    entry = log_entry_from(HEADER)
    assert isinstance(entry, LogEntry)
    assert log_entry_from(entry.document()).digest == entry.digest


@pytest.mark.parametrize(
    "curie",
    [
        "idr:../../x1",
        "idr:a/../b",
        "idr:/etc/x1",
        "idr:a//b",
        "idr:a\\b1",
        "idr:a\x00b",
        "idr:a b",
        "idr:ä1",
        "idr:./1",
    ],
)
def test_accession_that_could_leave_a_folder_is_none(curie: str) -> None:
    """Buckets are made of accessions and become file names of a static member: no path hides in one (R11)."""
    with pytest.raises(ValueError):
        log_entry_from({**HEADER, "curie": curie})


@pytest.mark.parametrize(
    "changes",
    [
        {"generated_at": "2026-13-40T10:00:00.000000Z"},
        {"aliases": ["half \ud800 of a pair"]},
        {"aliases": ["nul \0"]},
        {"epoch": True},
        {"seq": 0},
        {"seq": 1 << 53},
        {"action": "delete"},
        {"owner": "biostudies"},
        {"note": "more"},
        {"parent": "idr:\0"},
    ],
)
def test_value_that_some_reader_could_not_take_is_refused(changes: dict[str, Any]) -> None:
    """What no clock, no UTF-8 and no PostgreSQL can hold is told by ValueError, never met further in (P14)."""
    with pytest.raises(ValueError):
        log_entry_from({**HEADER, **changes})


@pytest.mark.parametrize("changes", [{"reason": []}, {"issued_at": "2026-02-30T10:00:00.000000Z"}, {"epoch": -1}])
def test_statement_without_form_is_refused(changes: dict[str, Any]) -> None:
    """A statement with a value of another form is told by ValueError, whatever JSON it is."""
    key = NodeKey(b"k" * 32)
    said = first_tenure("idr", key.node, key.public, HEADER["generated_at"])
    document = SignedTenure(said, {key.public: key.sign(said.message)}).document()
    assert signed_tenure_from(document).tenure == said
    with pytest.raises(ValueError):
        signed_tenure_from({**document, "statement": {**document["statement"], **changes}})


def test_first_statement_of_another_form_is_told_what_one_must_be() -> None:
    """Whoever writes a member of their own reads what a first statement must say."""
    key = NodeKey(b"k" * 32)
    said = replace(first_tenure("idr", key.node, key.public, HEADER["generated_at"]), reason="owner")
    fault = tenure_fault(SignedTenure(said, {key.public: key.sign(said.message)}), None, [key.public])
    assert fault is not None and "reason recorder" in fault and "epoch 0" in fault
