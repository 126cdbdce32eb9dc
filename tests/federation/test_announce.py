from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import open_node
from catalogue.cli.main import build_cli
from catalogue.federation.announce import announce
from catalogue.problems import BadRequest, SettingsInvalid, SourceUnavailable
from harvesters.http import Fetcher
from tests.harvesters.loopback_server import answer, serving

NODE = "https://node.example/cat"


def _fetcher() -> Fetcher:
    return Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: datetime.now(UTC),
        timeout_s=5.0, attempts=2, sleep=lambda _: None,
    )  # fmt: skip


def test_index_is_told_the_address_of_the_fair_data_point() -> None:
    """The index gets one POST of JSON with clientUrl, as its protocol says, and 204 means that it took it."""
    with serving() as server:
        server.routes["/"] = answer(status="204 No Content")
        (told,) = announce(_fetcher(), [server.url], f"{NODE}/")
        (request,) = server.requests
    assert told.problem is None
    assert json.loads(request.body) == {"clientUrl": f"{NODE}/fdp"}
    assert request.headers["content-type"] == "application/json"


def test_an_index_that_fails_does_not_keep_others_from_being_told() -> None:
    """Refusals and silence are told one by one; the others are told all the same."""
    with serving() as broken, serving() as well:
        broken.routes["/"] = answer(status="400 Bad Request")
        well.routes["/"] = answer(status="204 No Content")
        told = announce(_fetcher(), [broken.url, "http://127.0.0.1:1", well.url], NODE)
    assert isinstance(told[0].problem, SourceUnavailable) and "400" in told[0].problem.detail
    assert told[1].problem is not None and told[2].problem is None


def test_nothing_is_told_without_an_index_or_an_address() -> None:
    """Without an index there is nothing to do, without a public address nothing to tell; both are said."""
    with pytest.raises(BadRequest, match=r"exchange\.fdp_index"):
        announce(_fetcher(), [], NODE)
    with pytest.raises(SettingsInvalid, match=r"web\.base_url"):
        announce(_fetcher(), ["https://index.example"], "")


def test_the_command_says_who_was_told(tmp_path: Path) -> None:
    """`announce` names each index, and ends with 5 when one did not take it."""
    with serving() as server:
        server.routes["/"] = answer(status="204 No Content")
        (tmp_path / "ommatidia.toml").write_text(
            f'[web]\nbase_url = "{NODE}"\n[exchange]\nfdp_index = ["{server.url}"]\n'
            '[harvest]\nallow_private_hosts = ["127.0.0.1"]\n'
        )
        done = CliRunner().invoke(build_cli(open_node), ["--home", str(tmp_path), "announce", "--json"])
        assert (done.exit_code, json.loads(done.stdout)[0]["told"]) == (0, True)
        server.routes["/"] = answer(status="404 Not Found")
        refused = CliRunner().invoke(build_cli(open_node), ["--home", str(tmp_path), "announce"])
        assert refused.exit_code == 5 and "404" in refused.stdout
