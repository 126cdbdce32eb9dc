"""Each rule of the Code of Practice for Research Data 1.0.1 that counting follows."""

from __future__ import annotations

import pytest

from catalogue.fair.usage.agents import access_method
from catalogue.fair.usage.hits import (
    MACHINE,
    METHODS,
    METRICS,
    REGULAR,
    REQUEST,
    TOTAL_INVESTIGATIONS,
    TOTAL_REQUESTS,
    UNIQUE_INVESTIGATIONS,
    UNIQUE_REQUESTS,
)
from catalogue.model.records import AccessMethod, UsageMetric
from tests.fair.usage.usage_hits import BROWSER, IMAGE, OTHER, PROGRAM, ROBOT, STUDY, hit, piece

LOOK = {(TOTAL_INVESTIGATIONS, REGULAR): 1, (UNIQUE_INVESTIGATIONS, REGULAR): 1}


def test_terms_are_those_of_the_model() -> None:
    """What is counted is named as UsageMetric and AccessMethod of the model name it."""
    assert set(METRICS) < {metric.value for metric in UsageMetric}
    assert set(METHODS) == {method.value for method in AccessMethod}


def test_a_look_is_an_investigation(counted) -> None:
    """One page seen once is one investigation, total and unique, and no request."""
    assert counted(hit()) == LOOK


def test_a_double_click_is_one_click(counted) -> None:
    """A second click within 30 s, the thirtieth included, is the same action."""
    assert counted(hit(after_s=0), hit(after_s=29), hit(OTHER), hit(OTHER, after_s=30)) == LOOK
    assert counted(of=OTHER) == LOOK


def test_clicks_further_apart_are_two(counted) -> None:
    """A click at 0 s and one at 35 s are two actions in one session (the Code's own example)."""
    assert counted(hit(after_s=0), hit(after_s=35)) == {
        (TOTAL_INVESTIGATIONS, REGULAR): 2,
        (UNIQUE_INVESTIGATIONS, REGULAR): 1,
    }


def test_of_a_run_of_clicks_the_last_one_stays(counted) -> None:
    """Clicks at 0, 25 and 50 s are one, as each is followed within 30 s by the next."""
    assert counted(*[hit(after_s=second) for second in (0, 25, 50)]) == LOOK


def test_another_address_is_no_double_click(counted) -> None:
    """Two forms of one study asked for at once are two investigations of one session."""
    assert counted(hit(), hit(after_s=1, target=f"/studies/{STUDY}.ttl?")) == {
        (TOTAL_INVESTIGATIONS, REGULAR): 2,
        (UNIQUE_INVESTIGATIONS, REGULAR): 1,
    }


@pytest.mark.parametrize("changed", [{"address": "203.0.113.78"}, {"agent": BROWSER + " x"}, {"after_s": 3600}])
def test_a_session_is_address_agent_and_hour(counted, changed) -> None:
    """Another address, another User-Agent or another hour is another session."""
    assert counted(hit(), hit(**changed)) == {
        (TOTAL_INVESTIGATIONS, REGULAR): 2,
        (UNIQUE_INVESTIGATIONS, REGULAR): 2,
    }


def test_sessions_end_with_the_hour(counted) -> None:
    """Clicks 20 s apart on either side of a full hour (10:59:50, 11:00:10) are of two sessions, so two actions."""
    assert counted(hit(after_s=2990), hit(after_s=3010))[TOTAL_INVESTIGATIONS, REGULAR] == 2


def test_a_request_is_an_investigation_as_well(counted) -> None:
    """A download counts as a request and as an investigation; with the page seen before, that is two investigations."""
    download = hit(after_s=5, usage_kind=REQUEST, target=f"/studies/{STUDY}/original/raw?")
    assert counted(hit(), download) == {
        (TOTAL_INVESTIGATIONS, REGULAR): 2,
        (UNIQUE_INVESTIGATIONS, REGULAR): 1,
        (TOTAL_REQUESTS, REGULAR): 1,
        (UNIQUE_REQUESTS, REGULAR): 1,
    }


def test_an_image_counts_for_its_study(counted, ledger) -> None:
    """A component's use is the dataset's too: two images seen are two investigations of the study, one of them
    unique.
    """
    by_study = counted(hit(), hit(IMAGE, after_s=60, target=f"/images/{IMAGE}?"))
    assert by_study == {(TOTAL_INVESTIGATIONS, REGULAR): 2, (UNIQUE_INVESTIGATIONS, REGULAR): 1}
    assert {one.usage_metric: one.usage_value for one in ledger.usage.of(IMAGE)} == {
        TOTAL_INVESTIGATIONS: 1,
        UNIQUE_INVESTIGATIONS: 1,
    }
    assert ledger.usage.of(OTHER) == []


def test_a_sessions_chunks_are_one_request(counted, ledger) -> None:
    """A viewer that reads 500 pieces of an image in an hour makes one request; all bytes are told apart."""
    pieces = [piece(after_s=number, number=number) for number in range(500)]
    wanted = {(metric, MACHINE): 1 for metric in METRICS}
    assert counted(*pieces) == wanted
    assert counted(of=IMAGE) == wanted
    assert ledger.usage.volumes(IMAGE) == {("2026-11", MACHINE): 50_000}


def test_pieces_of_the_next_hour_are_another_request(counted) -> None:
    """Reading on in the next hour is another session's request."""
    assert counted(piece(), piece(after_s=3600))[TOTAL_REQUESTS, MACHINE] == 2


@pytest.mark.parametrize(
    ("agent", "method"),
    [
        (BROWSER, REGULAR),
        # A telephone of the maker Cubot, whose name holds "bot".
        ("Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", REGULAR),
        (PROGRAM, MACHINE),
        ("curl/8.5.0", MACHINE),
        ("Wget/1.24", MACHINE),
        # fsspec, by which zarr-python reads over HTTP; on neither list.
        ("Python/3.11 aiohttp/3.9.1", MACHINE),
        ("object_store/0.11", MACHINE),
        ("Java/17.0.2", MACHINE),
        (ROBOT, None),
        ("", None),
    ],
)
def test_people_programs_and_robots_are_told_apart(agent, method) -> None:
    """Browsers are regular, programs that people set to work machines; robots and the nameless count for nothing."""
    assert access_method(agent) == method


def test_robots_count_for_nothing(counted, recorder) -> None:
    """A robot's hits are seen and left out."""
    assert counted(hit(agent=ROBOT), hit(agent=ROBOT, after_s=100)) == {}
    assert recorder.robots == 2


def test_people_and_programs_have_counts_of_their_own(counted) -> None:
    """The same page read by a browser and by a program is regular once and machine once."""
    assert counted(hit(), hit(agent=PROGRAM)) == {
        (metric, method): 1 for metric in (TOTAL_INVESTIGATIONS, UNIQUE_INVESTIGATIONS) for method in METHODS
    }


def test_the_longest_name_that_is_known_is_meant(counted, ledger) -> None:
    """The address of a form counts for the record whose name is left without the suffix; unknown names for nothing."""
    assert counted(hit(names=(f"{STUDY}.ttl", STUDY)), hit("idr:nothing")) == LOOK
    assert ledger.usage.of("idr:nothing") == []


def test_months_are_apart(counted, ledger) -> None:
    """Uses on either side of a month's end count for their own months, though they are counted at one time."""
    end_s = 8 * 86_400 + 49_800  # 2026-12-01T00:00:00Z
    assert counted(hit(after_s=end_s - 1), hit(after_s=end_s), hit(after_s=end_s + 90), days=10)
    months = {(one.month, one.usage_metric): one.usage_value for one in ledger.usage.of(STUDY)}
    assert months == {
        ("2026-11", TOTAL_INVESTIGATIONS): 1,
        ("2026-11", UNIQUE_INVESTIGATIONS): 1,
        ("2026-12", TOTAL_INVESTIGATIONS): 2,
        ("2026-12", UNIQUE_INVESTIGATIONS): 1,
    }
