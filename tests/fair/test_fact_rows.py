"""Rows of the fact queries of the principles F and A, on one record that has everything once."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from catalogue.fair.dataset import dataset_of
from catalogue.fair.facts import Row

BASE = "https://w3id.org/ommatidia/"
STUDY = "idr:idr0001"
AT = f"{STUDY}/"
ENDPOINT = "https://archive.example/"
NAMES = (
    "access", "affiliations", "amounts", "contacts", "copies", "creators", "imaging", "named_files",
    "publisher",
)  # fmt: skip


def _org(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "Organization", "id": f"{AT}organization/{number}", "name": f"O{number}", **fields}


def _copy(at: str, **fields: Any) -> dict[str, Any]:
    return {"id": at, "site": "EBI", "endpoint": ENDPOINT, **fields}


_RECORD: dict[str, Any] = {
    "type": "Study",
    "id": STUDY,
    "accession": "idr0001",
    "owner": "idr",
    "title": "Yeast",
    "file_count": 7,
    "publisher": _org(9),
    "authors": [
        {
            "type": "Person",
            "id": f"{AT}author/1",
            "name": "Ann Lee",
            "family_name": "Lee",
            "email": "ann@lab.example",
            "affiliations": [_org(1, ror="https://ror.org/01sjwvz98"), _org(2)],
        },
        _org(3),
    ],
    "contributors": [{"type": "Person", "id": f"{AT}contributor/1", "name": "C", "email": "c@lab.example"}],
    "access": {
        "id": f"{AT}access",
        "access_level": "RESTRICTED",
        "request_url": "https://archive.example/ask",
        "data_access_committee": {
            "id": f"{AT}committee",
            "title": "Committee",
            "contacts": [{"type": "Person", "id": f"{AT}contact/1", "name": "D", "email": "d@lab.example"}],
        },
    },
    "acquisitions": [{"id": f"{AT}acquisition/1", "title": "confocal"}],
    "files": [{"id": f"{AT}file/1", "url": "https://archive.example/a.tif"}],
    "holdings": [_copy(f"{AT}holding/1", key_template="{accession}.zarr")],
    "components": [
        {
            "type": "Screen",
            "id": f"{AT}screen/1",
            "title": "Screen",
            "image_count": 99,
            "total_size_bytes": 4096,
            "files": [{"id": f"{AT}file/2"}],
        }
    ],
}
_IMAGE: dict[str, Any] = {
    "type": "Image",
    "id": "idr:1",
    "accession": "1",
    "owner": "idr",
    "study": STUDY,
    "representations": [
        {
            "id": "idr:1/representation/1",
            "format": "OME-Zarr",
            "replicas": [
                _copy(
                    "idr:1/replica/1",
                    key="1.zarr",
                    verification_level="L3",
                    status_of_copy="available",
                    checksums=[{"id": "idr:1/checksum/1", "algorithm": "md5", "checksum_value": "ab" * 16}],
                )
            ],
        }
    ],
}
_OTHER: dict[str, Any] = {
    "type": "Study",
    "id": "idr:idr0002",
    "accession": "idr0002",
    "owner": "idr",
    "title": "Flies",
}
_TERMS = BASE + "terms/"
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
EXPECTED: dict[str, list[tuple[str, str, str, dict[str, str]]]] = {
    "access": [
        (STUDY, "http://purl.org/dc/terms/accessRights", f"{AT}access", {
            "level": f"{_RIGHTS}RESTRICTED", "request": "https://archive.example/ask", "committee": f"{AT}committee",
        }),
    ],
    "affiliations": [
        (f"{AT}author/1", "http://schema.org/affiliation", f"{AT}organization/1", {
            "name": "O1", "ror": "https://ror.org/01sjwvz98",
        }),
        (f"{AT}author/1", "http://schema.org/affiliation", f"{AT}organization/2", {"name": "O2"}),
    ],
    "amounts": [
        (STUDY, f"{_TERMS}fileCount", "7", {}),
        (STUDY, f"{_TERMS}imageCount", "1", {}),
        (f"{AT}screen/1", f"{_TERMS}imageCount", "99", {}),
    ],
    "contacts": [
        (f"{AT}author/1", "http://schema.org/email", "ann@lab.example", {}),
        (f"{AT}contact/1", "http://schema.org/email", "d@lab.example", {"committee": f"{AT}committee"}),
        (f"{AT}contributor/1", "http://schema.org/email", "c@lab.example", {}),
    ],
    "copies": [
        ("idr:1/replica/1", "http://www.w3.org/ns/dcat#endpointURL", ENDPOINT, {
            "of": "idr:1", "site": "EBI", "key": "1.zarr", "status": f"{_TERMS}CopyAvailable",
            "level": f"{_TERMS}VerifiedSample", "checksum": "idr:1/checksum/1",
        }),
        (f"{AT}holding/1", "http://www.w3.org/ns/dcat#endpointURL", ENDPOINT, {"of": STUDY, "site": "EBI"}),
    ],
    "creators": [
        (STUDY, "http://purl.org/dc/terms/creator", f"{AT}author/1", {"name": "Ann Lee", "family": "Lee"}),
        (STUDY, "http://purl.org/dc/terms/creator", f"{AT}organization/3", {
            "name": "O3", "organisation": "http://schema.org/Organization",
        }),
    ],
    "imaging": [(f"{AT}acquisition/1", "http://purl.org/dc/terms/title", "confocal", {})],
    "named_files": [
        (STUDY, f"{_TERMS}file", f"{AT}file/1", {"url": "https://archive.example/a.tif"}),
        (f"{AT}screen/1", f"{_TERMS}file", f"{AT}file/2", {}),
    ],
    "publisher": [(f"{AT}organization/9", "http://schema.org/name", "O9", {})],
}  # fmt: skip


def _told(row: Row) -> tuple[str, str, str, dict[str, str]]:
    more = {name: row.said(name).removeprefix(BASE) if name in ("of", "committee", "checksum") else row.said(name)
            for name in row.more}  # fmt: skip
    return row.node.value.removeprefix(BASE), row.predicate.value, row.text.removeprefix(BASE), more


@cache
def _facts() -> Any:
    records = [("study", "0" * 64, _RECORD), ("study", "1" * 64, _OTHER), ("image", "2" * 64, _IMAGE)]
    return dataset_of(records, NAMES).facts


@pytest.mark.parametrize("name", NAMES)
def test_fact_query_gives_its_rows(name: str) -> None:
    """Each fact query gives the evidencing triples with what it promises beside them, and nothing of other studies."""
    found = _facts()[name]
    assert set(found) == {BASE + STUDY}
    rows = sorted((_told(row) for row in found[BASE + STUDY]), key=lambda one: one[:3])
    assert rows == sorted(EXPECTED[name], key=lambda one: one[:3])
