"""Whether the RDF that strangers get is the record."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "rdf-offered"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="I1",
    title="The RDF given is the record, triple by triple",
    question="Does a program that asks for RDF get all that the catalogue knows, and nothing else?",
    counts=(
        "Turtle, asked for by Accept at the identifier, parses, and its triples are those of the ledger's record "
        "and its provenance."
    ),
    fix=(
        "Nothing that an owner can mend: the node's operator looks at the renderer, and at caches that serve an "
        "old version."
    ),
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "equal",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "The Turtle parses to the 120 triples of the record.")},
        ),
        Case(
            "a triple lacks",
            Outcome.FAIL,
            observed={
                CHECK: (Outcome.FAIL, "The Turtle differs from the record: 1 triples are lacking, 0 are not of it.")
            },
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="F-UJI metrics 0.8, FsF-I1-01M-2; RDA FAIR Data Maturity Model (2020), RDA-I1-02M.",
    answers=("FsF-I1-01M-2", "RDA-I1-02M", "FsF-I2-01M-1"),
)
