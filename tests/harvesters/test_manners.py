"""What a run may use, as the operator set it, whatever the adapter does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_server import Server, answer, in_turn, serving

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import BadRequest, Problem, SourceChanged, SourceUnavailable
from harvesters.http import Counters, Fetcher
from harvesters.manners import MannerlyHarvester, limits_of, read_hours, read_size
from harvesters.traffic import Limits, Window

UNLIMITED = Limits()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Reader:
    """An adapter that reads the addresses it is told, one document each."""

    name, version = "reader", "1"

    def __init__(self, fetcher: Fetcher, paths: list[str]) -> None:
        self._fetcher, self._paths = fetcher, paths

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        for path in self._paths:
            got = self._fetcher.get(source.location + path)
            if got.status != 200:
                raise SourceUnavailable(f"{path} answers {got.status}.")
            yield SourceDocument(path, got.url, got.content)
        yield Listed(None, True)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        return Mapped([])


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        one.routes.update({f"/{number}": answer(b"x" * 1000) for number in range(100)})
        yield one


Read = Callable[..., list[Event]]


@pytest.fixture
def read(server: Server) -> Read:
    """Reads paths under limits at a moment of the day."""

    def act(
        paths: list[str], limits: Limits = UNLIMITED, *, now: datetime = NOON, used: int = 0, **options: str
    ) -> list[Event]:
        fetcher = Fetcher(
            contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: now,
            sleep=lambda _: None,
        )  # fmt: skip
        source = SourceSpec("partner", "reader", server.url, options=options)
        harvester = MannerlyHarvester(Reader(fetcher, paths), limits, lambda: now, lambda _: used)
        return list(harvester.fetch(source, None, {}))

    return act


def refusal(read: Read, *arguments: object, **options: object) -> Problem:
    """The problem that ended a reading."""
    with pytest.raises((SourceUnavailable, SourceChanged)) as caught:
        read(*arguments, **options)
    return caught.value


MANY = [f"/{number}" for number in range(100)]


def test_reading_within_limits_passes_whole(read: Read) -> None:
    """Limits that are not met change nothing."""
    events = read(MANY[:5], Limits(requests=5, records=5, errors=1))
    assert [type(event) for event in events] == [SourceDocument] * 5 + [Listed]


@pytest.mark.parametrize(
    ("limits", "kind", "rule", "requests"),
    [
        (Limits(requests=7), SourceChanged, "run-requests", 7),
        (Limits(records=7), SourceChanged, "run-records", 8),
        (Limits(bytes_raw=5000), SourceChanged, "run-bytes", 5),
        (Limits(seconds=0), SourceUnavailable, "run-deadline", 0),
    ],
)
def test_run_ends_at_its_limit(
    read: Read, server: Server, limits: Limits, kind: type[Problem], rule: str, requests: int
) -> None:
    """R11: requests, records, bytes and time of a run end it, naming the rule and the setting to change."""
    problem = refusal(read, MANY, limits)
    assert type(problem) is kind
    assert problem.members["rule"] == rule
    assert rule.replace("run-deadline", "run-s").replace("-", "_") in problem.detail
    assert len(server.requests) == requests


def test_answers_that_unpack_to_much_more_end_the_run(read: Read, server: Server) -> None:
    """TP4: many small bombs are as bad as a large one; what they unpack to together is bounded."""
    import zlib

    bomb = zlib.compress(b"\0" * 900_000)
    server.routes.update({path: answer(bomb, headers={"Content-Encoding": "deflate"}) for path in MANY})
    assert refusal(read, MANY).members["rule"] == "ratio"
    assert len(server.requests) < 25


def test_adapter_that_survives_anything_does_not_survive_a_limit(server: Server) -> None:
    """R11: an adapter that takes every failure for that of one document still ends where its run may not go on."""

    class Stubborn(Reader):
        def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
            for path in self._paths:
                try:
                    self._fetcher.get(source.location + path)
                except (SourceUnavailable, SourceChanged) as problem:
                    yield Unreadable(path, path, "gap", problem.detail)
            yield Listed(None, True)

    fetcher = Fetcher(contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: NOON)
    harvester = MannerlyHarvester(Stubborn(fetcher, MANY), Limits(requests=7), lambda: NOON, lambda _: 0)
    with pytest.raises(SourceChanged, match="7 requests"):
        list(harvester.fetch(SourceSpec("partner", "reader", server.url), None, {}))


def test_error_budget_ends_a_source_that_is_ill(read: Read, server: Server) -> None:
    """R8: a source that fails again and again is left with the old cursor, even when every second try succeeds."""
    flaky = {path: in_turn(answer(b"", "503 Busy"), answer(b"x")) for path in MANY}
    server.routes.update(flaky)
    problem = refusal(read, MANY, Limits(errors=10))
    assert problem.members["rule"] == "run-errors"
    assert len(server.requests) == 21


def test_few_errors_of_many_requests_are_survived(read: Read, server: Server) -> None:
    """A twentieth of the requests may fail whatever the number allowed."""
    server.routes["/90"] = in_turn(answer(b"", "503 Busy"), answer(b"x"))
    server.routes["/95"] = in_turn(answer(b"", "503 Busy"), answer(b"x"))
    assert len(read(MANY, Limits(errors=0))) == 101


@pytest.mark.parametrize("status", ["403 Forbidden", "401 Unauthorized"])
def test_source_that_forbids_us_is_stopped(read: Read, server: Server, status: str) -> None:
    """R9: a run ended by 403 says that a person must act, and how the source is let on again."""
    server.routes["/3"] = answer(b"", status)
    problem = refusal(read, MANY)
    assert problem.members["rule"] == "forbidden"
    assert "source resume partner" in problem.detail
    assert len(server.requests) == 4


def test_other_failures_stop_nobody_for_good(read: Read, server: Server) -> None:
    """A source that fails otherwise after an answer that forbade something else is not taken for forbidden."""
    server.routes["/3"] = answer(b"", "404 Not Found")
    assert "rule" not in refusal(read, MANY).members


def test_source_is_left_alone_outside_its_hours(read: Read, server: Server) -> None:
    """R10: outside the allowed hours nothing is asked, and the next run is due when they begin."""
    problem = refusal(read, MANY, now=NOON + timedelta(seconds=30), hours="22-06")
    assert (problem.members["rule"], problem.members["retry_after_s"]) == ("hours", 10 * 3600 - 30)
    assert "22:00 UTC" in problem.detail
    assert server.requests == []
    assert len(read(MANY[:2], now=NOON + timedelta(hours=11), hours="22-06")) == 3


def test_bytes_of_the_day_count_earlier_runs(read: Read, server: Server) -> None:
    """R10: the byte budget of a day holds over its runs, and the next run is due after midnight UTC."""
    problem = refusal(read, MANY, used=7000, bytes_per_day="10k")
    assert (problem.members["rule"], problem.members["retry_after_s"]) == ("bytes-per-day", 43_200)
    assert len(server.requests) == 3
    assert len(read(MANY[:2], used=7000, bytes_per_day="10G")) == 3


def test_rate_is_kept_between_requests(server: Server) -> None:
    """R10: a source's rate is a pause between requests that even a service on this machine gets."""
    slept: list[float] = []
    fetcher = Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: NOON, sleep=slept.append
    )
    limits = limits_of(Limits(), {"rate": "0.5"})
    harvester = MannerlyHarvester(Reader(fetcher, MANY[:4]), limits, lambda: NOON, lambda _: 0)
    list(harvester.fetch(SourceSpec("partner", "reader", server.url), None, {}))
    assert len(slept) == 3
    assert all(1.5 < pause <= 2 for pause in slept)


def test_crawl_delay_is_kept_between_requests(server: Server) -> None:
    """R10: a pause that a host asks for is kept, at most half a minute."""
    slept: list[float] = []
    fetcher = Fetcher(
        contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: NOON, sleep=slept.append
    )
    fetcher.pace(server.url, 3600)
    for path in MANY[:3]:
        fetcher.get(server.url + path)
    assert [round(pause) for pause in slept] == [30, 30]


@pytest.mark.parametrize(("minutes", "told_s"), [(4, 0), (10, 600), (-60, -3600)])
def test_clock_of_the_publisher_is_told(read: Read, server: Server, minutes: int, told_s: int) -> None:
    """R23: a publisher's clock more than five minutes off ours is told with the end of the listing."""
    date = format_datetime(NOON + timedelta(minutes=minutes), usegmt=True)
    server.routes["/1"] = answer(b"x", headers={"Date": date})
    listed = read(["/0", "/1", "/2"])[-1]
    assert isinstance(listed, Listed)
    assert listed.clock_skew_s == told_s


def test_counters_are_those_of_the_thread(server: Server) -> None:
    """Requests and bytes of one run are a difference, whatever other threads read meanwhile."""
    import threading

    fetcher = Fetcher(contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: NOON)
    fetcher.get(server.url + "/1")
    before = fetcher.counters()
    thread = threading.Thread(target=lambda: [fetcher.get(server.url + path) for path in MANY])
    thread.start()
    fetcher.get(server.url + "/2")
    thread.join()
    found = fetcher.counters().since(before)
    size = len(answer(b"x" * 1000))
    assert found == Counters(1, size, 1000)


def test_work_of_the_caller_does_not_count_as_the_sources_own(read: Read, server: Server) -> None:
    """A request that the caller makes between two documents is no request of the run."""
    fetcher = Fetcher(contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=lambda: NOON)
    harvester = MannerlyHarvester(Reader(fetcher, MANY[:3]), Limits(requests=3), lambda: NOON, lambda _: 0)
    for _ in harvester.fetch(SourceSpec("partner", "reader", server.url), None, {}):
        fetcher.get(server.url + "/99")
    assert len(server.requests) == 7


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_hours_over_midnight_are_the_rest_of_the_day(start: int, end: int, minute: int) -> None:
    """A window and the one from its end to its beginning share the day between them."""
    if start != end:
        assert Window(start, end).holds(minute) is not Window(end, start).holds(minute)


def test_hours_and_sizes_are_read() -> None:
    """Hours and sizes mean what they say."""
    assert read_hours("22-06") == (Window(1320, 360),)
    assert read_hours("01:30-5:00, 12-24") == (Window(90, 300), Window(720, 1440))
    assert read_hours("") == ()
    assert [read_size(text) for text in ("10", "5k", "5kB", "2 GB", "1T")] == [10, 5000, 5000, 2 * 10**9, 10**12]


@pytest.mark.parametrize(
    "options",
    [{"hours": "late"}, {"hours": "6-6"}, {"hours": "25-26"}, {"hours": "22-24:30"}, {"bytes_per_day": "much"},
     {"rate": "0"}, {"rate": "-1"}, {"rate": "nan"}, {"run_requests": "1e9"}, {"run_s": ""}, {"run_bytes": "-5"}],
)  # fmt: skip
def test_option_that_means_nothing_is_refused(options: dict[str, str]) -> None:
    """An option that cannot be understood is an error, never a default."""
    with pytest.raises(BadRequest):
        limits_of(Limits(), options)


def test_options_of_a_source_go_before_the_settings() -> None:
    """Only what a source names differs from the general limits."""
    general = Limits(requests=10, errors=3)
    assert limits_of(general, {"study": "x"}) == general
    assert limits_of(general, {"run_requests": "20", "run_bytes": "1M", "run_s": "60"}) == replace(
        general, requests=20, bytes_raw=10**6, seconds=60
    )


def test_unchanged_counts_as_a_record() -> None:
    """R11: a source that says "unchanged" for ever is as endless as one that sends documents."""

    class Endless:
        name, version = "endless", "1"

        def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
            while True:
                yield Unchanged("a")

        def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
            return Mapped([])

    harvester = MannerlyHarvester(Endless(), Limits(records=100), lambda: NOON, lambda _: 0)
    with pytest.raises(SourceChanged, match="100 records"):
        list(harvester.fetch(SourceSpec("partner", "endless", "x"), None, {}))
