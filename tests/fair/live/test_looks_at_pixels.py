"""Pixels: what is there and decodes passes; lost, damaged and empty chunks are told apart from a silent site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from catalogue.fair.live.base import checks
from catalogue.fair.outcomes import Outcome
from tests.fair.live.hostile_answers_for_looks import looked, says, study, world
from tests.harvesters.loopback_server import Server, serving

CHECK = checks()["pixels-decodable"]
SHAPE = (16, 16)


def put(server: Server, folder: Path, pixels: Any, *, chunks: tuple[int, int] = SHAPE, empty: bool = True) -> list[str]:
    """Serves an array as level 0 of `/a`; gives the paths of its chunks."""
    array = zarr.create_array(
        folder / "a" / "0", shape=SHAPE, chunks=chunks, dtype="uint8", fill_value=0, overwrite=True,
        config={"write_empty_chunks": empty},
    )  # fmt: skip
    array[:] = pixels
    paths = []
    for file in sorted((folder / "a").rglob("*")):
        if file.is_file():
            path = "/" + str(file.relative_to(folder))
            server.routes[path] = says(file.read_bytes(), "application/octet-stream")
            paths.append(path)
    return [path for path in paths if "/c/" in path]


def image(*servers: Server, **fields: Any) -> dict[str, Any]:
    """The record of that image, with a copy at each server."""
    copies = [
        {"id": f"biostudies:S-BIAD1.1/replica/{n}", "site": f"site{n}", "endpoint": server.url + "/", "key": "a"}
        for n, server in enumerate(servers)
    ]
    representation = {
        "format": "OME-Zarr", "zarr_format": 3, "data_type": "uint8", "shape": "16,16",
        "levels": [{"path": "0", "shape": "16,16"}], "replicas": copies, **fields,
    }  # fmt: skip
    return {"id": "biostudies:S-BIAD1.1", "representations": [representation]}


def seen_of(server: Server) -> Any:
    return looked(CHECK, study(None, image(server)), world(None, server))


def some_pixels() -> Any:
    pixels = np.zeros(SHAPE, "uint8")
    pixels[:4, :4] = 7
    return pixels


def test_pixels_are_read_whole_and_decoded(archive: Server, tmp_path: Path) -> None:
    """A chunk that decodes to pixels passes."""
    put(archive, tmp_path, some_pixels())
    seen = seen_of(archive)
    assert seen.outcome is Outcome.PASS, seen.said


def test_pixels_anywhere_among_the_chunks_read_pass(archive: Server, tmp_path: Path) -> None:
    """An image that is empty in its middle is not lost."""
    put(archive, tmp_path, some_pixels(), chunks=(8, 8))
    assert seen_of(archive).outcome is Outcome.PASS


def test_lost_chunks_fail(archive: Server, tmp_path: Path) -> None:
    """Chunks that answer 404, which every client shows as black, fail."""
    for path in put(archive, tmp_path, some_pixels()):
        del archive.routes[path]
    seen = seen_of(archive)
    assert seen.outcome is Outcome.FAIL and "zeros" in seen.said


def test_nothing_but_zeros_fails(archive: Server, tmp_path: Path) -> None:
    """A chunk that is there and holds nothing fails where there are no others."""
    put(archive, tmp_path, 0)
    seen = seen_of(archive)
    assert seen.outcome is Outcome.FAIL and "nothing but the fill value" in seen.said


def test_zeros_in_some_of_many_chunks_decide_nothing(archive: Server, tmp_path: Path) -> None:
    """Where only some of the chunks were read, empty ones say nothing of the image."""
    put(archive, tmp_path, 0, chunks=(4, 4))
    seen = seen_of(archive)
    assert seen.outcome is Outcome.INDETERMINATE and "cannot be told apart" in seen.said


@pytest.mark.parametrize(
    ("chunk", "outcome"),
    [
        (says(b"damaged"), Outcome.FAIL),
        (says(b"<html>Moved", "text/html"), Outcome.FAIL),
        (says(b"", status="500 Oh"), Outcome.INDETERMINATE),
        (says(b"", status="503 Later"), Outcome.INDETERMINATE),
        (says(b"", status="403 No"), Outcome.INDETERMINATE),
        (says(b"x" * (1 << 20)), Outcome.INDETERMINATE),
        (lambda request, connection: None, Outcome.INDETERMINATE),
        (says(b"", status="307 There", Location="http://10.0.0.1/x"), Outcome.INDETERMINATE),
    ],
)
def test_damage_and_silence_are_told_apart(archive: Server, tmp_path: Path, chunk: Any, outcome: Outcome) -> None:
    """Bytes that do not decode fail; a chunk that the site does not give now decides nothing."""
    for path in put(archive, tmp_path, some_pixels()):
        archive.routes[path] = chunk
    seen = seen_of(archive)
    assert seen.outcome is outcome, seen.said


def test_level_that_is_not_there_fails(archive: Server, tmp_path: Path) -> None:
    """A copy without the document of its smallest level opens nowhere."""
    put(archive, tmp_path, some_pixels())
    del archive.routes["/a/0/zarr.json"]
    assert seen_of(archive).outcome is Outcome.FAIL


def test_array_that_changed_since_its_harvest_fails(archive: Server, tmp_path: Path) -> None:
    """Another shape than the record's means that the record no longer describes what is there."""
    put(archive, tmp_path, some_pixels())
    target = study(None, image(archive, levels=[{"path": "0", "shape": "32,32"}]))
    seen = looked(CHECK, target, world(None, archive))
    assert seen.outcome is Outcome.FAIL and "changed" in seen.said


def test_one_good_copy_is_enough_and_a_silent_one_no_excuse(archive: Server, tmp_path: Path) -> None:
    """Trouble at one site does not make damage at another indeterminate, once all have been asked."""
    with serving() as second:
        put(archive, tmp_path, some_pixels())
        (path,) = put(second, tmp_path / "second", some_pixels())
        second.routes[path] = says(b"damaged")
        at = world(None, archive, second)
        assert looked(CHECK, study(None, image(second, archive)), at).outcome is Outcome.PASS
        archive.routes["/a/0/zarr.json"] = says(b"", status="503 Later")
        lost, silent = image(second), {**image(archive), "id": "biostudies:S-BIAD1.2"}
        seen = looked(CHECK, study(None, silent, lost), world(None, archive, second))
        assert seen.outcome is Outcome.FAIL and "biostudies:S-BIAD1.1" in seen.said, seen.said


def test_image_without_levels_is_not_applicable(archive: Server) -> None:
    """Nothing is guessed of a store whose levels the record does not state."""
    target = study(None, image(archive, levels=[]))
    assert looked(CHECK, target, world(None, archive)).outcome is Outcome.NOT_APPLICABLE
    assert archive.connections == 0
