"""Bad designs of federation.md section 7, and mistakes that were made, as changes of our code that break a promise.

The checker must find each of them; otherwise the simulation proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from catalogue.exchange import exchange_json
from catalogue.federation import merge, pull
from catalogue.federation.merge import Judgement, Verdict
from catalogue.model.payload import canonical
from catalogue.problems import SourceChanged
from tests.federation.simulation import memory
from tests.federation.simulation.disk import Disk
from tests.federation.simulation.memory_holdings import MemoryHoldings
from tests.federation.simulation.node import Node

Change = tuple[Any, str, Any]

_append, _page, _start, _node_document = Disk.append, pull.Pull._page, Node.start, exchange_json.node_document
_arrival, _refusal = pull.Pull._arrival, merge._refusal


def _newest_by_clock(disk: Disk, log: Any, *rest: Any) -> Any:
    before = disk.head(log.curie)
    row = _append(disk, log, *rest)
    if before is not None and before.log.generated_at > log.generated_at:
        disk.heads[log.curie] = before.position - 1
    return row


def _forget_deleted(disk: Disk, log: Any, *rest: Any) -> Any:
    row = _append(disk, log, *rest)
    if log.action == "delete":
        place = next(place for place, names in disk.buckets.items() if log.curie in names and place[0] == log.owner)
        del disk.heads[log.curie]
        disk.buckets[place].discard(log.curie)
    return row


def _checkpoint_per_page() -> Callable[..., Any]:
    cursors: dict[tuple[int, str, int], int] = {}

    def page(self: Any, owner: str, epoch: int, _number: int) -> Any:
        place = id(self._here.disk), owner, epoch
        found = _page(self, owner, epoch, cursors.get(place, 1))
        cursors[place] = cursors.get(place, 1) + 1
        return found

    return page


def _lose_last_commit(node: Node) -> None:
    rows = node.disk.rows
    if rows and rows[-1].payload:
        row = rows.pop()
        node.disk.logs[row.log.owner, row.log.epoch].pop()
        node.disk._set_head(row.log.curie)
    _start(node)


def _stop_at_poison(self: Any, *given: Any) -> Any:
    made = _arrival(self, *given)
    if made.reason:
        raise SourceChanged(made.detail)
    return made


def _say_nothing_of_others(key: Any, name: str, url: str, digests: Any, tenures: Any) -> Any:
    return _node_document(key, name, url, digests, [one for one in tenures if one.tenure.node == key.node])


def _apply_whatever_comes(*_: Any) -> Judgement:
    return Judgement(Verdict.APPLY)


def mutations() -> dict[str, list[Change]]:
    """Name -> what is changed.

    Not here, since 400 seeds do not find them: fencing left out (test_ownership.py shows it) and digests of another
    moment than what a member signs (test_pull_round.py does).
    """
    return {
        "no ownership": [(merge, "_refusal", lambda *_: None)],
        "no signatures": [(memory, "is_signed", lambda *_: True)],
        "no order": [(merge, "_next", _apply_whatever_comes), (MemoryHoldings, "_check", lambda *_: None)],
        "last writer by the clock": [
            (Disk, "append", _newest_by_clock),
            (MemoryHoldings, "_moment", lambda self: self._clock()),
        ],
        "no tombstones": [(Disk, "append", _forget_deleted)],
        "checkpoint per page": [(pull.Pull, "_page", _checkpoint_per_page())],
        "commits that are not durable": [(Node, "start", _lose_last_commit)],
        "equivocation ignored": [(merge, "_equivocation", lambda *_: Judgement(Verdict.KNOWN))],
        "payloads on trust": [
            (pull, "payload_bytes", lambda _log, payload: canonical(payload)),
            (MemoryHoldings, "_check", lambda *_: None),
        ],
        "poison stops the log": [(pull.Pull, "_arrival", _stop_at_poison)],
        "own log not taken back": [(Node, "take_back", lambda _: None)],
        "registry not announced": [(exchange_json, "node_document", _say_nothing_of_others)],
    }


@contextmanager
def mutated(changes: list[Change]) -> Iterator[None]:
    """Within it, our code is changed."""
    with ExitStack() as stack:
        for where, name, value in changes:
            stack.enter_context(mock.patch.object(where, name, value, create=name == "min"))
        yield
