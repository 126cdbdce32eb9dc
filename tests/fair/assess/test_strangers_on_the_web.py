"""What strangers may have done by this node: no private host is asked, no process outlives the server."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from app import open_node
from catalogue.problems import FetchRefused
from tests.e2e.processes import alive, children, ommatidia, serving, until, well
from tests.fair.assess.test_posted_metadata import YAML
from tests.fair.live.hostile_answers_for_looks import says
from tests.harvesters.loopback_server import serving as playing


def test_only_the_operator_may_have_private_hosts_assessed(tmp_path: Path) -> None:
    """An address in the operator's network is read for the command line and refused, unasked, on the web."""
    with playing() as server:
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


def test_a_server_that_ends_leaves_no_process_of_an_assessment(tmp_path: Path) -> None:
    """What is posted is judged in a process of the server, one for all who ask in turn, which goes with it."""
    well(tmp_path, "init")
    with serving(tmp_path, ready="") as (address, server):
        before = children(server.pid)
        for _ in range(3):
            answer = requests.post(f"{address}fair/assess", data={"text": YAML, "format": "json"}, timeout=240)
            assert answer.status_code == 200 and answer.json()["scope"]["title"] == "Nuclei of zebrafish embryos"
        of_assessments = children(server.pid) - before
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in of_assessments]
        assert sum(b"app:judge_apart" in command for command in commands) == 1
        server.terminate()
        server.wait(240)
        until(lambda: not alive(of_assessments), "no process is left")


def test_the_settings_end_what_strangers_and_the_operator_have_judged(tmp_path: Path) -> None:
    """Past fair.assess_judging_s web and command tell that it was stopped, and what to do."""
    well(tmp_path, "init")
    (tmp_path / "ommatidia.toml").write_text("[fair]\nassess_judging_s = 0.001\n")
    (tmp_path / "study.yaml").write_text(YAML)
    with serving(tmp_path, ready="") as (address, _):
        answer = requests.post(f"{address}fair/api/assess/test/licence-stated", json={"metadata": YAML}, timeout=240)
    assert answer.status_code == 422 and answer.json()["type"].endswith("/assessment-stopped")
    ran = ommatidia(tmp_path, "assess", str(tmp_path / "study.yaml"))
    assert ran.code == 2 and "0.001 seconds" in ran.err and "Leave out" in ran.err
