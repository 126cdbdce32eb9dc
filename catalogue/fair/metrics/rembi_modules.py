"""How many modules of REMBI have content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.judging import described_acquisitions, part
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.fair.placeholders import says_nothing


def _modules(study: Subject) -> dict[str, list[Row]]:
    """Module -> what shows that it has content; the six that every study can fill come first."""
    return {
        "Study": list(study.rows("dcterms:description")),
        "StudyComponent": list(study.rows("dcterms:hasPart")),
        "Biosample": [r for r in study.rows("samples") if r.said("entity") or r.said("description")],
        "Specimen": [*_telling(study.rows("preparations")), *study.rows("signal_channels")],
        "ImageAcquisition": described_acquisitions(study),
        "ImageData": [*study.rows("images"), *study.rows("formats")],
        "ImageCorrelation": list(study.rows("omm:correlation")),
        "ImageAnalysis": [*_analyses(study), *study.rows("omm:annotation")],
    }


def _telling(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.is_iri or not says_nothing(row.text)]


def _analyses(study: Subject) -> list[Row]:
    return [row for row in _telling(study.rows("procedures")) if row.said("link").endswith("/analysis")]


_EVERY: Final = ("Study", "StudyComponent", "Biosample", "Specimen", "ImageAcquisition", "ImageData")


def _judge(study: Subject) -> Judgement:
    modules = _modules(study)
    filled = [name for name, rows in modules.items() if rows]
    shown = [modules[name][0].evidence for name in filled]
    said = f"{len(filled)} of {len(modules)} modules of REMBI have content"
    empty = [name for name in _EVERY if name not in filled]
    if not empty:
        return passed(f"{said}.", *shown)
    triples = {
        "Study": study.triple("dcterms:description", '"…"'),
        "StudyComponent": study.triple("dcterms:hasPart", f"<{part(study, 'component/1')}>"),
        "Biosample": study.triple("omm:biologicalEntity", '"…"', part(study, "biosample/1")),
        "Specimen": study.triple("omm:samplePreparation", '"…"', part(study, "specimen/1")),
        "ImageAcquisition": study.triple("omm:instrument", '"…"', part(study, "acquisition/1")),
        "ImageData": study.triple("schema:encodingFormat", '"…"', part(study, "file/1")),
    }
    return failed(f"{said}; empty: {', '.join(empty)}.", *shown, add=tuple(triples[name] for name in empty))


METRIC: Final = Metric(
    id="rembi-modules",
    version="1.1",
    principle="R1",
    title="Every module of REMBI has content",
    question="Does the record say something about study, parts, samples, preparation, acquisition and image data?",
    counts=(
        "Content in the six modules that every study can fill: Study (description), StudyComponent, Biosample (entity "
        "or description), Specimen (preparation or signal), ImageAcquisition (any field beside its title) and "
        "ImageData (an image record or a format). The name of a kind of protocol in place of its text "
        " is no content. ImageCorrelation and ImageAnalysis are counted and not asked for."
    ),
    fix="Fill the empty modules, best first the preparation of the sample and the instrument.",
    mender=Mender.OWNER,
    reads=(
        "dcterms:description", "dcterms:hasPart", "samples", "preparations", "signal_channels", "acquisitions",
        "images", "formats", "omm:correlation", "procedures", "omm:annotation",
    ),
    judge=_judge,
    cases=(
        Case(
            "all six",
            Outcome.PASS,
            {
                "description": "Images of HeLa cells.",
                "components": [{"type": "StudyComponent", "title": "t"}],
                "biosamples": [{"biological_entity": "HeLa cells"}],
                "specimens": [{"sample_preparation": "Fixed."}],
                "acquisitions": [{"instrument": "Zeiss"}],
                "files": [{"media_type": "image/tiff"}],
            },
        ),
        Case("names only", Outcome.FAIL, {"specimens": [{"sample_preparation": "treatment protocol"}]}),
        Case("study and sample", Outcome.FAIL, {"description": "d", "biosamples": [{"description": "HeLa cells"}]}),
        Case("nothing", Outcome.FAIL),
    ),
    source="Sarkans et al. 2021, REMBI (https://doi.org/10.1038/s41592-021-01166-8); RDA-R1-01M.",
    limits="One field is content; how much is asked for, rembi-profile tells.",
    answers=("RDA-R1-01M",),
)  # fmt: skip
