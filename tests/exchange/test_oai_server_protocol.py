"""The contract of OAI-PMH 2.0, with the checks that its official validator makes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.exchange.exposed import Horizon
from catalogue.settings import ExchangeSettings, WebSettings
from tests.exchange.harvested import BASE, Node, study
from tests.exchange.oai_answers import OAI, ask, pages, read
from tests.web.studies_for_pages import image

FIRST = f"{BASE}biostudies:S-BIAD1"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """250 studies of two owners, an image, one withdrawn, one replaced, one suppressed; read-only by convention."""
    found = Node(tmp_path_factory.mktemp("oai"))
    found.put(*(study(number) for number in range(1, 221)), *(study(n, owner="idr") for n in range(1, 31)))
    found.put(image("biostudies:S-BIAD1.embryo-a", "biostudies:S-BIAD1"))
    found.clock.go(10)
    found.withdraw("biostudies:S-BIAD7")
    found.withdraw("biostudies:S-BIAD9", "replaced", replaced_by="biostudies:S-BIAD10")
    found.put(study(8, "Doubtful"), status="suppressed")
    found.clock.go(5)
    return found


@pytest.fixture(scope="module")
def client(node: Node) -> FlaskClient:
    return node.app().test_client()


def test_identify_says_what_the_validator_looks_for(client: FlaskClient) -> None:
    """Identify has name, address, version, a real e-mail, persistent deletions, seconds and gzip."""
    answer = ask(client, "Identify")
    assert answer.texts("repositoryName") == ["Test node"]
    assert answer.texts("baseURL") == ["http://node.example.org/oai"] == [answer.request.text]
    assert answer.texts("protocolVersion") == ["2.0"]
    assert answer.texts("adminEmail") == ["images@archive.example.org"]
    assert answer.texts("earliestDatestamp") == ["2026-03-01T12:00:00Z"]
    assert answer.texts("deletedRecord") == ["persistent"]
    assert answer.texts("granularity") == ["YYYY-MM-DDThh:mm:ssZ"]
    assert answer.texts("compression") == ["gzip"]


def test_identify_without_an_administrator_is_refused(node: Node) -> None:
    """A node that was told no e-mail address says so instead of inventing one."""
    bare = Node.__new__(Node)
    bare.__dict__ |= node.__dict__ | {"settings": ExchangeSettings()}
    response = bare.app().test_client().get("/oai?verb=Identify")
    assert response.status_code == 500 and "exchange.admin_email" in response.json["detail"]


@pytest.mark.parametrize("address", ["a@archive.org", "admin@localhost", "nobody", "x y@archive.org"])
def test_addresses_that_the_validator_refuses_are_no_setting(address: str) -> None:
    """One-letter names, @localhost and what is no address cannot be set as exchange.admin_email."""
    with pytest.raises(ValueError, match=r"images@archive\.org"):
        ExchangeSettings(admin_email=address)


def test_addresses_are_never_made_from_the_host_header(node: Node) -> None:
    """A node without a public address names the one it listens on, or refuses; what a request says is not repeated."""
    quiet = Node.__new__(Node)
    quiet.__dict__ |= node.__dict__ | {"web": WebSettings(port=8123)}
    said = quiet.app().test_client().get("/oai?verb=ListSets", headers={"Host": "evil.example"})
    assert read(said).request.text == "http://127.0.0.1:8123/oai"
    quiet.__dict__ |= {"web": WebSettings(host="0.0.0.0")}
    refused = quiet.app().test_client().get("/oai?verb=ListSets", headers={"Host": "evil.example"})
    assert refused.status_code == 500 and "web.base_url" in refused.json["detail"]


@pytest.mark.parametrize(
    "query",
    ["", "verb=", "verb=junk", "verb=identify", "verb=Identify&verb=Identify", "verb=ListSets&verb=Identify"],
)
def test_bad_verbs(client: FlaskClient, query: str) -> None:
    """A missing, unknown, misspelt or repeated verb is badVerb, and the request is repeated without attributes."""
    answer = read(client.get(f"/oai?{query}"))
    assert answer.errors == ["badVerb"] and not answer.request.attrib


@pytest.mark.parametrize(
    "query",
    [
        "verb=Identify&metadataPrefix=oai_dc",
        "verb=ListSets&from=2026-01-01",
        "verb=GetRecord&metadataPrefix=oai_dc",
        f"verb=GetRecord&identifier={FIRST}",
        "verb=GetRecord",
        "verb=ListRecords",
        "verb=ListIdentifiers&set=kind:study",
        "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc",
        "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x",
        "verb=ListRecords&metadataPrefix=oai_dc&from=junk",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-3-1",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00Z",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00:00",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00:00%2B01:00",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T25:00:00Z",
        "verb=ListRecords&metadataPrefix=oai_dc&until=2026",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01&until=2026-03-01T12:00:00Z",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-02&until=2026-03-01",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00:01Z&until=2026-03-01T12:00:00Z",
        "verb=ListRecords&metadataPrefix=oai%20dc",
        "verb=ListRecords&metadataPrefix=oai_dc&set=a%2Fb",
        "verb=ListRecords&metadataPrefix=oai_dc&junk=1",
        f"verb=GetRecord&metadataPrefix=oai_dc&identifier={'x' * 3000}",
    ],
)
def test_bad_arguments(client: FlaskClient, query: str) -> None:
    """Missing, repeated, unknown, exclusive and malformed arguments are badArgument."""
    answer = read(client.get(f"/oai?{query}"))
    assert answer.errors == ["badArgument"] and not answer.request.attrib


def test_unknown_formats(client: FlaskClient) -> None:
    """A metadataPrefix that is not offered, or that a record cannot be had in, is cannotDisseminateFormat."""
    assert ask(client, "ListRecords", metadataPrefix="mods").errors == ["cannotDisseminateFormat"]
    assert ask(client, "GetRecord", identifier=FIRST, metadataPrefix="mods").errors == ["cannotDisseminateFormat"]
    of_image = {"identifier": f"{FIRST}.embryo-a", "metadataPrefix": "oai_datacite"}
    assert ask(client, "GetRecord", **of_image).errors == ["cannotDisseminateFormat"]


@pytest.mark.parametrize("identifier", ['invalid"id', "biostudies:S-BIAD1", f"{BASE}biostudies:S-BIAD99999", ""])
def test_unknown_identifiers(client: FlaskClient, identifier: str) -> None:
    """An identifier that names no record is idDoesNotExist, also for ListMetadataFormats."""
    asked = {"identifier": identifier}
    assert ask(client, "GetRecord", metadataPrefix="oai_dc", **asked).errors == ["idDoesNotExist"]
    assert ask(client, "ListMetadataFormats", **asked).errors == ["idDoesNotExist"]


def test_formats_of_the_repository_and_of_a_record(client: FlaskClient) -> None:
    """All formats are listed, and for one record those in which it can be had."""
    assert ask(client, "ListMetadataFormats").texts("metadataPrefix") == ["oai_dc", "oai_datacite", "dcat", "rdf"]
    of_image = ask(client, "ListMetadataFormats", identifier=f"{FIRST}.embryo-a")
    assert of_image.texts("metadataPrefix") == ["oai_dc", "rdf"]


def test_sets_are_nested_and_told_in_headers(client: FlaskClient) -> None:
    """ListSets names each set and those above it; a set gives the records of all sets below it."""
    specs = ask(client, "ListSets").texts("setSpec")
    assert {"owner", "owner:biostudies", "owner:biostudies:study", "owner:idr:study", "kind:image"} <= set(specs)
    assert {"modality", "modality:FBbi_00000369"} <= set(specs) and len(specs) == len(set(specs))
    of_owner = [header for page in pages(client, set="owner:idr") for header in page.headers]
    assert len(of_owner) == 30 and {"owner:idr:study", "kind:study"} <= set(of_owner[0].sets)
    counted = {spec: sum(len(page.headers) for page in pages(client, set=spec)) for spec in specs}
    assert counted["owner"] == counted["kind"] == 251
    assert counted["owner:biostudies"] == counted["owner:biostudies:study"] + counted["owner:biostudies:image"]
    assert counted["status:suppressed"] == 1
    assert ask(client, "ListRecords", metadataPrefix="oai_dc", set="no:such").errors == ["noRecordsMatch"]


def test_lists_of_sets_have_no_tokens(client: FlaskClient) -> None:
    """ListSets is given whole; any resumptionToken for it is bad."""
    assert ask(client, "ListSets").token is None
    assert ask(client, "ListSets", resumptionToken="x").errors == ["badResumptionToken"]


def test_empty_repository_has_no_sets_and_no_records(tmp_path: Path) -> None:
    """A node without records answers every verb with the error that the protocol has for it."""
    client = Node(tmp_path).app().test_client()
    assert not ask(client, "Identify").errors
    assert ask(client, "ListSets").errors == ["noSetHierarchy"]
    assert ask(client, "ListRecords", metadataPrefix="oai_dc").errors == ["noRecordsMatch"]


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_lists_come_in_pages_of_a_hundred(client: FlaskClient, verb: str) -> None:
    """Pages count up with cursor and completeListSize, and the last has an empty token."""
    read_pages = list(pages(client, verb))
    assert [len(page.headers) for page in read_pages] == [100, 100, 51]
    assert [page.token.get("cursor") for page in read_pages] == ["0", "100", "200"]
    assert {page.token.get("completeListSize") for page in read_pages} == {"251"}
    assert read_pages[-1].token.text is None
    names = [header.identifier for page in read_pages for header in page.headers]
    assert len(set(names)) == 251
    stamps = [header.datestamp for page in read_pages for header in page.headers]
    assert stamps == sorted(stamps)


def test_a_list_of_one_page_has_no_token(client: FlaskClient) -> None:
    """A whole list in one answer has no resumptionToken at all."""
    assert ask(client, "ListRecords", metadataPrefix="oai_dc", set="owner:idr").token is None


def test_tokens_can_be_used_again(client: FlaskClient, node: Node) -> None:
    """The same token gives the same page, again and at another process of the node."""
    token = ask(client, "ListRecords", metadataPrefix="oai_dc").token.text
    first, second = (ask(client, "ListRecords", resumptionToken=token).headers for _ in range(2))
    other = Node.__new__(Node)
    other.__dict__ |= node.__dict__ | {"exposed": node.fresh()}
    assert first == second == ask(other.app().test_client(), "ListRecords", resumptionToken=token).headers


def test_forged_tokens_are_refused(client: FlaskClient) -> None:
    """What this node did not give out, or what was altered in any place, is badResumptionToken."""
    token = ask(client, "ListRecords", metadataPrefix="oai_dc").token.text
    forged = ["", "junk", ".", token[:-1], token + "A", token.replace(".", ""), "é" + token, token * 100]
    forged += [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))
    ]
    for text in forged:
        assert ask(client, "ListRecords", resumptionToken=text).errors in (["badResumptionToken"], ["badArgument"])


def test_tokens_are_of_one_verb(client: FlaskClient) -> None:
    """A token of ListRecords is none of ListIdentifiers."""
    token = ask(client, "ListRecords", metadataPrefix="oai_dc").token.text
    assert ask(client, "ListIdentifiers", resumptionToken=token).errors == ["badResumptionToken"]


def test_tokens_live_for_more_than_a_day_and_end(tmp_path: Path) -> None:
    """A token is honoured for 72 hours, as its expirationDate says, and refused after."""
    node = Node(tmp_path)
    node.put(*(study(number) for number in range(102)))
    node.clock.go(2)
    client = node.app().test_client()
    token = ask(client, "ListRecords", metadataPrefix="oai_dc").token
    assert token.get("expirationDate") == "2026-03-04T12:00:02Z"
    node.clock.go(timedelta(hours=71.9).total_seconds())
    assert len(ask(client, "ListRecords", resumptionToken=token.text).headers) == 2
    node.clock.go(timedelta(hours=0.2).total_seconds())
    assert ask(client, "ListRecords", resumptionToken=token.text).errors == ["badResumptionToken"]


def test_tokens_of_another_log_are_refused(tmp_path: Path) -> None:
    """After a restore from a copy, positions mean other records: the token of the old log is refused."""
    node = Node(tmp_path / "a")
    (tmp_path / "b").mkdir()
    other = Node(tmp_path / "b")
    node.put(*(study(number) for number in range(102)))
    other.put(*(study(number, "Others") for number in range(102)))
    for each in (node, other):
        each.clock.go(2)
    token = ask(node.app().test_client(), "ListRecords", metadataPrefix="oai_dc").token.text
    (tmp_path / "b/exchange/exchange.key").write_bytes((tmp_path / "a/exchange/exchange.key").read_bytes())
    refused = ask(other.app().test_client(), "ListRecords", resumptionToken=token)
    assert refused.errors == ["badResumptionToken"]


def test_deleted_records_are_headers_for_ever(client: FlaskClient) -> None:
    """A withdrawn and a replaced record are told as deleted in every format, without metadata or about."""
    for name in ("S-BIAD7", "S-BIAD9"):
        for prefix in ("oai_dc", "oai_datacite", "dcat", "rdf"):
            answer = ask(client, "GetRecord", identifier=f"{BASE}biostudies:{name}", metadataPrefix=prefix)
            assert [header.is_deleted for header in answer.headers] == [True]
            assert not answer.texts("metadata") and not answer.texts("about")
    listed = {h.identifier for page in pages(client, "ListRecords") for h in page.headers if h.is_deleted}
    assert listed == {f"{BASE}biostudies:S-BIAD7", f"{BASE}biostudies:S-BIAD9"}


def test_deletions_are_told_in_the_sets_the_record_was_in(client: FlaskClient) -> None:
    """A harvester of one method learns that a study of it is gone."""
    told = [h for page in pages(client, set="modality:FBbi_00000246") for h in page.headers if h.is_deleted]
    assert [header.identifier for header in told] == [f"{BASE}biostudies:S-BIAD7"]


def test_suppressed_records_are_given_and_say_so(client: FlaskClient) -> None:
    """A suppressed record is no deletion: it comes with its metadata, and header and about tell its status."""
    answer = ask(client, "GetRecord", identifier=f"{BASE}biostudies:S-BIAD8", metadataPrefix="oai_dc")
    (header,) = answer.headers
    assert not header.is_deleted and "status:suppressed" in header.sets
    about = answer.root.find(f".//{OAI}about")
    status = about.find(".//{https://w3id.org/ommatidia/terms/}status")
    assert status.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource").endswith("/suppressed")


def test_from_and_until_are_inclusive(client: FlaskClient) -> None:
    """Both ends of a period belong to it, in seconds and in days; a period without changes is noRecordsMatch."""

    def size(**period: str) -> int:
        return sum(len(page.headers) for page in pages(client, **period))

    assert size(from_="2026-03-01T12:00:10Z") == 3
    assert size(until="2026-03-01T12:00:09Z") == 248
    assert size(from_="2026-03-01T12:00:10Z", until="2026-03-01T12:00:10Z") == 3
    assert size(from_="2026-03-01", until="2026-03-01") == 251
    assert size(until="2026-02-28") == 0 and size(from_="2026-03-02") == 0
    assert size(until="0001-01-01") == 0 and size(until="9999-12-31") == 251
    assert size(from_="2026-03-01T12:00:11Z") == 0


def test_the_running_second_is_held_back(tmp_path: Path) -> None:
    """What is recorded in the second that still runs is not shown, and responseDate lies before that second."""
    node = Node(tmp_path)
    client = node.app().test_client()
    node.put(study(1))
    node.clock.go(1)
    node.put(study(2), study(1, "Changed"))
    shown = ask(client, "ListIdentifiers", metadataPrefix="oai_dc")
    assert shown.errors == ["noRecordsMatch"] and shown.date == "2026-03-01T12:00:00Z"
    was = ask(client, "GetRecord", identifier=FIRST, metadataPrefix="oai_dc")
    assert [header.datestamp for header in was.headers] == ["2026-03-01T12:00:00Z"]
    assert ask(client, "GetRecord", identifier=f"{BASE}biostudies:S-BIAD2", metadataPrefix="oai_dc").errors
    node.clock.go(1)
    assert len(ask(client, "ListIdentifiers", metadataPrefix="oai_dc").headers) == 2


def test_an_open_transaction_holds_back_its_moment(tmp_path: Path) -> None:
    """Entries are stamped before they are committed: while somebody writes, responseDate waits for them."""
    node = Node(tmp_path)
    client = node.app().test_client()
    node.put(study(1))
    node.clock.go(5)
    assert ask(client, "ListIdentifiers", metadataPrefix="oai_dc").date == "2026-03-01T12:00:04Z"
    with node.ledger.transaction() as writer:
        node.append(writer, study(2))
        node.clock.go(60)
        during = ask(client, "ListIdentifiers", metadataPrefix="oai_dc")
        assert during.date == "2026-03-01T12:00:04Z" and len(during.headers) == 1
    after = ask(client, "ListIdentifiers", metadataPrefix="oai_dc", from_=during.date)
    assert [header.identifier for header in after.headers] == [f"{BASE}biostudies:S-BIAD2"]


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_list_whose_rest_changed_ends_well(tmp_path: Path, verb: str) -> None:
    """When all that follows a token changed meanwhile, its page has the last record as it is now, and no token."""
    node = Node(tmp_path)
    node.put(*(study(number) for number in range(102)))
    node.clock.go(2)
    client = node.app().test_client()
    first = ask(client, verb, metadataPrefix="oai_dc", until="2026-03-01T12:00:00Z")
    node.put(*(study(number, "Changed") for number in range(100, 102)))
    node.withdraw("biostudies:S-BIAD99")
    node.clock.go(2)
    rest = ask(client, verb, resumptionToken=first.token.text)
    assert [(h.identifier, h.is_deleted) for h in rest.headers] == [(f"{BASE}biostudies:S-BIAD99", True)]
    assert rest.token.text is None
    assert len(ask(client, verb, metadataPrefix="oai_dc", from_=first.date).headers) == 3


def test_pages_of_large_records_are_short(tmp_path: Path) -> None:
    """A page ends after some megabytes, however few records that are, and the list still has them all."""
    node = Node(tmp_path)
    node.put(*(study(number) | {"description": "x" * (3 << 20)} for number in range(7)))
    node.clock.go(2)
    client = node.app().test_client()
    sizes = [len(page.headers) for page in pages(client, "ListRecords")]
    assert sizes == [3, 3, 1]


def test_records_that_cannot_be_written_are_passed_over(tmp_path: Path) -> None:
    """P15: a record whose IRIs are none is left out of `rdf` alone; a page of such records is no end of the list."""
    node = Node(tmp_path)
    broken = [study(number) | {"see_also": ["no address"]} for number in range(101)]
    node.put(*broken, study(500))
    node.clock.go(2)
    client = node.app().test_client()
    assert [len(page.headers) for page in pages(client, "ListRecords")] == [100, 2]
    told = [header.identifier for page in pages(client, "ListRecords", metadataPrefix="rdf") for header in page.headers]
    assert told == [f"{BASE}biostudies:S-BIAD500"]
    asked = {"identifier": FIRST, "metadataPrefix": "rdf"}
    assert ask(client, "GetRecord", **asked).errors == ["cannotDisseminateFormat"]


def test_post_takes_arguments_from_its_body(client: FlaskClient) -> None:
    """A form in the body is a request like any other; the same argument in address and body is repeated."""
    by_get = ask(client, "ListRecords", metadataPrefix="oai_dc")
    by_post = read(client.post("/oai", data={"verb": "ListRecords", "metadataPrefix": "oai_dc"}))
    assert by_post.headers == by_get.headers
    token = by_post.token.text
    assert read(client.post("/oai", data={"verb": "ListRecords", "resumptionToken": token})).headers
    assert read(client.post("/oai?verb=Identify", data={"verb": "Identify"})).errors == ["badVerb"]
    assert read(client.post("/oai", json={"verb": "Identify"})).errors == ["badVerb"]


def test_requests_are_repeated_in_the_answer(client: FlaskClient) -> None:
    """The element request has every argument of a request that could be understood, escaped."""
    answer = ask(client, "GetRecord", identifier="<&\"'>", metadataPrefix="oai_dc")
    assert dict(answer.request.attrib) == {
        "verb": "GetRecord", "identifier": '<&"\'>', "metadataPrefix": "oai_dc",
    }  # fmt: skip


def test_answers_are_compressed_for_those_who_ask(client: FlaskClient) -> None:
    """gzip is given on request, with a length and Vary; plain bytes otherwise."""
    plain = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")
    packed = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.head("/oai?verb=Identify").status_code == 200


def test_an_overloaded_node_asks_for_patience(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """When every turn is taken, the answer is 503 with Retry-After, the one status that harvesters come back after."""
    busy = Node.__new__(Node)
    one = node.settings.model_copy(update={"parallel": 1})
    busy.__dict__ |= node.__dict__ | {"settings": one, "exposed": node.fresh()}
    app = busy.app()
    refused: list[Any] = []
    answer = busy.exposed.horizon

    def meanwhile() -> Horizon:
        refused.append(app.test_client().get("/oai?verb=ListSets"))
        return answer()

    monkeypatch.setattr(busy.exposed, "horizon", meanwhile)
    assert app.test_client().get("/oai?verb=ListSets").status_code == 200
    assert [(r.status_code, r.headers["Retry-After"]) for r in refused] == [(503, "5")]
    assert app.test_client().get("/oai?verb=ListSets").status_code == 200
