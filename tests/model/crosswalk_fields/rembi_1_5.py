"""REMBI 1.5: the field tables of the archive's site, and the YAML templates and examples of its submission tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import iter_dicts, load_yaml

SOURCE = "rembi-1.5"

SECTIONS = {
    "biosamples": "Biosample",
    "specimens": "Specimen",
    "acquisitions": "ImageAcquisition",
    "correlations": "ImageCorrelation",
    "analysis": "ImageAnalysis",
    "study_component": "StudyComponent",
    "associations": "Associations",
}
PARTS = {
    "authors": "Author",
    "affiliation": "OrganisationInfo",
    "funding": "Funding",
    "grant_references": "GrantReference",
    "publications": "Publication",
    "links": "Link",
    "organism": "Organism",
    "imaging_method": "ImagingMethod",
}


def iter_fields(partners: Path) -> Iterator[str]:
    for model in load_yaml(partners / "rembi-mifa" / "model" / "rembi_types.yaml")["models"]:
        yield from (f"rembi:{model['class_name']}/{attribute['name']}" for attribute in model["attributes"])
    for path in templates_and_examples(partners):
        document = load_yaml(path)
        yield from _iter_part("Study", document.pop("study"))
        for section in document.keys() & SECTIONS:
            yield f"rembi:{SECTIONS[section]}/block_name"
            for block in document[section].values():
                yield from _iter_part(SECTIONS[section], block)


def templates_and_examples(partners: Path) -> Iterator[Path]:
    """Documents of the submission tool; YAML reads its JSON too."""
    agent = partners / "rembi-mifa" / "bia-agent"
    yield from (agent / "yaml-templates").glob("*.yaml")
    yield from (path for path in (agent / "examples").iterdir() if path.suffix in {".yaml", ".json"})


def _iter_part(kind: str, value: Any) -> Iterator[str]:
    for item in iter_dicts(value):
        for key, inner in item.items():
            yield f"rembi:{kind}/{key}"
            if key in PARTS:
                yield from _iter_part(PARTS[key], inner)
