"""`member owners, hand-over, take-over, cancel, propose, vote, rotate-key, recover` between two real nodes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner
from werkzeug.serving import make_server

from app import LocalNode, open_node
from catalogue.cli.main import build_cli, run
from catalogue.model.signing import NodeKey
from tests.e2e.processes import Ran
from tests.store.graph.records import append, study


@dataclass
class Site:
    """A node that is served over loopback, and its command line."""

    home: Path
    url: str
    served: LocalNode
    capfd: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Ran:
        """Runs a command of the node in this process."""
        self.capfd.readouterr()
        code = run(build_cli(open_node), ["--home", str(self.home), *arguments])
        said = self.capfd.readouterr()
        return Ran(code, said.out, said.err)

    def owners(self) -> dict[str, tuple[int, str]]:
        """Owner -> epoch and writer, as `member owners` says."""
        found = self("member", "owners", "--json")
        return {row["owner"]: (row["epoch"], row["writer"]) for row in json.loads(found.out)}


@pytest.fixture
def sites(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[tuple[Site, Site]]:
    """Two members of each other; the first one writes the BioImage Archive's records."""
    with ExitStack() as stack:
        found = []
        for name in ("one", "two"):
            home = tmp_path / name
            home.mkdir()
            (home / "ommatidia.toml").write_text(
                f'name = "{name}"\n[harvest]\nallow_private_hosts = ["127.0.0.1"]\n', "utf-8"
            )
            node = open_node(home)
            node.initialise()
            stack.callback(node.ledger.close)
            server = make_server("127.0.0.1", 0, node.web(None, home), threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            found.append(Site(home, f"http://127.0.0.1:{server.port}", node, capfd))
        one, two = found
        append(one.served.ledger, study(1), study(2))
        assert one("member", "join", two.url).code == two("member", "join", one.url).code == 0
        assert two("member", "pull", "one").code == 0
        yield one, two


def test_records_pass_to_another_node_with_two_words(sites: tuple[Site, Site]) -> None:
    """P11: hand-over, cancel, hand-over, take-over: both say who writes, and the former writer is refused."""
    one, two = sites
    assert one.owners() == {"biostudies": (0, "this node")}
    assert two.owners() == {"biostudies": (0, "one")}
    handed = one("member", "hand-over", "biostudies", "--to", "two")
    assert handed.code == 0 and "take-over biostudies" in handed.out
    assert json.loads(one("member", "owners", "--json").out)[0]["under_way"] == "two"
    assert one("member", "cancel", "biostudies").code == 0
    assert one("member", "cancel", "biostudies").code != 0
    assert two("member", "take-over", "biostudies").code != 0
    one("member", "hand-over", "biostudies", "--to", "two")
    taken = two("member", "take-over", "biostudies")
    assert taken.code == 0, taken.err
    assert one("member", "pull", "two").code == 0
    assert (one.owners(), two.owners()) == ({"biostudies": (1, "two")}, {"biostudies": (1, "this node")})
    refused = one("member", "hand-over", "biostudies", "--to", "two")
    assert refused.code != 0 and "are written by" in refused.err


def test_members_vote_on_a_writer_that_is_gone(sites: tuple[Site, Site]) -> None:
    """A proposal lacks force until more than half have signed it; each step says the next one."""
    one, two = sites
    proposed = two("member", "propose", "biostudies")
    assert proposed.code == 0 and "member vote biostudies" in proposed.out
    early = two("member", "take-over", "biostudies")
    assert early.code != 0 and "more than half" in early.err
    assert one("member", "vote", "biostudies", "--for", "two").code == 0
    assert two("member", "take-over", "biostudies").code == 0
    assert two.owners() == {"biostudies": (1, "this node")}
    assert one("member", "vote", "idr", "--for", "two").code != 0


def test_next_key_is_in_force_at_once(sites: tuple[Site, Site]) -> None:
    """The node keeps its name; the process that serves it says the next key, and the member believes it."""
    one, two = sites
    before = NodeKey.load(one.home / "node.key")
    rotated = one("member", "rotate-key")
    assert rotated.code == 0, rotated.err
    after = NodeKey.load(one.home / "node.key")
    assert before is not None and after is not None
    assert (after.node, after.public != before.public) == (before.node, True)
    append(one.served.ledger, study(3))
    pulled = two("member", "pull", "one")
    assert pulled.code == 0, pulled.err
    assert two.served.ledger.head("biostudies:S-BIAD3") is not None
    assert two.served.ledger.registry.member("one").key == after.public


def test_nothing_to_recover_is_said(sites: tuple[Site, Site]) -> None:
    """Logs that agree need no recovery, and only the writer can begin one; both are told, nothing is written."""
    one, two = sites
    assert "nothing of biostudies that differs" in one("member", "recover", "biostudies", "--from", "two").err
    assert "does not write" in two("member", "recover", "biostudies", "--from", "one").err
    assert one.owners() == {"biostudies": (0, "this node")}


@pytest.mark.parametrize(
    "verb", ["owners", "hand-over", "take-over", "cancel", "propose", "vote", "rotate-key", "recover"]
)
def test_every_verb_explains_itself(verb: str) -> None:
    """`--help` says what a verb does."""
    found = CliRunner().invoke(build_cli(open_node), ["member", verb, "--help"])
    assert found.exit_code == 0 and "Usage" in found.output
