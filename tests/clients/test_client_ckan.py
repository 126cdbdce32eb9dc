"""ckanext-dcat reads the whole catalogue: every page by hydra, every public study once, with what the ledger says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange.dcat.dataset import owners_identifier
from catalogue.model.namespaces import BASE, expand
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from tests.clients.running import run_python
from tests.clients.served_node import served_node
from tests.exchange.dcat.real_studies import fill, real_studies
from tests.web.studies_for_pages import append, bare_study, clock, seed

SCRIPT = Path(__file__).parent / "ckan_reads.py"
FORMS = (("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld"))
MOST_BYTES = 50 << 20


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Services]:
    """A node with the seeded studies and 120 more, so that there are two pages."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        fill(ledger, {one["id"]: one for one in map(_numbered, range(9100, 9220))})
        append(ledger, _numbered(9300), status="suppressed")
        yield Services(ledger, Resolver(ledger))


def _numbered(number: int) -> dict[str, Any]:
    return bare_study() | {"id": f"idr:idr{number}", "accession": f"idr{number}", "title": f"Study {number}"}


def _public(ledger: Ledger) -> dict[str, dict[str, Any]]:
    return {BASE + entry.curie: entry.record for entry in ledger.heads("study", "public", limit=100_000)}


def _published(text: str | None) -> str | None:
    """A text as every form can hold it: no control characters, for there is one in a seeded description."""
    return text and re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _tags(keywords: Iterable[str]) -> list[str]:
    """What ckanext-dcat makes of keywords: it splits those with commas (S-BIAD1024 has one with five words)."""
    words = {part.strip() for word in set(keywords) for part in (word.split(",") if "," in word else [word])}
    return sorted(words)


def _compare(read: dict[str, Any], records: dict[str, dict[str, Any]]) -> None:
    """Count and content: each public study once, and what CKAN keeps of it equal to the ledger."""
    packages = {package["extras"]["uri"]: package for package in read["packages"]}
    assert len(read["packages"]) == len(packages) == len(records)
    assert read["largest"] < MOST_BYTES
    for iri, record in records.items():
        package = packages[iri]
        assert package["title"] == _published(record["title"]), iri
        assert package["notes"] == _published(record.get("description")), iri
        assert sorted(set(package["tags"])) == _tags(record.get("keywords", ())), iri
        landing = record.get("landing_page", "")
        assert package["url"] == (landing if landing.startswith("https://") else None), iri
        extras = package["extras"]
        assert extras["identifier"] == owners_identifier(record), iri
        assert extras.get("issued") == record.get("date_published"), iri
        assert extras.get("publisher_name") == record.get("publisher", {}).get("name"), iri
        terms = {expand(curie) for name in ("organisms", "methods", "subjects") for curie in record.get(name, ())}
        assert set(json.loads(extras.get("theme", "[]"))) == terms, iri
        assert all(resource["url"] for resource in package["resources"]), iri


@pytest.mark.parametrize(("media_type", "form"), FORMS)
def test_ckan_reads_every_page_and_study(node: Services, media_type: str, form: str) -> None:
    """Count and content: ckanext-dcat's parser follows hydra:next and finds in each form what the ledger holds."""
    with served_node(node) as root:
        read = run_python("ckan", SCRIPT, f"{root}/catalog", media_type, form)
    assert len(read["pages"]) == 2
    _compare(read, _public(node.ledger))


@pytest.mark.partners
@pytest.mark.slow
def test_ckan_reads_all_real_studies(partners: Path, tmp_path: Path) -> None:
    """Count and content: all studies of the three real members, over all pages, arrive as the ledger holds them."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        fill(ledger, real_studies(partners))
        with served_node(Services(ledger, Resolver(ledger))) as root:
            read = run_python("ckan", SCRIPT, f"{root}/catalog", *FORMS[0])
        assert len(read["packages"]) > 800
        _compare(read, _public(ledger))
