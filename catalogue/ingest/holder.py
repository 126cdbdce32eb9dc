"""Names the process behind a lease, so that one left by a dead process of this machine is known as abandoned.

Only ever says "gone" when sure; a lease of another machine is left to expire. Read federation.md, R6.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PIDS = Path("/proc/self/ns/pid")


def new_holder() -> str:
    """A name for one run of this process: machine, process id, start of the process, chance."""
    return f"{_machine()}.{os.getpid()}.{_started(os.getpid())}.{secrets.token_hex(8)}"


def is_gone(holder: str) -> bool:
    """True when the process that made this name has ended for certain."""
    parts = holder.split(".")
    if len(parts) != 4 or not parts[0] or parts[0] != _machine() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    started = _started(pid)
    if started is not None:
        return started != parts[2]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        # Alive, and hidden from us.
        pass
    return False


@cache
def _machine() -> str:
    """This boot of this machine, or this container on it; "" where the system does not tell."""
    try:
        told = f"{_BOOT.read_text('ascii')} {_PIDS.readlink()}"
    except OSError:
        return ""
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _started(pid: int) -> str | None:
    """When a process started, in the kernel's ticks since boot; "" when it has ended, None when that cannot be seen."""
    try:
        # The name of the program stands in brackets and may hold anything; field 22 counts from behind it.
        state, *fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return "" if state in "ZX" else fields[18]
