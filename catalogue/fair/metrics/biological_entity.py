"""Whether it is told what was imaged."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, evidence_with
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    samples = study.rows("samples")
    good = [row for row in samples if row.said("entity") or row.said("description") or row.said("title")]
    if good:
        words = {"entity": "omm:biologicalEntity", "title": "dcterms:title", "description": "dcterms:description"}
        return passed(f"Samples described: {len({row.text for row in good})}.", *evidence_with(good, words, most=1))
    node = samples[0].text if samples else f"{study.iri}/biosample/1"
    add = (study.triple("omm:biosample", f"<{node}>"), study.triple("omm:biologicalEntity", '"…"', node))
    if samples:
        return failed("Samples are named, but nothing says what they are.", *evidence(samples), add=add[1:])
    return failed("No sample is described.", add=add)


METRIC: Final = Metric(
    id="biological-entity",
    version="1.0",
    principle="R1",
    title="What was imaged is described",
    question="Does one know what biological material the images show?",
    counts="At least one sample with its biological entity, a title or a description.",
    fix="Say of each sample what it is, such as adult mouse corpus callosum.",
    mender=Mender.OWNER,
    reads=("samples",),
    judge=_judge,
    cases=(
        Case("entity", Outcome.PASS, {"biosamples": [{"biological_entity": "HeLa cells"}]}),
        Case("description", Outcome.PASS, {"biosamples": [{"description": "HeLa cells"}]}),
        Case("organism only", Outcome.FAIL, {"biosamples": [{"organisms": ["NCBITaxon:9606"]}]}),
        Case("none", Outcome.FAIL),
    ),
    source="REMBI 1.5, Biosample, biological entity.",
    limits="Any words count; whether they say enough, a person must judge. The REMBI profile asks for the very field.",
)
