"""What changed for one study between the audits that are kept, looked up without reading them again for each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from catalogue.fair.history import History


@dataclass(frozen=True, slots=True)
class StudyChange:
    """An outcome that differs from the audit before.

    Args:
        day: up to which the ledger of the later audit went.
        pair: of the two audits, as `/fair/audits/{pair}` has it.
        why: sentences.
    """

    day: str
    pair: str
    metric: str
    before: str
    after: str
    why: tuple[str, ...]


class StudyChanges:
    """Changes by study, of the newest audits; safe to share between threads.

    Args:
        history: None where no audits are kept.
    """

    def __init__(self, history: History | None) -> None:
        self._history = history
        self._lock = Lock()
        self._names: tuple[str, ...] = ()
        self._found: Mapping[str, Sequence[StudyChange]] = {}

    def of(self, curie: str) -> Sequence[StudyChange]:
        """The changes of a study, newest first."""
        if self._history is None:
            return ()
        names = tuple(self._history.shelf.names())
        with self._lock:
            if names != self._names:
                self._names, self._found = names, _by_study(self._history)
            return self._found.get(curie, ())


def _by_study(history: History) -> dict[str, list[StudyChange]]:
    found: dict[str, list[StudyChange]] = {}
    for basis, since in history.feed():
        for change in since["changes"]:
            told = _change(basis.recorded_at[:10], f"{since['before']}...{since['after']}", change)
            found.setdefault(change["study"], []).append(told)
    return found


def _change(day: str, pair: str, change: Mapping[str, Any]) -> StudyChange:
    why = tuple(f"{one['cause']} ({one['detail']})" if one["detail"] else one["cause"] for one in change["why"])
    return StudyChange(day, pair, change["metric"], change["before"], change["after"], why)
