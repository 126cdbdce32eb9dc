"""Whether the description is long enough to be of use."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, not_applicable, passed

_FACT: Final = "dcterms:description"
_LEAST_CHARACTERS: Final = 50


def _judge(study: Subject) -> Judgement:
    rows = study.rows(_FACT)
    if not rows:
        return not_applicable("There is no description whose length could be judged.")
    title = {row.text.strip() for row in study.rows("dcterms:title")}
    own = [row for row in rows if row.text.strip() not in title]
    add = (study.triple(_FACT, '"…"'),)
    if not own:
        return failed("The description repeats the title.", *(row.evidence for row in rows), add=add)
    longest = max(own, key=lambda row: len(row.text))
    if len(longest.text.strip()) >= _LEAST_CHARACTERS:
        return passed(f"The description has {len(longest.text)} characters.", longest.evidence)
    said = f"The description has {len(longest.text)} characters; search engines for data ask for 50."
    return failed(said, longest.evidence, add=add)


METRIC: Final = Metric(
    id="description-informative",
    version="1.0",
    principle="F2",
    title="The description is long enough to be of use",
    question="Does the description tell more than the title, in at least 50 characters?",
    counts="dcterms:description with at least 50 characters that is not the title once more.",
    fix="Write two sentences: what was imaged and why, and what others may do with the images.",
    mender=Mender.OWNER,
    reads=(_FACT, "dcterms:title"),
    judge=_judge,
    cases=(
        Case(
            "two sentences", Outcome.PASS, {"description": "HeLa cells in mitosis. Imaged by spinning disk confocal."}
        ),
        Case("four letters", Outcome.FAIL, {"description": "data"}),
        Case("the title again", Outcome.FAIL, {"title": "Cells of " + "x" * 60, "description": "Cells of " + "x" * 60}),
        Case("none", Outcome.NOT_APPLICABLE),
    ),
    source="Google Search Central, structured data of data sets (description: 50 to 5,000 characters).",
    limits="It counts characters and does not read them.",
)
