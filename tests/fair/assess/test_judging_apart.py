"""Judging happens in a process that may be ended: the same results, within time and memory, and nothing left behind."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import harvesters.confined as processes
from catalogue.fair.assess.apart import JudgeApart
from catalogue.fair.assess.base import Assessment
from catalogue.fair.assess.benches import Benches
from catalogue.fair.assess.judged import JUDGED_CHARACTERS
from catalogue.fair.benchmark import DEFAULT, shipped
from catalogue.fair.forms.base import forms
from catalogue.fair.kept_funding import render_funding
from catalogue.fair.outcomes import Outcome
from catalogue.problems import AssessmentStopped, Problem, RecordRejected, TooLargeToAssess
from catalogue.validation.fence import LARGE
from harvesters.confined import confined
from tests.fair.assess.assessor_over_loopback import CC_BY, DATASET, TURTLE, assessor, good_archive, page
from tests.fair.assess.test_posted_metadata import YAML, crate
from tests.fair.conftest import study
from tests.fair.live.hostile_answers_for_looks import says
from tests.fair.reports_for_forms import Links
from tests.harvesters.loopback_server import Server

MISBEHAVING = "assessments_that_misbehave:behave"
GRANT = {"@type": "Grant", "identifier": "EP/X01/1", "funder": {"@type": "Organization", "name": "EPSRC"}}
POSTED = {
    "study.yaml": YAML.encode(),
    "broken.yaml": YAML.replace(CC_BY, "[1, 2]").encode(),
    "study.json": json.dumps(study(1)).encode(),
    "ro-crate-metadata.json": crate(),
    "page.jsonld": json.dumps({**DATASET, "funding": GRANT}).encode(),
    "study.ttl": TURTLE.encode(),
    "empty.json": b"{}",
    "deep.yaml": b"- " * 3000,
    # A record of the model among more triples than are checked without a process of their own where there may be one.
    "many.ttl": f"{TURTLE} <urn:y> a <https://w3id.org/ommatidia/terms/Study> .\n".encode()
    + b"".join(b"<urn:y> <urn:z> %d .\n" % n for n in range(LARGE)),
    "year.json": json.dumps({**study(1), "date_published": "1" * 40}).encode(),
    "surrogate.json": rb'{"type": "Study", "id": "biostudies:S-BIAD1", "title": "\ud800"}',
    "wide.json": json.dumps({**study(1), **{f"unknown{n}": 1 for n in range(5000)}}).encode(),
}


def judges(function: str = MISBEHAVING, limit_s: float = 60.0) -> Callable[[], JudgeApart]:
    """Judges in the process of the calling thread; how it misbehaves is told by what it is given."""
    run = partial(confined, function, memory_bytes=1 << 30)
    return lambda: JudgeApart(run, "1.0", Path("no-such-owners.toml"), limit_s)


def process() -> int:
    """The id of this thread's process; 0 where it has none."""
    return next((child._process.pid for child in processes._mine.children.values() if child.key[0] == MISBEHAVING), 0)


def gone(pid: int) -> bool:
    """Whether a process has ended and was waited for."""
    return pid > 0 and not Path(f"/proc/{pid}").exists()


def alike(one: Assessment, other: Assessment) -> bool:
    """Whether two assessments say the same to the last letter."""
    audits, funding = (one.audit, other.audit), [render_funding(found.audit.funding) for found in (one, other)]
    told = [(found.basis, found.metrics, found.studies, found.judgements, found.observed) for found in audits]
    rest = [(found.origin, found.target, found.sources, found.conflicts, found.faults) for found in (one, other)]
    return told[0] == told[1] and rest[0] == rest[1] and funding[0] == funding[1]


@pytest.mark.parametrize("name", POSTED)
def test_what_is_posted_comes_to_the_same_apart(name: str) -> None:
    """Results, faults with their places, and refusals are those of a judge in this process."""
    found: list[Assessment] = []
    refused: list[tuple[object, ...]] = []
    for one in (assessor(), assessor(judge=judges("app:judge_apart"))):
        try:
            found.append(one.posted(name, POSTED[name]))
        except Problem as problem:
            refused.append((type(problem), problem.detail, problem.members))
    assert alike(*found) if found else refused[0] == refused[1]


def test_an_address_comes_to_the_same_apart(archive: Server) -> None:
    """Sources, conflicts and every judgement are those of a judge in this process."""
    url = good_archive(archive)
    archive.routes["/1.ttl"] = says(TURTLE.replace("Another title", "x\\u0000y").encode(), "text/turtle")
    here, apart = (one.named(url) for one in (assessor(archive), assessor(archive, judge=judges("app:judge_apart"))))
    assert alike(here, apart) and here.title == DATASET["name"]


@pytest.mark.parametrize("how", ["never ends", "takes all memory"])
def test_what_takes_too_much_is_ended_and_the_next_one_judged(how: str) -> None:
    """Past its time or memory an assessment is stopped with advice, its process is gone, the next one has another."""
    assert assessor(judge=judges()).posted("study.yaml", YAML.encode()).origin == "posted"
    before = process()
    limit_s = 0.3 if how == "never ends" else 60.0
    with pytest.raises(AssessmentStopped, match="Leave out") as problem:
        assessor(judge=judges(limit_s=limit_s)).posted("study.yaml", YAML.replace("Nuclei", how).encode())
    assert problem.value.status == 422 and gone(before)
    assert assessor(judge=judges()).posted("study.yaml", YAML.encode()).origin == "posted"
    assert process() not in (0, before)


def test_a_parser_that_is_ended_by_what_it_reads_refuses_that_alone() -> None:
    """A document that ends the process is refused as one that cannot be read, and logged; the next one is judged."""
    judge = assessor(judge=judges())
    with capture_logs() as log, pytest.raises(RecordRejected, match="nested too deeply"):
        judge.posted("study.yaml", YAML.replace("Nuclei", "ends the process").encode())
    assert judge.posted("study.yaml", YAML.encode()).origin == "posted"
    assert [one["reason"] for one in log if one["event"] == "assess.not_read"] == ["not-parsable"]


class _Timed:
    """The process, with its times written down; documents that say so are taken to have used all of theirs."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, message: bytes, *, timeout_s: float, max_answer_bytes: int) -> bytes:
        self.times.append(timeout_s)
        if b"never ends" in message:
            raise RecordRejected("It took too long.", reason="too-large")
        return confined(MISBEHAVING, message, memory_bytes=1 << 30, max_answer_bytes=max_answer_bytes)


def test_a_source_that_takes_too_long_leaves_the_rest_standing(archive: Server) -> None:
    """It is told as unread, so are those after it; what was read is judged, and what they may state stays open."""
    run = _Timed()
    judge = assessor(archive, judge=lambda: JudgeApart(run, "1.0", Path("no-such-owners.toml"), 1000.0))
    judged = judge.named(good_archive(archive))
    assert judged.audit.judgements[judged.target]["funder-stated"].outcome is Outcome.FAIL
    names = ("never ends", "Never read")
    for name in names:
        archive.routes[f"/{name[:5]}.ttl"] = says(TURTLE.replace("Another title", name).encode(), "text/turtle")
    links = ", ".join(f'<{archive.url}/{name[:5]}.ttl>;rel="describedby";type="text/turtle"' for name in names)
    archive.routes["/2"] = says(page(), Link=links)
    run.times.clear()
    found = judge.named(f"{archive.url}/2")
    assert ["was stopped" in one.said for one in found.sources if one.unread] == [True, True]
    assert found.title == DATASET["name"]
    assert found.audit.judgements[found.target]["funder-stated"].outcome is Outcome.INDETERMINATE
    # The page, the source that never ends in half of the time less what the page took, then judging in the rest.
    first, second, third = run.times
    assert first == 500.0 and 0.0 < second < 500.0 and third == 500.0


def test_a_module_in_the_folder_of_whoever_asks_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's own app.py, beside the record that is assessed, is left alone."""
    (tmp_path / "app.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    run = partial(confined, "app:judge_apart", memory_bytes=(1 << 30) + 4096)  # no process that is there already
    found = assessor(judge=lambda: JudgeApart(run, "1.0", tmp_path / "owners.toml", 60.0))
    assert found.posted("study.yaml", YAML.encode()).origin == "posted"


def test_no_text_is_so_long_that_a_form_of_it_holds_anybody_up() -> None:
    """A description of a megabyte is judged, shown in part in every form, and set as PDF in little time."""
    long = json.dumps({**DATASET, "name": "n" * 20_000, "description": "word " * 200_000}).encode()
    found = assessor().posted("page.jsonld", long)
    texts = [one.text for judgement in found.audit.judgements[found.target].values() for one in judgement.evidence]
    assert max(map(len, [*texts, found.title])) == JUDGED_CHARACTERS + 1
    for suffix, form in forms().items():
        assert len(form.render(found.report(shipped()[DEFAULT]), Links())) < 3 << 20, suffix


def test_a_name_without_end_is_refused() -> None:
    """A study whose identifier has a million characters is told to shorten it."""
    record = {**study(1), "id": "biostudies:" + "1" * 1_000_000}
    with pytest.raises(TooLargeToAssess, match="id has more than 2,000 characters"):
        assessor().posted("study.json", json.dumps(record).encode())


@pytest.fixture
def benches() -> Iterator[list[threading.Thread]]:
    """Threads that were started since the test began."""
    before = set(threading.enumerate())
    found: list[threading.Thread] = []
    yield found
    found += [one for one in threading.enumerate() if one not in before and one.name.startswith("assess-")]
    assert len(found) <= 1 and all(one.daemon for one in found)


def test_those_who_ask_one_after_the_other_share_one_process(benches: list[threading.Thread]) -> None:
    """Threads of a server come and go; the process of assessments stays with a thread of its own."""
    run = Benches(partial(confined, "assessments_that_misbehave:process_id", memory_bytes=1 << 30), 2)
    answers: list[bytes] = []
    for _ in range(3):
        asking = threading.Thread(target=lambda: answers.append(run(b"", timeout_s=20, max_answer_bytes=100)))
        asking.start()
        asking.join(60)
    assert len(answers) == 3 and len(set(answers)) == 1


def test_what_a_bench_meets_is_raised_where_it_is_waited_for() -> None:
    """A refusal reaches whoever asked, and the bench goes on."""
    run = Benches(partial(confined, "assessments_that_misbehave:refuse", memory_bytes=1 << 30), 1)
    with pytest.raises(RecordRejected, match="It names nobody"):
        run(b"reject", timeout_s=20, max_answer_bytes=100)
    assert run(b"x", timeout_s=20, max_answer_bytes=100) == b"fine"
