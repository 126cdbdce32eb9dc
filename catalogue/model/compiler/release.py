"""Releases the present version of the model: its fact sheet is written once, and later versions are held against it."""

from __future__ import annotations

from pathlib import Path

from catalogue import resources
from catalogue.model.evolution import compare, fits, smallest_version
from catalogue.model.released import present, released, released_versions, render


class Refused(Exception):
    """The version cannot be released as it is; the message says why and what to do."""


def release() -> Path:
    """The file of the present version's fact sheet, which was written or stood there with the same content.

    Raises:
        Refused: the version was released with another content, or says too little about what changed.
    """
    sheet = present()
    version = sheet["version"]
    path = resources.schema_dir() / "released" / f"{version}.json"
    known = released_versions()
    if known and (changes := compare(released(known[-1]), sheet)):
        if not fits(known[-1], version, changes):
            raise Refused(
                f"{version} cannot follow {known[-1]} with {len(changes)} changes, of which "
                f"{sum(not change.compatible for change in changes)} are not compatible. Set the version in "
                f"schema/ommatidia.yaml to {smallest_version(known[-1], changes)} or a later one."
            )
    elif version in known:
        return path
    path.parent.mkdir(exist_ok=True)
    path.write_text(render(sheet), encoding="utf-8", newline="\n")
    return path
