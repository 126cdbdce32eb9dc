"""What strangers may have asked through this node: no private host, also none that its operator lets be harvested."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import open_node
from catalogue.problems import FetchRefused
from tests.fair.live.hostile_answers_for_looks import says
from tests.harvesters.loopback_server import serving


def test_only_the_operator_may_have_private_hosts_assessed(tmp_path: Path) -> None:
    """An address in the operator's network is read for the command line and refused, unasked, on the web."""
    with serving() as server:
        server.routes["/1"] = says(b"<title>Inside</title>")
        host = server.url.removeprefix("http://")
        (tmp_path / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{host}"]\n')
        node = open_node(tmp_path)
        node.initialise()
        with pytest.raises(FetchRefused, match="private"):
            node.assessor(for_strangers=True).named(f"{server.url}/1")
        assert server.requests == []
        found = node.assessor().named(f"{server.url}/1")
    assert found.sources[0].status == 200
