"""Any address is assessed from all that it says; what nobody can tell stays open, and nobody private is asked."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from catalogue.fair.assess.base import MOST_PARTS, Assessment
from catalogue.fair.benchmark import DEFAULT, shipped
from catalogue.fair.outcomes import Outcome
from catalogue.problems import BadIdentifier, FetchRefused, NotFound, TooManyRequests
from tests.fair.assess.assessor_over_loopback import DATASET, assessor, good_archive, page
from tests.fair.live.hostile_answers_for_looks import leads, says, silence
from tests.harvesters.loopback_server import Server, trickle

DRIP = trickle(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x", 0.05)


def outcome(found: Assessment, metric: str) -> Outcome:
    return found.audit.judgements[found.target][metric].outcome


def test_the_fullest_source_is_judged_and_the_others_are_told(archive: Server) -> None:
    """Each source says what it gave; a title that two sources write differently is a conflict, not a mixture."""
    url = good_archive(archive)
    found = assessor(archive).named(url)
    used = [one for one in found.sources if one.used]
    assert [one.name for one in used] == ["embedded JSON-LD"] and found.title == DATASET["name"]
    assert any(one.name.startswith("linked as describedby") and "It describes" in one.said for one in found.sources)
    assert not any(one.record for one in found.sources)  # remembered for a while, and as large as a stranger likes
    (title,) = (one for one in found.conflicts if one.field == "title")
    assert set(title.values.values()) == {DATASET["name"], "Another title"}
    assert found.title == DATASET["name"] and found.target == url


def test_metadata_and_page_are_judged(archive: Server) -> None:
    """Licence, page and typed links pass by what the address says; whoever holds it is left open."""
    found = assessor(archive).named(good_archive(archive))
    for metric in ("licence-standard", "release-date-stated", "owner-page-resolves", "page-embeds-metadata"):
        assert outcome(found, metric) is Outcome.PASS, metric
    assert outcome(found, "signposting") is Outcome.PASS and outcome(found, "rdf-offered") is Outcome.PASS
    assert outcome(found, "funder-stated") is Outcome.FAIL and outcome(found, "linkset") is Outcome.FAIL
    for metric in ("harvestable", "persistence-policy", "tombstone-answers", "pixels-decodable"):
        assert outcome(found, metric) is Outcome.INDETERMINATE, metric
    assert "10.5281/zenodo.1" in found.audit.judgements[found.target]["identifier-iri"].said


def test_the_name_made_up_for_judging_is_nowhere(archive: Server) -> None:
    """Evidence and advice are about the address that was asked for."""
    found = assessor(archive).named(good_archive(archive))
    told = repr(dict(found.audit.judgements))
    assert "assessed:" not in told and f"<{found.target}>" in told


def test_a_page_without_metadata_fails_and_a_silent_one_is_open(archive: Server, over: threading.Event) -> None:
    """Nothing stated is a fail; no answer is none."""
    archive.routes["/bare"] = says(b"<title>Nothing</title>")
    bare = assessor(archive).named(f"{archive.url}/bare")
    assert outcome(bare, "licence-stated") is Outcome.FAIL and outcome(bare, "owner-page-resolves") is Outcome.PASS
    archive.routes["/silent"] = silence(over)
    silent = assessor(archive, timeout_s=0.3).named(f"{archive.url}/silent")
    outcomes = {one.outcome for one in silent.audit.judgements[silent.target].values()}
    assert Outcome.FAIL not in outcomes - {outcome(silent, "identifier-iri")}
    assert outcome(silent, "licence-stated") is Outcome.INDETERMINATE


def test_what_a_silent_source_may_state_is_no_fail(archive: Server, over: threading.Event) -> None:
    """Where metadata that a page links give no answer, what the other sources lack is open; what they state passes."""
    archive.routes["/1"] = says(page(), Link=f'<{archive.url}/1.ttl>;rel="describedby";type="text/turtle"')
    archive.routes["/1.ttl"] = silence(over)
    found = assessor(archive, timeout_s=2.0).named(f"{archive.url}/1")
    assert outcome(found, "licence-standard") is Outcome.PASS
    assert outcome(found, "funder-stated") is Outcome.INDETERMINATE
    assert "/1.ttl" in found.audit.judgements[found.target]["funder-stated"].said
    archive.routes["/1"] = says(b"<title>x</title>", Link=f'<{archive.url}/1.ttl>;rel="describedby";type="text/turtle"')
    bare = assessor(archive, timeout_s=2.0).named(f"{archive.url}/1")
    assert outcome(bare, "licence-stated") is Outcome.INDETERMINATE


def test_page_that_decides_nothing_lacks_nothing(archive: Server) -> None:
    """A page that answers 406 is not told to lack links and metadata."""
    archive.routes["/1"] = says(b"", status="406 Not Acceptable")
    found = assessor(archive).named(f"{archive.url}/1")
    for metric in ("page-embeds-metadata", "signposting", "linkset", "owner-page-resolves", "licence-stated"):
        assert outcome(found, metric) is Outcome.INDETERMINATE, metric


def test_more_statements_than_are_judged_are_told(archive: Server) -> None:
    """A page of more than ten thousand keywords holds nobody up, and is no fail."""
    archive.routes["/1"] = says(page({**DATASET, "keywords": [f"k{n}" for n in range(15_000)]}))
    found = assessor(archive).named(f"{archive.url}/1")
    (source,) = (one for one in found.sources if one.name == "embedded JSON-LD")
    assert "more than the 10,000 that are judged" in source.said and source.unread
    assert outcome(found, "licence-stated") is outcome(found, "page-embeds-metadata") is Outcome.INDETERMINATE


@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable", "403 Forbidden"])
def test_only_a_certain_answer_is_a_fail(archive: Server, status: str) -> None:
    """404 decides, 503 and 403 do not."""
    archive.routes["/gone"] = says(b"", status=status)
    found = assessor(archive).named(f"{archive.url}/gone")
    wanted = Outcome.FAIL if status.startswith("404") else Outcome.INDETERMINATE
    assert outcome(found, "owner-page-resolves") is wanted and outcome(found, "licence-stated") is wanted
    assert found.silent is not status.startswith("404")


def test_private_hosts_are_refused(archive: Server, pages: Server) -> None:
    """An address in a private network is refused; a redirect to one is not followed and decides nothing."""
    with pytest.raises(FetchRefused):
        assessor(archive).named(f"{pages.url}/1")
    good_archive(pages)
    archive.routes["/away"] = leads(f"{pages.url}/1")
    found = assessor(archive).named(f"{archive.url}/away")
    assert outcome(found, "owner-page-resolves") is Outcome.INDETERMINATE
    assert not pages.requests


def test_time_is_bounded(archive: Server) -> None:
    """When the time is over nobody is asked any more; what was not decided is open."""
    moments = iter([0.0, *[100.0] * 1000])
    found = assessor(archive, limit_s=20, seconds=lambda: next(moments)).named(good_archive(archive))
    assert outcome(found, "licence-stated") is Outcome.INDETERMINATE
    assert "20 seconds" in found.audit.judgements[found.target]["licence-stated"].said
    assert not archive.requests


def test_nobody_waits_longer_than_the_assessment_may_take(archive: Server) -> None:
    """A drip that one look would bear, and a pause that robots.txt asks for, end with the time; both stay open."""
    archive.routes["/drip"] = DRIP
    found = assessor(archive, limit_s=0.3, timeout_s=60).named(f"{archive.url}/drip")
    assert "time of this assessment is over" in found.sources[0].said
    archive.routes["/robots.txt"] = says(b"User-agent: *\nCrawl-delay: 30\n", "text/plain")
    url = good_archive(archive)
    found = assessor(archive, limit_s=20).named(url)
    assert "left alone for 30 s" in found.sources[0].said
    assert outcome(found, "licence-stated") is Outcome.INDETERMINATE and "/1" not in archive.paths


def test_a_slow_drip_and_a_huge_answer_decide_nothing(archive: Server) -> None:
    """Neither holds up an assessment nor counts as a fail."""
    archive.routes["/drip"] = DRIP
    archive.routes["/huge"] = says(b"x" * (5 << 20))
    for path in ("/drip", "/huge"):
        found = assessor(archive, timeout_s=0.5).named(archive.url + path)
        assert outcome(found, "licence-stated") is Outcome.INDETERMINATE, path


@pytest.mark.parametrize(
    "block",
    [b"[" * 5000, b'{"@context": "https://schema.org/", "@type": "Dataset", "name": 7, "creator": {"@list": []}}',
     b'"Dataset"', b'{"@type": "Dataset"', "\u202e{}Dataset".encode(), b"\xff\xfeDataset"],
)  # fmt: skip
def test_broken_blocks_end_nothing(archive: Server, block: bytes) -> None:
    """Deep, cut or mistyped JSON-LD is told as a source that gave nothing, or what it gave."""
    archive.routes["/b"] = says(b'<script type="application/ld+json">' + block + b"</script>")
    found = assessor(archive).named(f"{archive.url}/b")
    assert found.sources[0].name == "embedded JSON-LD"
    assert outcome(found, "funder-stated") is Outcome.FAIL


def test_a_page_of_too_many_parts_holds_nothing_up(archive: Server) -> None:
    """It is told as a source that gave nothing; what that would have said stays open."""
    many = {**DATASET, "keywords": [str(number) for number in range(MOST_PARTS + 1)]}
    archive.routes["/m"] = says(page(many))
    found = assessor(archive).named(f"{archive.url}/m")
    assert "parts" in found.sources[0].said and outcome(found, "keywords-stated") is Outcome.INDETERMINATE


def test_a_crate_and_datacite_are_read_at_an_address(archive: Server) -> None:
    """What answers with DataCite JSON as asked for is read by the harvester that knows it."""
    datacite = {
        "id": "https://doi.org/10.5281/zenodo.1", "doi": "10.5281/zenodo.1", "agency": "datacite",
        "titles": [{"title": "By DataCite"}], "creators": [{"name": "Author, Ada"}], "publicationYear": 2024,
        "types": {"resourceTypeGeneral": "Dataset"}, "publisher": "Zenodo",
    }  # fmt: skip
    archive.routes["/d"] = says(json.dumps(datacite).encode(), "application/vnd.datacite.datacite+json")
    found = assessor(archive).named(f"{archive.url}/d")
    assert found.title == "By DataCite" and "datacite" in found.sources[0].said


def test_one_assessment_at_a_time_asks_a_host(archive: Server) -> None:
    """Whoever comes meanwhile is told when to come again."""
    judge = assessor(archive)
    with judge._turns.take(f"127.0.0.1:{archive.port}"), pytest.raises(TooManyRequests) as problem:
        judge.named(good_archive(archive))
    assert problem.value.headers["Retry-After"].isdigit()
    assert judge.named(f"{archive.url}/1").title == DATASET["name"]


def test_looking_up_a_name_takes_a_turn(archive: Server) -> None:
    """A name whose servers do not answer holds up no more than the assessments that may run."""
    judge, busy = assessor(archive), []
    judge._outside = replace(judge._outside, check=lambda url: busy.append(list(judge._turns._busy)))  # type: ignore[type-var]
    judge.named(good_archive(archive))
    assert busy == [[f"127.0.0.1:{archive.port}"]]


def test_many_tests_of_one_address_are_one_visit(archive: Server) -> None:
    """Within a minute an address is not asked again."""
    judge, url = assessor(archive), good_archive(archive)
    first = judge.named(url)
    asked = len(archive.requests)
    assert judge.named(url) is first and len(archive.requests) == asked


@pytest.mark.parametrize(
    "text",
    ["", "   ", "x" * 3000, "https://a b", 'https://e.example/"><script>', "nothing:1", "https://e.example/\ud800"],
)
def test_no_names_are_refused(archive: Server, text: str) -> None:
    """What is no name and no address is refused with a sentence."""
    with pytest.raises((BadIdentifier, NotFound)):
        assessor(archive).named(text)


def test_every_benchmark_can_be_reported(archive: Server) -> None:
    """A report by each shipped benchmark has one study."""
    found = assessor(archive).named(good_archive(archive))
    for benchmark in shipped().values():
        report = found.report(benchmark)
        assert len(report.studies) == 1 and report.scope.iri == found.target
    assert found.report(shipped()[DEFAULT]).total.decided > 40
    assert page() and found.origin == "fetched"
