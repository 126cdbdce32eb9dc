"""Whether the sample is described by ontology terms beyond its organism."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import contract

_SAMPLE: Final = frozenset(
    {
        "omm:developmentalStage", "omm:anatomicalPart", "omm:cellType", "omm:cellLine", "omm:disease",
        "omm:biologicalProcess", "omm:cellularComponent", "omm:molecularFunction", "omm:chemical", "dcterms:subject",
    }
)  # fmt: skip


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows("term_uses") if contract(row.predicate.value) in _SAMPLE]
    if rows:
        return passed(
            f"Terms that say which part, cell, process or disease the images show: {len(rows)}.", *evidence(rows)
        )
    add = (study.triple("dcterms:subject", "<http://purl.obolibrary.org/obo/UBERON_…>"),)
    return failed("No ontology term says which part, cell, process or disease the images show.", add=add)


METRIC: Final = Metric(
    id="sample-ontology",
    version="1.0",
    principle="I2",
    title="Tissue, cell or process is an ontology term",
    question="Is it told which part of the organism the images show, in a way that every program understands?",
    counts="A term for anatomy, cell type, cell line, stage, disease, process, component, function or substance.",
    fix="Add terms of UBERON (anatomy), CL (cell types), CLO or Cellosaurus (cell lines), GO (processes) or MONDO.",
    mender=Mender.OWNER,
    reads=("term_uses",),
    judge=_judge,
    cases=(
        Case("cell type", Outcome.PASS, {"biosamples": [{"cell_types": ["CL:0000540"]}]}),
        Case("subject of the study", Outcome.PASS, {"subjects": ["GO:0005739"]}),
        Case("organism only", Outcome.FAIL, {"organisms": ["NCBITaxon:9606"]}),
    ),
    source="REMBI 1.5, Biosample; RDA FAIR Data Maturity Model (2020), RDA-I2-01M.",
    limits="It does not judge whether the terms are apt.",
)
