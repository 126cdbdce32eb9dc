"""A study from its containers in OMERO: screens and projects with their map annotations (harvesters.idr_omero)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import PLACEHOLDERS, Account, Entry
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft, identify_study
from harvesters.idr_study import ARCHIVE, add_twin
from harvesters.jsonbytes import parse_json

INFO: Final = "idr.openmicroscopy.org/study/info"
ANNOTATIONS: Final = "-annotations.json"
_CONTAINER: Final = re.compile(r"(?P<kind>screen|project)-\d+\.json")
_PART: Final = re.compile(r"/(?:screen|experiment)([A-Z])$", re.IGNORECASE)
_DESCRIBED: Final = re.compile(r"(?:Screen|Experiment|Project|Study) Description\s+")
_ADDRESS: Final = re.compile(r"\s+https?://\S+$")

_SERVER: Final = "account, permissions or links of the OMERO server, not of the study"
REASONS: Final = {
    "container/@type": "kind of the object, told by its list",
    "container/@id": "number in IDR's own database, which its addresses of studies do not use",
    "container/omero:details": _SERVER,
    "container/omero:childCount": "number of plates or datasets, whose images are counted by themselves",
    "container/url:screen": _SERVER,
    "container/url:project": _SERVER,
    "container/url:plates": _SERVER,
    "container/url:datasets": _SERVER,
    "annotations/experimenters": _SERVER,
    "annotation/id": "number in IDR's own database",
    "annotation/class": "every annotation asked for is a map",
    "annotation/date": "day on which the server was filled",
    "annotation/owner": _SERVER,
    "annotation/link": _SERVER,
    "annotation/permissions": _SERVER,
    "annotation/description": _SERVER,
    "annotation/name": _SERVER,
    "annotation/addedBy": _SERVER,
    "annotation/ratings": _SERVER,
}
# Keys of the study's own annotation that are read by name; others are kept as characteristics.
_ONE: Final = (
    "Study Title", "Publication Title", "Publication Authors", "PubMed ID", "PMC ID", "Publication DOI", "Release Date",
    "License", "Copyright", "Data DOI",
)  # fmt: skip
_OF_PART: Final = ("Sample Type", "Screen Type", "Screen Technology Type", "Imaging Method", "Annotation File")
_TWINS: Final = ("BioStudies Accession", "BioImage Archive Accession")

Pairs = dict[str, list[str]]


def is_containers(files: Mapping[str, bytes]) -> bool:
    """Whether a bundle holds containers rather than a study file."""
    return any(_CONTAINER.fullmatch(name) for name in files)


def map_containers(document: SourceDocument, files: Mapping[str, bytes], source: SourceSpec) -> Mapped:
    """The study of one bundle of containers.

    Raises:
        RecordRejected: no JSON, no study named, another owner, no title.
    """
    account = Account(REASONS)
    names = sorted(name for name in files if _CONTAINER.fullmatch(name))
    containers = [account.open(parse_json(files[name]).value, "container") for name in names]
    titles = [entry.text("Name", word=True) or "" for entry in containers]
    study = identify_study(titles[0].partition("/")[0], source)
    draft = StudyDraft(study, account)
    pairs = [_pairs(account, files.get(name.removesuffix(".json") + ANNOTATIONS, b"{}")) for name in names]
    _study(draft, pairs, source)
    components = [
        _component(draft, *part, number)
        for number, part in enumerate(sorted(zip(titles, names, containers, pairs, strict=True), key=lambda p: p[0]), 1)
    ]
    draft.set("components", components)
    for name, text in sorted({(key, text) for one in pairs for key, texts in one.items() for text in texts}):
        if name not in (*_ONE, *_OF_PART, *_TWINS, "Organism", "Study Type", "Data Publisher"):
            draft.part("characteristics", "characteristic", name=name, text_value=text)
    return draft.mapped()


def _pairs(account: Account, content: bytes) -> Pairs:
    """Key -> values of all map annotations of a container."""
    found: Pairs = {}
    answer = account.open(parse_json(content).value, "annotations")
    for value in answer.raw("annotations") or []:
        entry = account.open(value, "annotation")
        entry.text("ns")
        for pair in entry.raw("values") or []:
            if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
                raise RecordRejected("A map annotation is no list of keys and values.", reason="not-parsable")
            key, text = (" ".join(part.split()) for part in pair)
            if key and text and text.lower() not in PLACEHOLDERS:
                found.setdefault(key, []).append(text)
    return {key: list(dict.fromkeys(texts)) for key, texts in found.items()}


def _study(draft: StudyDraft, pairs: list[Pairs], source: SourceSpec) -> None:
    said = {key: next((texts[0] for one in pairs if (texts := one.get(key))), None) for key in _ONE}
    draft.require_title(said["Study Title"] or said["Publication Title"])
    licence = said["License"] or ""
    draft.license(licence.rpartition(" ")[2] if _ADDRESS.search(licence) else licence, "annotation/License", source)
    draft.set("copyright_notice", said["Copyright"])
    draft.date("date_published", said["Release Date"], "annotation/Release Date")
    draft.set("publisher", dict(ARCHIVE))
    if doi := _plain(said["Data DOI"]):
        draft.set("doi", doi.lower() if doi.startswith("10.") else None)
    ids = [("Publication DOI", ""), ("PubMed ID", "PMID:"), ("PMC ID", "")]
    draft.publication(
        [(prefix + text if (text := _plain(said[key])) else None, f"annotation/{key}") for key, prefix in ids],
        title=said["Publication Title"], author_list=said["Publication Authors"],
    )  # fmt: skip
    for key, role, slot in (("Organism", TAXON, "organisms"), ("Study Type", TERM, "study_types")):
        draft.extend(slot, _terms(draft, pairs, key, role))
    for key in _TWINS:
        for text in (text for one in pairs for text in one.get(key, [])):
            add_twin(draft, _plain(text) or text, f"annotation/{key}")


def _component(draft: StudyDraft, title: str, name: str, entry: Entry, pairs: Pairs, number: int) -> dict[str, Any]:
    kind = "Screen" if name.startswith("screen") else "Experiment"
    letter = _PART.search(title)
    key = str(ord(letter[1].upper()) - 64) if letter else str(number)
    text = entry.text("Description", lines=True) or ""
    described = _DESCRIBED.split(text, maxsplit=1)
    methods = _terms(draft, [pairs], "Imaging Method", METHOD)
    draft.extend("methods", methods)
    base = f"{draft.curie}/{kind.lower()}/{key}"
    return draft.filled(
        {
            "type": kind,
            "id": base,
            "accession": title,
            "title": title,
            "description": described[-1].strip(),
            "sample_type": next(iter(pairs.get("Sample Type", [])), None),
            "component_types": _terms(draft, [pairs], "Screen Type", TERM),
            "technology_types": _terms(draft, [pairs], "Screen Technology Type", TERM),
            "organisms": _terms(draft, [pairs], "Organism", TAXON),
            "methods": methods,
            "files": [
                {"id": f"{base}/file/{place}", "path": _plain(text), "file_role": "assay"}
                for place, text in enumerate(pairs.get("Annotation File", []), 1)
            ],
        }
    )


def _terms(draft: StudyDraft, pairs: list[Pairs], key: str, role: str) -> list[str]:
    """Names of terms as terms of the study: OMERO's annotations have no identifiers for them."""
    labels = dict.fromkeys(_plain(text) for one in pairs for text in one.get(key, []))
    found = (draft.term(None, role, f"annotation/{key}", label=label) for label in labels if label)
    return list(dict.fromkeys(curie for curie in found if curie))


def _plain(text: str | None) -> str | None:
    """The value without the address that IDR writes behind it ("30202089 https://www.ncbi...")."""
    return _ADDRESS.sub("", text) if text else None
