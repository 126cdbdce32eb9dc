"""Whether the title says something."""

from __future__ import annotations

import re
from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_LEAST_WORDS: Final = 3
# A character of Chinese, Japanese or Korean counts as a word: these scripts write no blanks.
_WORDS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def _judge(study: Subject) -> Judgement:
    rows = study.rows("dcterms:title")
    add = (study.triple("dcterms:title", '"…"'),)
    if not rows:
        return failed("There is no title.", add=add)
    accession = study.curie.partition(":")[2]
    for row in rows:
        if len(_WORDS.findall(row.text.replace(accession, " ").replace("_", " "))) >= _LEAST_WORDS:
            return passed("The title has three words or more.", row.evidence)
    if any(row.text == accession for row in rows):
        return failed("The title is the accession.", rows[0].evidence, add=add)
    return failed("The title has fewer than three words.", rows[0].evidence, add=add)


METRIC: Final = Metric(
    id="title-informative",
    version="1.0",
    principle="F2",
    title="The title says what the study is",
    question="Does the title tell a reader anything, or is it a code or a single word?",
    counts="dcterms:title with three words or more besides the accession; in scripts without blanks each character "
    "counts as a word.",
    fix="Give the study a title as one would a figure: what is shown, in which organism, by which method.",
    mender=Mender.OWNER,
    reads=("dcterms:title",),
    judge=_judge,
    cases=(
        Case("a sentence", Outcome.PASS, {"title": "FIB-SEM of a HeLa cell"}),
        Case("Japanese", Outcome.PASS, {"title": "細胞分裂の画像"}),
        Case("the accession", Outcome.FAIL, {"title": "S-BIAD1"}),
        Case("one word", Outcome.FAIL, {"title": "Supplementary"}),
        Case("two words", Outcome.FAIL, {"title": "Raw data"}),
    ),
    source="Rule of Ommatidia 1.0, after titles that SSBD:database exports (113-Kamioka-CellDyn).",
    limits="It counts words and does not read them.",
)
