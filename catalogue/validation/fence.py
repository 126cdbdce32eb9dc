"""A large graph is checked in a process of its own, which may be stopped: one broken rule costs ten kilobytes there.

Measured with shacl 0.3.4: 40,000 results take 383 MB, and a file of 30 MB can give a million.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from multiprocessing.connection import Connection
from typing import Final

import structlog

from catalogue.fence import fenced
from catalogue.model.validation import ValidationResult, check_graph
from catalogue.problems import RecordRejected
from catalogue.validation.results import MAX_RESULTS

log = structlog.get_logger(__name__)

# At most 60,000 results or so, which take half a gigabyte.
LARGE: Final = 10_000
MEMORY_BYTES: Final = 2 * 1024**3
DEADLINE_S: Final = 120.0


def broken_rules(triples: bytes, count: int, profile: str | None) -> list[ValidationResult]:
    """What a graph breaks: the hard rules, or those of a profile.

    Args:
        triples: N-Triples.
        count: number of triples; above LARGE they are checked within MEMORY_BYTES and DEADLINE_S.

    Raises:
        RecordRejected: the check needs more than that, or ended in a fault of the engine.
    """
    # A process that is fenced starts no other, and is stopped by whoever started it.
    return _apart(triples, profile) if count > LARGE and not fenced() else _here(triples, profile)


def _here(triples: bytes, profile: str | None) -> list[ValidationResult]:
    try:
        return check_graph(triples, profile)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the SHACL engine, which is written in Rust, is no Exception
        log.error("validate.engine_fault", profile=profile, exc_info=error)
        raise _unchecked(f"of a fault of this software ({type(error).__name__}), which its log describes") from error


def _apart(triples: bytes, profile: str | None) -> list[ValidationResult]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, triples, profile), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(DEADLINE_S):
            raise _unchecked(f"it takes longer than {DEADLINE_S:.0f} s. Split it")
        found: list[ValidationResult] = ours.recv()
    except EOFError:
        raise _unchecked(f"it takes more than {MEMORY_BYTES / 1024**3:.0f} GB of memory. Split it") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    return found


def _work(answer: Connection, triples: bytes, profile: str | None) -> None:
    # Whoever runs out of memory says so at length; the one sentence is said by the other process.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    found = check_graph(triples, profile)
    # Violations first: what fails a file must be among those kept.
    found.sort(key=lambda result: result.severity.rpartition("#")[2] != "Violation")
    answer.send(found[: 2 * MAX_RESULTS])


def _unchecked(why: str) -> RecordRejected:
    return RecordRejected(f"The rules could not be checked, because {why}.", reason="too-large")
