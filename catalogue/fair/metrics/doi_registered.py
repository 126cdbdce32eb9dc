"""Whether the study can be found in DataCite's index."""

from __future__ import annotations

from typing import Final

from catalogue.fair.identifier_schemes import DOI, is_of_datacite
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows(DOI)
    for row in rows:
        if is_of_datacite(row.text):
            return passed(f"The DOI {row.text} is of a prefix registered through DataCite.", row.evidence)
    if rows:
        said = f"Nobody here knows whether the prefix of {rows[0].text} is registered through DataCite."
        return indeterminate(said, *(row.evidence for row in rows))
    return failed("No DOI of the data is stated, without which DataCite lists nothing.", add=(_triple(study),))


def _triple(study: Subject) -> str:
    return f'<{study.iri}> <{DOI}> "10.…/…" .'


METRIC: Final = Metric(
    id="doi-registered",
    version="1.0",
    principle="F4",
    title="The data have a DOI of DataCite",
    question="Is the study listed in the index of research data that DataCite keeps?",
    counts="A DOI of the data (bibo:doi of the study) whose prefix an archive has from DataCite; the DOI of a paper "
    "does not count.",
    fix="Register a DOI for the study at DataCite and state it in the archive's export.",
    mender=Mender.OWNER,
    reads=(DOI,),
    judge=_judge,
    cases=(
        Case("DOI of the BioImage Archive", Outcome.PASS, {"doi": "10.6019/S-BIAD1"}),
        Case("DOI of an unknown prefix", Outcome.INDETERMINATE, {"doi": "10.99999/data.1"}),
        Case("only the paper has one", Outcome.FAIL, {"publications": [{"doi": "10.1038/s41597-020-00608-w"}]}),
        Case("no DOI", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.5, FsF-F4-01M-2.",
    limits="DataCite is not asked: a DOI that was never activated passes, and one that the export leaves out fails.",
    answers=("FsF-F4-01M-2",),
)
