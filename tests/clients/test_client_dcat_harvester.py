"""Our own `dcat` harvester reads our own catalogue and FAIR Data Point: another node can, and we see what gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.dcat import fdp
from catalogue.model.documents import Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.namespaces import expand
from catalogue.model.payload import digest
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from harvesters.dcat import DcatHarvester
from harvesters.http import Fetcher
from tests.clients.served_node import served_node
from tests.exchange.dcat.real_studies import fill, real_studies
from tests.exchange.dcat.records_for_dcat import example
from tests.web.studies_for_pages import append, bare_study, clock

SAME = ("title", "description", "license", "date_published", "landing_page", "version")
FORMS = {"pages": "/catalog", "fdp": "/fdp"}
EXAMPLES = ("Study-full", "Study-idr-screen", "Study-empiar-entry", "Study-light-sheet", "Study-minimal")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Services]:
    """A node with described and bare studies on two pages of the catalogue."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        for name in EXAMPLES:
            append(ledger, example(name))
        fill(ledger, {one["id"]: one for one in map(_numbered, range(9100, 9220))})
        yield Services(ledger, Resolver(ledger))


def _numbered(number: int) -> dict[str, Any]:
    own = {"id": f"idr:idr{number}", "accession": f"idr{number}", "title": f"Study {number}"}
    return bare_study() | own | {"landing_page": f"https://idr.openmicroscopy.org/study/idr{number}/"}


def _harvested(root: str, form: str, since: str | None = None, known: dict[str, str] | None = None) -> list[Any]:
    fetcher = Fetcher(
        contact="https://example.org/", allow_private=frozenset({root.removeprefix("http://")}),
        clock=lambda: datetime.now(UTC), pause_s=(0.0, 0.0), sleep=lambda _: None,
    )  # fmt: skip
    spec = SourceSpec("ours", "dcat", f"{root}{FORMS[form]}", (), {"form": form})
    return list(DcatHarvester(fetcher).fetch(spec, since, known or {}))


def _mapped(events: list[Any]) -> dict[str, dict[str, Any]]:
    """CURIE -> study, after a reading without any gap."""
    assert not [event for event in events if isinstance(event, Unreadable)]
    assert isinstance(events[-1], Listed) and events[-1].complete
    harvester, spec = DcatHarvester(None), SourceSpec("ours", "dcat", "x")  # type: ignore[arg-type]
    studies = [
        record for event in events if isinstance(event, SourceDocument) for record in harvester.map(event, spec).records
    ]
    found = {study["id"]: study for study in studies}
    assert len(found) == len(studies)
    return found


def _compare(found: dict[str, dict[str, Any]], ledger: Ledger) -> None:
    """Count and content: each public study once, and what DCAT can say of it equal to the ledger."""
    entries = {entry.curie: entry.record for entry in ledger.heads("study", "public", limit=100_000)}
    assert found.keys() == entries.keys()
    for curie, record in entries.items():
        study = found[curie]
        for field in SAME:
            # A FAIR Data Point wants a version of everything, and the prefix map knows the archives' pages.
            if field in record or field not in ("version", "landing_page"):
                assert _plain(study.get(field)) == _plain(record.get(field)), (curie, field)
        assert set(map(_plain, study.get("keywords", ()))) == set(map(_plain, record.get("keywords", ()))), curie
        assert _plain(study.get("publisher", {}).get("name")) == _plain(record.get("publisher", {}).get("name")), curie
        terms = {
            expand(one)
            for name in ("organisms", "methods", "subjects")
            for one in record.get(name, ())
            if not one.startswith(f"{curie}/")
        }
        assert terms <= {expand(one) for one in study.get("subjects", ())}, curie


def _plain(value: Any) -> Any:
    """A text without regard to its blanks, which the harvester tidies."""
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("form", FORMS)
def test_our_harvester_reads_our_catalogue_whole(node: Services, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count and content: by hydra pages and by walking the FAIR Data Point, every public study arrives once."""
    monkeypatch.setattr(fdp, "CONTAINER_SIZE", 50)
    with served_node(node) as root:
        _compare(_mapped(_harvested(root, form)), node.ledger)


@pytest.mark.parametrize("form", FORMS)
def test_a_second_reading_brings_nothing(node: Services, form: str) -> None:
    """R7: read again with its cursor, the unchanged catalogue answers 304 everywhere and brings no document."""
    with served_node(node) as root:
        events = _harvested(root, form)
        known = {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
        again = _harvested(root, form, events[-1].cursor, known)
    assert not [event for event in again if isinstance(event, SourceDocument)]
    assert len([event for event in again if isinstance(event, Unchanged)]) == len(known)
    assert again[-1].complete


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_our_harvester_reads_all_real_studies(form: str, partners: Path, tmp_path: Path) -> None:
    """Count and content: all studies of three real members arrive by pages and by the FAIR Data Point."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        fill(ledger, real_studies(partners))
        with served_node(Services(ledger, Resolver(ledger))) as root:
            found = _mapped(_harvested(root, form))
        assert len(found) > 800
        _compare(found, ledger)
