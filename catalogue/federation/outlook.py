"""How a source stands: its last reading, when the next one is due, and whether a person must act first.

Rules R8 (when to come again) and R9 (403) of the federation reference; the schedule and the command line ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from catalogue.ingest.holder import new_holder
from catalogue.problems import Conflict
from catalogue.store.books import Run, Source
from catalogue.store.ledger import Ledger

# A source that failed is read again sooner than at its next regular turn, but not at once (federation.md, R8).
RETRY_FAILED_S: Final = 900.0
JITTER: Final = 0.1
_LONGEST_POSTPONEMENT_S: Final = 86_400
NEVER: Final = datetime.max.replace(tzinfo=UTC)
AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
_RUNS: Final = 100
PAUSED: Final = "A person paused it."


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a source stands.

    Args:
        last: the last run that read it; None before the first.
        due: when it should be read again; AT_ONCE and NEVER are moments, too.
        stopped: why nobody reads it until a person acts; "" when it is not stopped.
    """

    source: Source
    last: Run | None
    due: datetime
    stopped: str

    @property
    def failed(self) -> bool:
        """Whether the last reading failed."""
        return self.last is not None and self.last.state == "failed"


def outlook(ledger: Ledger, source: Source, interval_s: float, now: datetime) -> Outlook:
    """How a source stands.

    Args:
        interval_s: seconds between the starts of two regular readings; up to a tenth is added by the source's name,
            so that nodes with equal settings do not all come at once.
    """
    runs = ledger.runs(source.name, limit=_RUNS)
    # Mapping kept documents again is no reason to read a source later.
    readings = [run for run in runs if run.report.get("kind", "harvest") == "harvest"]
    last = readings[0] if readings else None
    said = next((run.report["kind"] for run in runs if run.report.get("kind") in ("pause", "resume")), "resume")
    if said == "pause":
        return Outlook(source, last, NEVER, PAUSED)
    if last is not None and last.state == "failed" and last.report.get("rule") == "forbidden":
        resumed = any(run.report.get("kind") == "resume" and run.id > last.id for run in runs)
        if resumed:
            return Outlook(source, last, AT_ONCE, "")
        return Outlook(source, last, NEVER, str(last.report.get("detail", "")))
    return Outlook(source, last, _due(source, readings, interval_s, now), "")


def _due(source: Source, readings: list[Run], interval_s: float, now: datetime) -> datetime:
    if not readings or readings[0].state == "interrupted":
        return AT_ONCE
    last = readings[0]
    if last.started > now:
        # The clock was set back; nobody should wait for a day that was never meant.
        return AT_ONCE
    if last.state == "running":
        # Its process may have died: the lease decides, harvest() raises Locked while it is alive.
        return AT_ONCE
    if last.state == "failed":
        failures = next((n for n, run in enumerate(readings) if run.state != "failed"), len(readings))
        regular = last.started + timedelta(seconds=min(RETRY_FAILED_S * 2 ** (failures - 1), interval_s))
        asked_s = min(int(last.report.get("retry_after_s", 0)), _LONGEST_POSTPONEMENT_S)
        return max(regular, (last.ended or last.started) + timedelta(seconds=asked_s))
    spread = int.from_bytes(sha256(source.name.encode()).digest()[:4]) / 2**32
    return last.started + timedelta(seconds=interval_s * (1 + JITTER * spread))


def resume(ledger: Ledger, name: str, interval_s: float, now: datetime) -> None:
    """Lets the schedule read a stopped source again; the run log keeps that a person said so.

    Raises:
        NotFound: no such source.
        Conflict: it is not stopped.
        Locked: a run of it is under way.
    """
    source = ledger.source(name)
    if not outlook(ledger, source, interval_s, now).stopped:
        raise Conflict(f"{name} is not stopped; it is read when it is due, or by `ommatidia harvest {name}`.")
    with ledger.lease(f"harvest:{name}", new_holder()) as lease, ledger.transaction(lease) as writer:
        run_id = writer.start_run(name, {"kind": "resume"})
        writer.end_run(run_id, "completed", {"kind": "resume"})


def pause(ledger: Ledger, name: str) -> None:
    """Keeps the schedule from reading a source until `resume`; the run log keeps that a person said so.

    Raises:
        NotFound: no such source.
        Locked: a run of it is under way.
    """
    ledger.source(name)
    with ledger.lease(f"harvest:{name}", new_holder()) as lease, ledger.transaction(lease) as writer:
        run_id = writer.start_run(name, {"kind": "pause"})
        writer.end_run(run_id, "completed", {"kind": "pause"})


def bytes_today(ledger: Ledger, name: str, now: datetime) -> int:
    """Bytes that the runs of a source which began today (UTC) received, as far as they have ended (R10)."""
    today = now.astimezone(UTC).date()
    runs = ledger.runs(name, limit=1000)
    return sum(int(r.report.get("bytes_raw", 0)) for r in runs if r.started.astimezone(UTC).date() == today)
