"""Whether all is stated that a citation of the data needs."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_NAMES: Final = {
    "creator": ("creators", "dcterms:creator", "<…>"),
    "title": ("dcterms:title", "dcterms:title", '"…"'),
    "identifier": ("dcterms:identifier", "dcterms:identifier", '"…"'),
    "date of publication": (
        "dcterms:issued", "dcterms:issued", '"…"^^<http://www.w3.org/2001/XMLSchema#date>'
    ),
    "publisher": ("publisher", "dcterms:publisher", "<…>"),
    "type": ("rdf:type", "rdf:type", "<http://schema.org/Dataset>"),
}  # fmt: skip
_WHOLE: Final = {
    "authors": [{"type": "Person", "name": "A. Author"}],
    "date_published": "2024-05-06",
    "publisher": {"type": "Organization", "name": "BioImage Archive"},
}


def _judge(study: Subject) -> Judgement:
    found = {name: study.rows(fact) for name, (fact, _, _) in _NAMES.items()}
    found["creator"] = tuple(row for row in found["creator"] if row.said("family") or row.said("name"))
    missing = [name for name, rows in found.items() if not rows]
    evidence = [rows[0].evidence for rows in found.values() if rows]
    if not missing:
        return passed("Creator, title, identifier, date, publisher and type are stated.", *evidence)
    add = tuple(study.triple(_NAMES[name][1], _NAMES[name][2]) for name in missing)
    return failed(f"Not stated: {', '.join(missing)}.", *evidence, add=add)


METRIC: Final = Metric(
    id="citation-complete",
    version="1.0",
    principle="F2",
    title="The data can be cited",
    question="Is all stated that a reference list needs: who, what, when, where and under which identifier?",
    counts="An author with a name, a title, the accession, the day of publication, the publishing archive with its "
    "name, and that the record is a data set.",
    fix="State what is missing in the submission or in the archive's export.",
    mender=Mender.OWNER,
    reads=tuple(dict.fromkeys(fact for fact, _, _ in _NAMES.values())),
    judge=_judge,
    cases=(
        Case("all six", Outcome.PASS, _WHOLE),
        Case("no date", Outcome.FAIL, {**_WHOLE, "date_published": None}),
        Case("only a title", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-F2-01M-2; DataCite metadata schema 4.5, mandatory properties.",
    answers=("FsF-F2-01M-2", "RDA-F2-01M", "FsF-F2-01M-3", "FsF-R1.2-01M-1"),
)
