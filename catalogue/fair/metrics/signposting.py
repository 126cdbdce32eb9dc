"""Whether the page shows programs the way by typed links."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "signposting"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="F3",
    title="The page has typed links in its header",
    question="Does a program that reaches the page find identifier, metadata and licence without guessing?",
    counts=(
        "The Link header has at most 4 KiB and names cite-as (the identifier), describedby, type and linkset; "
        "links in the head of the page say the same."
    ),
    fix="The node's operator looks at the page's links, and at servers before it that shorten headers.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "as told",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "The Link header has 14 typed links, and the head of the page agrees.")},
        ),
        Case(
            "too long",
            Outcome.FAIL,
            observed={CHECK: (Outcome.FAIL, "The Link header has 70,000 bytes; readers give up beyond 4,096.")},
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="FAIR Signposting profile, level 1; RFC 8288.",
    answers=("FsF-F2-01M-1",),
)
