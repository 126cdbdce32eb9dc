"""Whether terms exist in their ontologies and have not been given up."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed
from catalogue.model.namespaces import BASE


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("terms") if not row.text.startswith(BASE)]
    if not rows:
        return not_applicable("The record describes no ontology terms.")
    gone = [row for row in rows if row.said("state") in ("obsolete", "missing")]
    if gone:
        uses = study.rows("term_uses")
        add = []
        for row in gone[:5]:
            successor = row.said("successor") or "…"
            using = [use for use in uses if use.text == row.text]
            node, predicate = (using[0].node, using[0].predicate) if using else (row.node, row.predicate)
            add.append(f"{node} {predicate} <{successor}> .")
        return failed(
            f"Terms that are no longer in their ontology: {len(gone)} of {len(rows)}.", *evidence(gone), add=tuple(add)
        )
    unsure = [row for row in rows if row.said("state") != "current"]
    if unsure:
        said = f"Terms that are not in the tables of this software: {len(unsure)} of {len(rows)}."
        return indeterminate(said, *evidence(unsure))
    return passed(f"Every term is in its ontology ({len(rows)}).", *evidence(rows))


def _terms(*pairs: tuple[str, str, str]) -> dict[str, list[dict[str, str]]]:
    return {"terms": [{"id": curie, "type": kind, "label": label} for curie, kind, label in pairs]}


METRIC: Final = Metric(
    id="terms-current",
    version="1.1",
    principle="I2",
    title="Terms exist and are current",
    question="Do the ontology terms exist, and are they still in use?",
    counts="Every term is in the ontology tables that come with this software, and is not marked obsolete there. "
    "Terms that the record made itself are of no ontology; vocabularies-registered asks for those.",
    fix="Replace terms that their ontology has given up by those that took their place.",
    mender=Mender.OWNER,
    reads=("terms", "term_uses"),
    judge=_judge,
    cases=(
        Case("in use", Outcome.PASS, _terms(("NCBITaxon:9606", "Taxon", "Homo sapiens"))),
        Case("given up", Outcome.FAIL, _terms(("GO:0005623", "OntologyTerm", "cell"))),
        Case(
            "not in our tables", Outcome.INDETERMINATE, _terms(("NCBITaxon:184585", "Taxon", "Engraulis encrasicolus"))
        ),
        Case(
            "a term of the record's own",
            Outcome.NOT_APPLICABLE,
            _terms(("biostudies:S-BIAD1/term/1", "OntologyTerm", "a line of our own")),
        ),
        Case("no terms", Outcome.NOT_APPLICABLE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I2-01M; OBO Foundry principle 'maintenance'.",
    limits="The tables are excerpts: a term that they lack is indeterminate, never a fail.",
)
