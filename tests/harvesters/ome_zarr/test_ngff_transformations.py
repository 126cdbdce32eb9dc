"""Transformations of levels and of the whole pyramid are kept as the store states them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.ngff_axes import Axis
from harvesters.ngff_transformations import Transformation, parse_scale, parse_transformations
from harvesters.ngff_values import Findings

AXES = (Axis("y", "space", None), Axis("x", "space", None))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "scale", "path"]), inner),
    max_leaves=10,
)


def read(listed: object) -> tuple[tuple[Transformation, ...], list[str]]:
    """What is kept and the codes of what was noticed."""
    findings = Findings()
    return parse_transformations(listed, AXES, "multiscales[0]", findings), [f.code for f in findings]


def test_a_scale_and_a_translation_keep_their_order_and_numbers():
    """The numbers are the JSON of the store; a translation may be negative."""
    listed = [{"type": "scale", "scale": [0.5, 1]}, {"type": "translation", "translation": [-3, 0.25]}]
    assert read(listed) == (
        (Transformation(0, "scale", "[0.5,1]", None), Transformation(1, "translation", "[-3,0.25]", None)),
        [],
    )


def test_identity_and_numbers_in_an_array_of_their_own_are_kept():
    """0.4 allows identity, and a path in the place of the numbers."""
    listed = [{"type": "identity"}, {"type": "scale", "path": "scales"}]
    assert read(listed)[0] == (Transformation(0, "identity", None, None), Transformation(1, "scale", None, "scales"))


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "scale", "scale": [1]},
        {"type": "scale", "scale": [1, "2"]},
        {"type": "scale", "scale": [1, float("inf")]},
        {"type": "affine", "affine": [[1, 0, 0], [0, 1, 0]]},
        {"type": ["scale"]},
        {"scale": [1, 1]},
        "scale",
    ],
)
def test_what_is_no_transformation_of_these_versions_is_a_finding(entry):
    """Wrong lengths, no numbers and kinds of 0.6 are left out and reported."""
    assert read([entry]) == ((), ["transformation-form"])


@given(ANY_JSON)
def test_any_json_is_read_or_reported(listed):
    """Whatever stands there, reading ends, and what is kept has numbers for each axis or a path."""
    kept, _ = read(listed)
    assert all(step.kind == "identity" or step.parameters or step.path for step in kept)
    scale = parse_scale(listed, AXES, "x", Findings(), required=True)
    assert scale is None or len(scale) == len(AXES)
