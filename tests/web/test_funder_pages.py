"""/funders/: who paid, by funder and grant; awards with slashes, unknown names, equal numbers in all forms."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as px
import pytest
from flask.testing import FlaskClient

from catalogue.fair.funding import funder_scope, grant_scope
from catalogue.fair.outcomes import Outcome
from catalogue.fair.service import Audits
from catalogue.model.namespaces import BASE
from catalogue.problems import NotFound
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.fair.produced import gap_days, paper_date
from catalogue.web.services import Services
from tests.web.audits_for_pages import AWARD, GRANT, INFERRED, NASTY, READ, STATED, WELLCOME, audits_of, seed_funded
from tests.web.studies_for_pages import SCRIPT, clock

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A node whose studies have grants, or not."""
    home = tmp_path_factory.mktemp("funded")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        audits = audits_of(ledger, home)
        yield replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits)


@pytest.fixture(scope="module")
def site(node: Services) -> FlaskClient:
    """A browser of the node."""
    app = create_web(node)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="module")
def audits(node: Services) -> Audits:
    """The audits of the node."""
    assert node.audits is not None
    return node.audits


def page(site: FlaskClient, path: str) -> str:
    """A page that answers."""
    answer = site.get(path, headers=HTML)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return html.unescape(answer.text)


def test_the_first_line_counts_studies_without_a_funder(site: FlaskClient, audits: Audits) -> None:
    """The list of funders begins as the audit does: with the number of studies of which no funder is stated."""
    headline = re.search(r'<p class="headline">(.*?)</p>', page(site, "/funders/"))
    assert headline and headline[1].startswith(audits.report().headline[0].removesuffix("."))
    assert headline[1].endswith("; 1 was linked through their paper.")


@pytest.mark.parametrize(
    "asked", ["Wellcome", "wellcome trust", f"https://ror.org/{WELLCOME}", WELLCOME, "10.13039/100010269"]
)
def test_a_funder_is_found_by_any_name(site: FlaskClient, asked: str) -> None:
    """Name, spelling, ROR and Crossref id lead to the one page."""
    answer = site.get("/funders/", query_string={"q": asked})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/funders/ror/{WELLCOME}")


@pytest.mark.parametrize(
    "asked", [AWARD, "226718/Z/22/Z ", "226718", "Wellcome Trust 226718/Z/22/Z", "grant no. 226718/Z/22/Z"]
)
def test_a_grant_is_found_by_any_spelling(site: FlaskClient, asked: str) -> None:
    """A grant number leads to the page of the grant, with the funder's name or without."""
    answer = site.get("/funders/", query_string={"q": asked})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(GRANT)


def test_what_is_not_found_is_answered_with_what_is_near(site: FlaskClient) -> None:
    """A misspelled funder or number names the nearest, each with a link that leads there."""
    for asked, near in (("Welcom", "Wellcome"), ("226719/Z/22/Z", f"Wellcome {AWARD}")):
        text = page(site, f"/funders/?q={asked}")
        assert f">{near}" in text or f"<bdi>{near}" in text
        link = re.search(r'<li><a href="(/funders/\?q=[^"]+)">', text)
        assert link and site.get(link[1]).status_code == 303
    assert "No funder and no grant" in page(site, "/funders/?q=zzzzqqqq")


def test_a_search_is_shown_as_text(site: FlaskClient) -> None:
    """What was typed comes back escaped, in the sentence and in the field."""
    answer = site.get("/funders/", query_string={"q": '"><b>qqqq</b>'}, headers=HTML)
    assert answer.status_code == 200 and "<b>qqqq" not in answer.text and "&lt;b&gt;qqqq" in answer.text


@pytest.mark.parametrize("path", [GRANT, f"/funders/ror/{WELLCOME}/grants/{AWARD}"])
def test_an_award_with_slashes_has_a_page_encoded_or_not(site: FlaskClient, path: str) -> None:
    """Servers decode %2F before routes are looked at; either address shows the grant, and names the encoded one."""
    text = page(site, path)
    assert f"Wellcome {AWARD}" in text and f'<link rel="canonical" href="{GRANT}">' in text


def test_another_spelling_leads_to_the_grant(site: FlaskClient) -> None:
    """An address with another spelling of the number is redirected, with form and benchmark."""
    answer = site.get(f"/funders/ror/{WELLCOME}/grants/226718.json?benchmark=ommatidia-1.0")
    assert answer.status_code == 301 and answer.headers["Location"].endswith(f"{GRANT}.json?benchmark=ommatidia-1.0")


def test_unknown_grants_and_funders_are_not_found(site: FlaskClient) -> None:
    """A ROR that is none is refused, one of nobody and a number that no record names are not found."""
    assert site.get("/funders/ror/nonsense").status_code == 400
    assert site.get("/funders/ror/05gq02987").status_code == 404
    assert site.get(f"/funders/ror/{WELLCOME}/grants/999999").status_code == 404


def test_a_grant_shows_how_each_study_is_known(site: FlaskClient) -> None:
    """Stated, read from text and inferred links stand on the page with the words that they rest on."""
    text = page(site, GRANT)
    how = text[text.index('id="how"') : text.index('id="measured"')]
    for curie, basis in ((STATED, "stated"), (READ, "read from text"), (INFERRED, "inferred")):
        assert re.search(rf">{re.escape(curie)}</a></th><td>{basis}</td>", how), curie
    assert "Wellcome Trust (grant 226718/Z/22/Z" in how and "doi:10.1234/example.2024.001" in how
    assert "2 of 3 studies do not state this grant" in how


def test_page_and_forms_of_a_grant_have_the_same_numbers(site: FlaskClient, audits: Audits) -> None:
    """Page, JSON and both tables tell the outcomes of the one report, study by study."""
    report = audits.report("grant", AWARD)
    assert [study.curie for study in report.studies] == sorted([STATED, READ, INFERRED])
    text = page(site, GRANT)
    for name, outcome in (("tests met", Outcome.PASS), ("not met", Outcome.FAIL), ("open", Outcome.INDETERMINATE)):
        assert f"<dt>{name}</dt><dd>{report.total.counts[outcome]}</dd>" in text
    told = json.loads(site.get(f"{GRANT}.json").data)
    assert told["total"]["outcomes"]["pass"] == report.total.counts[Outcome.PASS]
    assert told["scope"]["page"] == GRANT and told["scope"]["iri"].endswith(f"grant/{WELLCOME}/226718%2FZ%2F22%2FZ")
    wide = list(csv.DictReader(io.StringIO(site.get(f"{GRANT}.wide.csv").text)))
    assert {row["study"]: row["pass"] for row in wide} == {s.curie: str(s.counts[Outcome.PASS]) for s in report.studies}
    long = list(csv.DictReader(io.StringIO(site.get(f"{GRANT}.csv").text)))
    assert sum(row["outcome"] == "fail" for row in long) == report.total.counts[Outcome.FAIL]
    assert site.get(f"{GRANT}.pdf").data.startswith(b"%PDF")


def test_a_funder_shows_its_grants(site: FlaskClient) -> None:
    """The page of a funder lists its grants with links, and counts each study once."""
    text = page(site, f"/funders/ror/{WELLCOME}")
    assert f'href="{GRANT}"' in text
    assert re.search(r'href="/funders/ror/029chgv08"><bdi>Wellcome</bdi></a></th><td>GB</td>', page(site, "/funders/"))


def test_hostile_grants_stay_text(site: FlaskClient) -> None:
    """Markup in names, numbers and statements does not come out of a record."""
    for path in ("/funders/", f"/funders/ror/{WELLCOME}", GRANT, f"/fair/studies/{NASTY}"):
        text = site.get(path, headers=HTML).text
        assert SCRIPT not in text[text.index("<body>") :] and "<b>others</b>" not in text


def test_from_the_home_page_to_the_pdf_in_two_steps(site: FlaskClient) -> None:
    """A number typed into the form of the home page leads to a page whose first link is the PDF."""
    home = page(site, "/")
    form = re.search(r'<form class="find" action="(/funders/)" method="get"[^>]*>.*?name="(\w+)"', home, re.DOTALL)
    assert form
    answer = site.get(form[1], query_string={form[2]: AWARD})
    text = page(site, answer.headers["Location"])
    first = re.search(r'<ul class="actions downloads"[^>]*>\s*<li><a[^>]*href="([^"]+)"', text)
    assert first and site.get(first[1]).mimetype == "application/pdf"


def test_the_page_of_a_study_tells_its_tests(node: Services, audits: Audits, tmp_path: Path) -> None:
    """Where an audit of this version is at hand, a study's page says how many tests are met; it never waits for one."""
    fresh = audits_of(node.ledger, tmp_path)
    client = create_web(replace(node, audits=fresh)).test_client()
    before = page(client, f"/studies/{STATED}")
    assert f'href="/fair/studies/{STATED}">What is met' in before and fresh.at_hand() is None
    total = fresh.report("study", STATED).total
    assert f">{total.counts[Outcome.PASS]} of {total.decided} met</a>" in page(client, f"/studies/{STATED}")


def test_scopes_are_found_as_people_write_them(audits: Audits) -> None:
    """A funder by name and a grant by IRI or number give the same studies as their pages."""
    audit = audits.newest()
    assert funder_scope(audit, "Wellcome Trust").path == f"/funders/ror/{WELLCOME}"
    by_iri = grant_scope(audit, f"https://w3id.org/ommatidia/grant/{WELLCOME}/226718%2FZ%2F22%2FZ")
    assert by_iri == grant_scope(audit, AWARD) and by_iri.path == GRANT
    assert by_iri.basis == {STATED: "stated", READ: "read from text", INFERRED: "inferred"}
    with pytest.raises(NotFound):
        grant_scope(audit, "no such number 1")


@pytest.mark.parametrize(
    ("paper", "released", "days"),
    [
        ("2024-01-31", "2024-05-17", 107),
        ("2024-05-17", "2024-01-31", -107),
        ("2024", "2024-05-17", None),
        ("2024-01-31", "", None),
        ("2024-02-31", "2024-05-17", None),
    ],
)
def test_days_from_paper_to_data_need_both_days(paper: str, released: str, days: int | None) -> None:
    """A year is no day: the days between are told only where both dates are whole."""
    assert gap_days(paper, released) == days
    assert paper_date({"publications": [{"date_issued": "2025-01-01"}, {"date_issued": paper}, {"doi": "x"}]}) == paper


def test_the_iri_of_a_grant_leads_to_its_page(site: FlaskClient, audits: Audits) -> None:
    """What the graph calls a grant dereferences here: 303 to the page, and 400 or 404 for a funder that is none."""
    iri = audits.newest().funding.find_grant(AWARD).iri
    assert iri is not None
    answer = site.get("/" + iri.removeprefix(BASE), headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, GRANT)
    assert site.get("/grant/029chgv09/1").status_code == 400
    assert site.get("/grant/02catss52/1").status_code == 404


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".nt"])
def test_iri_of_a_grant_leads_to_rdf_about_it(site: FlaskClient, suffix: str) -> None:
    """Programs that follow a grant's IRI get the grant, its number, its funder, and how each study is known."""
    form = {".ttl": ("text/turtle", px.RdfFormat.TURTLE), ".jsonld": ("application/ld+json", px.RdfFormat.JSON_LD)}
    media_type, engine = form.get(suffix, ("application/n-triples", px.RdfFormat.N_TRIPLES))
    path = f"/grant/{WELLCOME}/{quote(AWARD, safe='')}"
    led = site.get(path, headers={"Accept": media_type})
    assert (led.status_code, led.headers["Location"]) == (303, path + suffix)
    found = site.get(led.headers["Location"])
    assert found.status_code == 200 and found.mimetype == media_type
    triples = {(q.subject.value, q.predicate.value, q.object.value) for q in px.parse(found.data, engine)}
    iri = f"https://w3id.org/ommatidia{path}"
    assert (iri, "http://schema.org/identifier", AWARD) in triples
    assert any(predicate == "http://schema.org/funding" and value == iri for _, predicate, value in triples)


def test_iri_of_no_grant_is_not_led_anywhere(site: FlaskClient) -> None:
    """A number that no record names answers 404 to programs."""
    assert site.get(f"/grant/{WELLCOME}/999999", headers={"Accept": "text/turtle"}).status_code == 404
