"""Pure functions that documents drive to their end in the tests of confined."""

from __future__ import annotations

import os
import socket
import sys
import time

from catalogue.problems import RecordRejected


def upper(content: bytes) -> bytes:
    return content.upper()


def process_id(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def environment(_: bytes) -> bytes:
    return "\n".join(sorted(os.environ)).encode()


def chatter(content: bytes) -> bytes:
    print("said by a library")
    sys.stdout.flush()
    return content


def behave(content: bytes) -> bytes:
    """Do what the document says."""
    match content:
        case b"sleep":
            time.sleep(60)
        case b"crash":
            os.abort()
        case b"memory":
            return b"x" * (2 << 30)
        case b"long":
            return b"x" * 5000
        case b"value":
            raise ValueError("line 3 has no end")
        case b"reject":
            raise RecordRejected("It names nobody.", reason="schema-required")
        case b"bug":
            raise KeyError("title")
        case b"network":
            socket.socket()
    return b"fine"
