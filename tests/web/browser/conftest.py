from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.serving import make_server

from catalogue.web.factory import Services, create_web

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(services: Services) -> Iterator[str]:
    """Address of a served node."""
    server = make_server("127.0.0.1", 0, create_web(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and what went wrong in it."""

    page: Any
    dialogs: list[str] = field(default_factory=list)
    policy: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture
def watch(chromium: Any, address: str) -> Iterator[Any]:
    """Opens pages that tell of dialogs, policy violations and requests to other hosts."""
    contexts = []

    def make(width: int = 1280, scripts: bool = True) -> Watched:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        seen = Watched(context.new_page())
        seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        seen.page.on(
            "console", lambda message: seen.policy.append(message.text) if "Content Security" in message.text else None
        )
        seen.page.on(
            "request",
            lambda request: None if request.url.startswith((address, "data:")) else seen.elsewhere.append(request.url),
        )
        return seen

    yield make
    for context in contexts:
        context.close()
