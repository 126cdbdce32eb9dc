"""Whether the link set of a study says what its page says."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "linkset"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="F3",
    title="The link set belongs to the page",
    question="Does the list of all links of the study start at its page and hold what the page links to?",
    counts=(
        "The link set that the page names answers 200 as JSON, one of its anchors is the page, and all links of "
        "the page's header are there."
    ),
    fix="The node's operator looks at web.base_url, from which anchors are made.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "as told",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "The link set has 31 links of the page, among them all of its header.")},
        ),
        Case(
            "other anchor",
            Outcome.FAIL,
            observed={CHECK: (Outcome.FAIL, "No anchor of the link set is the address of the page.")},
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RFC 9264; FAIR Signposting profile, level 2; F-UJI 3.5, harvesting of link sets.",
    limits="Of a link set in several parts the first is read.",
)
