"""A command that brings the views level publishes them once."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from catalogue.cli.progress import catch_up_with_progress
from catalogue.store import views
from tests.federation.test_worker import Recorder
from tests.store.graph.records import append, open_ledger, study


def test_a_command_publishes_when_all_is_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a catch-up takes, a command publishes it once, at its end."""
    times = count(step=100)
    monkeypatch.setattr(views, "time", SimpleNamespace(monotonic=lambda: float(next(times))))
    view = Recorder()
    with open_ledger(tmp_path) as ledger:
        append(ledger, *(study(number) for number in range(1, 503)))
        assert catch_up_with_progress(ledger, [view]) == 502
    assert (view.published, view.position()) == (1, 502)
