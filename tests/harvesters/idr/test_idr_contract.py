"""The promise of every harvester, for IDR's studies."""

from __future__ import annotations

from pathlib import Path

from idr_sheets import ANNOTATION, SCREEN, SOURCE, STUDY, bundle, harvester, sheet, write_study

from catalogue.model.documents import SourceDocument, SourceSpec
from harvesters.idr import IdrHarvester
from tests.harvesters.contract import HarvesterContract


class TestIdr(HarvesterContract):
    """Study files with and without tables, odd letters and broken rows."""

    def harvester(self) -> IdrHarvester:
        """Made with the one fetcher."""
        return harvester()

    def source(self) -> SourceSpec:
        """Studies of IDR."""
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        """A plain study, one with tables, one in Mac Roman, one with a broken row."""
        mac = sheet(STUDY | {"Study Copyright": ["Z@rich"]}, SCREEN).replace(b"Z@rich", b"Z\x9frich")
        broken = sheet().replace(b"Cells were stressed", b"Cells were\nstressed")
        tables = {
            "idr9001_screenA_annotation__csv": ANNOTATION,
            "idr9001_screenA_library__txt": "Plate\tWell\nP1\tA1\n",
        }
        return [bundle(), bundle(**tables), bundle(mac), bundle(broken)]

    def serve(self, folder: Path) -> SourceSpec:
        """A folder with two studies."""
        for accession in ("idr9001", "idr9002"):
            write_study(folder, accession)
        return SourceSpec("idr", "idr", str(folder), ("idr",))
