"""Numbers of the federation for a monitor, in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from catalogue.fair.usage.recorder import Recorder
from catalogue.federation.standing import Standing
from catalogue.store.issues import REJECTED
from catalogue.store.ledger import Ledger

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
Sample = tuple[dict[str, str], float]


def render_metrics(ledger: Ledger, members: Sequence[Standing]) -> str:
    """The numbers as text; a number that is not known is left out."""
    digests = ledger.digests.node()
    now = ledger.clock()
    owners = [({"owner": one.owner}, one) for one in digests.owners]
    named = [({"member": one.member.name}, one) for one in members]
    totals = ledger.issues.totals("source")
    alarms = Counter(one.kind for one in ledger.registry.alarms())
    parts = [
        _gauge("log_position", "Entries of this node's log.", [({}, digests.position)]),
        _gauge("owner_records", "Records held of an owner, tombstones included.", [(k, o.count) for k, o in owners]),
        _gauge("owner_live_records", "Live records held of an owner.", [(k, o.live) for k, o in owners]),
        _gauge("owner_epoch", "Epoch of the owner's log here.", [(k, o.epoch) for k, o in owners]),
        _gauge("owner_sequence", "Last entry of the owner's log here.", [(k, o.seq) for k, o in owners]),
        _gauge("member_active", "1 where the member is pulled.", [(k, m.state != "paused") for k, m in named]),
        _gauge(
            "member_answers", "1 where the last pull was answered.", [(k, not m.error) for k, m in named if m.asked_at]
        ),
        _gauge("member_equal", "1 where digests were equal.", [(k, m.equal) for k, m in named if m.equal is not None]),
        _gauge(
            "member_lag_entries",
            "Entries that the member had and this node lacked.",
            [(k, m.lag_entries) for k, m in named if m.lag_entries is not None],
        ),
        _gauge(
            "member_lag_seconds",
            "Seconds since both were known to hold the same.",
            [(k, lag) for k, m in named if (lag := m.lag_s(now)) is not None],
        ),
        _gauge(
            "member_last_equal_timestamp_seconds",
            "When digests were last equal.",
            [(k, m.equal_at.timestamp()) for k, m in named if m.equal_at is not None],
        ),
        _gauge("alarms", "Alarms that stand.", [({"kind": kind}, count) for kind, count in sorted(alarms.items())]),
        _gauge(
            "quarantined",
            "Documents of a source that could not enter.",
            [({"source": one.name}, dict(totals.get(one.name, {})).get(REJECTED, 0)) for one in ledger.sources()],
        ),
    ]
    return "".join(parts)


def render_usage_metrics(recorder: Recorder | None) -> str:
    """What became of uses noted since this process began; nothing where they are not counted."""
    if recorder is None:
        return ""
    taken = recorder.taken
    states = {"kept": taken.kept, "dropped": taken.dropped, "late": taken.late, "robots": recorder.robots}
    return _gauge(
        "usage_hits",
        "Answers noted as uses since this process began: kept (robots included), lost, or come after their hour.",
        [({"state": state}, count) for state, count in states.items()],
    ) + _gauge("usage_waiting", "Answers noted as uses that are not written yet.", [({}, recorder.waiting)])


def _gauge(name: str, what: str, samples: Iterable[Sample]) -> str:
    lines = [f"ommatidia_{name}{_labels(labels)} {float(value):.15g}\n" for labels, value in samples]
    if not lines:
        return ""
    return f"# HELP ommatidia_{name} {what}\n# TYPE ommatidia_{name} gauge\n" + "".join(lines)


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items()) + "}"
