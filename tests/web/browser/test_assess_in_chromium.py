"""A record handed in by a person in a real browser, without scripts: the report out, readable, in another form too."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.serving import make_server

from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.fair.assess.assessor_over_loopback import DATASET, assessor
from tests.web.audits_for_pages import audits_of
from tests.web.browser.test_accessibility import RULES, axe
from tests.web.browser.test_pages_in_chromium import CUT_OFF
from tests.web.studies_for_pages import SCRIPT, clock

pytestmark = pytest.mark.browser
NASTY = {**DATASET, "name": f"Nuclei {SCRIPT} of fish", "license": "x" * 300}


@pytest.fixture(scope="module")
def address(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a served node that assesses."""
    home = tmp_path_factory.mktemp("assessing")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        told = {"ledger": ledger, "resolver": Resolver(ledger), "search": None}
        app = create_web(replace(services, **told, audits=audits_of(ledger, home), assessor=assessor()))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


def test_a_record_is_handed_in_without_scripts(watch: Any, address: str) -> None:
    """Paste, press, read; nothing is cut off at any width, nothing of the record runs."""
    seen = watch(scripts=False)
    page = seen.page
    page.goto(f"{address}/fair/assess")
    page.fill("#text", json.dumps(NASTY))
    page.click("main form button")
    page.wait_for_selector(".headline")
    assert "Nuclei" in page.locator("h1").inner_text() and page.locator(".headline").count() == 1
    assert (seen.dialogs, seen.policy, seen.elsewhere) == ([], [], [])


@pytest.mark.parametrize("handed_in", [False, True])
def test_form_and_report_are_for_everybody(chromium: Any, address: str, handed_in: bool) -> None:
    """No rule of axe-core fails, light or dark, and nothing is cut off down to 320 pixels."""
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/fair/assess")
    if handed_in:
        page.fill("#text", json.dumps(NASTY))
        page.click("main form button")
        page.wait_for_selector(".headline")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT_OFF) <= 0, f"{width} pixels"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(page, options=RULES).response["violations"]
        assert [(scheme, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    context.close()
