"""Five invented studies and four images, appended to a real ledger as a harvest would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from catalogue.model.payload import canonical
from catalogue.store.ledger import Ledger

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
STUDY = "biostudies:S-BIAD90001"
BARE = "idr:idr9001"
HUMAN = "biostudies:S-BIAD90003"
HOSTILE = "ssbd:9-Evil-Payload"
GONE = "biostudies:S-BIAD90002"
RENAMED = "biostudies:S-BIAD90008"
IMAGE = "biostudies:S-BIAD90001.embryo-a"
SECOND_IMAGE = "biostudies:S-BIAD90001.embryo-b"
PLAIN_IMAGE = "idr:9000001"
ORPHAN = "biostudies:S-BIAD90002.slice"
ORIGINAL = b'{"@graph": [{"@id": "S-BIAD90001", "name": "Heart of <b>zebrafish</b>"}]}'
SCRIPT = "<script>alert(1)</script>"


def clock() -> datetime:
    """A moment that never moves."""
    return MOMENT


def study() -> dict[str, Any]:
    """A study with every field that a page shows."""
    own = STUDY
    return {
        "type": "Study",
        "id": own,
        "accession": "S-BIAD90001",
        "owner": "biostudies",
        "title": "Light-sheet imaging of the beating heart in zebrafish embryos",
        "description": "Hearts of transgenic embryos were imaged over three days.\n\nEach file is one embryo; "
        "channel 1 is the myocardium, channel 2 the endocardium. Temperature was kept at 28.5 °C throughout.",
        "keywords": ["heart", "development", "AI-ready"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "copyright_notice": "The authors, 2024",
        "date_published": "2024-05-17",
        "landing_page": "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90001",
        "publisher": {
            "type": "Organization",
            "id": "https://www.ebi.ac.uk/bioimage-archive/",
            "name": "BioImage Archive",
        },
        "authors": [
            {
                "type": "Person",
                "id": f"{own}/author/1",
                "name": "Ana Ruiz",
                "given_name": "Ana",
                "family_name": "Ruiz",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
                "affiliations": [
                    {
                        "type": "Organization",
                        "id": f"{own}/organization/1",
                        "name": "Institute of Imaginary Biology",
                        "ror": "https://ror.org/02catss52",
                        "address": "1 Lens Road, Facet City",
                    }
                ],
            },
            {"type": "Person", "id": f"{own}/author/2", "name": "Kenji Sato"},
            {
                "type": "Person",
                "id": f"{own}/author/3",
                "name": "מרים כהן",
                "orcid": "https://orcid.org/0000-0001-5109-3700",
            },
        ],
        "publications": [
            {
                "id": f"{own}/publication/1",
                "title": "How a heart learns to beat",
                "doi": "10.1234/example.2024.001",
                "pubmed_id": "12345678",
                "date_issued": "2024",
            }
        ],
        "grants": [
            {
                "id": f"{own}/grant/1",
                "title": "Hearts in motion",
                "grant_identifier": "226718/Z/22/Z",
                "funder": {"type": "Organization", "id": f"{own}/organization/2", "name": "Imaginary Trust"},
            }
        ],
        "terms": [
            {"type": "Taxon", "id": "NCBITaxon:7955", "label": "Danio rerio", "vernacular_name": "zebrafish"},
            {"type": "ImagingMethod", "id": "FBbi:00000369", "label": "SPIM"},
            {"type": "OntologyTerm", "id": "UBERON:0000948", "label": "heart"},
        ],
        "organisms": ["NCBITaxon:7955"],
        "methods": ["FBbi:00000369"],
        "subjects": ["UBERON:0000948"],
        "biosamples": [
            {
                "id": f"{own}/biosample/1",
                "title": "Transgenic embryo",
                "description": "48 hours after fertilisation.",
                "organisms": ["NCBITaxon:7955"],
            }
        ],
        "specimens": [
            {
                "id": f"{own}/specimen/1",
                "title": "Mounted embryo",
                "sample_preparation": "In 1.5 % agarose, anaesthetised.",
                "biosamples": [f"{own}/biosample/1"],
            }
        ],
        "acquisitions": [
            {
                "id": f"{own}/acquisition/1",
                "title": "Light-sheet movie",
                "description": "One volume every 20 s.",
                "instrument": "Home-built SPIM, 20x/1.0 W",
                "methods": ["FBbi:00000369"],
            }
        ],
        "thumbnails": ["https://images.example.org/S-BIAD90001/preview.png"],
        "file_count": 1279,
        "total_size_bytes": 41_234_567_890,
        "see_also": ["https://example.org/heart-atlas"],
        "alternative_identifiers": ["https://doi.org/10.6019/S-BIAD90001", "OLD-77"],
    }


def bare_study() -> dict[str, Any]:
    """A study of which its archive says almost nothing."""
    return {
        "type": "Study",
        "id": BARE,
        "accession": "idr9001",
        "owner": "idr",
        "title": "A screen of yeast strains",
        "license": "https://example.org/our-own-licence",
        "landing_page": "https://idr.openmicroscopy.org/study/idr9001/",
        "authors": [{"type": "Person", "id": f"{BARE}/author/1", "name": "Jo O'Neil"}],
    }


def human_study() -> dict[str, Any]:
    """A study of people whose data are given to researchers who ask, with parts and records elsewhere."""
    own = HUMAN
    return {
        "type": "Study",
        "id": own,
        "accession": "S-BIAD90003",
        "owner": "biostudies",
        "title": "Retinas of donors with and without glaucoma",
        "license": "https://example.org/licence-of-the-committee",
        "terms": [
            {"type": "Taxon", "id": "NCBITaxon:9606", "label": "Homo sapiens"},
            {"type": "OntologyTerm", "id": "DUO:0000007", "label": "disease specific research"},
        ],
        "organisms": ["NCBITaxon:9606"],
        "access": {
            "id": f"{own}/access",
            "access_level": "RESTRICTED",
            "reason": "Images of the eye can identify a person.",
            "closure_reason": "personal_data",
            "embargo_until": "2027-05-01",
            "conditions": ["DUO:0000007"],
            "condition_modifiers": ["glaucoma"],
            "consent": {
                "id": f"{own}/access/consent",
                "consent_status": "obtained",
                "description": "Donors agreed to research on eye diseases.",
                "date_obtained": "2021",
            },
            "ethics_approval": "Facet City ethics board 2020-17",
            "data_access_committee": {
                "id": "https://ega-archive.org/dacs/EGAC00001000205",
                "accession": "EGAC00001000205",
                "title": "Facet City data access committee",
                "contacts": [
                    {
                        "type": "Person",
                        "id": f"{own}/access/contact/1",
                        "name": "Di Secretary",
                        "email": "dac@example.org",
                    }
                ],
            },
            "access_policy": {"id": f"{own}/access/policy", "title": "No attempt to identify donors"},
            "request_url": "https://example.org/request",
            "response_days": 14,
        },
        "components": [
            {"type": "StudyComponent", "id": f"{own}/component/1", "title": "Fundus images", "image_count": 1200}
        ],
        "analyses": [{"id": f"{own}/analysis/1", "title": "Vessel tracing", "description": "By hand."}],
        "links": [{"id": f"{own}/link/1", "url": "https://example.org/code", "link_type": "analysis code"}],
        "related_resources": [
            {"id": f"{own}/related/1", "related_to": "doi:10.1234/example.2024.001", "relation": "IsSupplementTo"}
        ],
        "identity_statements": [
            {
                "id": f"{own}/identity/1",
                "same_study_as": BARE,
                "evidence": "owner_statement",
                "stated_by": "biostudies",
            }
        ],
        "structures": ["pdb:6vxx"],
    }


def hostile_study() -> dict[str, Any]:
    """A study whose every text attacks whoever shows it."""
    own = HOSTILE
    return {
        "type": "Study",
        "id": own,
        "accession": "9-Evil-Payload",
        "owner": "ssbd",
        "title": f"{SCRIPT}</script><img src=x onerror=alert(2)> \u202eevil\u202c {{{{ 7*7 }}}}",
        "description": f"</p>{SCRIPT}\n\n<svg onload=alert(3)>\u2066\x07",
        "keywords": ['"><script>alert(4)</script>', "=HYPERLINK(1)"],
        "license": "javascript:alert(5)",
        "copyright_notice": SCRIPT,
        "date_published": "2020-01-01",
        "landing_page": "javascript:alert(6)",
        "publisher": {"type": "Organization", "id": f"{own}/organization/9", "name": f"<i>{SCRIPT}"},
        "authors": [
            {
                "type": "Person",
                "id": f"{own}/author/1",
                "name": f'"><img src=x onerror=alert(7)>{SCRIPT}\r\nTY  - BOOK',
                "orcid": 'https://orcid.org/0000-0002-1825-0097"><script>alert(8)</script>',
                "affiliations": [
                    {
                        "type": "Organization",
                        "id": f"{own}/organization/1",
                        "name": SCRIPT,
                        "url": "data:text/html,<script>alert(9)</script>",
                        "address": "</li>" + SCRIPT,
                    }
                ],
            }
        ],
        "publications": [
            {"id": f"{own}/publication/1", "title": SCRIPT, "url": "vbscript:alert(10)", "date_issued": "<b>2020"}
        ],
        "grants": [{"id": f"{own}/grant/1", "title": SCRIPT, "url": "https://u:p@evil.example/"}],
        "terms": [{"type": "Taxon", "id": "NCBITaxon:9606", "label": f"Homo {SCRIPT}"}],
        "organisms": ["NCBITaxon:9606"],
        "access": {
            "id": f"{own}/access",
            "access_level": SCRIPT,
            "reason": SCRIPT,
            "closure_reason": SCRIPT,
            "request_url": "javascript:alert(13)",
            "conditions": [f"javascript:alert(14){SCRIPT}"],
            "consent": {"id": f"{own}/access/consent", "consent_status": SCRIPT, "description": SCRIPT},
            "data_access_committee": {
                "title": SCRIPT,
                "url": "javascript:alert(15)",
                "contacts": [{"name": SCRIPT, "email": SCRIPT}],
            },
        },
        "components": [{"title": SCRIPT, "description": SCRIPT, "doi": f'"><b>{SCRIPT}'}],
        "protocols": [{"title": SCRIPT, "description": SCRIPT}],
        "links": [{"url": "javascript:alert(16)", "title": SCRIPT, "link_type": SCRIPT}],
        "related_resources": [{"related_to": "javascript:alert(17)", "relation": SCRIPT, "title": SCRIPT}],
        "identity_statements": [{"same_study_as": f"javascript:alert(18){SCRIPT}", "stated_by": SCRIPT}],
        "genes": [f"javascript:alert(19){SCRIPT}"],
        "thumbnails": ["javascript:alert(11)"],
        "see_also": ["https://evil.example/\r\nSet-Cookie: a=b", "//evil.example/"],
        "alternative_identifiers": ["javascript:alert(12)"],
    }


def tombstone(curie: str, record_type: str, title: str) -> dict[str, Any]:
    """What is left of a withdrawn record."""
    owner, _, accession = curie.partition(":")
    return {
        "type": "Tombstone",
        "id": curie,
        "accession": accession,
        "owner": owner,
        "record_type": record_type,
        "title": title,
        "creators": ["Ana Ruiz", "Kenji Sato"],
        "date_withdrawn": "2026-11-19",
        "reason": "removed-at-source",
        "landing_page": "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90002",
    }


def image(curie: str, parent: str, endpoint: str = "https://images.example.org/") -> dict[str, Any]:
    """An image of five dimensions with two channels and two levels."""
    owner, _, accession = curie.partition(":")
    own = f"{curie}/representation/1"
    axes = [("t", "time", "second", 4, 20.0), ("c", "channel", None, 2, None)]
    axes += [
        (name, "space", "micrometer", size, step)
        for name, size, step in (("z", 8, 2.0), ("y", 512, 0.36), ("x", 512, 0.36))
    ]
    return {
        "type": "Image",
        "id": curie,
        "accession": accession,
        "owner": owner,
        "study": parent,
        "title": f"Embryo {accession.rpartition('.')[2]}",
        "source_url": f"{endpoint}zarr/{accession}.zarr",
        "terms": [
            {"type": "Taxon", "id": "NCBITaxon:7955", "label": "Danio rerio"},
            {"type": "ImagingMethod", "id": "FBbi:00000369", "label": "SPIM"},
        ],
        "organisms": ["NCBITaxon:7955"],
        "methods": ["FBbi:00000369"],
        "representations": [
            {
                "id": own,
                "format": "OME-Zarr",
                "format_version": "0.4",
                "zarr_format": 2,
                "multiscales_path": "",
                "data_type": "uint16",
                "shape": "4,2,8,512,512",
                "total_size_bytes": 33_554_432,
                "pixel_size_x_um": 0.36,
                "pixel_size_y_um": 0.36,
                "pixel_size_z_um": 2.0,
                "axes": [
                    {
                        "id": f"{own}/axis/{place}",
                        "index": place,
                        "name": name,
                        "axis_type": kind,
                        "size": size,
                        **({"unit": unit} if unit else {}),
                        **({"scale": step} if step else {}),
                    }
                    for place, (name, kind, unit, size, step) in enumerate(axes)
                ],
                "levels": [
                    {
                        "id": f"{own}/level/0",
                        "index": 0,
                        "path": "0",
                        "shape": "4,2,8,512,512",
                        "chunks": "1,1,1,256,256",
                    },
                    {
                        "id": f"{own}/level/1",
                        "index": 1,
                        "path": "1",
                        "shape": "4,2,8,256,256",
                        "chunks": "1,1,1,256,256",
                    },
                ],
                "channels": [
                    {
                        "id": f"{own}/channel/0",
                        "index": 0,
                        "label": "myocardium",
                        "color": "FF00FF",
                        "window_start": 100.0,
                        "window_end": 4000.0,
                    },
                    {"id": f"{own}/channel/1", "index": 1, "label": "endocardium", "color": "00FF00"},
                ],
                "replicas": [
                    {
                        "id": f"{own}/replica/1",
                        "site": "biostudies",
                        "endpoint": endpoint,
                        "key": f"zarr/{accession}.zarr",
                    }
                ],
            }
        ],
    }


def append(ledger: Ledger, record: dict[str, Any], *, parent: str | None = None, **changed: Any) -> None:
    """Append one record as a harvest of source `test-source` would."""
    fields: dict[str, Any] = {
        "curie": record["id"],
        "owner": record["owner"],
        "kind": "image" if "Image" in (record["type"], record.get("record_type")) else "study",
        "parent": parent,
        "status": "withdrawn" if record["type"] == "Tombstone" else "public",
        "payload": canonical(record),
        "source": "test-source",
        "source_url": f"https://partner.example.org/{record['accession']}.json",
        "harvester": "gide/1",
        "retrieved_at": MOMENT,
        "aliases": [*record.get("alternative_identifiers", ()), *filter(None, [record.get("landing_page")])],
    }
    fields |= changed
    with ledger.transaction() as writer:
        writer.append(**fields)


def seed(ledger: Ledger) -> None:
    """All studies and images of this file; GONE was there and is withdrawn, its image was not touched;
    RENAMED was replaced by STUDY.
    """
    ledger.add_source("test-source", harvester="gide", location="https://partner.example.org/")
    with ledger.transaction() as writer:
        digest = writer.put_original(ORIGINAL, "application/ld+json")
    append(ledger, study(), original_digest=digest)
    append(ledger, bare_study())
    append(ledger, hostile_study())
    append(ledger, human_study())
    gone = study() | {"id": GONE, "accession": "S-BIAD90002", "title": "A study that was taken back"}
    gone = {name: gone[name] for name in ("type", "id", "accession", "owner", "title", "license")}
    append(ledger, gone)
    append(ledger, image(IMAGE, STUDY), parent=STUDY)
    append(ledger, image(SECOND_IMAGE, STUDY), parent=STUDY)
    append(ledger, image(PLAIN_IMAGE, BARE, "http://127.0.0.1:8001/"), parent=BARE)
    append(ledger, image(ORPHAN, GONE), parent=GONE)
    append(ledger, tombstone(GONE, "Study", "A study that was taken back"))
    stone = tombstone(RENAMED, "Study", "A study under another accession") | {"replaced_by": STUDY}
    append(ledger, stone, status="replaced")


Seed = Callable[[Ledger], None]
