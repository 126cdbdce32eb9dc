"""Fetching is harvesters.documents'; here: which files count as crates, and that both steps meet."""

from __future__ import annotations

import json
from pathlib import Path

from gide_crates import crate, harvester

from catalogue.model.documents import Listed, SourceDocument, SourceSpec


def test_crates_of_a_folder_are_fetched_and_mapped(tmp_path: Path) -> None:
    """Every metadata file below the folder is a document, a collection's included; other files are not."""
    for name in ("a/S-BIAD7-ro-crate-metadata.json", "ro-crate-metadata.json", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(crate("S-BIAD7")))
    source = SourceSpec("bia", "gide", str(tmp_path))
    *documents, end = harvester().fetch(source, None, {})
    assert isinstance(end, Listed)
    assert sorted(event.item for event in documents) == ["a/S-BIAD7-ro-crate-metadata.json", "ro-crate-metadata.json"]
    first = next(event for event in documents if isinstance(event, SourceDocument) and event.item.startswith("a/"))
    assert harvester().map(first, source).records[0]["id"] == "biostudies:S-BIAD7"
