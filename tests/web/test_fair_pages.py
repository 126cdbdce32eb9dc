"""/fair, its archives, studies, metrics and benchmarks: numbers of the one report, forms by suffix, hostile records."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from flask.testing import FlaskClient

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import DEFAULT, read_benchmark, shipped
from catalogue.fair.forms.base import forms
from catalogue.fair.history import History
from catalogue.fair.metrics.base import metrics
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import federation_scope
from catalogue.fair.service import Audits
from catalogue.model.signing import NodeKey
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.fair import study_lines
from catalogue.web.fair.definitions import case_text, fact_text
from catalogue.web.fair.reports import Reports
from catalogue.web.fair.spread import Spread, spread
from catalogue.web.services import Services
from catalogue.web.text import spaced
from tests.fair.reports_for_forms import large_audit
from tests.web.audits_for_pages import NASTY, audits_of, seed_funded
from tests.web.studies_for_pages import BARE, GONE, HOSTILE, IMAGE, SCRIPT, STUDY, append, clock, image, tombstone

HTML = {"Accept": "text/html"}
OWN_BENCHMARK = """\
id = "our-policy"
version = "1.0"
title = "Policy of <b>an institute</b>"
description = "What it asks for."

[[item]]
id = "licence"
title = "A licence & that <i>programs</i> know"
principle = "R1.1"
metrics = ["licence-standard"]
"""


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A node that shows audits by a benchmark of its own too, over studies of five kinds and some that are gone."""
    home = tmp_path_factory.mktemp("audits")
    (home / "benchmarks").mkdir()
    (home / "benchmarks" / "policy.toml").write_text(OWN_BENCHMARK)
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        append(ledger, image(IMAGE, STUDY), parent=STUDY)
        append(ledger, tombstone(GONE, "Study", "A study that was taken back"))
        audits = audits_of(ledger, home)
        yield replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits)


@pytest.fixture(scope="module")
def audits(node: Services) -> Audits:
    """The audits of the node."""
    assert node.audits is not None
    return node.audits


@pytest.fixture(scope="module")
def site(node: Services) -> FlaskClient:
    """A browser of the node."""
    app = create_web(node)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="module")
def report(audits: Audits) -> Report:
    """The report that the page of the federation shows."""
    return audits.report()


def text_of(site: FlaskClient, path: str) -> str:
    """A page's text without tags."""
    answer = site.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def row_of(text: str, name: str) -> list[str]:
    """Cells of the first table row whose head has this text."""
    found = re.search(rf"<tr[^>]*><th scope=\"row\">(?:(?!</tr>).)*?{re.escape(name)}.*?</tr>", text, re.DOTALL)
    assert found, name
    return re.findall(r'<td class="num">([^<]*)</td>', found.group())


def numbers(counts: dict[Outcome, int]) -> list[str]:
    """The first four cells of a tally."""
    return [spaced(counts[outcome]) for outcome in Outcome]


def test_the_first_line_says_what_is_missing(site: FlaskClient, report: Report) -> None:
    """The page of the federation begins with the headline of the report, before any number."""
    text = site.get("/fair", headers=HTML).text
    first = re.search(r'<p class="headline">(.*?)</p>', text)
    assert first and html.unescape(first[1]) == report.headline[0]
    assert text.index(first.group()) < text.index('<dl class="counts">')


def test_numbers_on_the_page_are_those_of_the_report(site: FlaskClient, report: Report) -> None:
    """Archives, letters, principles, items and fixes show the report's counts."""
    text = html.unescape(site.get("/fair", headers=HTML).text)
    for one in report.members:
        assert row_of(text, f"/fair/members/{one.name}")[1:5] == numbers(one.counts)
    for letter in report.letters:
        assert row_of(text, f"{letter.name}, ")[:4] == numbers(letter.counts)
    for item, counted in report.items:
        assert row_of(text[text.index('id="items"') :], item.title)[:4] == numbers(counted.counts)
    for fix in report.fixes:
        assert re.search(rf"{re.escape(fix.metric.title)}.*?<td class=\"num\">{len(fix.studies)}<", text, re.DOTALL)


def test_every_chart_has_a_title_a_description_and_a_table(site: FlaskClient) -> None:
    """A picture is told in words too, and the table with the same numbers stands on the page."""
    text = site.get("/fair", headers=HTML).text
    charts = re.findall(r'<svg class="chart"[^>]*role="img" aria-labelledby="(\S+) (\S+)"', text)
    assert len(charts) >= 2
    for title, description in charts:
        assert f'<title id="{title}">' in text and f'<desc id="{description}">' in text
    assert text.count("<table") > len(charts)


@pytest.mark.parametrize("path", ["/fair", "/fair/members/biostudies", f"/fair/studies/{STUDY}"])
def test_each_form_stands_at_the_address_with_its_suffix(site: FlaskClient, path: str) -> None:
    """Every form of a report is linked from its page, answers there with its type, and to HEAD without a body."""
    page = site.get(path, headers=HTML).text
    for form in forms().values():
        address = path + form.suffix
        assert f'href="{address}"' in page
        answer = site.get(address)
        assert (answer.status_code, answer.mimetype) == (200, form.media_type), address
        head = site.head(address)
        assert head.status_code == 200 and not head.data and head.headers["ETag"] == answer.headers["ETag"]
        again = site.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304 and not again.data


def test_json_of_the_page_has_the_report(site: FlaskClient, report: Report) -> None:
    """What the form tells is what the service reports."""
    told = json.loads(site.get("/fair.json").data)
    assert told["basis"]["audit"] == report.basis.name
    assert told["total"]["outcomes"] == {outcome.value: report.total.counts[outcome] for outcome in Outcome}
    assert site.get("/fair", headers={"Accept": "application/json"}).json == told


def test_a_benchmark_is_chosen_by_a_link(site: FlaskClient) -> None:
    """`?benchmark=` changes what is counted, in the page and its forms, and links on the page keep it."""
    text = site.get("/fair?benchmark=our-policy", headers=HTML).text
    assert 'href="/fair.csv?benchmark=our-policy"' in text and f'/fair/studies/{STUDY}?benchmark=our-policy"' in text
    assert len(json.loads(site.get("/fair.json?benchmark=our-policy").data)["items"]) == 1
    assert site.get("/fair?benchmark=none-such").status_code == 404


def test_titles_of_own_benchmarks_are_escaped(site: FlaskClient) -> None:
    """What an operator writes into a benchmark is text, not markup."""
    for path in ("/fair?benchmark=our-policy", "/fair/benchmarks", "/fair/benchmarks/our-policy"):
        text = site.get(path, headers=HTML).text
        assert "<b>an institute</b>" not in text and "&lt;b&gt;an institute" in text


@pytest.mark.parametrize("path", ["/fair", "/fair/members/ssbd", f"/fair/studies/{NASTY}"])
def test_hostile_records_stay_text(site: FlaskClient, path: str) -> None:
    """Markup, scripts, and characters that turn text around do not come out of a record."""
    text = site.get(path, headers=HTML).text
    body = text[text.index("<body>") :]
    assert SCRIPT not in body and "<img src=x" not in body and "\u202e" not in body
    assert "javascript:" not in re.findall(r'href="([^"]*)"', body)


def test_a_study_shows_every_test_with_evidence_and_what_to_add(site: FlaskClient, audits: Audits) -> None:
    """Each metric of the benchmark stands on the page of a study with what was found and the triples to add."""
    text = html.unescape(site.get(f"/fair/studies/{BARE}", headers=HTML).text)
    for row in audits.report("study", BARE).long():
        at = text.index(f'id="{row.metric.id}"')
        card = text[at : text.find('<div class="card test"', at)]
        assert row.judgement.said in card
        for line in (*row.judgement.add, *(one.text for one in row.judgement.evidence)):
            assert re.sub(r"\s+", " ", line) in card


def test_other_names_of_a_study_lead_to_its_own_address(site: FlaskClient) -> None:
    """An accession or an image leads to the page of the study, with the same form and benchmark."""
    answer = site.get("/fair/studies/S-BIAD90001.json?benchmark=our-policy")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/fair/studies/{STUDY}.json?benchmark=our-policy")
    assert site.get(f"/fair/studies/{IMAGE}").headers["Location"].endswith(f"/fair/studies/{STUDY}")


def test_a_record_that_the_model_refuses_costs_no_other_its_audit(site: FlaskClient, audits: Audits) -> None:
    """What cannot become triples is not judged, and the report says how many there are."""
    assert audits.newest().absent == 1 and len(audits.newest().studies) == 5
    assert site.get(f"/fair/studies/{HOSTILE}").status_code == 404
    assert "1 public study: this node no longer has the content, or the model refuses it" in text_of(site, "/fair")


def test_what_is_gone_or_unknown_is_said(site: FlaskClient) -> None:
    """A withdrawn study is gone, an unknown one not found, a wrong number of a page refused."""
    assert site.get(f"/fair/studies/{GONE}").status_code == 410
    assert site.get("/fair/studies/biostudies:S-BIAD4711").status_code == 404
    assert site.get("/fair/members/nobody").status_code == 404
    assert site.get("/fair?page=0", headers=HTML).status_code == 400
    assert site.get("/fair?page=2", headers=HTML).status_code == 404


def test_a_node_without_records_says_so(tmp_path: Path, services: Services) -> None:
    """Every page of an empty node answers, and says that there is nothing yet."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        empty = replace(services, ledger=ledger, resolver=Resolver(ledger), search=None)
        app = create_web(replace(empty, audits=audits_of(ledger, tmp_path)))
        client = app.test_client()
        assert "No public study here" in client.get("/fair", headers=HTML).text
        for path in ("/fair/metrics", "/fair/metrics/licence-standard", "/fair/benchmarks", "/fair/members/idr"):
            assert client.get(path, headers=HTML).status_code == 200, path


@pytest.mark.parametrize("name", list(metrics()))
def test_documentation_of_a_metric_is_whole(site: FlaskClient, name: str) -> None:
    """The page of a metric has all that it states, its queries, and each of its cases; its IRI leads there."""
    metric = metrics()[name]
    text = text_of(site, f"/fair/metrics/{name}")
    for told in (metric.question, metric.counts, metric.fix, metric.source, metric.limits, metric.version, metric.iri):
        assert re.sub(r"\s+", " ", told) in text
    for case in metric.cases:
        assert case.name.lower() in text.lower() and re.sub(r"\s+", " ", case_text(case)) in text
    for fact in metric.reads:
        assert re.sub(r"\s+", " ", fact_text(fact)).strip() in text
    assert text_of(site, f"/fair/metrics/{name}/{metric.version}") == text
    assert site.get(f"/fair/metrics/{name}/9.9", headers=HTML).status_code == 404


def test_pass_rates_of_a_metric_add_up(site: FlaskClient, report: Report) -> None:
    """By archive and over all, a metric's page has the report's counts."""
    text = site.get("/fair/metrics/licence-standard", headers=HTML).text
    assert row_of(text, "All")[:4] == numbers(report.count("licence-standard"))


def test_an_unknown_metric_names_the_nearest(site: FlaskClient) -> None:
    """A misspelled metric is answered with the one that was perhaps meant."""
    assert "licence-standard" in site.get("/fair/metrics/licence-standart").json["detail"]


def test_benchmark_page_has_every_item(site: FlaskClient, audits: Audits) -> None:
    """The page of a benchmark lists its items and what each rests on; the IRI with the version leads there."""
    for known in audits.benchmarks.values():
        text = text_of(site, f"/fair/benchmarks/{known.id}")
        for item in known.item:
            assert item.id in text and (item.metrics or item.reason in text)
        assert text_of(site, f"/fair/benchmarks/{known.id}/{known.version}") == text
    assert site.get(f"/fair/benchmarks/{DEFAULT}/7.0", headers=HTML).status_code == 404


def test_many_studies_are_shown_in_pages(monkeypatch: pytest.MonkeyPatch, audits: Audits, site: FlaskClient) -> None:
    """Each study stands on exactly one page, those with most to mend first, and pages lead to each other."""
    made = large_audit(17)
    monkeypatch.setattr(study_lines, "PAGE_SIZE", 5)
    monkeypatch.setattr(audits, "at_hand", lambda: made)
    monkeypatch.setattr(audits, "is_current", lambda audit: True)
    seen: list[str] = []
    for number in range(1, 5):
        text = site.get(f"/fair?page={number}", headers=HTML).text
        assert ('rel="next"' in text) == (number < 4) and ('rel="prev"' in text) == (number > 1)
        rows = re.findall(r'<a href="/fair/studies/([^"]+)"><bdi>', text[text.index('id="studies"') :])
        seen += [html.unescape(row) for row in rows]
    assert sorted(seen) == [study.curie for study in made.studies]
    report = Reports(audits).get(lambda audit: audits.scope(audit), audits.benchmarks[DEFAULT])
    failed = {study.curie: study.outcomes.count(Outcome.FAIL) for study in report.studies}
    assert [failed[curie] for curie in seen] == sorted(failed.values(), reverse=True)


def test_the_benchmark_of_the_documentation_can_be_used() -> None:
    """The TOML that the documentation shows is a benchmark as it stands."""
    page = (Path(__file__).resolve().parents[2] / "catalogue/docs/fair.md").read_text("utf-8")
    text = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert text and len(read_benchmark(text[1].encode(), "our-policy.toml").item) == 3


def test_a_page_waits_for_a_newer_audit_only_so_long(audits: Audits, monkeypatch: pytest.MonkeyPatch) -> None:
    """While records come in faster than they are judged, the audit at hand is shown; the newer one follows."""
    old, new, judged = large_audit(1), large_audit(2), Event()
    at_hand = [old]

    def newest() -> Audit:
        judged.wait(10)
        at_hand[0] = new
        return new

    monkeypatch.setattr(audits, "at_hand", lambda: at_hand[0])
    monkeypatch.setattr(audits, "is_current", lambda audit: audit is new)
    monkeypatch.setattr(audits, "newest", newest)
    reports = Reports(audits, patience_s=0.01)
    assert reports.audit() is old and reports.audit() is old
    judged.set()
    assert Reports(audits, patience_s=10).audit() is new


def test_levels_are_counted_where_the_benchmark_defines_them(site: FlaskClient, audits: Audits) -> None:
    """By the RDA's model each area shows how many studies reached which level; other benchmarks show none."""
    report = audits.report(benchmark="rda-fdmm-2020")
    text = site.get("/fair?benchmark=rda-fdmm-2020", headers=HTML).text
    table = text[text.index('id="levels"') :]
    for area, counted in report.levels.items():
        assert sum(counted.reached) == sum(counted.possible) <= len(report.studies)
        assert row_of(table, f"{area}, ") == [str(number) for number in counted.reached]
        hoped = re.search(rf">{area}, [a-z]+</th><td>if all that is open were met</td>", table)
        assert bool(hoped) == (counted.possible != counted.reached)
    told = json.loads(site.get("/fair.json?benchmark=rda-fdmm-2020").data)["levels"]["F"]
    assert told == {"reached": list(report.levels["F"].reached), "possible": list(report.levels["F"].possible)}
    assert 'id="levels"' not in site.get("/fair", headers=HTML).text and audits.report().levels == {}


def test_audits_before_are_told_in_a_chart_and_a_table(tmp_path: Path, services: Services) -> None:
    """Where two audits are kept, the page shows both with the numbers of their manifests, and links to them."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        ledger.key = NodeKey(b"k" * 32)
        seed_funded(ledger)
        audits = audits_of(ledger, tmp_path)
        history = History(audits, ledger, 10)
        names = [history.keep(position)[0].name for position in (2, 5)]
        app = create_web(replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits))
        text = app.test_client().get("/fair", headers=HTML).text
        trend = text[text.index('id="trend"') :]
        for name, position in zip(names, (2, 5), strict=True):
            report = make_report(audits.make(position), federation_scope(audits.make(position), ""), shipped()[DEFAULT])
            row = re.search(rf'href="/fair/audits/{name}".*?</tr>', trend, re.DOTALL)
            assert row
            cells = re.findall(r'<td class="num">(\d+)</td>', row.group())
            assert cells[:4] == [str(len(report.studies)), *numbers(report.total.counts)[:3]]
        assert 'aria-labelledby="by-run-t by-run-d"' in trend


def test_points_are_those_of_the_benchmark(site: FlaskClient, audits: Audits) -> None:
    """By F-UJI's metrics a study shows its points by letter and over all; by others it shows none."""
    found = audits.report("study", BARE, "f-uji-0.8").points[0]
    text = site.get(f"/fair/studies/{BARE}?benchmark=f-uji-0.8", headers=HTML).text
    table = text[text.index('id="points"') :]
    assert row_of(table, "All")[:4] == [
        str(found.earned), str(found.total), f"{found.percent} %", str(found.maturity),
    ]  # fmt: skip
    assert 'id="points"' not in site.get(f"/fair/studies/{BARE}", headers=HTML).text


def test_quartiles_show_how_single_studies_lie(site: FlaskClient, report: Report) -> None:
    """Least, quartiles and most of what is not met stand on the page; one study has none."""
    failed = sorted(study.outcomes.count(Outcome.FAIL) for study in report.studies)
    text = site.get("/fair", headers=HTML).text
    told = row_of(text[text.index('id="spread"') :], "Items not met")
    assert [told[0], told[2], told[4]] == [str(failed[0]), str(failed[len(failed) // 2]), str(failed[-1])]
    assert spread([1]) is None and spread([1, 2, 3, 4, 5]) == Spread(1, 2, 3, 4, 5)


def test_a_study_shows_what_changed_between_audits(tmp_path: Path, services: Services) -> None:
    """A licence that the archive mends is told on the page of the study: what it was, is, and why."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        ledger.key = NodeKey(b"k" * 32)
        seed_funded(ledger)
        audits = audits_of(ledger, tmp_path)
        history = History(audits, ledger, 10)
        history.keep()
        mended = ledger.head(BARE).record | {"license": "https://creativecommons.org/licenses/by/4.0/"}
        append(ledger, mended)
        history.keep()
        node = replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits)
        client = create_web(replace(node, audit_history=history)).test_client()
        text = client.get(f"/fair/studies/{BARE}", headers=HTML).text
        changes = text[text.index('id="changes"') : text.index('id="basis"')]
        row = re.search(r'href="/fair/metrics/licence-standard".*?</tr>', changes, re.DOTALL)
        assert row and "<td>not met</td><td>met</td>" in row.group() and "the record changed" in row.group()
        assert 'id="changes"' not in client.get(f"/fair/studies/{STUDY}", headers=HTML).text
