"""Study files and tables in IDR's form, small and our own; each test names the study that shows its trap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.idr import IdrHarvester
from tests.harvesters.contract import fetcher

STUDY = {
    "Comment[IDR Study Accession]": ["idr9001"],
    "Study Title": ["Nuclei under stress"],
    "Study Type": ["high content screen"],
    "Study Type Term Source REF": ["EFO"],
    "Study Type Term Accession": ["EFO_0007550"],
    "Study Description": ["Cells were stressed and looked at."],
    "Study Organism": ["Homo sapiens"],
    "Study Organism Term Source REF": ["NCBITaxon"],
    "Study Organism Term Accession": ["NCBITaxon_9606"],
    "Study Public Release Date": ["2020-02-03"],
    "Study License": ["CC BY 4.0"],
    "Study License URL": ["https://creativecommons.org/licenses/by/4.0/"],
    "Study Person Last Name": ["Example", "Leader"],
    "Study Person First Name": ["Ada", "Bo"],
    "Study Person Email": ["ada@example.org", ""],
    "Study Person Roles": ["submitter", "principal investigator"],
}
SCREEN = {
    "Screen Number": ["1"],
    "Comment[IDR Screen Name]": ["idr9001-example-stress/screenA"],
    "Screen Sample Type": ["cell"],
    "Screen Description": ["All kinases."],
    "Screen Size": ["Plates: 2", "5D Images: 1,536", "Planes: ", "Total Tb: 0.1"],
    "Screen Imaging Method": ["confocal microscopy"],
    "Screen Imaging Method Term Source REF": ["Fbbi"],
    "Screen Imaging Method Term Accession": ["Fbbi_00000251"],
    "Screen Type": ["primary screen"],
    "Screen Type Term Source REF": ["EFO"],
    "Screen Type Term Accession": ["EFO_0007556"],
    "Library File Name": ["idr9001-screenA-library.txt"],
    "Library File Format": ["tab-delimited text"],
    "Library Type": ["siRNA library"],
    "Library Type Term Source REF": ["EFO"],
    "Library Type Term Accession": ["EFO_0007564"],
    "Protocol Name": ["growth protocol", "treatment protocol"],
    "Protocol Type": ["growth protocol", "treatment protocol"],
    "Protocol Type Term Source REF": ["EFO", "EFO"],
    "Protocol Type Term Accession": ["EFO_0003789", "EFO_0003969"],
    "Protocol Description": ["Cells were grown.", "Cells were treated."],
    "Phenotype Name": ["large nucleus", "no nucleus"],
    "Phenotype Description": ["Larger than others.", ""],
    "Phenotype Score Type": ["automatic", "manual"],
    "Phenotype Term Source REF": ["CMPO", ""],
    "Phenotype Term Name": ["increased nucleus size phenotype", ""],
    "Phenotype Term Accession": ["CMPO_0000140", ""],
}
HEAD = "Plate,Well,Characteristics [Organism],Term Source 1 REF,Term Source 1 Accession,Gene Identifier,Control Type,"
ROWS = """Channels,Phenotype 1
P1,A1,Homo sapiens,NCBITaxon,NCBITaxon_9606,ENSG00000136861,,DAPI: nuclei; GFP: tubulin,large nucleus
P1,A2,Homo sapiens,NCBITaxon,NCBITaxon_9606,,negative control,DAPI: nuclei; GFP: tubulin,
P2,A1,Homo sapiens,NCBITaxon,NCBITaxon_9606,ENSG00000151849,,DAPI: nuclei; GFP: tubulin,
"""
ANNOTATION = HEAD + ROWS
SOURCE = SourceSpec("idr", "idr", "studies/", ("idr",))


def sheet(*blocks: Mapping[str, list[str]], **changes: list[str]) -> bytes:
    """A study file of blocks, by default a study with one screen; `changes` replace rows (key in CURIE form)."""
    rows = []
    for block in blocks or (STUDY, SCREEN):
        for key, cells in block.items():
            name = key.replace("[", "_").replace("]", "").replace(" ", "_")
            rows.append("\t".join([key, *changes.get(name, cells)]))
        rows.append("")
    return "\n".join(rows).encode()


def bundle(study_file: bytes | None = None, item: str = "idr9001", **files: str | bytes) -> SourceDocument:
    """The document of one study; other files by their name with `_` for `-` and `__` for the dot."""
    held = {f"{item}-study.txt": sheet() if study_file is None else study_file}
    for name, content in files.items():
        held[name.replace("__", ".").replace("_", "-")] = content.encode() if isinstance(content, str) else content
    return SourceDocument(item, f"https://studies.example/{item}-study.txt", pack(held), MEDIA_TYPE)


def harvester() -> IdrHarvester:
    """The harvester under test."""
    return IdrHarvester(fetcher())


def map_study(study_file: bytes | None = None, **files: str | bytes) -> Mapped:
    """What a bundle is mapped to."""
    return harvester().map(bundle(study_file, **files), SOURCE)


def codes(mapped: Mapped) -> set[str]:
    """Codes of the findings."""
    return {finding.code for finding in mapped.findings}


def write_study(folder: Path, accession: str = "idr9001", **changes: list[str]) -> None:
    """Lay out one study with a table below a folder, as its repository has them."""
    place = folder / f"{accession}-example-stress"
    (place / "screenA").mkdir(parents=True, exist_ok=True)
    text = sheet(**changes).replace(b"idr9001", accession.encode())
    (place / f"{accession}-study.txt").write_bytes(text)
    (place / "screenA" / f"{accession}-screenA-annotation.csv").write_text(ANNOTATION)
