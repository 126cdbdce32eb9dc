"""Whether the document that the record was made from is kept."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed
from catalogue.store.entries import RECEIVED

_DIGEST: Final = "5" * 64


def _judge(study: Subject) -> Judgement:
    digests, made_by = study.rows("omm:sourceDigest"), study.rows("omm:harvester")
    if digests:
        return passed("The source document is kept here under its digest.", *evidence(digests), *evidence(made_by))
    if any(row.text == RECEIVED for row in made_by):
        return not_applicable(
            "A member of the federation gave the record; the source document is kept there.", *evidence(made_by)
        )
    if not made_by:
        return indeterminate("The record is in no ledger, so that nothing is kept of its source.")
    add = (study.triple("omm:sourceDigest", '"…"'),)
    return failed("The document that the record was made from is not kept.", *evidence(made_by), add=add)


METRIC: Final = Metric(
    id="source-kept",
    version="1.0",
    principle="R1.2",
    title="The source document is kept",
    question="Can one look up the very document that the record was made from?",
    counts="The ledger names the source document by its SHA-256, and the mapping that read it.",
    fix="The node's operator harvests the source again.",
    mender=Mender.CATALOGUE,
    reads=("omm:sourceDigest", "omm:harvester"),
    judge=_judge,
    cases=(
        Case("kept", Outcome.PASS, ledger={"omm:sourceDigest": _DIGEST, "omm:harvester": "gide/2"}),
        Case("not kept", Outcome.FAIL, ledger={"omm:harvester": "gide/2"}),
        Case("given by a member", Outcome.NOT_APPLICABLE, ledger={"omm:harvester": RECEIVED}),
        Case("not in a ledger", Outcome.INDETERMINATE),
    ),
    source="W3C PROV-O, prov:wasDerivedFrom; RDA FAIR Data Maturity Model (2020), RDA-R1.2-02M.",
    limits="It trusts the ledger; whether the bytes are still there and whole, `ommatidia fsck` tells.",
)
