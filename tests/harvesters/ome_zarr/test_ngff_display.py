"""Channel settings and the planes shown first arrive as they are stated; odd ones are findings."""

from __future__ import annotations

from typing import Any

import pytest
from ngff_documents import v3_array

from harvesters.ngff_axes import Axis
from harvesters.ngff_display import Channel, Rendering, parse_channels, parse_rendering
from harvesters.ngff_values import Findings
from harvesters.zarr_documents import parse_array

AXES = tuple(Axis(name, "channel" if name == "c" else "space", None) for name in "czyx")
ARRAY = parse_array(v3_array([2, 8, 64, 64]), "0")
WINDOW = {"start": 10, "end": 900, "min": 0, "max": 65535}


def channel(**entry: Any) -> tuple[Channel, set[str]]:
    """The first of two channels, and the codes of what was noticed."""
    findings = Findings()
    return parse_channels({"channels": [entry, {}]}, AXES, ARRAY, findings)[0], {f.code for f in findings}


def test_all_settings_of_a_channel_are_read():
    """Label, colour, window, limits, and the four settings of OMERO arrive."""
    given, noted = channel(
        label=" DAPI ", color="0000ff", window=WINDOW, active=True, inverted=False, family="linear", coefficient=1
    )
    assert given == Channel("DAPI", "0000FF", (10, 900), (0, 65535), True, False, "linear", 1.0)
    assert noted == set()


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"active": "yes"}, "channel-setting"),
        ({"inverted": 1}, "channel-setting"),
        ({"coefficient": "1"}, "channel-setting"),
        ({"coefficient": 10**400}, "channel-setting"),
        ({"window": {"min": 5, "max": 5}}, "channel-window"),
        ({"window": {"min": 0}}, "channel-window"),
        ({"window": {"start": 0, "end": float("nan")}}, "channel-window"),
        ({"color": 255}, "channel-color"),
    ],
)
def test_an_odd_setting_is_left_out_and_reported(entry, code):
    """Nothing is read into a value that is none."""
    given, noted = channel(**entry)
    assert given == Channel()
    assert noted == {code}


def test_settings_that_say_nothing_are_no_findings():
    """Null and blanks are missing values."""
    assert channel(label="  ", color=None, window=None, active=None, family="", coefficient=None) == (Channel(), set())


def test_planes_shown_first_are_read():
    """omero.rdefs gives plane, moment, model and projection; 0 is a value."""
    given = {"rdefs": {"defaultZ": 118, "defaultT": 0, "model": "greyscale", "projection": "intmax"}}
    assert parse_rendering(given, Findings()) == Rendering(118, 0, "greyscale", "intmax")


@pytest.mark.parametrize(
    ("rdefs", "code"),
    [({"defaultZ": -1}, "rendering"), ({"defaultT": 1.5}, "rendering"), ({"model": ["color"]}, "rendering")],
)
def test_an_odd_plane_is_left_out_and_reported(rdefs, code):
    """A plane before the first, half a moment and an unknown model are no settings."""
    findings = Findings()
    assert parse_rendering({"rdefs": rdefs}, findings) is None
    assert {f.code for f in findings} == {code}


@pytest.mark.parametrize("omero", [None, [], {}, {"rdefs": None}, {"rdefs": {}}, {"rdefs": 3}])
def test_nothing_shown_first_is_no_rendering(omero):
    """Without a usable setting there is no rendering and no finding."""
    findings = Findings()
    assert parse_rendering(omero, findings) is None
    assert findings == []
