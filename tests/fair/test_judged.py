"""Packed judgements: what goes in comes out, outcomes are at hand, and little memory is taken."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.fair.judged import Judged
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, Verdict
from catalogue.store.originals import Packer
from tests.fair.audited_node import AuditedNode
from tests.fair.reports_for_forms import audit

TEXT = st.text(max_size=20)
EVIDENCE = st.builds(Evidence, TEXT, TEXT, st.none() | st.integers(100, 599), TEXT)
JUDGEMENT = st.builds(
    Judgement,
    st.sampled_from(Outcome),
    TEXT,
    st.lists(EVIDENCE, max_size=3).map(tuple),
    st.lists(TEXT, max_size=3).map(tuple),
    st.none() | st.sampled_from(Mender),
)
METRICS = ("b", "a", "c")


@given(st.dictionaries(TEXT, st.tuples(JUDGEMENT, JUDGEMENT, JUDGEMENT), max_size=4))
@settings(max_examples=60)
def test_what_goes_in_comes_out(told: dict[str, tuple[Judgement, ...]]) -> None:
    """Whatever metrics say, surrogates and all, judgements come out as they were, in the order of the metrics."""
    given_ = {curie: dict(zip(METRICS, of, strict=True)) for curie, of in told.items()}
    judged = Judged.of(given_)
    assert dict(judged) == given_ and all(list(judged[curie]) == list(METRICS) for curie in judged)
    for curie, of in given_.items():
        verdicts = {name: Verdict(one.outcome, one.mender) for name, one in of.items()}
        assert judged.verdicts(curie) == verdicts == {name: judged.verdict(curie, name) for name in METRICS}


def test_packed_judgements_take_little_memory() -> None:
    """A study's judgements take less than a tenth of what they take as objects, memory that is held unseen included."""
    found = audit()
    told = dict(found.judgements[found.studies[0].curie])
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        packed = Judged.of({f"idr:idr{number:04}": told for number in range(50)})
        held = (tracemalloc.get_traced_memory()[0] - before) / 50
        objects = [dict(packed["idr:idr0001"]) for _ in range(50)]
        as_objects = (tracemalloc.get_traced_memory()[0] - before) / 50 - held
    finally:
        tracemalloc.stop()
    assert len(objects) == 50 and 0 < held < as_objects / 10


def test_a_frame_holds_no_more_memory_than_it_has_bytes() -> None:
    """Whoever keeps frames may count their lengths: the memory of what was compressed is given back."""
    pack, content = Packer().compress, bytes(100_000)
    tracemalloc.start()
    try:
        frames = [pack(content) for _ in range(20)]
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < sum(map(len, frames)) + 20 * 100


def test_the_newest_audit_is_in_memory_once(tmp_path: Path) -> None:
    """Pages that show the newest audit and those that name it share it."""
    node = AuditedNode(tmp_path).fill()
    kept = node.keep()
    assert node.history.load(kept.name).audit is node.audits.newest()
