"""Formats of image data, as sources name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.fair.data_formats import format_of


@pytest.mark.parametrize(
    ("text", "name", "is_open", "carries"),
    [
        ("https://w3id.org/ommatidia/terms/OmeZarr", "OME-Zarr", True, True),
        ("http://edamontology.org/format_3727", "OME-TIFF", True, True),
        ("image/tiff", "TIFF", True, False),
        (".TIF", "TIFF", True, False),
        ("TIFF (16 bit)", "TIFF", True, False),
        ("MRC", "MRC", True, True),
        ("ome.tiff, czi", "OME-TIFF", True, True),
        ("CZI", "CZI", False, False),
        ("Nikon nd2 files", "ND2", False, False),
    ],
)
def test_format_is_told_from_what_sources_say(text: str, name: str, is_open: bool, carries: bool) -> None:
    """Terms, media types, endings and words lead to the same format."""
    found = format_of(text)
    assert found and (found.name, found.is_open, found.carries_metadata) == (name, is_open, carries)


@pytest.mark.parametrize(
    "text", ["", " ", "unknown", "https://w3id.org/ommatidia/terms/OtherFormat", "a pretty picture"]
)
def test_other_words_are_no_format(text: str) -> None:
    """Nothing is guessed."""
    assert not format_of(text)


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """Whatever a source says, there is an answer, the same with blanks around it."""
    assert format_of(text) == format_of(f" {text} ")
