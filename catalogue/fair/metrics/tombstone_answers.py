"""Whether what is withdrawn here keeps its identifier and a word about it."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "tombstone-answers"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="A2",
    title="Withdrawn studies leave a tombstone",
    question="Would the identifier of the study still say what it was, if the study were withdrawn?",
    counts=(
        "The identifiers of up to five withdrawn studies of this node answer 410, with a tombstone for people and"
        " for programs that says how it is cited."
    ),
    fix="Nothing that an owner can mend: the node's operator looks at the resolver.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "410 with tombstone",
            Outcome.PASS,
            observed={
                CHECK: (
                    Outcome.PASS,
                    "The identifier of a withdrawn study answered 410 with its tombstone, for people and programs.",
                )
            },
        ),
        Case(
            "404",
            Outcome.FAIL,
            observed={CHECK: (Outcome.FAIL, "The identifier of a withdrawn study answered 404 where 410 was due.")},
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case(
            "nothing withdrawn",
            Outcome.NOT_APPLICABLE,
            observed={CHECK: (Outcome.NOT_APPLICABLE, "No study has been withdrawn here.")},
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A2-01M.",
    limits=(
        "The same for every study: it is the node's way with all of them that is seen. Not applicable where "
        "nothing was ever withdrawn."
    ),
    answers=("RDA-A2-01M",),
)
