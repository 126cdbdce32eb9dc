"""Opens the ledger named on the command line when told to, and appends one entry to it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from ledger_records import append_study

from catalogue.store.ledger import Ledger

print("ready", flush=True)
sys.stdin.readline()
with Ledger(sys.argv[1], lambda: datetime.now(UTC)) as ledger, ledger.transaction() as writer:
    append_study(writer, f"idr:p{os.getpid()}")
