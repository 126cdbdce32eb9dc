"""Pages of audits in a real browser: nothing cut off, readable with scripts off, in the dark, on paper, by axe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.serving import make_server

from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.audits_for_pages import AWARD, GRANT, NASTY, STATED, WELLCOME, audits_of, seed_funded
from tests.web.browser.test_accessibility import RULES, axe
from tests.web.browser.test_pages_in_chromium import CUT_OFF
from tests.web.studies_for_pages import clock

pytestmark = pytest.mark.browser
PAGES = [
    "/",
    "/fair",
    "/fair/members/biostudies",
    f"/fair/studies/{STATED}",
    f"/fair/studies/{NASTY}",
    "/fair/metrics",
    "/fair/metrics/authors-identified",
    "/fair/benchmarks",
    "/fair/benchmarks/ommatidia-1.0",
    "/funders/",
    "/funders/?q=welcom",
    f"/funders/ror/{WELLCOME}",
    GRANT,
    f"/studies/{STATED}",
]


@pytest.fixture(scope="module")
def address(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a served node that shows audits."""
    home = tmp_path_factory.mktemp("audited")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        audits = audits_of(ledger, home)
        audits.newest()
        app = create_web(replace(services, ledger=ledger, resolver=Resolver(ledger), search=None, audits=audits))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", PAGES)
def test_page_of_an_audit_fits_and_runs_nothing(watch: Any, address: str, path: str) -> None:
    """Down to 320 pixels nothing is cut off, and no text of a record runs or asks another host."""
    seen = watch()
    page = seen.page
    page.goto(address + path, wait_until="networkidle")
    assert page.locator("h1").count() == 1
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT_OFF) <= 0, f"{width} pixels"
    assert (seen.dialogs, seen.policy, seen.elsewhere) == ([], [], [])


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_an_audit(chromium: Any, address: str, path: str) -> None:
    """No rule of axe-core for WCAG 2.2 AA, nor any of its best practices, fails on any page, light or dark."""
    context = chromium.new_context(bypass_csp=True)
    window = context.new_page()
    window.goto(address + path)
    for scheme in ("light", "dark"):
        window.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(window, options=RULES).response["violations"]
        assert [(scheme, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    context.close()


def test_what_to_mend_fills_its_card_on_a_telephone(watch: Any, address: str) -> None:
    """At 390 pixels the cells of a row lie below each other, each as wide as the row."""
    page = watch(width=390).page
    page.goto(f"{address}/fair")
    row = page.locator("table.fixes tbody tr").first
    inside = row.evaluate("row => row.clientWidth - 2 * parseFloat(getComputedStyle(row).paddingLeft)")
    assert row.locator("td").last.evaluate("cell => cell.offsetWidth") >= inside - 1


def test_a_funder_without_scripts_gets_from_home_to_the_pdf(watch: Any, address: str) -> None:
    """Type a number at the home page, see what is missing first, and follow the first link to the PDF."""
    page = watch(scripts=False).page
    page.goto(address)
    page.fill("#funder-q", AWARD)
    page.press("#funder-q", "Enter")
    page.wait_for_url(lambda url: url.endswith(GRANT))
    assert page.locator(".headline").count() == 1
    href = page.locator(".downloads a").first.get_attribute("href")
    answer = page.request.get(address + href)
    assert answer.ok and answer.body().startswith(b"%PDF")


def test_a_benchmark_and_a_test_are_reached_by_links(watch: Any, address: str) -> None:
    """Without scripts, a row of what to mend leads to the metric, and its evidence opens on the page of the study."""
    page = watch(scripts=False).page
    page.goto(f"{address}/fair")
    page.click("table.fixes tbody th a >> nth=0")
    page.wait_for_url("**/fair/metrics/**")
    page.goto(f"{address}/fair/studies/{NASTY}")
    card = page.locator("#authors-identified")
    assert "To add" in card.inner_text() and "orcid.org" in card.locator("pre").inner_text()
    card.locator("summary").click()
    assert card.locator(".evidence li").first.is_visible()


def test_charts_are_drawn_in_both_colour_schemes(chromium: Any, address: str) -> None:
    """Bars have a colour or a pattern of their own in light and in dark, and lie within their frame."""
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, java_script_enabled=True)
        page = context.new_page()
        page.goto(f"{address}/fair")
        fills = page.eval_on_selector_all(
            ".chart .piece",
            "all => all.map(one => [one.classList[1], getComputedStyle(one).fill, one.getBBox().width])",
        )
        assert {kind for kind, _, _ in fills} >= {"pass", "fail"}
        assert len({fill for kind, fill, _ in fills}) == len({kind for kind, _, _ in fills})
        assert all(width > 0 for _, _, width in fills)
        context.close()


def test_a_report_is_printed_without_what_only_a_screen_needs(chromium: Any, address: str) -> None:
    """On paper there is no menu, search or list of downloads, and nothing is cut off at the side."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_viewport_size({"width": 794, "height": 1123})
    page.goto(address + GRANT)
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF) <= 0, "A4 at 96 dots per inch"
    for hidden in (".top", ".downloads", ".audit .tabs", ".foot"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".headline").is_visible() and page.locator(".chart").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()
