"""The promises of every harvester, kept by `biostudies`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from biostudies_samples import DATABASE, FLAT, NESTED, SOURCE, TEXT, WHOLE, document, files

from catalogue.model.documents import SourceDocument, SourceSpec
from harvesters.biostudies import BiostudiesHarvester
from harvesters.biostudies_bundle import without_secrets
from tests.harvesters.contract import HarvesterContract, fetcher


class TestBiostudies(HarvesterContract):
    """HarvesterContract for PageTab in its forms."""

    def harvester(self) -> BiostudiesHarvester:
        """The harvester under test."""
        return BiostudiesHarvester(fetcher())

    def source(self) -> SourceSpec:
        """A source of the archive's owners."""
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        """One submission a form, one of them with lists and `/info`."""
        lists: dict[str, Any] = {"list.json": files("a.tif", Batch="1"), "masks.json": files("m.tif")}
        info = {"httpLink": "https://files.example/S-BIAD9001", "modified": 1700000000000, "isPublic": True, "files": 3}
        plain = (NESTED, FLAT)
        return [
            *(document(value) for value in plain),
            document(WHOLE, lists=lists, info=info),
            document(without_secrets(json.dumps(DATABASE).encode())),
            document(TEXT),
        ]

    def serve(self, folder: Path) -> SourceSpec:
        """A folder with two submissions, one beside its list."""
        (folder / "whole").mkdir()
        (folder / "whole" / "S-BIAD9001.json").write_text(json.dumps(WHOLE))
        (folder / "whole" / "list.json").write_text(json.dumps(files("a.tif")))
        (folder / "S-BIAD9002.json").write_text(json.dumps({**NESTED, "accno": "S-BIAD9002"}))
        return SourceSpec("bia", "biostudies", str(folder), ("biostudies",))
