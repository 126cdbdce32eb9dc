"""/usage and what pages say of use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from catalogue.fair.usage.label import HighlyUsed, Labels
from catalogue.fair.usage.recorder import Recorder
from catalogue.fair.usage.visits import DaySecrets
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import GONE, HOSTILE, IMAGE, MOMENT, STUDY, seed

SCHEMA = json.loads((Path(__file__).parents[1] / "fair" / "usage" / "dsr_schema.json").read_text())
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"}


class Node:
    """A website that counts, with its clock in the test's hand."""

    def __init__(self, home: Path) -> None:
        self.now: datetime = MOMENT
        self.ledger = Ledger(f"sqlite:///{home / 'ledger.db'}", lambda: self.now)
        seed(self.ledger)
        self.recorder = Recorder(self.ledger, DaySecrets(home / "usage"), every_s=3600)
        self.labels = Labels(self.ledger)
        self.services = Services(
            ledger=self.ledger,
            resolver=Resolver(self.ledger),
            usage=self.recorder,
            labels=self.labels,
            name="Test <node>",
        )
        self.site = create_web(self.services).test_client()

    def get(self, path: str, **headers: str) -> object:
        return self.site.get(path, headers={**FIREFOX, **headers})

    def count(self) -> None:
        """Lets the hours pass and counts them."""
        self.recorder.flush()
        self.now += timedelta(hours=3)
        self.recorder.flush()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path)
    yield made
    made.recorder.close()
    made.ledger.close()


@pytest.fixture
def used(node: Node) -> Node:
    """STUDY was seen twice, one of its images once, HOSTILE once."""
    for path in (f"/studies/{STUDY}", f"/studies/{STUDY}.ttl", f"/images/{IMAGE}", f"/studies/{HOSTILE}"):
        assert node.get(path).status_code == 200
    node.count()
    return node


def test_a_node_without_uses_says_so(node: Node) -> None:
    """The overview of a new node has no tables and no error, its studies no line about use."""
    assert "No use is counted yet" in node.get("/usage").text
    assert "Usage</dt>" not in node.get(f"/studies/{STUDY}").text
    assert node.get("/usage/reports/2026-11.json").status_code == 404


def test_the_overview_has_archives_and_studies(used: Node) -> None:
    """Sums by archive and month, and the most used studies first, with the way to their numbers."""
    page = used.get("/usage").text
    month = f"{MOMENT:%Y-%m}"
    assert f'href="/usage/reports/{month}.json"' in page
    assert page.index(f"/usage/{quote(STUDY)}.json") < page.index(f"/usage/{quote(HOSTILE)}.json")
    assert "<script>alert" not in page


def test_the_page_of_a_study_tells_its_use(used: Node) -> None:
    """A short line with total uses and months, only where there are any."""
    assert "Used 3 times in 1 month<" in used.get(f"/studies/{STUDY}").text
    assert "highly used" not in used.get(f"/studies/{STUDY}").text


def test_the_page_of_a_study_tells_the_label(used: Node) -> None:
    """A highly used study says among how many of which year."""
    used.labels._of = ("2026-11", {STUDY: HighlyUsed(STUDY, 214, 2024, 1204, "2025-12", "2026-11")})
    page = used.get(f"/studies/{STUDY}").text
    assert "highly used</a> among 1 204 studies of 2024" in page.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_record_has_its_numbers_as_json_and_turtle(used: Node) -> None:
    """By suffix or by Accept; any name of the record leads to its own address."""
    document = used.get(f"/usage/{STUDY}.json").json
    assert document["id"] == STUDY and document["counted_by"] == "Test <node>"
    assert document["months"][0]["usage"]["regular"]["total_dataset_investigations"] == 3
    turtle = used.get(f"/usage/{STUDY}", Accept="text/turtle")
    assert turtle.content_type.startswith("text/turtle") and "UsageCount" in turtle.text
    assert used.get(f"/usage/{IMAGE}.json").json["months"][0]["usage"]["regular"]["unique_dataset_investigations"] == 1
    moved = used.get(f"/usage/{STUDY.partition(':')[2]}.json")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/usage/{STUDY}.json")


def test_what_is_gone_or_unknown_has_no_numbers(used: Node) -> None:
    """Withdrawn records answer 410, unknown ones 404, months that are none 400."""
    assert used.get(f"/usage/{GONE}.json").status_code == 410
    assert used.get("/usage/idr:idr9999.json").status_code == 404
    assert used.get("/usage/reports/2026-99.json").status_code == 400


def test_the_report_is_the_schemas(used: Node) -> None:
    """The month's report over HTTP conforms, and two readers get the same bytes."""
    path = f"/usage/reports/{MOMENT:%Y-%m}.json"
    report = used.get(path)
    assert [str(error) for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(report.json)] == []
    assert {dataset["dataset-id"][-1]["value"] for dataset in report.json["report-datasets"]} == {STUDY, HOSTILE}
    assert used.get(path, **{"If-None-Match": report.headers["ETag"]}).status_code == 304


def test_usage_itself_is_not_counted(used: Node) -> None:
    """Reading numbers changes none."""
    used.get("/usage")
    used.get(f"/usage/{STUDY}.json")
    assert used.recorder.waiting == 0


def test_metrics_tell_what_was_lost(used: Node) -> None:
    """A monitor sees what was kept, dropped and late; a node that does not count shows none of it."""
    used.recorder._lost(dropped=7)
    text = used.get("/metrics").text
    assert 'ommatidia_usage_hits{state="dropped"} 7' in text
    assert 'ommatidia_usage_hits{state="kept"} 4' in text
    without = create_web(replace(used.services, usage=None)).test_client()
    assert "usage_hits" not in without.get("/metrics").text


def test_counting_that_is_off_is_said(used: Node) -> None:
    """Without a recorder nothing is noted, and the overview says so beside what was counted before."""
    without = create_web(replace(used.services, usage=None)).test_client()
    assert without.get(f"/studies/{STUDY}", headers=FIREFOX).status_code == 200
    page = without.get("/usage").text
    assert "Counting is switched off" in page and "beating heart" in page


def test_every_page_leads_to_what_is_counted(client: FlaskClient) -> None:
    """The footer names the page about counting and privacy, and it is there."""
    assert '<a href="/docs/usage">What is counted</a>' in client.get("/").text
    assert "HMAC-SHA256" in client.get("/docs/usage").text


def test_links_on_the_overview_are_below_the_nodes_path(with_services: Callable[..., FlaskClient], services) -> None:
    """A node that is published below a path leads to its own pages there."""
    web = services.web.model_copy(update={"base_url": "https://node.example/images"})
    assert 'href="/images/docs/usage"' in with_services(web=web).get("/usage").text
