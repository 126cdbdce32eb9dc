"""Makes a dump: all files from one state of the ledger, in a folder of its own that appears whole or not at all.

Files: content.py. Whoever reads while it is made sees the dump before. Source: federation.md S6, P13, P18.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import structlog

from catalogue.exchange.dumps.columns import FORM
from catalogue.exchange.dumps.content import Content, Progress
from catalogue.exchange.dumps.shelf import LATEST, Dump, DumpShelf
from catalogue.model.table import schema_version
from catalogue.problems import Conflict, NotFound, StoreDamaged
from catalogue.store.ledger import Ledger
from catalogue.store.snapshot import Snapshot, last_withdrawal, snapshot

log = structlog.get_logger(__name__)

_TRIES: Final = 3


def make_dump(
    ledger: Ledger,
    shelf: DumpShelf,
    *,
    title: str,
    base_url: str = "",
    kept: int = 2,
    again: bool = False,
    on_progress: Progress = lambda what, done, total: None,
) -> Dump | None:
    """The new latest dump; None when nothing changed since the last one, and nothing was touched.

    Args:
        title: name of the node.
        base_url: public address of the node; "" makes addresses in void.ttl relative.
        kept: dumps that stay, the new one included; those that may hold what was withdrawn since never do (P18).
        again: make one even when nothing changed.
        on_progress: called with (what is written, done, total) often; what it raises ends the making, without a trace.
    Raises:
        Locked: another process makes a dump.
        NotFound: the node has no key.
        Conflict: records were withdrawn again and again while it was made.
        StoreDamaged: an entry or a chunk does not fit its digest.
    """
    if ledger.key is None:
        raise NotFound("This node has no key to sign a dump with. `ommatidia init` makes one.")
    with shelf.alone():
        for _ in range(_TRIES):
            with snapshot(ledger) as state:
                last = _last(shelf)
                if last is not None and not again and _is_same(last, state):
                    return None
                made = _try(ledger, state, shelf, last, title, base_url, on_progress)
            if made is not None:
                shelf.drop_older_than(last_withdrawal(ledger))
                shelf.keep(max(kept, 1))
                return made
    raise Conflict("Records were withdrawn again and again while the dump was made. Try again after the harvest.")


def _last(shelf: DumpShelf) -> Dump | None:
    """The newest dump, where it can be read."""
    try:
        return shelf.find(LATEST)
    except StoreDamaged as problem:
        log.error("dump.damaged", detail=problem.detail)
        return None


def _is_same(last: Dump, state: Snapshot) -> bool:
    """Whether a dump says what the ledger holds: position alone does not do, a payload may have come or gone since."""
    said = last.manifest.statement
    node = state.digests.node()
    owners = [asdict(owner) for owner in node.owners]
    made_with = (said["form"], said["schema_version"], said["position"], said["owners"])
    return made_with == (FORM, schema_version(), node.position, owners)


def _try(
    ledger: Ledger,
    state: Snapshot,
    shelf: DumpShelf,
    last: Dump | None,
    title: str,
    base_url: str,
    on_progress: Progress,
) -> Dump | None:
    """The dump of a state; None when something in it was withdrawn before it was whole."""
    made_at = ledger.clock()
    position = state.last_position()
    name = shelf.free_name(made_at, position)
    base = f"{base_url.rstrip('/')}/dumps/{name}/" if base_url else ""
    folder = shelf.begin()
    try:
        Content(state, folder, last, on_progress).write(name, title, made_at, base)
    except StoreDamaged:
        # Chunks of what was withdrawn go at once, whoever reads them.
        if last_withdrawal(ledger) <= position:
            raise
    if last_withdrawal(ledger) > position:
        log.info("dump.overtaken", position=position)
        return None
    return shelf.publish(folder, name)
