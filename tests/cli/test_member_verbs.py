"""`member`, and members among sources: what each verb says and how it ends, between two real nodes over loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner
from werkzeug.serving import make_server

from app import open_node
from catalogue.cli.main import build_cli, run
from tests.e2e.processes import Ran
from tests.store.graph.records import append, study


@dataclass
class Served:
    """A node with two studies at an address."""

    url: str
    home: Path
    node: str
    key: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A node that is served over loopback."""
    home = tmp_path_factory.mktemp("served")
    (home / "ommatidia.toml").write_text('name = "Served node"\n')
    node = open_node(home)
    node.initialise()
    append(node.ledger, study(1), study(2))
    server = make_server("127.0.0.1", 0, node.web(None, home), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    assert node.ledger.key is not None
    yield Served(f"http://127.0.0.1:{server.port}", home, node.ledger.key.node, node.ledger.key.public)
    server.shutdown()
    thread.join()
    node.ledger.close()


@pytest.fixture
def home(served: Served, tmp_path: Path) -> Path:
    """A node that may reach the served one."""
    home = tmp_path / "home"
    home.mkdir()
    host = served.url.removeprefix("http://")
    (home / "ommatidia.toml").write_text(f'[harvest]\nallow_private_hosts = ["{host}", "127.0.0.1:9"]\n')
    open_node(home).initialise()
    return home


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]):
    """Runs a command in this process."""

    def make(*arguments: str) -> Ran:
        capfd.readouterr()
        code = run(build_cli(open_node), ["--home", str(home), *arguments])
        said = capfd.readouterr()
        return Ran(code, said.out, said.err)

    return make


def test_join_shows_whom_one_joined_and_pull_makes_both_equal(call, served: Served) -> None:
    """Name, node, fingerprint, prefixes and holdings are shown; a pull ends with 0, and what came can be read here."""
    joined = call("member", "join", served.url, "--key", served.key[:8])
    assert joined.code == 0, joined.err
    fingerprint = " ".join(served.key[at : at + 4] for at in range(0, 64, 4))
    for shown in ("Joined served-node", served.node, fingerprint, "biostudies", "2 of biostudies"):
        assert shown in joined.out
    pulled = call("member", "pull", "--json")
    assert (pulled.code, [(row["member"], row["equal"], row["taken"]) for row in pulled.json]) == (
        0,
        [("served-node", True, 2)],
    )
    assert "Heart development" in call("show", "biostudies:S-BIAD1").out
    (row,) = call("member", "list", "--json").json
    assert (row["name"], row["standing"], row["lag_entries"], row["lag_s"]) == ("served-node", "equal", 0, 0.0)
    assert "equal" in call("member", "list").out
    shown = call("member", "show", served.node)
    assert fingerprint in shown.out and "biostudies" in shown.out


def test_pull_ends_well_where_this_node_has_more(call, home: Path, served: Served) -> None:
    """A member that lacks what only this node has is not equal, and nothing is left to do: exit 0."""
    node = open_node(home)
    append(node.ledger, study(1, id="idr:idr0001", accession="idr0001", owner="idr"))
    node.ledger.close()
    call("member", "join", served.url)
    pulled = call("member", "pull")
    assert pulled.code == 0, pulled.err
    assert "we have more" in pulled.out
    again = call("member", "pull", "--json")
    (row,) = again.json
    assert (again.code, row["equal"], row["ahead"]) == (0, False, True)


def test_key_that_does_not_fit_is_refused(call, served: Served) -> None:
    """A key other than the operator's word ends with 1 and joins nobody."""
    refused = call("member", "join", served.url, "--key", "0" if served.key[0] != "0" else "1")
    assert refused.code == 1 and "not joined" in refused.err
    assert "No members yet" in call("member", "list").out


def test_private_address_names_the_setting(call) -> None:
    """A member on loopback that the operator did not name is refused with the name of the setting and its value."""
    refused = call("member", "join", "http://127.0.0.1:1")
    assert refused.code == 1
    assert "127.0.0.1:1 in the setting harvest.allow_private_hosts" in " ".join(refused.err.split())


def test_member_that_does_not_answer_ends_with_five(call, home: Path, served: Served) -> None:
    """Exit 5 and the reason where nobody answers; the other members are pulled all the same."""
    call("member", "join", served.url)
    node = open_node(home)
    node.ledger.registry.put_member(
        type(node.ledger.registry.member("served-node"))(
            "n" + "9" * 16, "dead", "http://127.0.0.1:9", "9" * 64, "active", node.ledger.clock()
        )
    )
    node.ledger.add_source("dead", harvester="member", location="http://127.0.0.1:9")
    node.ledger.close()
    pulled = call("member", "pull", "--json")
    assert pulled.code == 5
    assert {row["member"]: row["equal"] for row in pulled.json} == {"dead": False, "served-node": True}
    assert "dead" in pulled.err


def test_paused_member_waits_and_one_that_left_is_kept(call, served: Served) -> None:
    """pause, resume and leave change the state, and a pull by name of a paused one is refused."""
    call("member", "join", served.url)
    assert call("member", "pause", "served-node").code == 0
    refused = call("member", "pull", "served-node")
    assert refused.code == 4 and "resume" in refused.err
    assert call("member", "resume", "served-node").code == 0
    assert call("member", "pull", "served-node").code == 0
    assert call("member", "leave", "served-node").code == 0
    assert call("member", "list", "--json").json[0]["state"] == "left"
    assert call("member", "pull").code == 1


def test_alarms_are_listed_and_cleared_by_somebody(call, home: Path) -> None:
    """An alarm is shown with its reason until a named person clears it, once."""
    assert "No alarm stands." in call("member", "alarms").out
    node = open_node(home)
    node.ledger.registry.raise_alarm("equivocation", "Two entries 3.", owner="idr", evidence={"seq": 3})
    node.ledger.close()
    assert "Two entries 3." in call("member", "alarms").out
    (alarm,) = call("member", "alarms", "--json").json
    assert alarm["evidence"] == {"seq": 3}
    assert call("member", "clear", str(alarm["id"])).code == 2
    assert call("member", "clear", str(alarm["id"]), "--by", "Ana").code == 0
    assert call("member", "clear", str(alarm["id"]), "--by", "Ana").code == 1
    assert call("member", "alarms", "--all", "--json").json[0]["cleared_by"] == "Ana"


def test_own_key_is_shown_to_be_read_aloud(call, home: Path) -> None:
    """`member key` shows node, key and the key in groups of four; `init` made it and says the node."""
    shown = call("member", "key", "--json").json
    assert shown["fingerprint"].replace(" ", "") == shown["key"] and shown["node"].startswith("n")
    assert shown["node"] in call("init").out


def test_check_tells_what_is_wrong_before_joining(call, served: Served) -> None:
    """Exit 0 with warnings only, 3 where something keeps it out; nothing is joined by looking."""
    sound = call("member", "check", served.url, "--json")
    assert sound.code == 0, sound.out
    assert {one["check"] for one in sound.json["findings"] if one["level"] == "warning"} == {"address", "base URL"}
    assert "WARNING  base URL" in call("member", "check", served.url, "--all").out
    wrong = call("member", "check", served.url + "/nowhere", "--json")
    assert (wrong.code, wrong.json["counts"]["problem"]) == (3, 1)
    assert call("member", "list", "--json").json == []


def test_members_stand_apart_among_sources(call, served: Served) -> None:
    """`source list` shows them apart, `harvest` pulls them, `remap` leaves them, and a trial run of one is refused."""
    call("member", "join", served.url)
    listed = call("source", "list").out
    assert "Members of the federation" in listed and served.url in listed
    (row,) = call("source", "list", "--json").json
    assert (row["source"], row["harvester"]) == ("served-node", "member")
    (report,) = call("harvest", "--json").json
    assert (report["source"], report["new"], report["state"]) == ("served-node", 2, "completed")
    assert "Both hold the same" in call("harvest", "served-node").out
    assert call("harvest", "served-node", "--dry-run").code == 2
    assert call("remap", "served-node").code == 2
    assert "member pull" in call("quarantine", "retry", "--source", "served-node").err


def test_served_node_is_given_members_and_sources_once(home: Path, served: Served, tmp_path: Path) -> None:
    """`serve --member URL --source NAME=FORMAT:PLACE` adds what is not there; said again it changes nothing."""
    from catalogue.cli.wanted import add_wanted
    from catalogue.problems import BadRequest, Conflict

    node = open_node(home)
    for _ in range(2):
        add_wanted(node, [served.url + "/"], [f"bia=gide:{tmp_path}"])
    found = {one.name: (one.harvester, one.location) for one in node.ledger.sources()}
    name = served.url.removeprefix("http://").replace(".", "-").replace(":", "-")
    assert found == {"bia": ("gide", str(tmp_path)), name: ("member", served.url)}
    node.members.pull(name)
    assert node.ledger.registry.member(name).node == served.node
    add_wanted(node, [served.url], [])
    assert len(node.ledger.sources()) == 2
    for wrong in ("bia", "bia=nothing:/x", "=gide:/x", f"../x=gide:{tmp_path}", "bia=gide:/not/there"):
        with pytest.raises(BadRequest):
            add_wanted(node, [], [wrong])
    for url in ("node.example.org", "ftp://node.example.org", "https://node.example.org/?a"):
        with pytest.raises(BadRequest):
            add_wanted(node, [url], [])
    with pytest.raises(Conflict):
        add_wanted(node, [], [f"bia=gide:{home}"])
    node.ledger.close()


@pytest.mark.parametrize(
    "verb", ["check", "join", "list", "show", "pull", "pause", "resume", "leave", "alarms", "clear", "key"]
)
def test_each_verb_explains_itself(verb: str) -> None:
    """Each verb of `member` has help."""
    done = CliRunner().invoke(build_cli(open_node), ["member", verb, "--help"])
    assert done.exit_code == 0 and "Usage:" in done.stdout
