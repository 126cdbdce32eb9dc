"""What live checks saw is kept in its order, read back as it was up to any number, and forgotten but for the newest."""

from __future__ import annotations

from datetime import timedelta

from ledger_records import START

from catalogue.store.observations import NODE, Age, Observation


def seen(check: str, curie: str, outcome: str, **more: object) -> Observation:
    return Observation(check, curie, outcome, f'It was a {outcome}: 日本語 "quoted".', **more)  # type: ignore[arg-type]


def test_everything_that_was_seen_is_read_back(ledger, clock) -> None:
    """Address, status, evidence and words of any kind come back; number and moment are set when it is written."""
    detail = {"asked": [{"url": "https://x.example/é", "status": None}], "add": ['Link: <a>; rel="b"']}
    one = seen("identifier-resolves", "idr:idr0001", "fail", url="https://x.example/é", status=404, detail=detail)
    silent = seen("linkset", "idr:idr0001", "indeterminate", detail={"tries": 2})
    ledger.observations.add([one, silent])
    found = ledger.observations.newest()["idr:idr0001"]
    at = "2026-11-22T10:00:00.000000Z"
    assert [(o.number, o.observed_at) for o in found.values()] == [(1, at), (2, at)]
    assert (found["identifier-resolves"].detail, found["identifier-resolves"].status) == (detail, 404)
    assert (found["identifier-resolves"].url, found["identifier-resolves"].said) == (one.url, one.said)
    assert found["linkset"].status is None and dict(found["linkset"].detail) == {"tries": 2}


def test_what_was_known_at_a_number_can_be_read_again(ledger) -> None:
    """Up to each number the newest of every check and record is what it was then; nothing seen is changed later."""
    book = ledger.observations
    assert (book.last(), book.newest(), book.ages()) == (0, {}, {})
    looks = [("a", "x", "fail"), ("a", "y", "pass"), ("b", "x", "pass"), ("a", "x", "pass"), ("a", NODE, "fail")]
    for check, curie, outcome in looks:
        book.add([seen(check, curie, outcome)])
    for number in range(len(looks) + 1):
        expected: dict[str, dict[str, str]] = {}
        for check, curie, outcome in looks[:number]:
            expected.setdefault(curie, {})[check] = outcome
        found = {curie: {c: o.outcome for c, o in of.items()} for curie, of in book.newest(number).items()}
        assert found == expected
    assert book.last() == len(looks)


def test_ages_tell_how_often_it_was_tried_in_vain(ledger, clock) -> None:
    """Of what decided nothing the tries and the pause that was asked for are told; of all else the moment alone."""
    book = ledger.observations
    book.add([seen("a", "x", "indeterminate", detail={"tries": 3, "retry_after_s": 7}), seen("b", "x", "pass")])
    clock.move(60)
    book.add([seen("b", "x", "fail", detail={"tries": 9})])
    assert book.ages() == {
        ("a", "x"): Age("2026-11-22T10:00:00.000000Z", 3, 7),
        ("b", "x"): Age("2026-11-22T10:01:00.000000Z"),
    }


def test_only_public_studies_are_due_and_when_they_changed_is_told(ledger, study, clock) -> None:
    """Suppressed studies and records of other kinds are left out; each has the moment of its newest version."""
    with ledger.transaction() as writer:
        study(writer, "idr:2")
        study(writer, "idr:1")
        study(writer, "idr:3", status="suppressed")
        study(writer, "idr:4", kind="image", parent="idr:1")
    clock.move(60)
    with ledger.transaction() as writer:
        study(writer, "idr:1", title="Another")
    at = ["2026-11-22T10:01:00.000000Z", "2026-11-22T10:00:00.000000Z"]
    assert sorted(ledger.observations.studies()) == [("idr:1", at[0]), ("idr:2", at[1])]


def test_old_ones_go_and_the_newest_of_each_stays(ledger, clock) -> None:
    """What is older than a moment goes unless it is the newest of its kind; numbers are never used again."""
    book = ledger.observations
    book.add([seen("a", "x", "fail"), seen("a", "x", "pass"), seen("a", "y", "fail")])
    clock.move(3600)
    book.add([seen("a", "y", "pass"), seen("a", "y", "fail")])
    assert book.forget(START + timedelta(minutes=1)) == 2
    assert {(curie, o.number) for curie, of in book.newest().items() for o in of.values()} == {("x", 2), ("y", 5)}
    assert book.newest(3) == {"x": book.newest()["x"]}
    assert book.forget(START + timedelta(days=1)) == 1
    book.add([seen("a", "x", "pass")])
    assert book.last() == 6
