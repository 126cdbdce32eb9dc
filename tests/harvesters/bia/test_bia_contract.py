"""The promises of every harvester, kept by `bia`."""

from __future__ import annotations

import json
from pathlib import Path

from bia_samples import ALL, PARTS, ROWS, SEARCH_IMAGE, SEARCH_STUDY, SOURCE, TABLE, apart, crate, crated, inside

from catalogue.model.documents import SourceDocument, SourceSpec
from harvesters.bia import BiaHarvester
from tests.harvesters.contract import HarvesterContract, fetcher


class TestBia(HarvesterContract):
    """HarvesterContract for documents and crates."""

    def harvester(self) -> BiaHarvester:
        """The harvester under test."""
        return BiaHarvester(fetcher())

    def source(self) -> SourceSpec:
        """A source of the archive's owners."""
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        """Documents apart and inside one another, a crate with its list."""
        return [
            apart(*ALL), inside(SEARCH_STUDY), inside(SEARCH_IMAGE), crated(crate(*PARTS, *TABLE), file_list=ROWS)
        ]  # fmt: skip

    def serve(self, folder: Path) -> SourceSpec:
        """A folder with a study in files, a search document and a crate."""
        for one in ALL:
            place = folder / "S-BIAD9001" / ("study" if one["model"]["type_name"] == "Study" else "dataset")
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{one['uuid']}.json").write_text(json.dumps(one))
        (folder / "search.json").write_text(json.dumps(SEARCH_STUDY))
        (folder / "crate").mkdir()
        (folder / "crate" / "ro-crate-metadata.json").write_text(json.dumps(crate(*PARTS, *TABLE)))
        (folder / "crate" / "file_list.tsv").write_text(ROWS)
        (folder / "openapi.json").write_text("{}")
        return SourceSpec("bia", "bia", str(folder), ("biostudies",))
