"""Whether the catalogue's own words are free for any use."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed

_CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"


def _judge(study: Subject) -> Judgement:
    stated = study.node.metadata_license
    if stated.replace("http://", "https://").rstrip("/") == _CC0.rstrip("/"):
        return passed("The metadata are under CC0.", Evidence(f"exchange.metadata_license is {stated}"))
    add = (f'metadata_license = "{_CC0}" in the part [exchange] of ommatidia.toml',)
    if not stated:
        return failed("This node states no licence for its metadata.", add=add)
    return failed("The metadata are not under CC0.", Evidence(f"exchange.metadata_license is {stated}"), add=add)


METRIC: Final = Metric(
    id="metadata-cc0",
    version="1.0",
    principle="R1.1",
    title="The metadata are under CC0",
    question="May anybody use what the catalogue says of the study, for anything?",
    counts="The node states CC0 1.0 as the licence of its metadata.",
    fix="The node's operator sets exchange.metadata_license, after agreeing it with the archives.",
    mender=Mender.CATALOGUE,
    judge=_judge,
    cases=(
        Case("CC0", Outcome.PASS, node={"metadata_license": _CC0}),
        Case("CC BY", Outcome.FAIL, node={"metadata_license": "https://creativecommons.org/licenses/by/4.0/"}),
        Case("nothing stated", Outcome.FAIL),
    ),
    source="Horizon Europe, Model Grant Agreement, Article 17 and Annex 5.",
)
