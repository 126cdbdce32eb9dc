"""Pages of OAI-PMH: broken records cost only themselves, broken pages end the run and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oai_reading import Node, source

from catalogue.model.documents import SourceDocument
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.oai_pages import parse_page
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.loopback_server import answer
from tests.harvesters.oai_server import HEAD, OaiServer, dc, repository

# Metadata of one record that breaks it, and nothing else.
BROKEN = {
    "a tag is never closed": "<oai_dc:dc><dc:title>Cells</oai_dc:dc>",
    "an ampersand": "<dc>Cells & Co</dc>",
    "an entity of its own": "<dc>&bomb;</dc>",
    "a control character": "<dc>\x01</dc>",
    "bytes that are no UTF-8": "<dc>\udcff\udcfe</dc>",
    "a prefix without namespace": "<foo:dc/>",
    "nothing closed at all": "<dc><title>Cells",
    "a comment never closed": "<dc><!-- Cells</dc>",
}


@pytest.fixture
def server() -> Iterator[OaiServer]:
    """A repository of seven records, three a page."""
    with repository() as found:
        yield found


@pytest.mark.parametrize("name", BROKEN)
def test_broken_record_costs_only_itself(server: OaiServer, name: str) -> None:
    """R19: the page and its neighbours are read; the broken record is quarantined with its bytes."""
    broken = server.put(4, metadata=BROKEN[name])
    node = Node(server)
    node.harvest()
    assert sorted(node.documents) == sorted(server.records)
    harvester = OaiPmhHarvester(fetcher())
    refused = {}
    for event in node.events:
        if isinstance(event, SourceDocument):
            try:
                assert harvester.map(event, source(server)).records[0]["title"].startswith("Cells")
            except RecordRejected as error:
                refused[event.item] = error.reason
                assert len(event.content) > 100
    assert list(refused) == [broken]
    assert refused[broken] in ("not-parsable", "bad-encoding", "policy")


def test_record_whose_closing_tag_is_missing_takes_no_neighbour_along(server: OaiServer) -> None:
    """A record ends where the next one begins, also when it forgets to say so."""
    original = server._record
    server._record = lambda name, kept: (  # type: ignore[method-assign]
        original(name, kept).replace("</record>", "") if name.endswith("4") else original(name, kept)
    )
    node = Node(server)
    node.harvest()
    assert len(node.documents) == 7


def test_record_without_identifier_is_quarantined_and_proves_nothing_missing(server: OaiServer) -> None:
    """sickle's ListRecords4: a header without identifier; who it is cannot be known, so nobody counts as missing."""
    node = Node(server)
    node.harvest()
    original = server._header
    server._header = lambda name, kept: (  # type: ignore[method-assign]
        "<header><!--Missing identifier--></header>" if name.endswith("4") else original(name, kept)
    )
    node.cursor = None
    node.harvest()
    (unreadable,) = node.unreadable
    assert unreadable.reason == "not-parsable"
    assert b"S-BIAD4" in unreadable.content
    assert not node.missing


def test_records_inside_metadata_are_no_records(server: OaiServer) -> None:
    """MARC's own element is called record, too."""
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader/></record>'
    server.put(4, metadata=f"<collection>{marc}{marc}</collection>")
    node = Node(server)
    node.harvest()
    assert len(node.documents) == 7


def test_prefixes_of_the_protocol_are_understood() -> None:
    """ivoa writes oai:record; namespaces declared at the root go with each record."""
    text = (
        '<oai:OAI-PMH xmlns:oai="http://www.openarchives.org/OAI/2.0/" '
        "xmlns:oai_dc='http://www.openarchives.org/OAI/2.0/oai_dc/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        "<oai:responseDate>03:020:00</oai:responseDate><oai:ListRecords><oai:record><oai:header status='deleted'>"
        "<oai:identifier>a</oai:identifier></oai:header></oai:record><oai:record><oai:header><oai:identifier>b"
        "</oai:identifier></oai:header><oai:metadata><oai_dc:dc><dc:title>T</dc:title></oai_dc:dc></oai:metadata>"
        "</oai:record><oai:resumptionToken>t&amp;1</oai:resumptionToken></oai:ListRecords></oai:OAI-PMH>"
    )
    page = parse_page(text.encode())
    assert [(record.header.identifier, record.header.is_deleted) for record in page.records] == [
        ("a", True), ("b", False),
    ]  # fmt: skip
    assert (page.moment, page.token) == (None, "t&1")
    assert b'xmlns:oai="http://www.openarchives.org/OAI/2.0/"' in page.records[1].content


def test_attributes_of_a_record_stay_whole_behind_inherited_namespaces() -> None:
    """A start tag over several lines, with blanks in a value, keeps its attributes when namespaces are added."""
    text = HEAD + (
        "<ListRecords xmlns:b='urn:b'><record\n xmlns:a='urn:a'\tb:c='d e'><header><identifier>x</identifier></header>"
        "</record></ListRecords></OAI-PMH>"
    )
    (record,) = parse_page(text.encode()).records
    assert b"b:c='d e'>" in record.content
    assert b"xmlns:b='urn:b'" in record.content
    assert record.content.count(b"xmlns:a=") == 1


def test_latin_1_page_gives_utf_8_records() -> None:
    """A page that declares another encoding is read by it."""
    text = HEAD.replace("UTF-8", "ISO-8859-1") + (
        "<ListRecords><record><header><identifier>a</identifier></header><metadata><t>Ä</t></metadata></record>"
        "</ListRecords></OAI-PMH>"
    )
    (record,) = parse_page(text.encode("latin-1")).records
    assert "Ä".encode() in record.content


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"broken xml...", SourceChanged),
        (b"<html><body>Log in</body></html>", SourceChanged),
        (HEAD.encode() + b"<ListRecords><record><header><identifier>a</identifier></header>", SourceUnavailable),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + HEAD.partition("\n")[2].encode() + b"</OAI-PMH>", SourceChanged),
        (HEAD.encode() + b'<error code="undefinedError"/></OAI-PMH>', SourceUnavailable),
        (HEAD.encode() + b"<error>Oops</error></OAI-PMH>", SourceUnavailable),
        (HEAD.encode() + b'<error code="cannotDisseminateFormat"/></OAI-PMH>', SourceChanged),
        (HEAD.encode() + b'<error code="badArgument">until 03:020:00</error></OAI-PMH>', SourceChanged),
    ],
)
def test_page_that_is_none_ends_the_run(server: OaiServer, body: bytes, error: type[Exception]) -> None:
    """A login page, half a page, a DOCTYPE, an error with or without a known code: nothing counts as removed."""
    node = Node(server, prefix="oai_dc")
    node.harvest()
    server.wait(days=1)
    node.source = source(server, prefix="oai_dc")
    events = OaiPmhHarvester(fetcher()).fetch(node.source, node.cursor, node.held)
    original = server._list
    server._list = lambda *_: answer(body)  # type: ignore[method-assign]
    with pytest.raises(error):
        list(events)
    server._list = original  # type: ignore[method-assign]


def test_error_with_status_422_is_understood(server: OaiServer) -> None:
    """Invenio answers noRecordsMatch with 422 Unprocessable Entity."""
    node = Node(server)
    node.harvest()
    server.wait(days=1)
    empty = server._error("noRecordsMatch")
    assert isinstance(empty, bytes)
    server._list = lambda *_: empty.replace(b"200 OK", b"422 Unprocessable Entity")  # type: ignore[method-assign]
    node.harvest()
    assert not node.documents


def test_repository_without_a_known_format_is_said(server: OaiServer) -> None:
    """EML and MODS are left alone: the message names what is offered."""
    server.formats = ("mods", "eml")
    with pytest.raises(SourceChanged, match="mods, eml"):
        Node(server).harvest()


def test_format_of_the_operators_choice_is_taken(server: OaiServer) -> None:
    """The option `prefix` names formats that go by another name, and a change of it reads all again."""
    server.formats = ("oai_dc", "dcc")
    node = Node(server)
    node.harvest()
    node.source = source(server, prefix="dcc")
    node.harvest()
    assert "from" not in server.asked[-1] and len(node.unchanged) == 7


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_refused(content: bytes) -> None:
    """Whatever comes, parse_page gives a page or RecordRejected."""
    for body in (content, HEAD.encode() + b"<ListRecords>" + content + b"</ListRecords></OAI-PMH>"):
        try:
            parse_page(body)
        except RecordRejected:
            continue


@given(st.lists(st.sampled_from([*BROKEN.values(), dc(1), "<a/>"]), max_size=6))
def test_as_many_records_come_as_stand_on_a_page(metadata: list[str]) -> None:
    """Whatever breaks inside records, their number and names are right."""
    records = "".join(
        f"<record><header><identifier>r{n}</identifier></header><metadata>{text}</metadata></record>"
        for n, text in enumerate(metadata)
    )
    page = parse_page(f"{HEAD}<ListRecords>{records}</ListRecords></OAI-PMH>".encode("utf-8", "surrogateescape"))
    assert [record.header.identifier for record in page.records] == [f"r{n}" for n in range(len(metadata))]


@pytest.mark.parametrize("piece", ["<record>" + "<!---->" * 100, "<record>" + "<!--" * 20_000, "<record><!--" * 5_000])
def test_comments_before_a_header_take_no_time(piece: str) -> None:
    """R11: comments that a pattern could cut in endless ways are passed once."""
    page = f"{HEAD}<ListRecords>{piece}"
    began = time.process_time()
    with pytest.raises(RecordRejected):
        parse_page(page.encode())
    assert time.process_time() - began < 5


def test_headers_without_end_take_no_time() -> None:
    """R11: a record full of headers that never end is searched once."""
    page = f"{HEAD}<ListRecords><record>{'<header>' * 20_000}</record></ListRecords></OAI-PMH>"
    began = time.process_time()
    assert [record.header.identifier for record in parse_page(page.encode()).records] == [""]
    assert time.process_time() - began < 5


def test_record_without_header_is_never_passed_over() -> None:
    """R14: a record without a header, the first of a page or the only one, is a record that nobody can name."""
    lost = "<record><metadata/></record>"
    named = "<record><header><identifier>a</identifier></header></record>"
    for records, names in ((lost, [""]), (lost + named, ["a", ""])):
        page = parse_page(f"{HEAD}<ListRecords>{records}</ListRecords></OAI-PMH>".encode())
        assert [record.header.identifier for record in page.records] == names
