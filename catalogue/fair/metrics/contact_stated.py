"""Whether there is somebody to ask."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed


def _judge(study: Subject) -> Judgement:
    rows = study.rows("contacts")
    if rows:
        people = len({row.node.value for row in rows})
        return passed(f"People or committees with an e-mail address: {people}.", rows[0].evidence)
    creators = study.rows("creators")
    node = creators[0].text if creators else f"{study.iri}/author/1"
    said = "None of the authors, contributors and committees has an e-mail address."
    return failed(said, *(row.evidence for row in creators[:1]), add=(study.triple("schema:email", '"…"', node=node),))


METRIC: Final = Metric(
    id="contact-stated",
    version="1.0",
    principle="A1",
    title="There is somebody to ask",
    question="Does the record say whom to write to with a question about the data?",
    counts="An e-mail address (schema:email) of an author, a contributor or a contact of the access committee.",
    fix="Let one author agree to have an e-mail address published, and export it.",
    mender=Mender.OWNER,
    reads=("contacts", "creators"),
    judge=_judge,
    cases=(
        Case("an author", Outcome.PASS, {"authors": [{"type": "Person", "name": "A", "email": "a@lab.example"}]}),
        Case(
            "a contributor",
            Outcome.PASS,
            {"contributors": [{"type": "Organization", "name": "Core facility", "email": "core@lab.example"}]},
        ),
        Case("names only", Outcome.FAIL, {"authors": [{"type": "Person", "name": "A"}]}),
        Case("no authors", Outcome.FAIL),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-01M; DCAT 3, contact point.",
    limits="An ORCID also leads to people, and often to no address; it does not count.",
)
