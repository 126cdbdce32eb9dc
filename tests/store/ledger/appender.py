"""Appends batches to the ledger named on the command line for ever, printing each one after its commit.

A batch moves entries, originals, an item and the cursor together; the test kills this process at any moment.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

from ledger_records import append_study

from catalogue.store.ledger import ItemState, Ledger

url, source, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Ledger(url, lambda: datetime.now(UTC), create=False) as ledger:
    began = int(ledger.cursor(source) or 0)
    for number in count(began + 1):
        with ledger.transaction() as writer:
            for part in range(batch):
                curie = f"{source}:{number}.{part}"
                digest = writer.put_original(curie.encode() * 100, "text/plain")
                last = append_study(writer, curie, original_digest=digest)
            writer.set_item(source, str(number), ItemState(digest, "gide/1", (curie,)))
            writer.set_cursor(source, str(number))
        print(number, last.position, last.entry_hash, flush=True)
