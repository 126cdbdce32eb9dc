"""Real answers and records of OAI-PMH repositories."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.oai_pages import parse_page
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.sample_owner import sample_owner

pytestmark = pytest.mark.partners

# Single records of B2FIND and DataCite: the ones that no study can be made of, and why.
REFUSED = {
    "dc838a95-fbcc-5fe9-9447-d9d07b80fc21": "policy",  # a text
    "63d15006-0608-5ab2-b96e-688f8b8b8030": "policy",  # a text
    "2eff7dec-8e24-5046-b690-e87840ce65ac": "policy",  # ISO 19139
    "bbox_2ea750c6-4354-5f0a-9b67-2275d922d06f": "policy",  # ISO 19139
    "polygon_80cec969-c17d-5023-b99b-a16cdd3ce04d": "policy",  # ISO 19139
    "009d997f-2742-5636-88f3-a521f444f221": "policy",  # ISO 19139
    "64bf054b-5cba-5322-bc32-f2ed88217ac5": "policy",  # FGDC
    "9beb3749-a078-5f7c-949a-e6da71f6185f": "bad-identifier",  # a handle only
    "4710d803-19e2-5381-80ee-740a868f8428": "bad-identifier",  # a landing page only
    "19cf53ec-4dc5-53d2-9da3-9b8b2ec2c1b7": "bad-identifier",  # ivo: identifiers
    "d812138e-2e73-5dd3-8258-fc783f47db39": "bad-identifier",  # no identifier at all
    "218bf893-c8cf-5a8c-aad1-09a351e37da8": "bad-identifier",  # a landing page only
}


def test_real_records_become_studies_or_have_their_reason(partners: Path) -> None:
    """23 records become studies without a gap; twelve are refused for the reason written here."""
    source = SourceSpec("oai", "oai_pmh", "records/", (), {"license": "CC0-1.0"})
    accepted, refused, folder = 0, {}, partners / "oai-pmh"
    with sample_owner():
        for path in (*sorted((folder / "b2find").rglob("*.xml")), folder / "datacite" / "oai-sample-1.1.xml"):
            try:
                found = OaiPmhHarvester(fetcher()).map(SourceDocument(path.name, "", path.read_bytes()), source)
                assert not found.unmapped, f"{path.name}: {dict(found.unmapped)}"
                accepted += 1
            except RecordRejected as error:
                refused[path.stem] = error.reason
    assert refused == REFUSED
    assert accepted == 23


def test_answers_of_all_verbs_are_read(partners: Path) -> None:
    """The twenty answers of sickle's tests: lists, deleted and nameless headers, every error, one that is no XML."""
    kinds: Counter[str] = Counter()
    for path in sorted((partners / "oai-pmh" / "sickle").glob("*.xml")):
        try:
            page = parse_page(path.read_bytes())
        except RecordRejected:
            kinds["broken"] += 1
            continue
        kinds["records"] += len(page.records)
        kinds["nameless"] += sum(not record.header.identifier for record in page.records)
        kinds["deleted"] += sum(item.is_deleted for item in [*(r.header for r in page.records), *page.headers])
        kinds["headers"] += len(page.headers)
        kinds["errors"] += len(page.errors)
        kinds["tokens"] += bool(page.token)
        kinds["clocks"] += page.moment is not None
    assert kinds == {
        "broken": 1, "records": 10, "nameless": 1, "deleted": 6, "headers": 4, "errors": 7, "tokens": 4, "clocks": 18,
    }  # fmt: skip
