"""The demo archives: complete, deterministic, small, served politely, gone with their parent."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from catalogue.cli.demo.crates import render_crate
from catalogue.cli.demo.members import Member, RunningMember
from catalogue.cli.demo.stores import write_store
from catalogue.cli.demo.studies import BIA_STUDIES, IDR_STUDIES, SSBD_STUDIES
from catalogue.model.identifiers import parse_identifier

STUDIES = (*BIA_STUDIES, *IDR_STUDIES, *SSBD_STUDIES)


def test_three_members_of_four_to_six_studies(members: list[Member]):
    """Each member has crates, a list and images; all together stay below 40 MB."""
    assert [member.name for member in members] == ["BioImage Archive (demo)", "IDR (demo)", "SSBD (demo)"]
    for member in members:
        names = json.loads((member.folder / member.crates_path).read_text())
        assert 4 <= len(names) <= 6
        assert all((member.folder / "crates" / name).is_file() for name in names)
    total = sum(f.stat().st_size for member in members for f in member.folder.rglob("*") if f.is_file())
    assert 5e6 < total < 40e6


def test_exactly_one_crate_is_broken(members: list[Member]):
    """One crate is no JSON, so that the quarantine has something to show."""
    broken = []
    for member in members:
        for file in (member.folder / "crates").glob("*-ro-crate-metadata.json"):
            try:
                json.loads(file.read_text())
            except ValueError:
                broken.append(file.name)
    assert broken == ["S-BIAD900005-ro-crate-metadata.json"]


def test_studies_say_that_they_are_invented():
    """Nobody can take a demo study for a real one: title and description say so, the accession is unused."""
    for study in STUDIES:
        dialect = "bia" if study in BIA_STUDIES else "idr" if study in IDR_STUDIES else "ssbd"
        crate = json.loads(render_crate(study, dialect, 1, 1))
        root = next(node for node in crate["@graph"] if "Dataset" in node["@type"])
        assert "(demo)" in root["name"] and "Invented for a demonstration" in root["description"]
        assert parse_identifier(study.accession).kind == "study"


def test_dialects_differ_as_the_members_do():
    """obo: and QuantitiveValue at BIA, rdfs:seeAlso at IDR, NCBI pages as taxa at SSBD, EMPIAR through BIA."""
    bia, idr, ssbd = (render_crate(s[0], d, 1, 1).decode() for s, d in
                      ((BIA_STUDIES, "bia"), (IDR_STUDIES, "idr"), (SSBD_STUDIES, "ssbd")))  # fmt: skip
    assert '"obo:NCBITaxon_9606"' in bia and "QuantitiveValue" in bia and "rdf:seeAlso" in bia
    assert "rdfs:seeAlso" in idr and "http://purl.obolibrary.org/obo/NCBITaxon_4932" in idr
    assert "https://www.ncbi.nlm.nih.gov/datasets/taxonomy/6239" in ssbd and "xsd:date" in ssbd
    assert any(study.accession.startswith("EMPIAR-") for study in BIA_STUDIES)


def test_equal_seeds_give_equal_bytes(tmp_path: Path):
    """Writing a store twice gives the same files with the same bytes."""

    def digests(folder: Path) -> dict[str, str]:
        write_store(IDR_STUDIES[0].images[1], folder)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_server_answers_ranges_validators_and_browsers(running: list[RunningMember]):
    """Range, ETag and If-None-Match, CORS, Content-Length, HEAD, 404 and a folder listing work as HTTP says."""
    url = running[0].url + "images.csv"
    whole = requests.get(url, timeout=30)
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    part = requests.get(url, headers={"Range": "bytes=3-9"}, timeout=30)
    assert (part.status_code, part.content) == (206, whole.content[3:10])
    assert part.headers["Content-Range"] == f"bytes 3-9/{len(whole.content)}"
    tail = requests.get(url, headers={"Range": "bytes=-5"}, timeout=30)
    assert tail.content == whole.content[-5:]
    beyond = requests.get(url, headers={"Range": "bytes=999999-"}, timeout=30)
    assert beyond.status_code == 416
    same = requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=30)
    assert (same.status_code, same.content) == (304, b"")
    head = requests.head(url, timeout=30)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole.content)))
    assert requests.get(running[0].url + "nothing", timeout=30).status_code == 404
    listing = requests.get(running[0].url + "crates/", timeout=30)
    assert 'href="index.json"' in listing.text


@pytest.mark.parametrize("path", ["../idr/images.csv", "%2e%2e/idr/images.csv", "crates/../../idr/images.csv"])
def test_the_server_stays_in_its_folder(running: list[RunningMember], path: str):
    """Dot segments do not lead to another member's files."""
    import http.client

    connection = http.client.HTTPConnection(running[0].url.split("/")[2], timeout=30)
    connection.request("GET", "/" + path)
    assert connection.getresponse().status == 404
    connection.close()


def test_one_connection_serves_many_requests_quickly(running: list[RunningMember]):
    """Kept-alive requests are not slowed down by split writes, which would cost each of them 40 ms."""
    with requests.Session() as session:
        took_s = []
        for _ in range(60):
            begun = time.monotonic()
            session.get(running[0].url + "images.csv", timeout=30)
            took_s.append(time.monotonic() - begun)
    # The first are quick in any case, and a busy machine delays some.
    assert min(took_s[30:]) < 0.03


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is told by Linux only")
def test_a_server_dies_with_its_parent(idr: Member):
    """Killing the parent outright ends the member's process."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from catalogue.cli.demo.members import Member, start_member\n"
        "running = start_member(Member('idr', 'IDR', Path(sys.argv[1]), ('idr',)))\n"
        "print(running.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(idr.folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().rpartition(")")[2][:3]:
        assert time.monotonic() < deadline, "the member outlived its parent"
        time.sleep(0.02)
