"""What `harvest --watch` shows on a terminal."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from catalogue.cli.watch import _table
from catalogue.federation.schedule import Schedule
from catalogue.ingest.report import RunReport
from catalogue.store.ledger import Ledger

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ended(ledger: Ledger, name: str, state: str, **report: object) -> None:
    """A run of a source that ended so."""
    with ledger.transaction() as writer:
        writer.end_run(writer.start_run(name), state, report)


def test_table_tells_how_every_source_stands(tmp_path: Path) -> None:
    """Each source has a line: new, being read, read, failed or stopped, with numbers, when it is due, and why not."""
    with Ledger(f"sqlite:///{tmp_path}/ledger.db", lambda: NOW) as ledger:
        for name in ("done", "forbidden", "ill", "new", "reading"):
            ledger.add_source(name, harvester="gide", location="/x")
        ended(ledger, "done", "completed", read=532, new=3, changed=1, quarantined=2)
        ended(ledger, "ill", "failed", detail="It did not [bold]answer[/bold].", retry_after_s=3600)
        ended(ledger, "forbidden", "failed", rule="forbidden", detail="It answers 403.")
        schedule = Schedule(ledger, lambda: None, 86_400.0, lambda: NOW, threading.Event())  # type: ignore[arg-type,return-value]
        schedule.reports["reading"] = RunReport("reading", read=7, new=5)
        console = Console(width=200, record=True, file=(tmp_path / "out").open("w"))
        console.print(_table(schedule))
    lines = {line.split()[1]: line for line in console.export_text().splitlines() if "│" in line}
    assert "completed" in lines["done"] and "532" in lines["done"]
    assert "never" in lines["forbidden"] and "403" in lines["forbidden"] and "stopped" in lines["forbidden"]
    assert f"{NOW + timedelta(hours=1):%H:%M} UTC" in lines["ill"] and "[bold]" in lines["ill"]
    assert "now" in lines["new"]
    assert "reading" in lines["reading"].split("│")[2] and " 7 " in lines["reading"]
