"""identity: twins from statements and from a curator's word, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.archive import SUFFIX, accession, crate, curie
from tests.e2e.processes import add_source, ommatidia, well


def twins(folder: Path, *numbers: int) -> None:
    """Crates with one paper in common."""
    folder.mkdir()
    for number in numbers:
        document = json.loads(crate(number))
        paper = {"@id": "https://doi.org/10.1038/s41586-020-0001", "@type": "ScholarlyArticle", "name": "One paper"}
        document["@graph"].append(paper)
        root = next(entity for entity in document["@graph"] if entity.get("@id") == _root(document))
        root["seeAlso"] = [{"@id": paper["@id"]}]
        (folder / (accession(number) + SUFFIX)).write_text(json.dumps(document))


def _root(document: dict) -> str:
    descriptor = next(entity for entity in document["@graph"] if "about" in entity)
    return str(descriptor["about"]["@id"])


def test_a_proposal_is_accepted_seen_everywhere_and_undone(tmp_path: Path) -> None:
    """R25: list, accept, SPARQL, show and undo agree on two records, and the decisions keep who made them."""
    home, folder = tmp_path / "home", tmp_path / "crates"
    twins(folder, 1, 2)
    add_source(home, "bia", folder)
    ommatidia(home, "harvest")
    assert well(home, "identity", "list", "--json").json == []
    (proposal,) = well(home, "identity", "list", "--proposals", "--json").json
    assert {proposal["one"], proposal["two"]} == {curie(1), curie(2)}
    pair = (accession(2), curie(1))
    unnamed = ommatidia(home, "identity", "accept", *pair)
    assert unnamed.code == 2 and "--by" in unnamed.err
    made = well(home, "identity", "accept", *pair, "--by", "Ada", "--note", "same plates", "--json").json
    assert (made["decision"], made["decided_by"]) == ("accept", "Ada")
    (cluster,) = well(home, "identity", "list", "--json").json
    assert {m["identifier"] for m in cluster["members"]} == {curie(1), curie(2)}
    query = tmp_path / "twins.rq"
    query.write_text("SELECT ?b { ?a <http://www.w3.org/ns/prov#alternateOf> ?b ; <http://schema.org/sameAs> ?b }")
    assert len(well(home, "sparql", str(query), "--format", "csv").out.splitlines()) == 3
    again = ommatidia(home, "identity", "accept", *pair, "--by", "Ben", "--json")
    assert (again.code, again.json["status"]) == (1, 409)
    well(home, "identity", "undo", *pair, "--by", "Ben")
    shown = well(home, "identity", "show", accession(1), "--json").json
    assert shown["cluster"] is None and len(shown["proposals"]) == 1
    assert [(d["decision"], d["decided_by"]) for d in shown["decisions"]] == [("accept", "Ada"), ("undo", "Ben")]
    assert len(well(home, "sparql", str(query), "--format", "csv").out.splitlines()) == 1
