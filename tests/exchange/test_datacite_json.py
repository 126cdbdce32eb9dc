from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from flask.testing import FlaskClient

from catalogue.exchange.base import Document
from catalogue.exchange.datacite_json import FORMAT, datacite
from catalogue.exchange.oai import datacite as oai
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import STUDY, append, bare_study, clock, human_study, study

KERNEL = "{http://datacite.org/schema/kernel-4}"
MANDATORY = {"id", "creators", "titles", "publisher", "publicationYear", "types"}


def test_full_study_has_what_datacite_demands() -> None:
    """DataCite 4.5: the mandatory properties, people with ORCID and affiliation, licence by SPDX, grant with funder."""
    found = datacite(study())
    assert found.keys() >= MANDATORY and found["agency"]
    assert found["creators"][0] == {
        "name": "Ruiz, Ana",
        "nameType": "Personal",
        "givenName": "Ana",
        "familyName": "Ruiz",
        "nameIdentifiers": [
            {
                "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ],
        "affiliation": [
            {
                "name": "Institute of Imaginary Biology",
                "affiliationIdentifier": "https://ror.org/02catss52",
                "affiliationIdentifierScheme": "ROR",
                "schemeUri": "https://ror.org",
            }
        ],
    }
    assert found["rightsList"][0]["rightsIdentifier"] == "cc-by-4.0"
    assert found["fundingReferences"] == [
        {"funderName": "Imaginary Trust", "awardNumber": "226718/Z/22/Z", "awardTitle": "Hearts in motion"}
    ]
    assert {"subject": "Danio rerio", "valueUri": "http://purl.obolibrary.org/obo/NCBITaxon_7955"} in found["subjects"]


def test_nothing_is_made_up() -> None:
    """What a record lacks is absent, not empty: no year, no description, no funding, no `unknown`."""
    found = datacite(bare_study())
    assert MANDATORY - found.keys() == {"publicationYear"}
    assert not {"descriptions", "fundingReferences", "dates", "contributors", "version", "sizes"} & found.keys()
    assert all(value not in ("", [], None) for value in datacite(human_study()).values())


def test_json_and_xml_of_datacite_say_the_same(tmp_path: Any) -> None:
    """The two renderings of DataCite agree on titles, people, subjects, dates and related identifiers."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, study())
        entry = ledger.head(STUDY)
        assert entry is not None
        root = ElementTree.fromstring(oai.METADATA_FORMAT.metadata(entry, entry.record, "https://x.example"))
    found = datacite(study())

    def texts(name: str) -> list[str]:
        return [element.text or "" for element in root.iter(KERNEL + name)]

    assert texts("title") == [title["title"] for title in found["titles"]]
    assert texts("creatorName") == [person["name"] for person in found["creators"]]
    assert texts("subject") == [subject["subject"] for subject in found["subjects"]]
    assert texts("date") == [date["date"] for date in found["dates"]]
    assert texts("relatedIdentifier") == [other["relatedIdentifier"] for other in found["relatedIdentifiers"]]
    assert texts("size") == found["sizes"] and texts("publicationYear") == [found["publicationYear"]]


def test_it_is_given_by_negotiation(tmp_path: Any) -> None:
    """Who asks an identifier for DataCite JSON, as F-UJI does, is led to it; JSON has no charset."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, study())
        client: FlaskClient = create_web(Services(ledger, Resolver(ledger))).test_client()
        wanted = {"Accept": "application/vnd.datacite.datacite+json"}
        led = client.get(f"/id/{STUDY}", headers=wanted)
        assert (led.status_code, led.headers["Location"]) == (303, f"/studies/{STUDY}.datacite.json")
        answer = client.get(f"/studies/{STUDY}", headers=wanted)
        assert answer.headers["Content-Type"] == "application/vnd.datacite.datacite+json"
        assert json.loads(answer.data)["id"] == BASE + STUDY
        assert answer.data == FORMAT.render(Document(study()))
