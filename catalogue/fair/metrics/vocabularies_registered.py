"""Whether terms come from vocabularies that are registered."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, outside
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import ONTOLOGIES, RESOURCES

_REGISTERED: Final = tuple(one["namespace"] for one in (*ONTOLOGIES.values(), RESOURCES["cellosaurus"]))


def _judge(study: Subject) -> Judgement:
    rows = study.rows("term_uses")
    if not rows:
        taxon = study.triple("omm:organism", "<http://purl.obolibrary.org/obo/NCBITaxon_…>")
        return failed("The record uses no vocabulary at all.", add=(taxon,))
    own = [row for row in rows if not row.text.startswith(_REGISTERED)]
    if not own:
        return passed(f"Every term is of a registered vocabulary ({len({row.text for row in rows})}).", *evidence(rows))
    add = tuple(f"{row.node} {row.predicate} <http://purl.obolibrary.org/obo/…> ." for row in own[:5])
    said = f"Uses of terms of no registered vocabulary: {len(own)} of {len(rows)}."
    return failed(said, *evidence(own), add=add, mender=outside(study, own))


METRIC: Final = Metric(
    id="vocabularies-registered",
    version="1.0",
    principle="I2",
    title="Terms are of registered vocabularies",
    question="Are the terms taken from ontologies that others know and use?",
    counts="Every ontology term of the record is of a vocabulary of the pinned list in schema/prefixes.toml.",
    fix="Use terms of the ontologies that the field uses (NCBITaxon, FBbi, UBERON, CL, GO, EFO) instead of own ones.",
    mender=Mender.OWNER,
    reads=("term_uses", "terms"),
    judge=_judge,
    cases=(
        Case("NCBITaxon and FBbi", Outcome.PASS, {"organisms": ["NCBITaxon:9606"], "methods": ["FBbi:00000251"]}),
        Case("one of its own", Outcome.FAIL, {"methods": ["FBbi:00000251", "biostudies:S-BIAD1/term/1"]}),
        Case("none", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-I2-01M; F-UJI metrics 0.8, FsF-I2-01M-2.",
    limits="The list is pinned in this software; a registered vocabulary that it lacks fails until it is added.",
    answers=("RDA-I2-01M", "FsF-I2-01M-2"),
)
