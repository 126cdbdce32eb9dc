"""Schemathesis, which knows nothing of FAIR tests, drives the API from its description and reads it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.fair.assess.held import held_study
from catalogue.fair.benchmark import shipped
from catalogue.fair.metrics.base import metrics
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from tests.clients.running import run_python
from tests.clients.served_node import served_node
from tests.fair.assess.assessor_over_loopback import assessor
from tests.web.audits_for_pages import STATED, audits_of, seed_funded
from tests.web.conftest import services  # noqa: F401  the fixture
from tests.web.studies_for_pages import clock

SCRIPT = Path(__file__).parent / "fair_api_reads.py"


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:  # noqa: F811
    """A node with audits, which asks no other host."""
    home = tmp_path_factory.mktemp("fair-api")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        audits, resolver = audits_of(ledger, home), Resolver(ledger)
        judge = assessor(held=lambda text: held_study(text, resolver, audits), outside=False)
        yield replace(services, ledger=ledger, resolver=resolver, search=None, audits=audits, assessor=judge)


def named(nodes: list[dict[str, object]], kind: str) -> set[object]:
    return {node["dcterms:identifier"] for node in nodes if kind in str(node["type"])}


def test_the_api_keeps_to_its_description(node: Services) -> None:
    """No request, sound or not, is answered otherwise than described; all tests, metrics, benchmarks come."""
    with served_node(node) as root:
        read = run_python("schemathesis", SCRIPT, root, STATED, timeout_s=600)
    assert read["code"] == 0, read["said"]
    assert named(read["read"]["/tests"], "ftr:Test") == set(metrics())
    assert named(read["read"]["/metrics"], "ftr:Metric") == {f"{m.id}/{m.version}" for m in metrics().values()}
    assert named(read["read"]["/benchmarks"], "ftr:Benchmark") == {f"{b.id}/{b.version}" for b in shipped().values()}
    assert named(read["one"], "ftr:Test") == {"licence-standard"}
    judged = node.audits.newest().judgements[STATED]  # type: ignore[union-attr]
    logs = {
        str(one["dcterms:identifier"]).rpartition("/")[2]: str(one["ftr:log"]).partition("\n")[0]
        for one in read["results"]
        if "ftr:TestResult" in one["type"]
    }
    assert logs == {name: judgement.said.partition("\n")[0] for name, judgement in judged.items()}
