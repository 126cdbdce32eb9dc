"""Whether terms can be read without looking them up."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed


def _judge(study: Subject) -> Judgement:
    used = study.rows("term_uses")
    if not used:
        return not_applicable("The record uses no ontology terms.")
    labelled = {row.text for row in study.rows("terms") if row.said("label")}
    bare = [row for row in used if row.text not in labelled]
    if not bare:
        return passed(f"Every term has a label ({len({row.text for row in used})}).", *evidence(study.rows("terms")))
    names = list(dict.fromkeys(row.text for row in bare))
    add = tuple(study.triple("rdfs:label", '"…"', name) for name in names[:5])
    return failed(f"Terms without a label: {len(names)}.", *evidence(bare), add=add)


METRIC: Final = Metric(
    id="terms-labelled",
    version="1.0",
    principle="I2",
    title="Ontology terms have labels",
    question="Can people read the ontology terms without looking up numbers?",
    counts="Every term that the record uses is described in it with a label.",
    fix="Give each term with its label.",
    mender=Mender.HARVESTER,
    reads=("term_uses", "terms"),
    judge=_judge,
    cases=(
        Case(
            "with label",
            Outcome.PASS,
            {
                "organisms": ["NCBITaxon:9606"],
                "terms": [{"id": "NCBITaxon:9606", "type": "Taxon", "label": "Homo sapiens"}],
            },
        ),
        Case("a number only", Outcome.FAIL, {"organisms": ["NCBITaxon:9606"]}),
        Case("no terms", Outcome.NOT_APPLICABLE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I2-01M.",
    limits="Whether a label is the ontology's own is told by terms-current and by the findings of harvests.",
)
