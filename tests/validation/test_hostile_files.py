"""Whatever a file holds, the answer is a report: no exception, no long wait, no memory without bound."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.model.table import classes
from catalogue.validation import fence, graphs, nodes, results
from catalogue.validation.fence import broken_rules
from tests.validation.checking import check, only

KEYS = sorted({key for kind in classes().values() for key in kind.keys} | {"@id", "@type", "@context", "@graph"})
WORDS = st.sampled_from(
    [*classes(), "idr:idr0001", "idr:idr0001/author/1", "FBbi:00000246", "https://example.org/", "x:y"]
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=6),
    max_leaves=30,
)
NAMES = ["a.yaml", "a.json", "a.jsonl", "a.jsonld", "a.ttl", "a.nt", "a.nq", "a.trig", "a.rdf", "-"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), st.sampled_from(["Study", "Image", "Tombstone"]))
def test_no_record_raises(record: dict[str, Any], kind: str) -> None:
    """Records of any fields with any values are answered with a report."""
    report = check(json.dumps({"id": "idr:idr0001", **record, "type": kind}), "gide-0.2", name="a.json")
    assert report.records <= 1


@settings(deadline=None)
@given(VALUES, st.sampled_from(["ro-crate-metadata.json", "a.jsonld"]))
def test_no_json_raises(value: Any, name: str) -> None:
    """Any JSON, as a crate or as a graph, is answered with a report."""
    assert check(json.dumps(value), "gide-0.2", "gide-0.2-crate", name=name).results


@settings(deadline=None)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(NAMES),
)
def test_no_bytes_raise(content: bytes, name: str) -> None:
    """Any bytes under any ending are answered with a report that does not conform."""
    assert any(one.severity == "violation" for one in check(content, name=name).results)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a: b\n" * 7_000_000, "a.yaml"),
        (b"- a\n" * 3_000, "a.yaml"),
        (b"[" + b"1," * 3_000 + b"1]", "a.json"),
        (b"".join(b'<http://a/%d> <http://a/b> "c" .\n' % number for number in range(3_000)), "a.nt"),
    ],
    ids=["bytes", "values of YAML", "values of JSON", "triples"],
)
def test_bounds_end_the_reading(content: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files beyond a bound, which is lowered here, are refused with what to do."""
    monkeypatch.setattr(nodes, "MAX_NODES", 2_000)
    monkeypatch.setattr(graphs, "MAX_TRIPLES", 2_000)
    found = only(check(content, name=name))
    assert found.rule.endswith("too-large") and "Split it" in found.message


def test_one_long_text_is_no_harm() -> None:
    """A text of twenty million characters is one value, shown in part."""
    report = check('{"type": "Study", "id": "idr:idr0001", "colour": "' + "x" * 20_000_000 + '"}', name="a.json")
    assert all(len(one.value) <= 500 and len(one.message) < 500 for one in report.results)


def test_results_are_bounded_and_keep_the_gravest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that breaks more rules than a report may hold is cut, violations last."""
    monkeypatch.setattr(results, "MAX_RESULTS", 100)
    lines = "".join(
        f"<https://w3id.org/ommatidia/idr:idr{number:04}> a <https://w3id.org/ommatidia/terms/Study> .\n"
        for number in range(26)
    )
    report = check(lines, "gide-0.2", name="a.ttl")
    assert len(report.results) == 100 and report.left_out > 0
    assert {one.severity for one in report.results} == {"violation"}


def test_large_graph_is_checked_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the bound the same results come from a process of its own."""
    line = b"<https://w3id.org/ommatidia/idr:idr0001> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    triples = line + b"<https://w3id.org/ommatidia/terms/Study> .\n"
    assert broken_rules(triples, fence.LARGE + 1, None) == broken_rules(triples, 1, None)
    monkeypatch.setattr(fence, "DEADLINE_S", 0.0)
    report = fence._unchecked("x")
    with pytest.raises(type(report), match="longer"):
        broken_rules(triples, fence.LARGE + 1, None)


@pytest.mark.slow
def test_check_that_needs_too_much_memory_is_stopped() -> None:
    """A graph of 200,000 empty studies ends with a sentence and not with the machine's memory."""
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/ommatidia/terms/Study>"
    lines = "".join(f"<https://w3id.org/ommatidia/idr:idr{number:06}> {kind} .\n" for number in range(200_000))
    found = only(check(lines, name="a.nt"))
    assert "memory" in found.message or "longer" in found.message


def test_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    """The command ends at once, with less memory than the file has bytes."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    limit = 600_000_000

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "app", "validate", str(path)],
        capture_output=True, text=True, check=False, timeout=600, preexec_fn=bound, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 3 and "Split it" in done.stdout, done.stderr
