from __future__ import annotations

import base64
import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from catalogue.federation.issue_cells import cell
from catalogue.model.documents import Finding, Severity
from catalogue.model.finding_codes import finding_codes, reasons
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from catalogue.web.federation.issue_rows import COLUMNS
from tests.web.issues_for_pages import FORMULA, REFUSED, SECRET
from tests.web.studies_for_pages import HOSTILE, HUMAN, MOMENT, SCRIPT, STUDY
from tests.web.test_hostile_records import BIDI, read

ATOM = "{http://www.w3.org/2005/Atom}"
CRATES = "/federation/quarantine/crates"


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def issues(client: FlaskClient, query: str = "", name: str = "crates") -> list[dict[str, Any]]:
    answer = client.get(f"/federation/quarantine/{name}.json{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json["issues"])


def test_every_rejected_and_repaired_record_is_told_whole(client: FlaskClient) -> None:
    """R19, R20: each is there with record, field, value, rule, how to mend it, first and last seen, and tries."""
    found = issues(client)
    assert [issue["severity"] for issue in found[:4]] == ["rejected"] * 4
    noticed = [(issue["identifier"], issue["severity"]) for issue in reversed(found[4:])]
    assert noticed == [
        (HOSTILE, "warning"),
        (HOSTILE, "repaired"),
        (HOSTILE, "info"),
        (HUMAN, "warning"),
        (STUDY, "repaired"),
    ]
    (refused,) = [issue for issue in found if issue["document"] == "S-BIAD90009.json"]
    assert (refused["identifier"], refused["rule"], refused["tries"]) == (
        "biostudies:S-BIAD90009",
        "schema-required",
        1,
    )
    assert refused["first_seen"] == refused["last_seen"] == "2026-11-20T09:30:00.000000Z"
    assert refused["faults"] == [
        {"field": "title", "value": None, "rule": "rule:Study", "message": "must be given"},
        {"field": "license", "value": FORMULA, "rule": "rule:Study", "message": "must be an address"},
    ]
    assert refused["rule_page"] == "/federation/rules#schema-required" and refused["meaning"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?severity=rejected", 4),
        ("?severity=repaired", 2),
        ("?reason=policy", 1),
        ("?code=label-mismatch", 1),
        ("?code=label-mismatch&severity=info", 0),
        ("?reason=policy&severity=warning", 0),
        ("?q=s-biad90009", 1),
        ("?q=100%25", 0),
        ("?q=_", 4),
    ],
)
def test_filters_narrow_the_list(client: FlaskClient, query: str, count: int) -> None:
    """Severity, reason, code and text choose; signs of the database's patterns are plain text."""
    found = issues(client, query)
    assert len(found) == count or (query == "?q=_" and all("_" in json.dumps(issue) for issue in found))


# A place whose text is half a surrogate pair.
_HALF = base64.urlsafe_b64encode(b'["rejected", "\\ud800", "a", "b"]').decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    ["severity=bad", "reason=odd", "limit=0", "limit=1001", "limit=x", "after=AA", "after=W10", f"after={_HALF}"],
)
def test_a_filter_that_cannot_fit_is_refused(client: FlaskClient, query: str) -> None:
    """A word outside the closed lists, a number out of range and a made-up place are answered with 400 and advice."""
    answer = client.get(f"{CRATES}.json?{query}")
    assert answer.status_code == 400 and answer.json["detail"]


def test_pages_follow_each_other_without_loss(client: FlaskClient) -> None:
    """Walking by `next`, two at a time, gives every issue once in the order of the whole list."""
    address, seen = f"{CRATES}.json?limit=2", []
    while address:
        page = client.get(address).json
        seen += [issue["id"] for issue in page["issues"]]
        address = page["next"]
    assert seen == [issue["id"] for issue in issues(client)] and len(set(seen)) == 9


def test_forms_by_suffix_and_by_accept(client: FlaskClient) -> None:
    """The same address gives page, JSON, CSV and Atom by Accept; each has a suffix of its own."""
    for suffix, media_type in ((".json", "application/json"), (".csv", "text/csv"), (".atom", "application/atom+xml")):
        for path in ("/federation/quarantine", CRATES, "/federation/quarantine/ssbd"):
            asked = client.get(path, headers={"Accept": media_type})
            assert asked.status_code == 200 and asked.mimetype == media_type, (path, suffix)
            named = client.get(path + suffix)
            assert named.data == asked.data and "Accept" in asked.vary
    assert client.get(CRATES, headers={"Accept": "text/html"}).mimetype == "text/html"
    assert client.get(CRATES, headers={"Accept": "image/png"}).status_code == 406


def test_csv_holds_a_line_for_each_fault(client: FlaskClient) -> None:
    """The table has every issue whatever the page's length, one line a field, and says its length."""
    answer = client.get(f"{CRATES}.csv?limit=1")
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(found[0]) == COLUMNS and len(found) == 10
    assert answer.content_length == len(answer.data)
    assert "attachment; filename=crates-issues.csv" in answer.headers["Content-Disposition"]
    assert {row["field"] for row in found if row["document"] == "S-BIAD90009.json"} == {"title", "license"}


def test_no_cell_is_a_formula(client: FlaskClient) -> None:
    """Cells that begin as a formula get an apostrophe; control and direction characters are gone."""
    text = client.get(f"{CRATES}.csv").text
    assert not BIDI.search(text) and "\t" not in text
    cells = [value for row in rows_of(client, f"{CRATES}.csv") for value in row.values()]
    assert not [value for value in cells if value.startswith(("=", "+", "-", "@"))]
    assert f"'{FORMULA}" in cells
    assert [cell(value) for value in ("\uff1d1", " @x", "\r=1", "a=1", 7)] == ["'\uff1d1", "'@x", "'=1", "a=1", "7"]


def test_pages_show_partner_text_as_text(client: FlaskClient) -> None:
    """Scripts, direction characters and formulas of a partner are inert on every page and in the feed."""
    for path in (CRATES, f"/federation/quarantine/ssbd?q={SCRIPT}", "/federation/quarantine"):
        text, found = read(client, path)
        assert SCRIPT not in text and not BIDI.search(text), path
        assert "script:None" not in found.tags and not found.handlers and not found.loaded[2:]
    feed = client.get(f"{CRATES}.atom").text
    assert SCRIPT not in feed and not BIDI.search(feed)


def test_what_is_restricted_stays_hidden(client: FlaskClient) -> None:
    """Of a restricted record only rule and dates are told; its value and message are in no form of the list."""
    for suffix in ("", ".json", ".csv", ".atom"):
        assert SECRET not in client.get(f"{CRATES}{suffix}").text, suffix
        assert SECRET not in client.get(f"/federation/quarantine/biostudies{suffix}").text, suffix
    (human,) = [issue for issue in issues(client) if issue["identifier"] == HUMAN]
    assert human["withheld"] and human["rule"] == "email-form" and human["faults"][0]["value"] is None


def test_a_private_source_is_counted_and_not_shown(client: FlaskClient) -> None:
    """Neither its own pages nor its owner's, nor the feed of all, hold a document of a private source."""
    for path in ("sealed", "idr", ""):
        for suffix in ("", ".json", ".csv", ".atom"):
            text = client.get(f"/federation/quarantine{'/' if path else ''}{path}{suffix}").text
            assert SECRET not in text and "idr9090" not in text and "idr9091" not in text, (path, suffix)
    answer = client.get("/federation/quarantine/sealed.json").json
    assert {row["rule"]: row["count"] for row in answer["counts"]} == {"schema-required": 1, "whitespace": 1}
    assert answer["issues"] == [] and "not public" in answer["withheld"]


def test_originals_are_had_where_they_are_public(client: FlaskClient) -> None:
    """The bytes of a refused document are linked only where anybody could fetch them, and never typed to run."""
    links = {issue["document"]: issue["original"] for issue in issues(client, "?severity=rejected")}
    assert links["folder.json"] is None and links["held.json"] is None
    answer = client.get(links["S-BIAD90009.json"])
    assert (answer.data, answer.mimetype) == (REFUSED, "application/octet-stream")
    assert "attachment" in answer.headers["Content-Disposition"]
    digest = links["S-BIAD90009.json"].rpartition("/")[2]
    for name in ("sealed", "unread", "ssbd", "none"):
        assert client.get(f"/federation/quarantine/{name}/original/{digest}").status_code == 404
    assert client.get(f"{CRATES}/original/{'0' * 64}").status_code == 404


def test_feed_is_valid_newest_first_and_stable(client: FlaskClient) -> None:
    """The feed has what Atom requires, ids that are unique and stay, and at most a hundred entries."""
    first, again = (ElementTree.fromstring(client.get(f"{CRATES}.atom").data) for _ in range(2))
    for name in ("id", "title", "updated", "author"):
        assert first.find(ATOM + name) is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in first.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == 9 and all(name.startswith("urn:uuid:") for name in ids)
    assert ids == [entry.findtext(f"{ATOM}id") for entry in again.findall(f"{ATOM}entry")]
    assert set(ids) == {issue["id"] for issue in issues(client)}


def test_unknown_partner_is_answered_with_those_known(client: FlaskClient) -> None:
    """A name that is neither source nor owner here gives 404 and a list."""
    for path in ("nobody", "nobody.csv", "empiar"):
        answer = client.get(f"/federation/quarantine/{path}", headers={"Accept": "application/json"})
        assert answer.status_code == 404 and "crates" in {place["label"] for place in answer.json["look_at"]}


def test_owner_page_gathers_what_sources_say_of_its_records(client: FlaskClient) -> None:
    """R20: /federation/quarantine/OWNER holds the owner's records whichever source delivered them."""
    assert {issue["identifier"] for issue in issues(client, name="ssbd")} == {HOSTILE}
    assert {issue["identifier"] for issue in issues(client, name="biostudies")} == {
        STUDY,
        HUMAN,
        "biostudies:S-BIAD90009",
    }


def test_overview_says_how_each_partner_stands(client: FlaskClient) -> None:
    """Every source has a state, its last good reading, counts and what to do; nothing says success."""
    told = {row["source"]: row for row in client.get("/federation/quarantine.json").json["sources"]}
    assert {name: row["state"] for name, row in told.items()} == {
        "crates": "partial", "sealed": "failing", "unread": "never read", "test-source": "never read",
    }  # fmt: skip
    assert told["crates"]["counts"] == {"rejected": 4, "warning": 2, "repaired": 2, "info": 1}
    assert told["crates"]["last_success"] == "2026-11-20T09:30:00.000000Z" and told["sealed"]["last_success"] is None
    assert all(row["what_to_do"] for row in told.values())
    page = client.get("/federation/quarantine", headers={"Accept": "text/html"}).text
    assert "success" not in page.lower() and 'href="/federation/quarantine"' in client.get("/").text


def test_each_code_and_reason_stands_on_the_page_of_rules(client: FlaskClient) -> None:
    """R20: the address that each issue gives for its rule exists on /federation/rules, with who mends it."""
    text = client.get("/federation/rules").text
    anchors = set(re.findall(r'<tr id="([^"]+)"', text))
    assert anchors == {code.anchor for code in (*reasons().values(), *finding_codes().values())}
    for issue in issues(client):
        path, _, anchor = issue["rule_page"].partition("#")
        assert client.get(path, headers={"Accept": "text/turtle" if "/shapes/" in path else "*/*"}).status_code in (
            200,
            303,
        )
        assert not anchor or anchor in anchors


def test_study_page_says_that_a_newer_document_was_refused(tmp_path: Path) -> None:
    """R19: the last good version stays served and says that it is stale, until the document enters."""
    from tests.web.studies_for_pages import append, study

    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: MOMENT) as ledger:
        ledger.add_source("test-source", harvester="gide", location="https://partner.example.org/")
        append(ledger, study())
        client = create_web(Services(ledger=ledger, resolver=Resolver(ledger))).test_client()
        said = "last good version"
        assert said not in client.get(f"/studies/{STUDY}").text
        with ledger.transaction() as writer:
            writer.quarantine("test-source", "a", reason="policy", detail="x", harvester="g/1", identifier=STUDY)
        assert said in client.get(f"/studies/{STUDY}").text
        with ledger.transaction() as writer:
            writer.resolve_quarantine("test-source", "a")
        assert said not in client.get(f"/studies/{STUDY}").text


def test_unchanged_books_answer_304_and_changed_ones_do_not(tmp_path: Path) -> None:
    """R7: every form is conditional; the tag follows the books and costs no reading of the issues."""
    now = [MOMENT]
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: now[0]) as ledger:
        ledger.add_source("crates", harvester="gide", location="https://partner.example.org/")
        client = create_web(Services(ledger=ledger, resolver=Resolver(ledger))).test_client()
        tags = {}
        for path in ("", ".json", ".csv", ".atom", "/crates", "/crates.json", "/crates.csv", "/crates.atom"):
            address = f"/federation/quarantine{path}"
            tags[address] = client.get(address).headers["ETag"]
            again = client.get(address, headers={"If-None-Match": tags[address]})
            assert (again.status_code, again.data) == (304, b""), address
        now[0] += timedelta(minutes=1)
        with ledger.transaction() as writer:
            run = writer.start_run("crates", {"kind": "harvest"})
            writer.replace_findings("crates", "a", None, [Finding("whitespace", Severity.REPAIRED, "", "", "")], run)
            writer.end_run(run, "completed", {"kind": "harvest"})
        for address, tag in tags.items():
            assert client.get(address, headers={"If-None-Match": tag}).status_code == 200, address


def test_a_source_named_with_a_suffix_is_found(tmp_path: Path) -> None:
    """A source called `list.csv` has its page, and its table under `list.csv.csv`."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: MOMENT) as ledger:
        ledger.add_source("list.csv", harvester="gide", location="https://partner.example.org/")
        client = create_web(Services(ledger=ledger, resolver=Resolver(ledger))).test_client()
        assert client.get("/federation/quarantine/list.csv").mimetype == "text/html"
        assert client.get("/federation/quarantine/list.csv.csv").mimetype == "text/csv"
