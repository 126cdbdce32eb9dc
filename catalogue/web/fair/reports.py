"""Reports and what was rendered of them, kept while the audit stays the same."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from typing import Final

from catalogue.exchange.base import RENDERER_VERSION
from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import DEFAULT, Benchmark, get_benchmark
from catalogue.fair.metrics.base import Metric, metrics
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import Scope
from catalogue.fair.service import Audits
from catalogue.web.exchange.rendered import Rendered, RenderedPages

_MOST: Final = 64


class Reports:
    """The reports last asked for, of the newest audit; safe to share between threads.

    Args:
        audits: makes them.
        patience_s: how long a request waits for a newer audit while an older one is at hand.
    """

    def __init__(self, audits: Audits, patience_s: float = 2.0) -> None:
        self.audits = audits
        self._patience_s = patience_s
        self._making: Thread | None = None
        self._lock = Lock()
        self._of: Audit | None = None
        self._kept: OrderedDict[str, Report] = OrderedDict()
        self._rendered = RenderedPages()

    def benchmark(self, name: str) -> Benchmark:
        """The benchmark of an identifier; "" means the usual one.

        Raises:
            NotFound: there is none.
        """
        return get_benchmark(name or DEFAULT, self.audits.benchmarks)

    @property
    def metrics(self) -> Iterable[Metric]:
        """All metrics of this software."""
        return metrics().values()

    def audit(self) -> Audit:
        """The newest audit; the one before it where records come in faster than they can be judged.

        Every report tells the position that it is bound to, so that an older one is not taken for a newer one.
        """
        known = self.audits.at_hand()
        if known is None:
            return self.audits.newest()
        if self.audits.is_current(known):
            return known
        with self._lock:
            if self._making is None or not self._making.is_alive():
                self._making = Thread(target=self.audits.newest, name="fair-audit", daemon=True)
                self._making.start()
            making = self._making
        making.join(self._patience_s)
        return self.audits.at_hand() or known

    def get(self, scope_of: Callable[[Audit], Scope], benchmark: Benchmark) -> Report:
        """A report of the newest audit.

        Args:
            scope_of: chooses the studies.
        """
        audit = self.audit()
        self._forget_others(audit)
        scope = scope_of(audit)
        key = digest(audit, scope, benchmark)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make_report(audit, scope, benchmark)
        with self._lock:
            if self._of is audit:
                self._kept[key] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made

    def _forget_others(self, audit: Audit) -> None:
        """Drops what was made of another audit; also of the same one, read again since records in it were withdrawn."""
        with self._lock:
            if self._of is not audit:
                self._of = audit
                self._kept.clear()
                self._rendered = RenderedPages()

    def rendered(self, report: Report, form: str, make: Callable[[], bytes]) -> Rendered:
        """What a form of the report is, made where it is not held.

        Args:
            form: everything beside the report that it is made of, such as its suffix and the number of the page.
        """
        return self._rendered.get((_digest_of(report), form), make)

    def etag(self, report: Report, form: str) -> str:
        """Of a form that is not made to be told: equal only for equal bytes.

        Args:
            form: everything beside the report and this software that it is made of.
        """
        told = (_digest_of(report), form, self.audits.software, RENDERER_VERSION)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _digest_of(report: Report) -> str:
    return digest(report.audit, report.scope, report.benchmark)


def digest(audit: Audit, scope: Scope, benchmark: Benchmark) -> str:
    """SHA-256 over all that a report is made of."""
    of_audit = (audit.basis.digest, audit.redacted, audit.absent)
    told = (of_audit, scope.kind, scope.id, scope.title, scope.studies, sorted(scope.basis.items()))
    return hashlib.sha256(repr((told, benchmark.id, benchmark.digest)).encode()).hexdigest()
