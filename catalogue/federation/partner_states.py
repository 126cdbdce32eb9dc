"""How each partner stands: when it was last read well, what is refused, what somebody should do.

Computed from the books when asked; pages and command line show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from catalogue.federation.outlook import NEVER, outlook
from catalogue.store.books import Run, Source
from catalogue.store.issues import REJECTED
from catalogue.store.ledger import Ledger

# States of a run that read its source to the end.
READ_WELL: Final = frozenset({"completed", "partial"})
# The schedule spreads starts over a tenth of the interval, and a harvest takes its time.
LATE_AFTER: Final = 1.5
_RUNS: Final = 1000

WHAT_TO_DO: Final = {
    "never read": "Harvest it (ommatidia harvest NAME), or start the worker.",
    "reading": "Wait for the run to end.",
    "failing": "Read the reason; the source is tried again by itself. What was read before stays served.",
    "stopped": "The partner refuses to be read. Ask it, then let it be read again (ommatidia source resume NAME).",
    "held": "Too much would change at once. Look at it (ommatidia held list), then let it pass or ask the partner.",
    "late": "See that the worker runs (ommatidia status).",
    "partial": "Tell the partner: each refused document is listed with the field, the rule and how to mend it.",
    "ok": "Nothing.",
}


@dataclass(frozen=True, slots=True)
class PartnerState:
    """One source and how it stands.

    Args:
        state: a key of WHAT_TO_DO; the gravest that fits.
        last_run: the newest run of any kind; None when there was none.
        last_success: when a harvest last read it to its end; None when none did.
        due: when it is read again; None when a person must act first, or the moment has come.
        counts: severity -> issues in force.
    """

    source: Source
    state: str
    last_run: Run | None
    last_success: datetime | None
    due: datetime | None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.source.name

    @property
    def what_to_do(self) -> str:
        """One sentence for the operator."""
        return WHAT_TO_DO[self.state].replace("NAME", self.name)

    @property
    def detail(self) -> str:
        """What the newest run said of its end; "" when it said nothing."""
        return str(self.last_run.report.get("detail", "")) if self.last_run is not None else ""


def partner_states(ledger: Ledger, interval_s: float, now: datetime) -> list[PartnerState]:
    """Every source with its state, by name.

    Args:
        interval_s: seconds between scheduled harvests of a source.
    """
    totals = ledger.issues.totals("source")
    found = []
    for source in ledger.sources():
        runs = ledger.runs(source.name, limit=20)
        last_success = _last_success(ledger, source.name, runs)
        counts = dict(totals.get(source.name, {}))
        ahead = outlook(ledger, source, interval_s, now)
        late = last_success is not None and (now - last_success).total_seconds() > LATE_AFTER * interval_s
        held = bool(ledger.held_batches(source.name, state="open"))
        state = "stopped" if ahead.stopped else _state(ahead.last, held, late, counts.get(REJECTED, 0))
        due = ahead.due if now < ahead.due < NEVER else None
        found.append(PartnerState(source, state, runs[0] if runs else None, last_success, due, counts))
    return found


def _state(last: Run | None, held: bool, late: bool, refused: int) -> str:
    if last is None:
        return "never read"
    if last.state == "running":
        return "reading"
    if last.state in ("failed", "interrupted"):
        return "failing"
    if held:
        return "held"
    if late:
        return "late"
    return "partial" if refused else "ok"


def _last_success(ledger: Ledger, name: str, newest: list[Run]) -> datetime | None:
    """When a harvest last ended well; older runs are looked at only where the newest do not tell."""
    for runs in (newest, ledger.runs(name, limit=_RUNS) if len(newest) == 20 else []):
        for run in runs:
            if run.state in READ_WELL and _kind(run) == "harvest":
                return run.ended
    return None


def _kind(run: Run) -> str:
    return str(run.report.get("kind", "harvest"))
