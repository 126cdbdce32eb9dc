"""What a process of assessments does when a document gets the better of it; documents say how by their content."""

from __future__ import annotations

import os
import time

import app
from catalogue.problems import RecordRejected


def behave(message: bytes) -> bytes:
    """As app.judge_apart, but for documents that say what to do."""
    if b"never ends" in message:
        time.sleep(60)
    if b"takes all memory" in message:
        return b"x" * (2 << 30)
    if b"ends the process" in message:
        os.abort()
    return app.judge_apart(message)


def process_id(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def refuse(content: bytes) -> bytes:
    if content == b"reject":
        raise RecordRejected("It names nobody.", reason="schema-required")
    return b"fine"
