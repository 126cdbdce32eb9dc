"""Whether the organism is a term of the NCBI taxonomy."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, outside
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import ONTOLOGIES

_TAXON: Final = ONTOLOGIES["NCBITaxon"]["namespace"]
_PREDICATE: Final = "omm:organism"


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("term_uses") if row.predicate.value.endswith("/organism")]
    good = [row for row in rows if row.text.startswith(_TAXON)]
    if good:
        return passed("The organism is named by its number in the NCBI taxonomy.", *evidence(good))
    add = (study.triple(_PREDICATE, f"<{_TAXON}…>"),)
    if rows:
        return failed(
            "The organism is named, but not by the NCBI taxonomy.",
            *evidence(rows),
            add=add,
            mender=outside(study, rows),
        )
    return failed("No organism is named.", add=add)


METRIC: Final = Metric(
    id="organism-ontology",
    version="1.0",
    principle="I2",
    title="The organism is an ontology term",
    question="Is the organism named in a way that every program understands?",
    counts="omm:organism of the study, a sample or a part is a term of NCBITaxon.",
    fix="Name the organism by its NCBI taxonomy number, such as NCBITaxon:9606 for human.",
    mender=Mender.OWNER,
    reads=("term_uses", "terms"),
    judge=_judge,
    cases=(
        Case("human", Outcome.PASS, {"organisms": ["NCBITaxon:9606"]}),
        Case("of a sample", Outcome.PASS, {"biosamples": [{"organisms": ["NCBITaxon:10090"]}]}),
        Case("the archive's own term", Outcome.FAIL, {"organisms": ["biostudies:S-BIAD1/term/1"]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Biosample, organism; GIDE search profile 0.2, about.",
    limits="A study without an organism, such as one of beads or of synthetic images, fails too: no record can say so.",
    answers=("RDA-I2-01M",),
)
