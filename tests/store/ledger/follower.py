"""Follows the ledger named on the command line, read-only, until it holds as many entries as asked for.

Fails when it ever sees half of a transaction, which its caller makes of ten entries.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from catalogue.store.ledger import Ledger

url, wanted = sys.argv[1], int(sys.argv[2])
seen, chain = 0, None
with Ledger(url, lambda: datetime.now(UTC), create=False, read_only=True) as ledger:
    print("ready", flush=True)
    while seen < wanted:
        for entry in ledger.entries(after=seen, limit=1000):
            if entry.position != seen + 1 or (chain is not None and entry.prev_hash != chain):
                sys.exit(f"entry {entry.position} after {seen}")
            seen, chain = entry.position, entry.entry_hash
        if seen % 10:
            sys.exit(f"{seen} entries: half a transaction")
print(seen, chain)
