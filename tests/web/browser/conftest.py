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

# Machines are shared; nothing waits so long unless something is wrong.
PATIENCE_MS = 180_000


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
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=PATIENCE_MS)
        made = browser.new_context

        def patient(**options: Any) -> Any:
            context = made(**options)
            context.set_default_timeout(PATIENCE_MS)
            return context

        browser.new_context = patient
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and what went wrong in it."""

    page: Any
    dialogs: list[str] = field(default_factory=list)
    policy: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def windows(chromium: Any) -> Iterator[dict[bool, Any]]:
    """A window with scripts (True) and one without; each test goes on in it, since a new one costs three loads."""
    contexts = {scripts: chromium.new_context(java_script_enabled=scripts) for scripts in (True, False)}
    yield {scripts: context.new_page() for scripts, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def watch(windows: dict[bool, Any], address: str) -> Iterator[Any]:
    """Opens pages that tell of dialogs, policy violations and requests to other hosts."""
    listening = []

    def make(width: int = 1280, scripts: bool = True) -> Watched:
        seen = Watched(windows[scripts])
        seen.page.set_viewport_size({"width": width, "height": 900})
        listeners = {
            "dialog": lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()),
            "console": lambda said: seen.policy.append(said.text) if "Content Security" in said.text else None,
            "request": lambda asked: (
                None if asked.url.startswith((address, "data:")) else seen.elsewhere.append(asked.url)
            ),
        }
        for event, listener in listeners.items():
            seen.page.on(event, listener)
            listening.append((seen.page, event, listener))
        return seen

    yield make
    for page, event, listener in listening:
        page.remove_listener(event, listener)
