from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.resolver.service import Resolver, State
from catalogue.store.ledger import Ledger
from tests.web.studies_for_pages import BARE, GONE, IMAGE, ORPHAN, RENAMED, STUDY, append, bare_study, clock, seed


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A seeded ledger."""
    folder: Path = tmp_path_factory.mktemp("resolver")
    with Ledger(f"sqlite:///{folder / 'ledger.db'}", clock) as opened:
        seed(opened)
        yield opened


@pytest.fixture(scope="module")
def resolver(ledger: Ledger) -> Resolver:
    """A resolver over it."""
    return Resolver(ledger)


@pytest.mark.parametrize(
    "text",
    [
        "biostudies:S-BIAD90001",
        "S-BIAD90001",
        "s-biad90001",
        "BIOSTUDIES:s-biad90001",
        "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90001",
        "http://www.ebi.ac.uk/biostudies/studies/S-BIAD90001/",
        "https://identifiers.org/biostudies:S-BIAD90001",
        "https://w3id.org/ommatidia/biostudies:S-BIAD90001",
        "https://doi.org/10.6019/S-BIAD90001",
        "doi:10.6019/S-BIAD90001",
        "OLD-77",
    ],
)
def test_every_form_of_a_name_leads_to_the_one_record(resolver: Resolver, text: str) -> None:
    """CURIE, accession in either case, page, provider form, federation IRI, DOI and alias all mean one study."""
    found = resolver.resolve(text)
    assert (found.state, found.curie, found.kind) == (State.PUBLIC, STUDY, "study")
    assert found.entry is not None and found.entry.record["accession"] == "S-BIAD90001"


def test_image_is_found_by_its_derived_name(resolver: Resolver) -> None:
    """An image is found by study accession, dot and store name."""
    found = resolver.resolve(IMAGE)
    assert (found.state, found.curie, found.kind) == (State.PUBLIC, IMAGE, "image")


@pytest.mark.parametrize("text", [f"{STUDY}/author/1", f"https://w3id.org/ommatidia/{STUDY}/author/1"])
def test_sub_resource_leads_to_its_record_and_keeps_its_path(resolver: Resolver, text: str) -> None:
    """The IRI of an author, as it stands in our RDF, resolves to the study and says which part was meant."""
    found = resolver.resolve(text)
    assert (found.curie, found.part) == (STUDY, "author/1")


def test_withdrawn_study_comes_with_its_tombstone(resolver: Resolver) -> None:
    """A withdrawn study is told with title, day and reason."""
    found = resolver.resolve(GONE)
    assert found.state is State.WITHDRAWN
    assert found.tombstone is not None and found.tombstone["date_withdrawn"] == "2026-11-19"


def test_replaced_study_says_what_has_taken_its_place(resolver: Resolver) -> None:
    """A record that was renamed leads to the one it became, and keeps its tombstone."""
    found = resolver.resolve(RENAMED)
    assert (found.state, found.replacement) == (State.REPLACED, STUDY)
    assert STUDY in found.understood and found.tombstone is not None


def test_image_of_a_withdrawn_study_is_withdrawn(resolver: Resolver) -> None:
    """An image whose study was withdrawn is not shown, although nothing was said of the image itself."""
    found = resolver.resolve(ORPHAN)
    assert found.state is State.WITHDRAWN
    assert found.tombstone is not None
    assert (found.tombstone["reason"], found.tombstone["record_type"]) == ("study-withdrawn", "Image")
    assert found.tombstone["date_withdrawn"] == "2026-11-19"


def test_unknown_study_says_what_was_understood_and_where_to_look(resolver: Resolver) -> None:
    """A well-formed accession that is not here names its archive and the page it has there."""
    found = resolver.resolve("S-BIAD999")
    assert (found.state, found.curie) == (State.UNKNOWN, "biostudies:S-BIAD999")
    assert "BioImage Archive" in found.understood and "S-BIAD999" in found.understood
    assert found.suggestions[0].url == "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD999"


def test_unknown_image_of_a_known_study_leads_to_the_study(resolver: Resolver) -> None:
    """Where only the image is unknown, its study is offered."""
    assert resolver.resolve(f"{STUDY}.no-such-store").related == (STUDY,)


def test_bare_number_is_ambiguous(resolver: Resolver) -> None:
    """A number that several archives could have issued gives candidates instead of a guess."""
    found = resolver.resolve("12345")
    assert found.state is State.AMBIGUOUS
    assert set(found.candidates) == {"empiar:12345", "idr:12345", "zenodo:12345"}


def test_name_that_two_records_claim_is_ambiguous(tmp_path: Path) -> None:
    """Two studies that claim one alias are both candidates; neither wins silently."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        for accession in ("idr9001", "idr9002"):
            record = bare_study() | {"id": f"idr:{accession}", "accession": accession}
            append(ledger, record, aliases=["https://doi.org/10.1234/shared"])
        found = Resolver(ledger).resolve("doi:10.1234/shared")
    assert (found.state, found.candidates) == (State.AMBIGUOUS, ("idr:idr9001", "idr:idr9002"))


@pytest.mark.parametrize("text", ["", " ", "biostudies:nonsense!", "no:such", "a b", "x" * 3000, "\x00", "/", ":"])
def test_malformed_name_is_told_why(resolver: Resolver, text: str) -> None:
    """What cannot be a name is refused with a reason, never with an exception."""
    found = resolver.resolve(text)
    assert found.state is State.MALFORMED
    assert found.understood.endswith(".")


def test_foreign_address_is_unknown_not_malformed(resolver: Resolver) -> None:
    """A web address of nobody we know is answered as unknown."""
    assert resolver.resolve("https://nowhere.example/thing").state is State.UNKNOWN


def test_four_digit_idr_number_means_the_study(resolver: Resolver) -> None:
    """idr:9001, as identifiers.org writes it, is idr9001."""
    assert resolver.resolve("idr:9001").curie == BARE


@pytest.mark.parametrize("text", ["http://[", "HTTP://[::1", "https://[x]/"])
def test_broken_address_is_malformed(resolver: Resolver, text: str) -> None:
    """An address that cannot be taken apart is refused with a reason (found by fuzzing)."""
    found = resolver.resolve(text)
    assert found.state is State.MALFORMED and "web address" in found.understood
