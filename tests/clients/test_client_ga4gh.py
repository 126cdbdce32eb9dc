"""GA4GH's compliance suite judges /service-info."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from catalogue.settings import ExchangeSettings
from catalogue.web.factory import Services
from tests.clients.running import run_python
from tests.clients.served_node import served_node
from tests.web.conftest import services  # noqa: F401  the fixture

SCRIPT = Path(__file__).parent / "ga4gh_reads.py"


def test_service_info_passes_the_compliance_suite(services: Services) -> None:  # noqa: F811
    """Status, media type and schema of /service-info pass, and the document names this node."""
    told = replace(services, exchange=ExchangeSettings(admin_email="desk@example.org", publisher="Eye Trust"))
    with served_node(told) as root:
        read = run_python("ga4gh", SCRIPT, root)
    assert {name: outcome[0] for name, outcome in read["outcomes"].items()} == dict.fromkeys(
        ("status", "content type", "schema"), "PASS"
    ), read["outcomes"]
    assert read["document"]["name"] == services.name
    assert read["document"]["contactUrl"] == "mailto:desk@example.org"
    assert read["document"]["organization"]["name"] == "Eye Trust"
