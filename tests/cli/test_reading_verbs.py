"""status, lists, resolve, show, search, image: what they tell people and machines."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import zarr

from catalogue.cli.demo.members import Member
from tests.cli.conftest import COUNT
from tests.e2e.archive import SUFFIX, accession, broken, crate, curie
from tests.e2e.processes import ommatidia, together, well

GOOD = COUNT - broken(COUNT)


def test_status_tells_counts_positions_and_last_runs(node: Path) -> None:
    """status gives the ledger's position, the views' positions and the state of every source."""
    # Each opens the views by itself, so one after the other.
    told, shown = well(node, "status", "--json").json, well(node, "status")
    assert told["counts"]["studies"] == GOOD + 5 and told["counts"]["images"] == 6
    assert told["position"] == told["counts"]["entries"] == GOOD + 5 + 6
    assert told["views"] == dict.fromkeys(("identity", "graph", "text"), told["position"])
    assert told["worker"] is None
    sources = {source["source"]: source for source in told["sources"]}
    states = {name: source["state"] for name, source in sources.items()}
    assert states == {"bia": "partial", "idr-1": "completed", "idr-2": "completed"}
    assert sources["bia"]["quarantined"] == broken(COUNT)
    assert "up to date" in shown.out and "bia" in shown.out


def test_source_list_gives_every_source(node: Path, archive: Path) -> None:
    """source list tells name, format, address, owners, options and how the source stands."""
    first, *_ = well(node, "source", "list", "--json").json
    assert first.pop("due").endswith(" UTC")
    assert first == {
        "source": "bia",
        "harvester": "gide",
        "location": str(archive),
        "owners": [],
        "options": {},
        "state": "partial",
        "detail": "",
    }


def test_quarantine_list_has_the_fields_of_the_interface(node: Path) -> None:
    """Every rejected record is one object with source, identifier, reason, detail, first_seen, last_seen and tries."""
    every, of_other = together(
        node, ("quarantine", "list", "--json"), ("quarantine", "list", "--source", "idr-1", "--json")
    )
    rows = every.json
    assert len(rows) == broken(COUNT)
    wanted = {"source", "identifier", "reason", "detail", "first_seen", "last_seen", "tries"}
    assert all(wanted <= set(row) and row["tries"] == 1 and row["detail"] for row in rows)
    assert {row["reason"] for row in rows} == {"not-parsable", "schema-required", "bad-identifier"}
    assert of_other.json == []


def test_quarantine_show_gives_the_partners_bytes(node: Path) -> None:
    """One rejected record is shown with its reason and the document as it came."""
    item = accession(7) + SUFFIX
    as_json, shown = together(node, ("quarantine", "show", item, "--json"), ("quarantine", "show", item))
    (row,) = as_json.json
    assert row["reason"] == "not-parsable" and row["item"] == item
    assert row["original"].encode() == crate(7)[:-200]
    assert "Cells under light, part 7" in shown.out


def test_findings_are_listed_by_record_source_and_code(node: Path) -> None:
    """findings list tells code, severity, path, value and message, of all records or one by any of its names."""
    of_record, of_code, three, shown = together(
        node,
        ("findings", "list", accession(0), "--json"),
        ("findings", "list", "--source", "bia", "--code", "type-spelling", "--json"),
        ("findings", "list", "--limit", "3", "--json"),
        ("findings", "list", "--limit", "3"),
    )
    rows = of_record.json
    assert {"type-spelling", "descriptor-relative-id"} <= {row["code"] for row in rows}
    told = {"source", "identifier", "code", "severity", "path", "value", "message", "first_seen", "last_seen", "tries"}
    assert all(told <= set(row) and row["tries"] == 1 and row["first_seen"] for row in rows)
    assert {row["identifier"] for row in rows} == {curie(0)}
    assert len({row["identifier"] for row in of_code.json}) == len(of_code.json) == GOOD
    assert len(three.json) == 3 and "more than 3" in shown.err


def test_issues_are_filtered_and_written_as_tables(node: Path) -> None:
    """R19: both lists take source, owner, rule and text; --csv gives a line a field, with when it was seen."""
    refused, by_reason, by_owner, repaired = together(
        node,
        ("quarantine", "list", "--csv"),
        ("quarantine", "list", "--reason", "not-parsable", "--text", accession(7), "--json"),
        ("quarantine", "list", "--owner", "idr", "--json"),
        ("findings", "list", "--severity", "repaired", "--owner", "biostudies", "--csv"),
    )
    lines = list(csv.DictReader(refused.out.splitlines()))
    assert {row["source"] for row in lines} == {"bia"} and len({row["document"] for row in lines}) == broken(COUNT)
    assert all(row["severity"] == "rejected" and row["first_seen"] and row["message"] for row in lines)
    assert [row["item"] for row in by_reason.json] == [accession(7) + SUFFIX] and by_owner.json == []
    lines = list(csv.DictReader(repaired.out.splitlines()))
    assert lines and all((row["severity"], row["owner"]) == ("repaired", "biostudies") for row in lines)


def test_resolve_understands_every_name_of_a_study(node: Path) -> None:
    """CURIE, bare accession and the archive's address lead to the same record."""
    names = (curie(1), accession(1), f"https://www.ebi.ac.uk/biostudies/bioimages/studies/{accession(1)}")
    for ran in together(node, *(("resolve", name, "--json") for name in names)):
        assert (ran.json["identifier"], ran.json["kind"], ran.json["state"]) == (curie(1), "study", "public")
        assert ran.json["iri"] == "https://w3id.org/ommatidia/" + curie(1)


def test_show_gives_the_record(node: Path) -> None:
    """show prints a study for people, and the whole record as JSON."""
    as_json, shown = together(node, ("show", curie(1), "--json"), ("show", curie(1)))
    assert as_json.json["id"] == curie(1) and as_json.json["organisms"] == ["NCBITaxon:10090"]
    assert "Cells under light, part 1" in shown.out and "Mus musculus" in shown.out


def test_search_finds_by_organism_and_counts(node: Path) -> None:
    """A word of a label finds exactly the studies with it; --limit cuts the list, not the count."""
    told = well(node, "search", "danio rerio", "--limit", "2", "--json").json
    expected = sum(number % 4 == 2 and number % 25 not in (7, 13, 21) for number in range(COUNT))
    assert told["total"] == expected and len(told["hits"]) == 2
    assert set(told["hits"][0]) == {"identifier", "kind", "title", "year"}
    as_json, shown = together(node, ("search", "qqqqzzzz", "--json"), ("search", "qqqqzzzz"))
    assert as_json.json == {"total": 0, "hits": []}
    assert shown.code == 0 and "Nothing fits" in shown.out


def test_image_info_needs_no_member(node: Path) -> None:
    """image info tells axes, shape, type and address from the catalogue."""
    as_json, shown = together(node, ("image", "info", "idr:90010001", "--json"), ("image", "info", "idr:90010002"))
    (representation,) = as_json.json["representations"]
    assert representation["format_version"] == "0.4" and representation["shape"].startswith("2,")
    assert "OME-Zarr 0.5: cyx" in shown.out and "zarr/v0.5/idr9001/90010002.zarr" in shown.out


@pytest.mark.parametrize(("number", "version"), [("90010001", "0.4"), ("90010002", "0.5")])
def test_image_open_reads_the_members_pixels(
    node: Path, members: list[Member], tmp_path: Path, number: str, version: str
) -> None:
    """image open gives over HTTP exactly the array that the member keeps, for both versions of OME-Zarr."""
    saved = tmp_path / "pixels.npy"
    told = well(node, "image", "open", f"idr:{number}", "--save", str(saved), "--json").json
    (member,) = [member for member in members if member.key == "idr"]
    source = zarr.open_array(str(member.folder / f"zarr/v{version}/idr9001/{number}.zarr/0"), mode="r")[...]
    assert np.array_equal(np.load(saved), source)
    assert (told["shape"], told["dtype"]) == (list(source.shape), str(source.dtype))
    assert told["corner_max"] == source[0, :512, :512].max()


def test_image_open_refuses_a_study_and_a_level_that_is_not_there(node: Path) -> None:
    """A study is no image and level 99 is nowhere: both are told in one sentence."""
    study, level = together(
        node,
        ("image", "open", "idr9001", "--json"),
        ("image", "open", "idr:90010001", "--level", "99", "--json"),
    )
    assert study.code == 2 and "not an image" in study.json["detail"]
    assert level.code == 2 and "level" in level.json["detail"].lower()


def test_member_that_is_gone_ends_image_open_with_5(home: Path) -> None:
    """Pixels whose member no longer answers end with 5 and a sentence; what the catalogue knows is still told."""
    settings = home / "ommatidia.toml"
    # As far as this node may know nobody listens: the member's address is refused like any other private one.
    settings.write_text("[images]\ntimeout_s = 1\n")
    ran = ommatidia(home, "image", "open", "idr:90010001", "--json")
    assert ran.code == 5 and ran.json["status"] == 503, ran
    assert well(home, "image", "info", "idr:90010001", "--json").json["id"] == "idr:90010001"


def test_json_is_one_document_and_nothing_else(node: Path) -> None:
    """Reading verbs print one JSON document on standard output and nothing on standard error."""
    verbs = (("source", "list"), ("findings", "list", "--limit", "1"), ("search", "cells"), ("ontology", "list"))
    for ran in together(node, *((*verb, "--json") for verb in verbs)):
        assert (ran.code, ran.err) == (0, ""), ran
        json.loads(ran.out)
