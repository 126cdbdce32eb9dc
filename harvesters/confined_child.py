"""The child of harvesters/confined.py: reads documents from its one socket, calls one pure function, writes answers.

Started as `python -m harvesters.confined_child FUNCTION MEMORY_BYTES PARENT_PID`; it has no network and no environment.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from traceback import extract_tb

from catalogue.fence import raise_fence
from catalogue.problems import RecordRejected
from harvesters.confined_frames import BAD, FAULT, LENGTH, MEMORY, OK, REFUSED, receive_exactly, send_frame

# When nobody is left to end a parser that never returns, it ends itself.
_OWN_LIMIT_S = 600


def serve(function: Callable[[bytes], bytes], channel: socket.socket) -> None:
    """Answers one document after the other until the other side closes."""
    while True:
        head = receive_exactly(channel, LENGTH.size)
        if not head:
            return
        content = receive_exactly(channel, LENGTH.unpack(head)[0])
        signal.alarm(_OWN_LIMIT_S)
        kind, answer = answer_of(function, content)
        signal.alarm(0)
        send_frame(channel, kind, answer)
        if kind == MEMORY:
            # What is left of the address space after a failed allocation is nothing to go on with.
            return


def answer_of(function: Callable[[bytes], bytes], content: bytes) -> tuple[bytes, bytes]:
    """Kind and bytes of the answer to a document."""
    try:
        return OK, function(content)
    except RecordRejected as problem:
        return REFUSED, json.dumps([problem.reason, problem.detail]).encode()
    except MemoryError:
        return MEMORY, b""
    except (ValueError, SyntaxError, RecursionError) as error:
        return BAD, str(error).encode("utf-8", "backslashreplace")[:500]
    # Anything else is a fault of the function; it is named to the parent, which raises it.
    except Exception as error:  # noqa: BLE001
        place = extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {str(error)[:1500]} ({place.name}, line {place.lineno})"
        return FAULT, said.encode("utf-8", "backslashreplace")


def main() -> None:
    """Fence first, then the function's module, then hello."""
    name, memory_bytes, parent_pid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    raise_fence(memory_bytes, parent_pid)
    channel = socket.socket(fileno=os.dup(0))
    # Whatever a library prints must not be taken for an answer.
    os.dup2(2, 0)
    os.dup2(2, 1)
    function = function_of(name)
    send_frame(channel, OK, b"")
    serve(function, channel)


def function_of(name: str) -> Callable[[bytes], bytes]:
    """The function that `package.module:name` names."""
    module, _, attribute = name.partition(":")
    found: Callable[[bytes], bytes] = getattr(importlib.import_module(module), attribute)
    return found


if __name__ == "__main__":
    main()
