"""The federation's pages and documents: the same numbers for people, scripts and monitors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.members_for_pages import ASKED, BEHIND, EQUAL, PAUSED, SECRET_ADDRESS
from tests.web.studies_for_pages import SCRIPT, STUDY, clock
from tests.web.test_hostile_records import BIDI

ATOM = "{http://www.w3.org/2005/Atom}"
HTML = {"Accept": "text/html"}


def rows(page: str, section: str) -> list[list[str]]:
    """Cells of a section's table, without tags."""
    table = re.search(rf'<section aria-labelledby="{section}">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert table is not None
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table[1].split("</tr>"))
    return [[re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", cell)).strip() for cell in row] for row in cells if row]


def test_matrix_says_who_holds_what_of_whom(client: FlaskClient, services: Services) -> None:
    """A row an owner: what is here, and at each member count, place in the log and whether the digests are equal."""
    page = client.get("/federation").text
    found = {row[0]: row[1:] for row in rows(page, "matrix")}
    here = services.ledger.digests.owner("biostudies")
    assert found["BioImage Archive"][0].startswith(f"{here.count} records")
    assert found["BioImage Archive"][1:] == [
        "equal , 5 records epoch 0, entry 9",
        "equal , 5 records epoch 0, entry 9",
        "nothing known",
    ]
    assert "differs , 12 records epoch 1, entry 12" in found["Image Data Resource"]


def test_members_stand_with_lag_state_and_what_to_do(client: FlaskClient) -> None:
    """State, entries behind, since when, last equal and a remedy for each; one that only asked is not shown."""
    page = client.get("/federation").text
    found = {row[0].split()[0]: row[1:] for row in rows(page, "members")}
    assert set(found) == {"equal-one", "behind-one", "paused-one"}
    assert found["equal-one"][:3] == ["equal", "0", "not behind"]
    assert found["behind-one"][0].startswith("alarm") and found["behind-one"][1] == "9"
    assert "day" in found["behind-one"][2] and "member alarms" in found["behind-one"][-1]
    assert found["paused-one"][:2] == ["paused", "not known"]
    assert "resume paused-one" in found["paused-one"][-1]
    assert ASKED not in page and SECRET_ADDRESS not in page


def test_strip_has_ninety_days_and_says_them_in_words(client: FlaskClient) -> None:
    """The picture of 90 days is drawn on the server and named for who does not see it, by shape as well as colour."""
    page = client.get("/federation").text
    strips = re.findall(r'<svg class="strip".*?</svg>', page, re.DOTALL)
    assert len(strips) == 3
    for strip in strips:
        assert strip.count("<rect") == 90
        assert 'role="img"' in strip and "last 90 days" in strip
    assert "equal-one, last 90 days: held the same on 1, not asked on 89." in page


def test_alarms_stand_on_top_and_cleared_ones_do_not(client: FlaskClient) -> None:
    """A standing alarm is shown with kind, owner, member and reason before the members."""
    page = client.get("/federation").text
    assert page.index("equivocation") < page.index('id="members"')
    assert "cosmic ray" not in page


def test_tenures_tell_who_wrote_and_who_writes(client: FlaskClient) -> None:
    """Each owner's epochs with the writing member, and from which entry on."""
    found = rows(client.get("/federation").text, "tenures")
    empiar = [row for row in found if row[0] == "EMPIAR"]
    assert [row[1] for row in empiar] == ["0", "1"]
    assert empiar[0][2].startswith("equal-one") and empiar[0][4] == "the beginning"
    assert empiar[1][2].startswith("behind-one") and empiar[1][2].endswith("(now)")
    assert empiar[1][4] == "4 of epoch 0"


@pytest.mark.parametrize("path", ["/federation", "/federation/status", "/federation/digest"])
def test_what_members_say_is_inert(client: FlaskClient, path: str) -> None:
    """Script and direction marks in names, errors and alarms reach no page."""
    page = client.get(path, headers=HTML).text
    assert SCRIPT not in page
    assert not BIDI.search(page)


def test_status_has_the_page_s_numbers(client: FlaskClient, services: Services) -> None:
    """S13: lag in entries and seconds, last equal digest, alarms and quarantine counts as JSON, open to scripts."""
    answer = client.get("/federation/status", headers={"Accept": "application/json"})
    assert answer.json["position"] == services.ledger.last_position()
    by_name: dict[str, Any] = {one["name"]: one for one in answer.json["members"]}
    assert set(by_name) == {"equal-one", "behind-one", "paused-one"}
    assert (by_name["equal-one"]["lag_entries"], by_name["equal-one"]["lag_s"]) == (0, 0.0)
    assert by_name["behind-one"]["lag_entries"] == 9 and by_name["behind-one"]["lag_s"] >= 3 * 86_400
    assert by_name["paused-one"]["lag_s"] is None and by_name["paused-one"]["equal"] is None
    assert [alarm["kind"] for alarm in answer.json["alarms"]] == ["equivocation"]
    assert answer.json["quarantined"]["crates"] == 4
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/federation/status.json").json["members"] == answer.json["members"]
    assert client.get("/federation/status", headers=HTML).mimetype == "text/html"


def test_metrics_are_in_the_text_format_with_the_same_numbers(client: FlaskClient, services: Services) -> None:
    """Each sample is `name{labels} number` under its HELP and TYPE; what is not known is left out."""
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    samples = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert all(re.fullmatch(r'ommatidia_[a-z_]+(\{([a-z]+="(\\.|[^"\\\n])*",?)+\})?', name) for name in samples)
    assert float(samples["ommatidia_log_position"]) == services.ledger.last_position()
    assert samples['ommatidia_member_equal{member="equal-one"}'] == "1"
    assert samples['ommatidia_member_equal{member="behind-one"}'] == "0"
    assert samples['ommatidia_member_lag_entries{member="behind-one"}'] == "9"
    assert samples['ommatidia_member_active{member="paused-one"}'] == "0"
    assert 'ommatidia_member_equal{member="paused-one"}' not in samples
    assert samples['ommatidia_alarms{kind="equivocation"}'] == "1"
    assert samples['ommatidia_quarantined{source="crates"}'] == "4"
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name.split("{")[0] for name in samples} == typed


def test_label_values_cannot_break_out(tmp_path: Path) -> None:
    """A source's name with quotes, backslashes and line ends stays one label."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        ledger.add_source('a"b\\c\nd', harvester="gide", location="/x")
        app = create_web(Services(ledger=ledger, resolver=Resolver(ledger)))
        text = app.test_client().get("/metrics").text
    assert 'ommatidia_quarantined{source="a\\"b\\\\c\\nd"} 0\n' in text


@pytest.mark.parametrize("path", ["", "/biostudies", "/biostudies/S-BIAD90"])
def test_digests_are_a_page_or_the_document_that_members_read(client: FlaskClient, path: str) -> None:
    """S9: by Accept the same bytes as under .json, else a page with the same digests."""
    address = f"/federation/digest{path}"
    document = client.get(f"{address}.json")
    assert client.get(address, headers={"Accept": "application/json"}).data == document.data
    page = client.get(address, headers=HTML)
    assert page.mimetype == "text/html" and "Accept" in page.headers["Vary"]
    for digest in re.findall(r'"(?:payload_)?digest": "([0-9a-f]{64})"', document.text):
        assert digest in page.text


def test_digests_of_what_is_not_here_answer_404(client: FlaskClient) -> None:
    """An owner or a bucket that nothing is held of is not found, and says where to look."""
    for path in ("/federation/digest/nobody", "/federation/digest/biostudies/S-BIAD7"):
        assert client.get(path, headers=HTML).status_code == 404


def test_bucket_leads_to_its_records(client: FlaskClient) -> None:
    """Each record of a bucket is linked by its identifier."""
    page = client.get("/federation/digest/biostudies/S-BIAD90", headers=HTML).text
    (address,) = [one for one in re.findall(r'href="(/id/[^"]+)"', page) if one.endswith("S-BIAD90001")]
    assert client.get(address).headers["Location"].endswith(STUDY)


def test_alarms_are_a_feed(client: FlaskClient) -> None:
    """Every alarm, cleared ones too, is an entry with an id that stays; the feed is well-formed Atom."""
    answer = client.get("/federation/alarms.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.text)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["digest-mismatch: ssbd (cleared)", "equivocation: idr"]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 2 and all(one.startswith("https://w3id.org/ommatidia/nodes/") for one in ids)
    assert not BIDI.search(answer.text)


def test_pages_lead_to_each_other(client: FlaskClient) -> None:
    """Front page, partners' page and each foot lead to the federation; that leads to all its documents."""
    for path in ("/", "/federation/quarantine", "/search"):
        assert 'href="/federation"' in client.get(path).text
    page = client.get("/federation").text
    for address in ("status.json", "digest", "registry.json", "alarms.atom"):
        assert client.get(f"/federation/{address}").status_code == 200
        assert f'href="/federation/{address}"' in page
    assert 'href="https://equal-one.example"' in page
    assert all(node in page for node in (EQUAL.node, BEHIND.node, PAUSED.node))


def test_empty_node_says_how_to_begin(tmp_path: Path) -> None:
    """A node without members, owners or alarms has a page that says what to type."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        app = create_web(Services(ledger=ledger, resolver=Resolver(ledger)))
        page = app.test_client().get("/federation").text
        assert "ommatidia member join" in page and "<table" not in page
        assert "Nothing is held here yet" in app.test_client().get("/federation/digest", headers=HTML).text
        assert app.test_client().get("/inbox").status_code == 404
