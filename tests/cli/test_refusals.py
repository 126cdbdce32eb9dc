"""Every refusal has its exit code, a sentence on standard error and, with --json, a problem document."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest

from tests.cli.conftest import COUNT
from tests.e2e.archive import broken, curie
from tests.e2e.processes import Ran, ommatidia, together, well


def refused(ran: Ran, code: int, status: int, slug: str) -> None:
    """The command ended so, and its standard output is the problem document."""
    assert ran.code == code, ran
    assert set(ran.json) >= {"type", "title", "status", "detail"}
    assert (ran.json["status"], ran.json["type"].rpartition("/")[2]) == (status, slug)
    assert ran.json["detail"] and tempfile.gettempdir() not in ran.json["detail"].replace(str(Path.cwd()), "")


REFUSALS = [
    (("resolve", "two words"), 2, 400, "bad-identifier"),
    (("show", "biostudies:../../etc/passwd"), 2, 400, "bad-identifier"),
    (("image", "info", "idr:90019999"), 1, 404, "not-found"),
    (("resolve", "biostudies:S-BIAD123456"), 1, 404, "not-found"),
    (("resolve", "90010001"), 2, 300, "ambiguous-identifier"),
    (("findings", "list", "two words"), 2, 400, "bad-identifier"),
    (("quarantine", "show", "nothing-of-that-name"), 1, 404, "not-found"),
    (("quarantine", "list", "--source", "nosuch"), 1, 404, "not-found"),
    (("quarantine", "list", "--reason", "nosuch"), 2, 400, "bad-request"),
    (("quarantine", "list", "--owner", "nosuch"), 2, 400, "bad-request"),
    (("findings", "list", "--severity", "nosuch"), 2, 400, "bad-request"),
    (("harvest", "nosuch"), 1, 404, "not-found"),
    (("quarantine", "retry", "--source", "nosuch"), 1, 404, "not-found"),
    (("status", "--nosuch"), 2, 400, "bad-request"),
    (("search",), 2, 400, "bad-request"),
    (("search", "cells", "--limit", "many"), 2, 400, "bad-request"),
]


@pytest.fixture(scope="module")
def answered(node: Path) -> dict[tuple[str, ...], Ran]:
    """What each of the commands of REFUSALS gave with --json."""
    commands = [arguments for arguments, *_ in REFUSALS]
    return dict(zip(commands, together(node, *((*arguments, "--json") for arguments in commands)), strict=True))


@pytest.mark.parametrize(("arguments", "code", "status", "slug"), REFUSALS, ids=lambda value: str(value))
def test_refusal_has_code_and_document(
    answered: dict[tuple[str, ...], Ran], arguments: tuple[str, ...], code: int, status: int, slug: str
) -> None:
    """What is malformed ends with 2, what is not there with 1; the document says which and why."""
    refused(answered[arguments], code, status, slug)
    assert answered[arguments].err.strip()


def test_without_json_a_refusal_is_one_sentence(node: Path) -> None:
    """For people the problem stands on standard error with its slug, and standard output stays empty."""
    ran = ommatidia(node, "resolve", "biostudies:S-BIAD123456")
    assert (ran.code, ran.out) == (1, "")
    assert "[not-found]" in ran.err and "holds no record" in ran.err


def test_home_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    """Every reading verb in an empty folder ends with 1 and names `ommatidia init`; no folder is made."""
    home = tmp_path / "home"
    for ran in together(home, ("status", "--json"), ("search", "x", "--json"), ("fsck", "--json")):
        assert (ran.code, ran.json["status"]) == (1, 404) and "ommatidia init" in ran.json["detail"]
    assert not home.exists()


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """An unknown key in ommatidia.toml ends with 2 and the key's name."""
    (tmp_path / "ommatidia.toml").write_text("[harvest]\nintervall_s = 3\n")
    ran = ommatidia(tmp_path, "status", "--json")
    refused(ran, 2, 500, "settings-invalid")
    assert "intervall_s" in ran.json["detail"]


def test_home_that_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    """A home that cannot be a folder ends with a sentence that names it."""
    file = tmp_path / "file"
    file.write_text("")
    ran = ommatidia(file, "init")
    assert ran.code == 2 and file.name in ran.err


def test_port_in_use_is_told(node: Path) -> None:
    """A port that somebody else listens on ends serve with 1 and the advice to choose another."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = ommatidia(node, "serve", "--no-worker", "--port", str(taken.getsockname()[1]))
    assert ran.code == 1 and "--port" in ran.err and "[conflict]" in ran.err


def test_clean_ledger_passes_fsck(node: Path) -> None:
    """fsck of an undamaged ledger ends with 0 and an empty list."""
    as_json, shown = together(node, ("fsck", "--json"), ("fsck",))
    assert (as_json.code, as_json.json) == (0, [])
    assert shown.code == 0 and "Clean" in shown.out


@pytest.mark.parametrize("where", ["payload", "title", "chain", "original"])
def test_flipped_bit_is_found_and_its_record_named(home: Path, where: str) -> None:
    """One bit flipped in a payload, a field, the chain or a kept original ends fsck with 3 and the record's name."""
    name = curie(3)
    with sqlite3.connect(home / "ledger.db") as ledger:
        for (trigger,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f'DROP TRIGGER "{trigger}"')
        if where == "original":
            digest, blob = ledger.execute(
                "SELECT digest, content FROM original WHERE digest = (SELECT original_digest FROM entry WHERE curie=?)",
                (name,),
            ).fetchone()
            ledger.execute("UPDATE original SET content = ? WHERE digest = ?", (flipped(blob), digest))
        else:
            column = {"payload": "payload", "title": "source_url", "chain": "entry_hash"}[where]
            (value,) = ledger.execute(f"SELECT {column} FROM entry WHERE curie = ?", (name,)).fetchone()
            changed = flipped(value) if isinstance(value, bytes) else flipped(value.encode()).decode("latin-1")
            ledger.execute(f"UPDATE entry SET {column} = ? WHERE curie = ?", (changed, name))
    ledger.close()
    ran = ommatidia(home, "fsck", "--json")
    assert ran.code == 3, ran
    assert name in {fault["identifier"] for fault in ran.json}
    assert all(set(fault) == {"position", "identifier", "what"} for fault in ran.json)


def flipped(content: bytes) -> bytes:
    """The bytes with one bit in their middle turned round."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_flipped_bit_in_the_file_is_found(home: Path) -> None:
    """A bit flipped in the ledger's file itself, inside a stored payload, ends fsck with 3."""
    with sqlite3.connect(home / "ledger.db") as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (payload,) = ledger.execute("SELECT payload FROM entry WHERE curie = ?", (curie(3),)).fetchone()
    ledger.close()
    content = bytearray((home / "ledger.db").read_bytes())
    at = content.find(payload[-200:])
    assert at > 0
    content[at + 100] ^= 4
    (home / "ledger.db").write_bytes(content)
    ran = ommatidia(home, "fsck", "--json")
    assert ran.code == 3
    assert curie(3) in {fault["identifier"] for fault in ran.json}


def test_damaged_record_is_never_served(home: Path) -> None:
    """show of a record whose payload was altered is refused, the record beside it is not."""
    with sqlite3.connect(home / "ledger.db") as ledger:
        for (trigger,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f'DROP TRIGGER "{trigger}"')
        (payload,) = ledger.execute("SELECT payload FROM entry WHERE curie = ?", (curie(3),)).fetchone()
        ledger.execute("UPDATE entry SET payload = ? WHERE curie = ?", (flipped(payload), curie(3)))
    ledger.close()
    refused(ommatidia(home, "show", curie(3), "--json"), 1, 500, "store-damaged")
    assert well(home, "show", curie(4), "--json").json["id"] == curie(4)


def test_ledger_that_is_no_database_is_told(home: Path) -> None:
    """A ledger file overwritten with something else ends with a sentence, whatever the verb."""
    for leftover in home.glob("ledger.db-*"):
        leftover.unlink()
    (home / "ledger.db").write_bytes(b"not a database at all " * 500)
    for ran in together(home, ("status", "--json"), ("fsck", "--json")):
        assert ran.code in (1, 3) and ran.out, ran


def test_two_writers_of_the_views_are_told_apart(home: Path) -> None:
    """While another process writes the views, rebuild ends with 6; harvest leaves publishing to that process."""
    import fcntl

    with (home / "graph" / "writer.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused_ran = ommatidia(home, "rebuild")
        assert refused_ran.code == 6 and "[locked]" in refused_ran.err
        ran = ommatidia(home, "harvest", "idr-1", "--json")
        assert ran.code == 0 and "publishes the changes" in ran.err
        assert well(home, "status", "--json").json["views"] == {}


def test_home_can_be_moved(home: Path, tmp_path: Path) -> None:
    """A home that was renamed works where it is now."""
    moved = Path(shutil.move(home, tmp_path / "elsewhere"))
    told = well(moved, "status", "--json").json
    assert told["counts"]["studies"] == COUNT - broken(COUNT) + 5
    assert ommatidia(moved, "harvest", "bia", "--json").json[0]["unchanged"] == COUNT - broken(COUNT)
    assert well(moved, "search", "danio", "--json").json["total"] > 0
