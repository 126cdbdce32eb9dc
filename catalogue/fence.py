"""What a worker process gives up before it touches what strangers wrote: network, new programs, memory, core dumps.

For queries and for fragile parsers. Needs no privilege on Linux; decisions/0003-query-processes.md says what holds
elsewhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_ALLOW, _KILL, _ERRNO_EACCES = 0x7FFF0000, 0x80000000, 0x00050000 | 13
_X32_BIT = 0x40000000
_LOG_BYTES = 16 << 20
_state = {"raised": False}

# Audit architecture, then numbers of the calls that open a way out: socket, socketpair, connect, bind, listen,
# accept, accept4, execve, execveat, ptrace, process_vm_writev, io_uring_setup (which can open sockets by itself).
_SYSCALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 50, 43, 288, 59, 322, 101, 311, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 201, 202, 242, 221, 281, 117, 271, 425)),
}


def fenced() -> bool:
    """Whether this process has raised the fence, so that it can start no other."""
    return _state["raised"]


def raise_fence(memory_bytes: int, parent_pid: int) -> str:
    """Give up what queries and parsers never need; says what keeps the network away.

    Returns:
        "seccomp" (system calls refused), "namespace" (a network without devices) or "none" (neither can be had
        here: only the guard stands between a query and the network).
    """
    _state["raised"] = True
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A worker writes to its pipe and, rarely, to its log.
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LOG_BYTES, _LOG_BYTES))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.platform.startswith("linux"):
        return "none"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        # The parent died before the line above could ask to be told.
        os._exit(0)
    # The first to go when the machine runs out of memory, rather than the server beside it.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("500")
    if _seccomp(libc):
        return "seccomp"
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return "namespace"
    return "none"


def _seccomp(libc: ctypes.CDLL) -> bool:
    known = _SYSCALLS.get(platform.machine())
    if known is None or sys.byteorder != "little":
        return False
    program = ctypes.create_string_buffer(_filter(*known))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(program))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0)


def _filter(architecture: int, refused: tuple[int, ...]) -> bytes:
    """A BPF program: other architectures die, refused calls answer EACCES, the rest go through."""

    def statement(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    lines = [
        statement(load, 4),
        statement(equal, architecture, 1, 0),
        statement(answer, _KILL),
        statement(load, 0),
        statement(at_least, _X32_BIT, 0, 1),
        statement(answer, _KILL),
    ]
    for number in refused:
        lines += [statement(equal, number, 0, 1), statement(answer, _ERRNO_EACCES)]
    lines.append(statement(answer, _ALLOW))
    return b"".join(lines)
