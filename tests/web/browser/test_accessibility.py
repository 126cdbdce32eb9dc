from __future__ import annotations

from typing import Any

import pytest

from tests.web.browser.test_pages_in_chromium import PAGES

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(chromium: Any, address: str, path: str, scheme: str) -> None:
    """No rule of axe-core for WCAG 2.2 AA, nor any of its best practices, fails on any page, light or dark."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address + path, wait_until="networkidle")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    context.close()
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
