"""Parsers in a process that may die."""

from __future__ import annotations

import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.confined import ConfinedFault, confined

BEHAVE = "confined_functions:behave"


@given(st.binary(max_size=3000))
def test_answer_is_that_of_the_function(content: bytes) -> None:
    """Whatever the bytes are, they go in and come out whole."""
    assert confined("confined_functions:upper", content) == content.upper()


def test_large_documents_pass() -> None:
    """A document of ten megabytes goes through in both directions."""
    assert confined("confined_functions:upper", b"a" * (10 << 20)) == b"A" * (10 << 20)


def test_process_is_kept_between_documents() -> None:
    """A document does not pay for a new process: the same one answers, within milliseconds."""
    first = confined("confined_functions:process_id", b"")
    took_s = []
    for _ in range(200):
        started = time.perf_counter()
        assert confined("confined_functions:process_id", b"") == first
        took_s.append(time.perf_counter() - started)
    assert min(took_s) < 0.005  # 0.05 ms on a quiet machine; a busy one delays some


@pytest.mark.parametrize(
    ("document", "reason", "words"),
    [
        (b"sleep", "too-large", "longer than 0.3 s"),
        (b"crash", "not-parsable", "ended the parser's process"),
        (b"memory", "too-large", "more memory"),
        (b"long", "too-large", "more than 1,000 bytes"),
        (b"value", "not-parsable", "line 3 has no end"),
        (b"reject", "schema-required", "It names nobody."),
    ],
)
def test_bad_document_is_rejected_and_the_next_one_read(document: bytes, reason: str, words: str) -> None:
    """R19: whatever a document does to the parser, it alone is rejected, with the reason."""
    assert confined(BEHAVE, b"before") == b"fine"
    timeout_s = 0.3 if document == b"sleep" else 20.0
    with pytest.raises(RecordRejected, match=words) as caught:
        confined(BEHAVE, document, timeout_s=timeout_s, max_answer_bytes=1000)
    assert caught.value.reason == reason
    assert confined(BEHAVE, b"after") == b"fine"


def test_fault_of_the_function_is_no_rejection() -> None:
    """An exception that no document explains names itself instead of blaming the partner."""
    with pytest.raises(ConfinedFault, match=r"KeyError: 'title' \(behave, line \d+\)"):
        confined(BEHAVE, b"bug")
    with pytest.raises(ConfinedFault, match="no_such"):
        confined("confined_functions:no_such", b"")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fence is Linux's")
def test_confined_parser_reaches_no_network() -> None:
    """A parser that tries to open a connection is refused by the system."""
    with pytest.raises(ConfinedFault, match="PermissionError"):
        confined(BEHAVE, b"network")


def test_confined_parser_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the node is not handed on."""
    monkeypatch.setenv("OMMATIDIA_SECRET", "x")
    assert b"OMMATIDIA" not in confined("confined_functions:environment", b"new process", memory_bytes=1 << 29)


def test_what_a_library_prints_is_no_answer() -> None:
    """Words on standard output do not get between the answers."""
    assert confined("confined_functions:chatter", b"one") == b"one"
    assert confined("confined_functions:chatter", b"two") == b"two"


def test_each_thread_has_its_own_process() -> None:
    """One thread's endless document delays no other thread."""
    found: list[bytes] = []
    mine = confined("confined_functions:process_id", b"")
    thread = threading.Thread(target=lambda: found.append(confined("confined_functions:process_id", b"")))
    thread.start()
    thread.join(30)
    assert found and found != [mine]
    assert confined("confined_functions:process_id", b"") == mine
