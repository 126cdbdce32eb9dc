"""The forms of a grant's report, each read as its users read it, give the same numbers: item by item, study by study.

Nothing of the code that renders them is asked; `test_a_change_is_seen_in_every_form` shows that this test can fail.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import pyoxigraph as px
import pypdf
import pytest
from flask.testing import FlaskClient
from lxml import html

from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.services import Services
from tests.web.audits_for_pages import GRANT, audits_of, funded_study, seed_funded
from tests.web.studies_for_pages import append, clock

OUTCOMES = ("pass", "fail", "indeterminate", "not applicable")
BENCHMARKS = ("ommatidia-1.0", "horizon-europe-2021", "rda-fdmm-2020")
DQV = "http://www.w3.org/ns/dqv#"
EARL = "http://www.w3.org/ns/earl#"
EARL_OUTCOMES = {"passed": "pass", "failed": "fail", "cantTell": "indeterminate", "inapplicable": "not applicable"}
SPDX = {"https://creativecommons.org/licenses/by/4.0/": "CC-BY-4.0"}
Numbers = tuple[int, ...]
"""Outcomes in the order of OUTCOMES."""


@dataclass(frozen=True)
class Told:
    """What a form tells; None where it does not tell that.

    Args:
        items: item of the benchmark (identifier, or title where the form has no identifier) -> over all studies.
        studies: CURIE -> over all items.
        tests: (CURIE, outcome) -> number of metrics, which are not items where an item rests on several.
    """

    total: Numbers | None = None
    items: Mapping[str, Numbers] | None = None
    studies: Mapping[str, Numbers] | None = None
    tests: Mapping[tuple[str, str], int] | None = None
    headline: str = ""


def of_page(site: FlaskClient, query: str) -> Told:
    """The page: boxes on top, table of items, table of studies."""
    page = html.fromstring(site.get(f"{GRANT}{query}", headers={"Accept": "text/html"}).text)
    boxes = {box.findtext("dt"): int(box.findtext("dd")) for box in page.xpath("//dl[@class='counts']/div")}
    items = {row.xpath("th/a/text() | th[not(a)]/text()")[0]: numbers_in(row) for row in rows_of(page, "items")}
    studies = {row.xpath("string(th/span)"): numbers_in(row) for row in rows_of(page, "studies")}
    total = tuple(boxes[name] for name in ("tests met", "not met", "open", "do not apply"))
    assert boxes["studies"] == len(studies)
    return Told(total, items, studies, headline=page.xpath("string(//p[@class='headline'])"))


def rows_of(page: Any, section: str) -> Any:
    return page.xpath(f"//section[@aria-labelledby='{section}']//tbody/tr")


def numbers_in(row: Any) -> Numbers:
    return tuple(int(cell.text) for cell in row.xpath("td[@class='num']")[:4])


def of_json(site: FlaskClient, query: str) -> Told:
    """The JSON document; a study's outcomes are counted here."""
    told = json.loads(site.get(f"{GRANT}.json{query}").data)
    return Told(
        total=in_order(told["total"]["outcomes"]),
        items={item["id"]: in_order(item["outcomes"]) for item in told["items"]},
        studies={one["curie"]: in_order(Counter(one["outcomes"])) for one in told["studies"]},
        headline=told["headline"][0],
    )


def of_wide(site: FlaskClient, query: str) -> Told:
    """The table with a line for each study; columns are counted here, and the counts that stand in it compared."""
    rows = list(csv.DictReader(io.StringIO(site.get(f"{GRANT}.wide.csv{query}").text, newline="")))
    fixed = {"study", "title", "partner", "released", "funding_basis", *OUTCOMES}
    items = {name: in_order(Counter(row[name] for row in rows)) for name in rows[0] if name not in fixed}
    studies = {row["study"]: in_order({name: int(row[name]) for name in OUTCOMES}) for row in rows}
    for row in rows:
        assert studies[row["study"]] == in_order(Counter(row[name] for name in items))
    return Told(summed(studies.values()), items, studies)


def of_long(site: FlaskClient, query: str) -> Told:
    """The table with a line for each test and study."""
    rows = csv.DictReader(io.StringIO(site.get(f"{GRANT}.csv{query}").text, newline=""))
    return Told(tests=Counter((row["study"], row["outcome"]) for row in rows))


def of_jsonld(site: FlaskClient, query: str) -> Told:
    """The linked data, read by a triple store: measurements of items, and each result as an assertion."""
    store = px.Store()
    store.load(site.get(f"{GRANT}.jsonld{query}").data, format=px.RdfFormat.JSON_LD)
    items: dict[str, dict[str, int]] = {}
    for quad in store.quads_for_pattern(None, px.NamedNode(f"{DQV}value"), None):
        *_, item, word = unquote(quad.subject.value).split("/")
        if "/totals/" in quad.subject.value:
            items.setdefault(item, {})[word.replace("-", " ")] = int(quad.object.value)
    tests: Counter[tuple[str, str]] = Counter()
    for quad in store.quads_for_pattern(None, px.NamedNode(f"{DQV}computedOn"), None):
        for link in store.quads_for_pattern(quad.subject, px.NamedNode(f"{EARL}result"), None):
            found = next(store.quads_for_pattern(link.object, px.NamedNode(f"{EARL}outcome"), None))
            outcome = EARL_OUTCOMES[found.object.value.removeprefix(EARL)]
            tests[quad.object.value.rpartition("/")[2], outcome] += 1
    told = {name: in_order(numbers) for name, numbers in items.items()}
    return Told(summed(told.values()), told, tests=tests)


def of_pdf(site: FlaskClient, query: str) -> Told:
    """The PDF as its text is read out: the row of all, rows of items by title, rows of studies by CURIE."""
    reader = pypdf.PdfReader(io.BytesIO(site.get(f"{GRANT}.pdf{query}").data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    known = json.loads(site.get(f"{GRANT}.json{query}").data)
    items = {}
    for item in known["items"]:
        found = numbers_after(text, item["title"])
        if found is not None:
            items[item["id"]] = found
    studies = {}
    for one in known["studies"]:
        found = numbers_after(text, f"{one['curie']} \t")
        if found is not None:
            studies[one["curie"]] = found
    headline = known["headline"][0] if known["headline"][0] in text else ""
    return Told(numbers_after(text, "All items of all studies"), items, studies, headline=headline)


def numbers_after(text: str, words: str) -> Numbers | None:
    """The four numbers and the share behind words, as in a row of a table; lines may break after a hyphen.

    Args:
        words: as they stand in the table; what follows a tab may be anything.
    """
    start, tab, _ = words.partition("\t")
    pattern = re.escape(start).replace("\\-", "-\\s?") + (".{1,300}?" if tab else "")
    found = re.search(rf"{pattern} (\d+) (\d+) (\d+) (\d+) (?:\d+ %|–)", text)
    return tuple(map(int, found.groups())) if found else None


def stated_on_page(site: FlaskClient) -> dict[str, tuple[str, str, str]]:
    """CURIE -> licence (SPDX identifier or address), access and size, by the table of what came of the grant."""
    page = html.fromstring(site.get(GRANT, headers={"Accept": "text/html"}).text)
    found = {}
    for row in rows_of(page, "produced"):
        cells = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        address = row.xpath("td[5]//a/@href")
        licence = SPDX.get(address[0], address[0]) if address else cells[4]
        found[row.xpath("string(th/span)")] = licence, cells[3], cells[6]
    return found


def in_order(counts: Mapping[str, int]) -> Numbers:
    return tuple(counts.get(name, 0) for name in OUTCOMES)


def summed(rows: Any) -> Numbers:
    return tuple(map(sum, zip(*rows, strict=True)))


FORMS: dict[str, Callable[[FlaskClient, str], Told]] = {
    "page": of_page,
    "json": of_json,
    "wide": of_wide,
    "long": of_long,
    "jsonld": of_jsonld,
    "pdf": of_pdf,
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Three studies of one grant, and others."""
    with Ledger(f"sqlite:///{tmp_path_factory.mktemp('agreeing') / 'ledger.db'}", clock) as opened:
        seed_funded(opened)
        yield opened


@pytest.fixture(scope="module")
def site(services: Services, ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A browser of the node as it is at first."""
    audits = audits_of(ledger, tmp_path_factory.mktemp("agreeing-audits"))
    audits.newest()
    return browser(services, ledger, audits)


def browser(services: Services, ledger: Ledger, audits: Any) -> FlaskClient:
    app = create_web(replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits))
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_all_forms_of_a_grant_give_the_same_numbers(site: FlaskClient, benchmark: str) -> None:
    """Page, JSON, both tables, JSON-LD and PDF agree in total, in each item, in each study and in each test."""
    query = f"?benchmark={benchmark}"
    told = {name: read(site, query) for name, read in FORMS.items()}
    first = told["json"]
    assert first.total is not None and first.items is not None and first.studies is not None
    assert len(first.studies) == 3 and all(first.total[:3]), "an audit with nothing in it would agree with anything"
    assert summed(first.items.values()) == summed(first.studies.values()) == first.total
    for name in ("page", "wide", "jsonld", "pdf"):
        assert told[name].total == first.total, name
    for name in ("wide", "jsonld", "pdf"):
        assert told[name].items == first.items, name
    titles = {item["id"]: item["title"] for item in json.loads(site.get(f"{GRANT}.json{query}").data)["items"]}
    assert told["page"].items == {titles[name]: numbers for name, numbers in first.items.items()}
    for name in ("page", "wide", "pdf"):
        assert told[name].studies == first.studies, name
    assert told["long"].tests == told["jsonld"].tests
    if benchmark == "ommatidia-1.0":  # whose items are the metrics
        assert told["long"].tests == {
            (curie, outcome): number
            for curie, numbers in first.studies.items()
            for outcome, number in zip(OUTCOMES, numbers, strict=True)
            if number
        }
    assert told["page"].headline == told["pdf"].headline == first.headline != ""


def test_page_and_pdf_state_the_same_licence_access_and_size(site: FlaskClient) -> None:
    """For each study of the grant the PDF has what the page has; what no record states is said to be not stated."""
    reader = pypdf.PdfReader(io.BytesIO(site.get(f"{GRANT}.pdf").data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    told = stated_on_page(site)
    assert len(told) == 3 and {"not stated", "CC-BY-4.0"} <= {cell for cells in told.values() for cell in cells}
    for curie, cells in told.items():
        row = re.escape(" ".join((curie, *cells))).replace("\\-", "-\\s?").replace("/", "/\\s?")
        assert re.search(row, text), (curie, cells)


def test_a_change_is_seen_in_every_form(
    services: Services, site: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A licence that is gone changes what is read from each form, so that agreeing is no accident of reading."""
    home = tmp_path_factory.mktemp("changed")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        append(ledger, {name: value for name, value in funded_study().items() if name != "license"})
        after = browser(services, ledger, audits_of(ledger, home))
        for name, read in FORMS.items():
            assert read(after, "") != read(site, ""), name
