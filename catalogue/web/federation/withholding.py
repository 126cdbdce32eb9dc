"""What of an issue may be shown to everybody: never what a partner keeps to itself.

A source is private when its operator says so; a record when it is restricted, not public, or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue.store.books import Quarantined, Source
from catalogue.store.entries import Entry
from catalogue.store.issues import Issue
from catalogue.store.ledger import Ledger
from catalogue.web.text import is_public

VISIBILITY: Final = "visibility"
PRIVATE: Final = "private"


def is_private(source: Source) -> bool:
    """True when the operator keeps what is refused of this source from the public pages."""
    return source.options.get(VISIBILITY) == PRIVATE


def private_names(ledger: Ledger) -> tuple[str, ...]:
    """Names of the private sources."""
    return tuple(source.name for source in ledger.sources() if is_private(source))


class Withholding:
    """Which records' values stay hidden; asks the ledger once a record.

    Args:
        ledger: read for the newest versions.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[str, bool] = {}

    def look_at(self, issues: Iterable[Issue]) -> None:
        """Reads what is needed to answer for these issues, in few queries."""
        wanted = {issue.curie for issue in issues if issue.curie} - self._open.keys()
        heads = self._ledger.find_heads(wanted)
        studies = self._ledger.find_heads(head.parent for head in heads.values() if head.parent)
        for curie in wanted:
            head = heads.get(curie)
            study = studies.get(head.parent or "") if head is not None else None
            # A document that never became a record was read at its public address; see the source's visibility.
            self._open[curie] = head is None or (_is_open(head) and (study is None or _is_open(study)))

    def hides(self, issue: Issue) -> bool:
        """True when value, message and original of an issue stay hidden; its rule and its dates never do."""
        if issue.curie is None:
            return False
        if issue.curie not in self._open:
            self.look_at([issue])
        return not self._open[issue.curie]

    def shows_original(self, refused: Quarantined) -> bool:
        """True when the bytes of a refused document may be had: anybody could fetch them where they were read."""
        if refused.original_digest is None or refused.reason == "policy" or not is_public(refused.url or ""):
            return False
        return not self.hides(Issue(refused=refused))


def _is_open(entry: Entry) -> bool:
    access = entry.record.get("access") or {}
    return entry.status == "public" and access.get("access_level", "PUBLIC") == "PUBLIC"
