"""Images opened by identifier, over HTTP, by another process than the one that harvested them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zarr

from catalogue.cli.demo.members import Member
from tests.e2e.processes import add_source, well

OPENS = """
import json, sys
from pathlib import Path
import numpy as np
from app import open_node
node = open_node(Path(sys.argv[1]))
array = node.images.open(sys.argv[2], level=int(sys.argv[3]))
np.save(sys.argv[4], array[...])
print(json.dumps({"shape": array.shape, "dtype": str(array.dtype), "zarr_format": array.metadata.zarr_format}))
"""


@pytest.fixture
def harvested(home: Path, member: Member, images: str) -> Path:
    """The home of a node that has read the member's studies and images."""
    add_source(home, "studies", member.folder / "crates", "idr")
    well(home, "harvest", "studies", images)
    return home


def test_pixels_of_a_second_process_equal_the_source(harvested: Path, member: Member, tmp_path: Path) -> None:
    """`open_node(home).images.open(curie)` gives exactly the member's array: 0.4 on Zarr v2, 0.5 on v3, any level."""
    cases = (
        ("idr:90010001", "v0.4/idr9001/90010001", 0, 2),
        ("idr:90010002", "v0.5/idr9001/90010002", 0, 3),
        # Sharded, and the smallest level.
        ("idr:90040001", "v0.5/idr9004/90040001", -1, 3),
        # Five axes are in other members; this one has four, of a stack in colours.
        ("idr:90050001", "v0.4/idr9005/90050001", 1, 2),
    )
    for name, path, level, zarr_format in cases:
        store = zarr.open_group(str(member.folder / f"zarr/{path}.zarr"), mode="r")
        wanted = store[str(range(len(list(store.array_keys())))[level])][...]
        saved = tmp_path / f"{level}.npy"
        done = subprocess.run(
            [sys.executable, "-c", OPENS, str(harvested), name, str(level), str(saved)],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told == {"shape": list(wanted.shape), "dtype": str(wanted.dtype), "zarr_format": zarr_format}
        assert wanted.any() and np.array_equal(np.load(saved), wanted)
