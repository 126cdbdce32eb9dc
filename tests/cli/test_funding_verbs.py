"""funding: grants and funders with the words that say so, and the studies that name nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.archive import SUFFIX, accession, crate, curie
from tests.e2e.processes import add_source, ommatidia, well

SAID = "Supported by JSPS KAKENHI Grant Number 16H06372 and the Uehara Memorial Foundation."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node of two studies, one with a grant in words, as SSBD has them."""
    folder = tmp_path_factory.mktemp("funding")
    crates = folder / "crates"
    crates.mkdir()
    document = json.loads(crate(1, funder=[{"@id": "#grant"}]))
    document["@graph"].append({"@id": "#grant", "@type": ["Grant"], "name": SAID})
    (crates / (accession(1) + SUFFIX)).write_text(json.dumps(document))
    (crates / (accession(2) + SUFFIX)).write_bytes(crate(2))
    add_source(folder / "home", "bia", crates)
    ommatidia(folder / "home", "harvest")
    return folder / "home"


def test_list_says_first_what_is_missing(home: Path) -> None:
    """The first line counts the studies that name no funding; --missing names them."""
    assert well(home, "funding", "list").out.startswith("For 1 of 2 studies no funding was stated by the archive.")
    told = well(home, "funding", "list", "--json").json
    assert told["studies"] == {"stated": 0, "read from text": 1, "inferred": 0, "none": 1}
    assert [(row["name"], row["grants"]) for row in told["funders"] if row["name"].startswith("J")] == [
        ("Japan Society for the Promotion of Science", 1)
    ]
    assert well(home, "funding", "list", "--missing", "--json").json == [curie(2)]
    assert curie(2) in well(home, "funding", "list", "--missing").out


def test_show_finds_a_grant_or_a_funder_by_any_name(home: Path) -> None:
    """A number in another spelling and a Crossref funder id lead to the study, with field and words."""
    grant = well(home, "funding", "show", "jsps jp16h06372", "--json").json
    assert (grant["award"], grant["funder"]["ror"]) == ("JP16H06372", "https://ror.org/00hhkn466")
    (found,) = grant["studies"]
    assert (found["study"], found["basis"], found["field"]) == (curie(1), "read from text", "grants[0].title")
    assert found["words"] in SAID
    assert "Also written: 16H06372" in well(home, "funding", "show", "16H06372").out
    funder = well(home, "funding", "show", "10.13039/501100001691", "--json").json
    assert [s["study"] for s in funder["studies"]] == [curie(1)]


def test_what_is_unknown_names_the_nearest(home: Path) -> None:
    """A slip of the pen ends with exit code 1 and what may have been meant."""
    slip = ommatidia(home, "funding", "show", "16H06371", "--json")
    assert slip.code == 1 and slip.json["status"] == 404 and "JP16H06372" in slip.err
