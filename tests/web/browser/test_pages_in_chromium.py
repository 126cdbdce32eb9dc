from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.issues_for_pages import FORMULA
from tests.web.studies_for_pages import BARE, GONE, HOSTILE, HUMAN, IMAGE, SCRIPT, STUDY
from tests.web.test_hostile_records import BIDI

pytestmark = pytest.mark.browser
PAGES = [
    "/",
    "/search",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    f"/studies/{STUDY}",
    f"/studies/{BARE}",
    f"/studies/{HOSTILE}",
    f"/studies/{HUMAN}",
    f"/studies/{STUDY}/original",
    f"/images/{IMAGE}",
    f"/id/{GONE}",
    "/id/S-BIAD999",
    "/id/12345",
    "/schema",
    "/schema/Study",
    "/schema/Agent",
    "/schema/ImageRepresentation",
    "/schema/slots",
    "/schema/slots/orcid",
    "/schema/enums/RecordStatus",
    "/schema/types/partial_date",
    "/schema/rules",
    "/schema/profiles",
    "/schema/profiles/gide-0.2",
    "/schema/crosswalks",
    "/schema/crosswalks/rembi-1.5",
    "/schema/Stduy",
    "/docs",
    "/docs/reference",
    "/federation/quarantine",
    "/federation/quarantine/crates",
    "/federation/quarantine/ssbd?severity=warning&q=script",
    "/federation/quarantine/sealed",
    "/federation/rules",
    "/federation",
    "/federation/digest",
    "/federation/digest/biostudies",
    "/federation/digest/biostudies/S-BIAD90",
    "/docs/federation",
    "/usage",
    "/docs/usage",
]
CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_partner_text_or_asks_another_host(watch: Any, address: str, path: str) -> None:
    """Opened in a real browser, no page shows a dialog, breaks its policy or sends a request anywhere else."""
    seen = watch()
    seen.page.goto(address + path, wait_until="networkidle")
    assert seen.page.locator("h1").count() == 1
    assert (seen.dialogs, seen.policy, seen.elsewhere) == ([], [], [])


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(watch: Any, address: str, path: str) -> None:
    """Down to 320 pixels the page fits its window; wide tables scroll by themselves (WCAG 1.4.10)."""
    page = watch().page
    page.goto(address + path)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("innerWidth") == width
        assert page.evaluate(CUT_OFF) <= 0, f"{width} pixels"


def test_a_reader_without_scripts_gets_from_search_to_citation(watch: Any, address: str) -> None:
    """With JavaScript off: type words, open the study, see its image, and reach the citation."""
    page = watch(scripts=False).page
    page.goto(address)
    page.fill("#q", "beating heart")
    page.press("#q", "Enter")
    page.click("text=Light-sheet imaging of the beating heart")
    page.wait_for_url(f"**/studies/{STUDY}")
    assert "Ana Ruiz" in page.inner_text(".cite")
    page.click(".pictures a >> nth=0")
    page.wait_for_url(f"**/images/{IMAGE}")
    assert "zarr.open_array" in page.inner_text("#python")


def test_identifier_box_opens_a_pasted_address(watch: Any, address: str) -> None:
    """An archive's address pasted into the box on the front page leads to the study."""
    page = watch(scripts=False).page
    page.goto(address)
    page.fill("#id-q", "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90001")
    page.press("#id-q", "Enter")
    page.wait_for_url(f"**/studies/{STUDY}")


def test_keyboard_reaches_the_content_first(watch: Any, address: str) -> None:
    """The first Tab shows the skip link; following it moves focus to the content, and focus is drawn."""
    page = watch().page
    page.goto(f"{address}/studies/{STUDY}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    expect(page.locator(".skip")).to_be_in_viewport(ratio=1, timeout=60_000)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


def test_dark_mode_is_dark(chromium: Any, address: str) -> None:
    """A reader who prefers dark gets a dark ground."""
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")[:3]
    context.close()
    assert max(red, green, blue) < 64


def test_what_a_partner_wrote_is_inert_among_the_issues(watch: Any, address: str) -> None:
    """R20: script, formula and direction marks of a refused document are words on the page, and the table is a file."""
    seen = watch()
    page = seen.page
    page.goto(f"{address}/federation/quarantine/crates?severity=rejected", wait_until="networkidle")
    assert SCRIPT in page.inner_text(".issues") and FORMULA in page.inner_text(".issues")
    assert page.locator(".issues script").count() == 0
    assert not BIDI.search(page.inner_text("main"))
    with page.expect_download() as waiting:
        page.click("text=CSV")
    lines = Path(waiting.value.path()).read_text("utf-8").splitlines()
    assert any(f"'{FORMULA[:10]}" in line for line in lines)
    assert (seen.dialogs, seen.policy, seen.elsewhere) == ([], [], [])
