"""Whether the identifier gives the form that a program asks for."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "forms-negotiated"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="A1",
    title="People and programs get their form at the identifier",
    question="Do a browser, a script and a triple store each get something they can read?",
    counts=(
        "HTML, JSON-LD, Turtle and RO-Crate, each asked for by Accept at the identifier, answer 200 with that "
        "media type and Vary: Accept."
    ),
    fix="The node's operator looks at the resolver, and at caches before it that drop Vary.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "all four",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "The identifier gives HTML, JSON-LD, Turtle, RO-Crate as asked.")},
        ),
        Case(
            "no Turtle",
            Outcome.FAIL,
            observed={
                CHECK: (
                    Outcome.FAIL,
                    "Not every form is given at the identifier (Turtle: 406 application/problem+json).",
                )
            },
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="F-UJI metrics 0.8, FsF-I1-01M-2; RFC 9110, section 12.5.",
    answers=("FsF-I1-01M-2", "FsF-F2-01M-1", "FsF-I2-01M-1", "FsF-R1.3-01M-3"),
)
