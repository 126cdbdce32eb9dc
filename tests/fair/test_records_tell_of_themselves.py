"""Studies of one graph share nodes of terms: no record speaks for another, or makes the facts of others long."""

from __future__ import annotations

from typing import Any

from catalogue.fair.audit import judge_all, wanted_facts
from catalogue.fair.dataset import dataset_of
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from tests.fair.reports_for_forms import record

Record = tuple[str, str, dict[str, Any]]
HUMAN = "NCBITaxon:9606"


def with_term(number: int, **term: Any) -> Record:
    """A study of humans whose record says something of that term."""
    terms = [{"id": HUMAN, "type": "Taxon", **term}]
    return record(f"biostudies:S-BIAD{number}", organisms=[HUMAN], terms=terms)


def judged(*records: Record) -> dict[str, Any]:
    """What each metric says of the first of the studies."""
    dataset = dataset_of(records, wanted_facts(metrics().values()))
    audit = judge_all(dataset, metrics(), {}, NodeFacts())
    return dict(audit.judgements[records[0][2]["id"]])


def test_label_of_another_record_labels_nothing_here() -> None:
    """A study is judged alike beside others that label the same term and know its identifier, and without them."""
    bare = with_term(1)
    assert judged(bare) == judged(bare, with_term(2, label="Homo sapiens", source_id="9606"))
    assert judged(bare)["terms-labelled"].outcome != judged(with_term(1, label="Human"))["terms-labelled"].outcome


def test_record_tells_nothing_of_parts_of_others() -> None:
    """Words about another record's author, in whatever record, do not identify that author."""
    author = {"type": "Person", "id": "biostudies:S-BIAD1/author/1", "name": "A. Author"}
    mine = record("biostudies:S-BIAD1", authors=[author])
    other = record("biostudies:S-BIAD2", authors=[{**author, "orcid": "https://orcid.org/0000-0002-1825-0097"}])
    assert judged(mine) == judged(mine, other)


def test_labels_of_many_records_make_no_products() -> None:
    """Each of a hundred studies that call a term otherwise has one fact about it, not ten thousand."""
    records = [with_term(n, label=f"name {n}", source_id=f"id {n}") for n in range(1, 101)]
    facts = dataset_of(records, ["terms"]).facts["terms"]
    assert {len(rows) for rows in facts.values()} == {1}
