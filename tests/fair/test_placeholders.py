"""Words that fill a field and say nothing."""

from __future__ import annotations

import pytest

from catalogue.fair.placeholders import FBBI, names_no_method, says_nothing


@pytest.mark.parametrize(
    "text",
    [
        "growth protocol",  # idr0147
        "HCS image acquistion and feature extraction protocol",
        "treatment protocol  image acquisition and feature extraction protocol",
        "Data analysis",
        "recorded image",  # 94 studies of SSBD
        " – ",
        "",
    ],
)
def test_name_of_a_field_says_nothing(text: str) -> None:
    """A kind of protocol, in the spellings of the archives, is no description of one."""
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["No treatment", "Transfection", "growth protocol: DMEM", "細胞", "FRET", "protocol 2"]
)
def test_anything_else_says_something(text: str) -> None:
    """What has one word of its own, in whatever script, is left to readers."""
    assert not says_nothing(text)


def test_terms_above_all_methods_name_none() -> None:
    """FBbi's "recorded image" and "imaging method" are no kind of microscopy; electron microscopy is."""
    assert names_no_method(FBBI + "00000265") and names_no_method(FBBI + "00000222")
    assert not names_no_method(FBBI + "00000256")
