"""/fair/audits: kept audits, what they give away, what differs between two, feeds; nothing else leaves the folder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from catalogue.model.signing import is_signed
from catalogue.resolver.service import Resolver
from catalogue.store.purging import purge
from catalogue.web.factory import create_web
from catalogue.web.services import Services
from tests.fair.audited_node import TERMS, AuditedNode
from tests.fair.conftest import study
from tests.web.studies_for_pages import SCRIPT

HTML = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Shown:
    """A node that keeps two audits, the first frozen, and a browser of it."""

    node: AuditedNode
    site: FlaskClient
    first: str
    second: str

    def page(self, path: str, code: int = 200) -> str:
        answer = self.site.get(path, headers=HTML)
        assert answer.status_code == code, answer.text
        return answer.text

    def json(self, path: str) -> dict:
        answer = self.site.get(path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture
def shown(services: Services, tmp_path: Path) -> Iterator[Shown]:
    """Study 1 loses its standard licence between the audits, 4 is new with a hostile title."""
    node = AuditedNode(tmp_path).fill()
    node.put(study(2, license=TERMS))
    first = node.history.freeze(node.keep().name, f"end of project {SCRIPT}")
    node.put(study(1, license="https://archive.example/terms"))
    node.put(study(4, title=f"New {SCRIPT}"))
    second = node.later(24).keep()
    web = services.web.model_copy(update={"base_url": "https://node.example"})
    told = {"ledger": node.ledger, "resolver": Resolver(node.ledger), "search": None, "web": web}
    app = create_web(replace(services, **told, audits=node.audits, audit_history=node.history))
    app.testing = True
    yield Shown(node, app.test_client(), first.name, second.name)
    node.ledger.close()


def test_kept_audits_are_listed(shown: Shown) -> None:
    """The list has every kept audit with its trend, what was said when it was frozen, and the same as JSON."""
    page = shown.page("/fair/audits")
    for name in (shown.first, shown.second):
        assert f"/fair/audits/{name}" in page
    assert f"/fair/audits/{shown.first}...{shown.second}" in page
    assert "Over time" in page and SCRIPT not in page and "end of project" in page
    listed = shown.json("/fair/audits.json")["audits"]
    assert [one["name"] for one in listed] == [shown.second, shown.first]
    assert listed[1]["frozen_at"] and not listed[0]["frozen_at"]
    assert shown.site.get("/fair/audits/latest", headers=HTML).headers["Location"].endswith(shown.second)


def test_rdf_of_an_audit_tells_what_is_cited_of_it(shown: Shown) -> None:
    """The IRI that people cite is, in RDF, a specialization of the audit, which any node may hold."""
    listed = shown.json("/fair/audits.json")["audits"]
    (iri,) = (one["iri"] for one in listed if one["name"] == shown.first)
    answer = shown.site.get(f"/fair/audits/{shown.first}.nt")
    of = "<http://www.w3.org/ns/prov#specializationOf>"
    assert f"<{iri}> {of} <https://w3id.org/ommatidia/fair/audits/{shown.first}> ." in answer.text


def test_an_audit_is_cited_and_checked_from_its_files(shown: Shown) -> None:
    """The page has the citation; its IRI leads here; files and signature are given and fit, without our code."""
    (document,) = [one for one in shown.json("/fair/audits.json")["audits"] if one["name"] == shown.first]
    page = shown.page(f"/fair/audits/{shown.first}")
    assert document["iri"] in page and "Cite as" in page and SCRIPT not in page
    answer = shown.site.get(document["iri"].replace("https://w3id.org/ommatidia", ""))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"https://node.example/fair/audits/{shown.first}")
    assert shown.site.get(f"/fair/audits/n{'0' * 16}/{shown.first}").status_code == 404
    root = f"/fair/audits/{shown.first}"
    manifest = shown.site.get(f"{root}/manifest.json").data
    signature = shown.site.get(f"{root}/manifest.sig").get_json()
    assert is_signed(
        signature["key"], f"ommatidia-audit/1\n{signature['node']}\n".encode() + manifest, signature["signature"]
    )
    assert manifest == (shown.node.history.shelf.folder / shown.first / "manifest.json").read_bytes()
    for file in json.loads(manifest)["files"]:
        got = shown.site.get(f"{root}/{file['name']}")
        assert (got.status_code, len(got.data), got.headers["ETag"]) == (200, file["size_bytes"], f'"{file["sha256"]}"')
        assert (
            shown.site.get(f"{root}/{file['name']}", headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
        )


@pytest.mark.parametrize(
    "path",
    [
        "made.json",
        "since.json",
        "frozen.json",
        "..",
        "%2e%2e",
        "../../ledger.db",
        "%2e%2e%2fx",
        "results.parquet%00",
        "x",
    ],
)
def test_nothing_else_leaves_the_folder(shown: Shown, path: str) -> None:
    """Files that are no part of the audit, and names that lead elsewhere, are not given."""
    assert shown.site.get(f"/fair/audits/{shown.first}/{path}").status_code in (308, 404)
    assert shown.site.get(f"/fair/audits/{path}").status_code == 404


@pytest.mark.parametrize("rest", ["/totals/federation/rembi-1.5/1.0", "/idr:idr0001", "/biostudies:S-BIAD1/none"])
def test_nobody_is_led_to_rdf_that_is_not_there(shown: Shown, rest: str) -> None:
    """Who asks for RDF of a part that the audit does not have is told so at once, also of an audit that is not kept."""
    told = {"Accept": "text/turtle"}
    assert shown.site.get(f"/fair/audits/{shown.first}{rest}", headers=told).status_code == 404
    assert shown.site.get(f"/fair/audits/2020-01-01-1-0-00000000{rest}", headers=told).status_code == 404
    assert shown.site.get(f"/fair/audits/{shown.first}/biostudies:S-BIAD1", headers=told).status_code == 303


def test_the_report_of_a_kept_audit_is_that_of_then(shown: Shown) -> None:
    """Page and tables of a kept audit have the numbers of then, of an archive or study too, whatever changed since."""
    root = f"/fair/audits/{shown.first}/report"
    rows = list(csv.DictReader(io.StringIO(shown.site.get(f"{root}.csv").text, newline="")))
    assert {row["study"] for row in rows} == {f"biostudies:S-BIAD{number}" for number in (1, 2, 3)}
    outcomes = {row["study"]: row["outcome"] for row in rows if row["metric"] == "licence-standard"}
    # Study 1 lost its licence since.
    assert {name[-1]: outcome for name, outcome in outcomes.items()} == {"1": "pass", "2": "fail", "3": "pass"}
    assert shown.first in shown.page(root)
    one = shown.json(f"{root}.json?kind=study&of=biostudies:S-BIAD2")
    assert one["scope"]["studies"] == 1 and one["basis"]["audit"] == shown.first
    assert shown.site.get(f"{root}.json?kind=study&of=biostudies:S-BIAD4").status_code == 404
    assert shown.site.get(f"{root}.json?benchmark=none").status_code == 404
    assert shown.site.get(f"/fair/audits/{shown.first}/report.exe").status_code == 404


def test_a_difference_is_shown_record_by_record(shown: Shown) -> None:
    """The page of a difference names each changed outcome with its cause; narrowed down to an archive; also as JSON."""
    root = f"/fair/audits/{shown.first}...{shown.second}"
    page = shown.page(root)
    assert "the record changed" in page and "licence-standard" in page and "biostudies:S-BIAD4" in page
    assert SCRIPT not in page
    document = shown.json(f"{root}.json")
    (change,) = [one for one in document["changes"] if one["metric"] == "licence-standard"]
    assert (change["study"], change["before"], change["after"]) == ("biostudies:S-BIAD1", "pass", "fail")
    assert change["why"][0]["cause"] == "the record changed"
    assert [one["study"] for one in document["came"]] == ["biostudies:S-BIAD4"]
    other = shown.json(f"{root}.json?member=idr")
    assert (other["changes"], other["came"]) == ([], [])
    assert shown.site.get(f"/fair/audits/{shown.first}...x").status_code == 404


def test_changes_are_a_feed(shown: Shown) -> None:
    """The feed has an entry for each audit in which something changed, with absolute links; also for an archive."""
    for path, entries in (("/fair.atom", 1), ("/fair/members/biostudies.atom", 1), ("/fair/members/idr.atom", 0)):
        answer = shown.site.get(path)
        assert answer.status_code == 200 and answer.content_type.startswith("application/atom+xml"), answer.text
        feed = ElementTree.fromstring(answer.data)
        assert len(feed.findall(f"{ATOM}entry")) == entries
        assert all(link.get("href", "").startswith("https://node.example/") for link in feed.iter(f"{ATOM}link"))
    feed = ElementTree.fromstring(shown.site.get("/fair.atom").data)
    (entry,) = feed.findall(f"{ATOM}entry")
    content = entry.findtext(f"{ATOM}content") or ""
    assert "licence-standard: pass, now fail, because the record changed" in content
    assert "New: biostudies:S-BIAD4" in content and SCRIPT not in content
    assert shown.second in (entry.findtext(f"{ATOM}id") or "")
    of_archive = ElementTree.fromstring(shown.site.get("/fair/members/biostudies.atom").data)
    told = of_archive.find(f"{ATOM}entry/{ATOM}link")
    assert told is not None and told.get("href", "").endswith("?member=biostudies")
    assert of_archive.findtext(f"{ATOM}author/{ATOM}name") not in (None, "", of_archive.findtext(f"{ATOM}title"))
    assert shown.site.get("/fair/members/nobody.atom").status_code == 404
    assert shown.site.get("/fair.atom", headers={"If-None-Match": answer_tag(shown)}).status_code == 304


def answer_tag(shown: Shown) -> str:
    return shown.site.get("/fair.atom").headers["ETag"]


def test_pages_lose_what_was_withdrawn(shown: Shown) -> None:
    """P18: after a withdrawal neither report, tables nor files of a frozen audit have the words of the record."""
    node = shown.node
    root = f"/fair/audits/{shown.first}"
    answer = shown.site.get(f"{root}/report.csv")
    assert f"<{TERMS}>" in answer.text
    node.withdraw(2)
    purged = purge(node.ledger, node.later(48).now)
    node.history.withdrawn(purged.position)
    after = shown.site.get(f"{root}/report.csv", headers={"If-None-Match": answer.headers["ETag"]}).text
    assert f"<{TERMS}>" not in after and "was withdrawn since" in after
    assert shown.site.get(f"{root}/evidence.parquet").status_code == 404
    assert shown.site.get(f"{root}/evidence-left.parquet").status_code == 200
    assert "Evidence of 1 study is gone" in shown.page(root)
    node.withdraw(3)
    purged = purge(node.ledger, node.later(48).now)
    node.history.withdrawn(purged.position)
    rows = csv.DictReader(io.StringIO(shown.site.get(f"{root}/report.csv").text, newline=""))
    withheld = {row["study"] for row in rows if "was withdrawn since" in row["found"]}
    assert withheld == {"biostudies:S-BIAD2", "biostudies:S-BIAD3"}


def test_pages_of_the_newest_audit_lose_what_was_withdrawn(shown: Shown) -> None:
    """P18: also where the newest audit is a frozen one that was shown before."""
    node = shown.node
    node.history.shelf.remove(shown.second)
    assert f"<{TERMS}>" in shown.site.get("/fair/members/biostudies.csv").text
    node.withdraw(2)
    purged = purge(node.ledger, node.later(48).now)
    node.history.withdrawn(purged.position)
    after = shown.site.get("/fair/members/biostudies.csv").text
    assert f"<{TERMS}>" not in after and "was withdrawn since" in after
