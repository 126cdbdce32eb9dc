"""audit look through the command line, against a node that is really served and archives that are really asked."""

from __future__ import annotations

import json
from pathlib import Path

from app import open_node
from tests.e2e.processes import ommatidia, serving, well


def test_pages_and_pixels_of_a_study_are_looked_at(home: Path) -> None:
    """A study of a member is looked at where it is served; what was seen stands in the audit, with its evidence."""
    with open_node(home).ledger as ledger:
        study = next(entry.parent for entry in ledger.heads("image", "public") if entry.parent)
    with (home / "ommatidia.toml").open("a") as settings:
        settings.write("[fair]\nlive_timeout_s = 60\n")
    with serving(home, "--no-worker", ready="healthz"):
        first = well(home, "audit", "look", "--study", study, "--json").json
        again = well(home, "audit", "look", "--study", study)
    counts = first["checks"]
    for check in ("identifier-resolves", "pixels-reachable", "pixels-decodable", "rdf-offered", "signposting"):
        assert counts[check]["pass"] == 1, (check, first)
    assert not first["left_alone"] and "Nothing is due." in again.out
    with open_node(home).ledger as ledger:
        (seen,) = [of["pixels-decodable"] for name, of in ledger.observations.newest().items() if name == study]
    assert seen.outcome == "pass" and seen.detail["asked"][0]["status"] == 200 and "sha256" in seen.detail["asked"][0]


def test_node_that_is_not_served_fails_nothing(home: Path) -> None:
    """Where nobody answers at the node's address, its pages are left alone, the command ends with 5, nothing fails."""
    (home / "ommatidia.toml").open("a").write("[web]\nport = 9\n")
    ran = ommatidia(home, "audit", "look", "--check", "identifier-resolves", "--json")
    assert ran.code == 5
    document = json.loads(ran.out)
    assert document["seen"] == 0 and "this node" in document["left_alone"]


def test_unknown_names_are_refused(home: Path) -> None:
    """A check or study that does not exist is told, with those that do."""
    wrong = ommatidia(home, "audit", "look", "--check", "pixels")
    assert wrong.code == 2 and "pixels-reachable" in wrong.err
    assert ommatidia(home, "audit", "look", "--study", "idr:idr0000").code == 1
