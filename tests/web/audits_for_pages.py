"""Studies whose audit pages are shown: with grants in all ways of telling, without any, and hostile ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.service import Audits
from catalogue.store.ledger import Ledger
from tests.web.studies_for_pages import SCRIPT, append, bare_study, hostile_study, study

WELLCOME = "029chgv08"
AWARD = "226718/Z/22/Z"
GRANT = f"/funders/ror/{WELLCOME}/grants/226718%2FZ%2F22%2FZ"
STATED = "biostudies:S-BIAD90001"
READ = "biostudies:S-BIAD90011"
INFERRED = "idr:idr9012"
NASTY = "ssbd:9-Nasty"
PAPER = "10.1234/example.2024.001"


def nasty_study() -> dict[str, Any]:
    """A study that the model takes, whose texts attack whoever shows them."""
    return {
        "type": "Study",
        "id": NASTY,
        "accession": "9-Nasty",
        "owner": "ssbd",
        "title": f"{SCRIPT}</script><img src=x onerror=alert(2)> \u202eevil\u202c {{{{ 7*7 }}}}",
        "license": "https://evil.example/terms",
        "date_published": "2020-01-01",
        "authors": [{"type": "Person", "id": f"{NASTY}/author/1", "name": f'"><img src=x onerror=alert(7)>{SCRIPT}'}],
        "grants": [
            {
                "id": f"{NASTY}/grant/1",
                "grant_identifier": f"12345{SCRIPT}",
                "funder": {"type": "Organization", "id": f"{NASTY}/organization/1", "name": f"Wellcome {SCRIPT}"},
            }
        ],
    }


def funded_study() -> dict[str, Any]:
    """As the study with every field, its grant given by Wellcome."""
    told = study()
    told["grants"][0]["funder"] = {
        "type": "Organization",
        "id": f"{STATED}/organization/2",
        "name": "Wellcome Trust",
        "ror": f"https://ror.org/{WELLCOME}",
    }
    return told


def thankful_study() -> dict[str, Any]:
    """A study whose funding statement names the award in a sentence."""
    return {
        "type": "Study",
        "id": READ,
        "accession": "S-BIAD90011",
        "owner": "biostudies",
        "title": "Kidneys of mice",
        "funding_statement": f"This work was supported by the Wellcome Trust (grant {AWARD}) & <b>others</b>.",
    }


def inferring_study() -> dict[str, Any]:
    """A study that names no funder, of the paper that the stated one names."""
    return {
        "type": "Study",
        "id": INFERRED,
        "accession": "idr9012",
        "owner": "idr",
        "title": "Hearts of the same paper",
        "publications": [{"id": f"{INFERRED}/publication/1", "doi": PAPER, "date_issued": "2024-01-31"}],
    }


def seed_funded(ledger: Ledger) -> None:
    """All studies of this file and the bare one; the hostile one, which the model refuses, is public and not judged."""
    ledger.add_source("test-source", harvester="gide", location="https://partner.example.org/")
    for record in (
        funded_study(),
        bare_study(),
        thankful_study(),
        inferring_study(),
        nasty_study(),
        hostile_study(),
    ):
        append(ledger, record)


def audits_of(ledger: Ledger, home: Path) -> Audits:
    """Audits over a ledger, with benchmarks of the node's own in `home`."""
    return Audits(ledger, home / "fair", home / "benchmarks", NodeFacts, "1.0", "Test node")
