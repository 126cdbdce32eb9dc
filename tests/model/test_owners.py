"""Archives that an operator adds beside those of the prefix map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.model import identifiers, namespaces
from catalogue.model.identifiers import add_owners, landing_page, parse_identifier
from catalogue.model.jsonld import jsonld
from catalogue.model.rdf import triples
from catalogue.model.validation import check_schema

LAB = """
[owner.lab]
name = "A laboratory"
study = 'L[0-9]{4}'
bare = 'L[0-9]{4}'
landing = "https://lab.example/{accession}"
urls = ['lab\\.example/(?P<study>L[0-9]{4})', 'doi\\.org/10\\.5072/lab\\.(?P<study>L[0-9]{4})']
"""


@pytest.fixture(autouse=True)
def shipped_owners() -> Iterator[None]:
    """Takes added owners away again."""
    yield
    namespaces.OWNERS.pop("lab", None)
    identifiers._OWNERS.pop("lab", None)
    namespaces.contract.cache_clear()


def test_added_owner_is_an_owner_like_any_other(tmp_path: Path) -> None:
    """Its accessions, pages and DOIs name its records, and IRIs go both ways; adding twice changes nothing."""
    path = tmp_path / "owners.toml"
    path.write_text(LAB)
    add_owners(path)
    add_owners(path)
    for text in ("lab:L0001", "L0001", "https://lab.example/L0001", "10.5072/lab.L0001"):
        assert parse_identifier(text).curie == "lab:L0001"
    assert landing_page("lab", "L0001") == "https://lab.example/L0001"
    iri = "https://w3id.org/ommatidia/lab:L0001"
    assert (namespaces.expand("lab:L0001"), namespaces.contract(iri)) == (iri, "lab:L0001")


def test_absent_file_adds_nothing(tmp_path: Path) -> None:
    """A node without owners.toml knows the shipped archives."""
    before = dict(namespaces.OWNERS)
    add_owners(tmp_path / "owners.toml")
    assert before == namespaces.OWNERS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (LAB.replace("owner.lab", "owner.idr"), "taken"),
        (LAB.replace("owner.lab", "owner.GO"), "taken"),
        (LAB.replace("name =", "title ="), "name"),
        (LAB.replace("L[0-9]{4}'", "L[0-9'"), "pattern"),
        ("[owner", "TOML"),
    ],
)
def test_wrong_owner_is_said_and_not_added(tmp_path: Path, text: str, word: str) -> None:
    """A prefix that is taken, a missing key or a broken pattern names what to change."""
    path = tmp_path / "owners.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=word):
        add_owners(path)
    assert "lab" not in namespaces.OWNERS


def test_record_of_an_added_owner_means_the_same_in_every_form(tmp_path: Path) -> None:
    """It passes the schema, and its names are full IRIs in N-Triples and in JSON-LD, whose context lacks the prefix."""
    path = tmp_path / "owners.toml"
    path.write_text(LAB)
    add_owners(path)
    record = {
        "type": "Study", "id": "lab:L0002", "accession": "L0002", "owner": "lab", "title": "Cells",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    }  # fmt: skip
    assert not check_schema(record)
    assert b"<https://w3id.org/ommatidia/lab:L0002>" in triples(record)
    assert jsonld(record)["id"] == "https://w3id.org/ommatidia/lab:L0002"
