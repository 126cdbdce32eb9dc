"""Whatever a store's documents hold, mapping ends in records that pass the gates or in a reason."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ngff_documents import LABEL, labels_v04, plate_v04, store_v05

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.model.payload import canonical
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import REASONS, RecordRejected
from harvesters.ome_zarr import OmeZarrHarvester

SPEC = SourceSpec("demo", "ome_zarr", "https://member.example/images.csv", ("idr",))
STORES = [
    {path: json.loads(text) for path, text in texts.items()}
    for texts in (plate_v04({"B/3": ["0"]}) | labels_v04("B/3/0/", n=LABEL), store_v05())
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 2**53, 1e308, 5e-324, float("nan"), float("inf")]),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "../..", "a" * 3_000, "<script>", "scale", "0.4", "0.6", "µm", "\u202e"]
    ),
    st.lists(st.integers() | st.none() | st.text(max_size=3), max_size=5),
    st.dictionaries(st.sampled_from(["type", "name", "path", "label-value"]), st.integers() | st.text(), max_size=3),
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here] * bool(here) + [path for key, item in inner for path in places(item, (*here, key))]


ALL = [(number, path) for number, store in enumerate(STORES) for path in places(store) if len(path) > 1]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.sampled_from(ALL), ODD)
def test_a_store_with_one_odd_value_is_mapped_or_refused_with_a_reason(place: tuple[int, tuple[Any, ...]], odd: Any):
    """Any value of any document replaced by anything: valid records, or a reason of the closed list."""
    number, path = place
    store = copy.deepcopy(STORES[number])
    inner: Any = store
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = odd
    texts = {name: json.dumps(document) for name, document in store.items()}
    bundle = {
        "row": {"url": "a.zarr", "origin": "idr0062"},
        "root": {"endpoint": "https://x.example/", "key": "a.zarr"},
    }
    document = SourceDocument("a.zarr", "https://x.example/a.zarr", canonical({**bundle, "documents": texts}))
    try:
        mapped = OmeZarrHarvester(None).map(document, SPEC)  # type: ignore[arg-type]
    except RecordRejected as rejected:
        assert rejected.reason in REASONS
        rejected.detail.encode()
        return
    for record in mapped.records:
        canonical(record)
        assert check_schema(record) == []
        assert check_shapes(record) == []
    for finding in mapped.findings:
        f"{finding.path}{finding.value}{finding.message}".encode()
