from __future__ import annotations

import functools
import html
import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr

from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import BARE, append, bare_study, clock, image

CURIE = "idr:9000002"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server over a folder with one small Zarr image in the place that the record names."""
    array = zarr.create_array(
        tmp_path / "zarr" / "9000002.zarr" / "0",
        shape=(1, 2, 3, 8, 9),
        dtype="uint16",
        chunks=(1, 1, 1, 8, 9),
        zarr_format=2,
    )
    array[:] = np.arange(432, dtype="uint16").reshape(1, 2, 3, 8, 9)
    handler = functools.partial(Quiet, directory=tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


def test_python_on_the_image_page_opens_the_image(site: str, tmp_path: Path) -> None:
    """The code shown on an image's page, copied from the page and run, prints the array's shape and type."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, bare_study())
        append(ledger, image(CURIE, BARE, site), parent=BARE)
        page = create_web(Services(ledger, Resolver(ledger))).test_client().get(f"/images/{CURIE}").text
    shown = re.search(r'<code id="python">(.*?)</code>', page, re.DOTALL)
    assert shown is not None
    run = subprocess.run([sys.executable, "-c", html.unescape(shown[1])], capture_output=True, text=True, timeout=600)
    assert run.stdout == "(1, 2, 3, 8, 9) uint16\n", run.stderr
