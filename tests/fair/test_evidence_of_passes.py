"""What a pass shows: the triple that it rests on, not only the way to it."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.fair.cases import judge_case
from catalogue.fair.metrics.base import Case, get_metric
from catalogue.fair.outcomes import Outcome

_AUTHOR = {"type": "Person", "name": "A", "orcid": "https://orcid.org/0000-0002-1825-0097"}
_FUNDER = {"type": "Organization", "name": "Wellcome", "ror": "https://ror.org/029chgv08"}
_PAPER = {"doi": "10.1000/1", "date_issued": "2024-02-01"}


@pytest.mark.parametrize(
    ("metric", "record", "shown"),
    [
        ("authors-identified", {"authors": [_AUTHOR]}, "terms/orcid> <https://orcid.org/0000-0002-1825-0097>"),
        ("funder-identified", {"grants": [{"funder": _FUNDER}]}, "terms/ror> <https://ror.org/029chgv08>"),
        ("grant-stated", {"grants": [{"grant_identifier": "101057970"}]}, 'identifier> "101057970"'),
        ("publication-linked", {"publications": [_PAPER]}, 'bibo/doi> "10.1000/1"'),
        ("publication-timely", {"publications": [_PAPER], "date_published": "2024-01-10"}, '"2024-02-01"'),
        ("instrument-stated", {"acquisitions": [{"instrument": "Zeiss LSM 880"}]}, '"Zeiss LSM 880"'),
        ("biological-entity", {"biosamples": [{"biological_entity": "HeLa cells"}]}, '"HeLa cells"'),
    ],
)
def test_pass_shows_what_it_rests_on(metric: str, record: dict[str, Any], shown: str) -> None:
    """Who reads a pass sees the identifier, number, day or word by which it passes."""
    judgement = judge_case(get_metric(metric), Case("one", Outcome.PASS, record))
    assert judgement.outcome is Outcome.PASS
    assert any(shown in one.text for one in judgement.evidence)
