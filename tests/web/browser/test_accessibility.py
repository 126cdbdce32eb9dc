from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browser.test_pages_in_chromium import PAGES

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# Without `resultTypes`, every element that passed is described as well, which takes most of the time.
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def window(chromium: Any) -> Iterator[Any]:
    """A window into which axe may be put."""
    context = chromium.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(window: Any, address: str, path: str) -> None:
    """No rule of axe-core for WCAG 2.2 AA, nor any of its best practices, fails on any page, light or dark."""
    window.goto(address + path)
    for scheme in ("light", "dark"):
        window.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(window, options=RULES).response["violations"]
        assert [(scheme, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
