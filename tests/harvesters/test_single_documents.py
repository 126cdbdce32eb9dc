"""One document of any known form becomes a study, under the name that whoever asks gives it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier
from catalogue.problems import RecordRejected
from harvesters.http import Fetcher
from harvesters.single import SingleDocuments
from tests.fair.assess.assessor_over_loopback import DATASET, TURTLE

GIVEN = Identifier("assessed:0123", "assessed", "0123", "study", "0123")
MAPS = SingleDocuments(Fetcher(contact="https://example.org/", clock=lambda: datetime.now(UTC)))
CRATE = {
    "@context": "https://w3id.org/ro/crate/1.1/context",
    "@graph": [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "A crate"},
    ],
}
DATACITE = {
    "doi": "10.5281/zenodo.1", "titles": [{"title": "By DataCite"}], "creators": [{"name": "Author, A."}],
    "types": {"resourceTypeGeneral": "Text"}, "publisher": "Zenodo", "publicationYear": 2024,
}  # fmt: skip
PAGE = f'<script type="application/ld+json">{json.dumps(DATASET)}</script>'


def mapped(content: str | dict[str, Any], media_type: str = "application/ld+json", study: Identifier | None = GIVEN):
    text = content if isinstance(content, str) else json.dumps(content)
    return MAPS.map(SourceDocument("", "https://archive.example/1", text.encode(), media_type), study)


@pytest.mark.parametrize(("content", "media_type", "harvester", "title"), [
    (DATASET, "application/ld+json", "bioschemas", DATASET["name"]),
    (PAGE, "application/ld+json", "bioschemas", DATASET["name"]),
    (CRATE, "application/ld+json", "ro_crate", "A crate"),
    (DATACITE, "application/json", "datacite", "By DataCite"),
    (TURTLE, "text/turtle", "dcat", "Another title"),
])  # fmt: skip
def test_content_tells_who_reads_it(
    content: str | dict[str, Any], media_type: str, harvester: str, title: str
) -> None:  # fmt: skip
    """The study has the name that was given, whatever the document calls itself."""
    name, found = mapped(content, media_type)
    assert name == harvester
    assert (found.records[0]["id"], found.records[0]["title"]) == (GIVEN.curie, title)


def test_markup_in_a_text_is_text() -> None:
    """JSON-LD whose title holds a script element is read as it stands."""
    titled = {**DATASET, "name": "Of <script>alert(1)</script> fish"}
    assert mapped(titled)[1].records[0]["title"].startswith("Of ")


def test_without_a_name_the_document_must_have_one() -> None:
    """A study of no archive known here is refused, as in a harvest."""
    with pytest.raises(RecordRejected) as rejection:
        mapped(DATASET, study=None)
    assert rejection.value.reason == "bad-identifier"
    named = {**DATASET, "identifier": "https://www.ebi.ac.uk/biostudies/studies/S-BIAD634", "@id": "#study"}
    assert mapped(named, study=None)[1].records[0]["id"] == "biostudies:S-BIAD634"


@pytest.mark.parametrize(("content", "media_type"), [
    ("", ""), ("plain words", "text/plain"), ("<html></html>", "text/html"), ("{", "application/json"),
    ("[" * 5000, "application/ld+json"), ("@prefix", "text/turtle"), ("<a> " * 9, "application/n-triples"),
    ('<!DOCTYPE x [<!ENTITY a "b">]><x/>', "application/rdf+xml"),
    ('{"@context": "https://evil.example/context", "@id": "x"}', "application/ld+json"),
])  # fmt: skip
def test_what_is_no_study_is_refused(content: str, media_type: str) -> None:
    """Of any form and of none, always with a reason from the closed list."""
    with pytest.raises(RecordRejected):
        mapped(content, media_type)
