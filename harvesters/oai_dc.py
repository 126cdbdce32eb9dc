"""Unqualified Dublin Core of OAI-PMH (oai_dc), read into a Kernel: fifteen elements, any number of times each.

Elements say little by themselves: what is not certain stays words. Source: OAI-PMH 2.0, section 6; DCMI terms.
"""

from __future__ import annotations

from typing import Final

from catalogue.model.documents import SourceSpec
from catalogue.model.forms import day, is_web_address, paper_id, partial_date
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.problems import Problem, RecordRejected
from harvesters.account import Entry
from harvesters.datacite_kernel import Affiliation, Agent, Kernel, Named, Related, Rights, Stamp, Subject, Title
from harvesters.datacite_study import bare_doi
from harvesters.draft import identify_study

NAMESPACES: Final = {
    "http://www.openarchives.org/OAI/2.0/oai_dc/": "oai_dc",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
}
# Words of dc:type (DCMI types, info:eu-repo, COAR and habit) -> resourceTypeGeneral.
TYPES: Final = {
    "dataset": "Dataset", "data set": "Dataset", "research data": "Dataset", "image": "Image", "stillimage": "Image",
    "still image": "Image", "movingimage": "Image", "collection": "Collection", "software": "Software", "text": "Text",
    "article": "Text",
}  # fmt: skip
# Relations that repositories add with DCMI terms (seanoe.org), as DataCite calls them.
QUALIFIED: Final = {
    "references": "References", "isReferencedBy": "IsReferencedBy", "isPartOf": "IsPartOf", "hasPart": "HasPart",
    "isVersionOf": "IsVersionOf", "hasVersion": "HasVersion", "replaces": "Obsoletes", "isReplacedBy": "IsObsoletedBy",
    "requires": "Requires", "isRequiredBy": "IsRequiredBy",
}  # fmt: skip
_EPRINTS: Final = "info:eu-repo/semantics/"


def identify_dc(identifiers: list[str], header: str, source: SourceSpec) -> Identifier:
    """The one study that the record's identifiers name; the header's identifier decides where nothing else does.

    Raises:
        RecordRejected: `bad-identifier` where they name none, or several; `not-owner`.
    """
    found = {study.curie: study for text in identifiers if (study := _study_of(text)) is not None}
    if not found:
        tail = header.rpartition("doi:")[2]
        candidates = [text for text in (header, tail, header.rpartition(":")[2]) if (_study_of(text)) is not None]
        if not candidates:
            return identify_study(
                next(filter(bare_doi, identifiers), identifiers[0] if identifiers else header), source
            )
        return identify_study(_address(candidates[0]), source)
    if len(found) > 1:
        raise RecordRejected(
            f"The record's identifiers name several studies: {', '.join(sorted(found))[:200]}. One is its own.",
            reason="bad-identifier",
        )
    return identify_study(next(iter(found.values())).given, source)


def _study_of(text: str) -> Identifier | None:
    try:
        found = parse_identifier(_address(text))
    except Problem:
        return None
    return found if found.kind == "study" else None


def _address(text: str) -> str:
    doi = bare_doi(text)
    return f"https://doi.org/{doi}" if doi else text


def read_dc(entry: Entry) -> Kernel:
    """What the element `oai_dc:dc` says."""
    kernel = Kernel()
    said = {name: _texts(entry, name) for name in (
        "title", "creator", "contributor", "subject", "description", "publisher", "date", "type", "format",
        "identifier", "source", "language", "relation", "coverage", "rights",
    )}  # fmt: skip
    kernel.titles = [Title(text, "" if n == 0 else "AlternativeTitle") for n, text in enumerate(said["title"])]
    kernel.creators = [Agent(text) for text in said["creator"]]
    kernel.contributors = [Agent(text) for text in said["contributor"]]
    kernel.subjects = [Subject(text) for text in said["subject"]]
    kernel.descriptions = [Title(text, "Abstract") for text in said["description"]]
    kernel.publisher = Affiliation(said["publisher"][0]) if said["publisher"] else None
    kernel.contributors += [Agent(text, "Organizational", role="publisher") for text in said["publisher"][1:]]
    kernel.dates = _dates(said["date"])
    kernel.general, kernel.resource = _kind(said["type"])
    kernel.formats, kernel.places = said["format"], said["coverage"]
    kernel.languages = said["language"]
    kernel.dois = [text for text in said["identifier"] if bare_doi(text)][:1]
    kernel.alternates = [Named(text) for text in said["identifier"]]
    kernel.related = [_related(text, "relation") for text in said["relation"]]
    kernel.related += [_related(text, "source") for text in said["source"]]
    for name, relation in QUALIFIED.items():
        kernel.related += [_related(text, relation) for text in _texts(entry, name, "dcterms")]
    kernel.places = [*kernel.places, *_texts(entry, "spatial", "dcterms")]
    kernel.titles += [Title(text, "AlternativeTitle") for text in _texts(entry, "alternative", "dcterms")]
    kernel.descriptions += [Title(text, "Abstract") for text in _texts(entry, "abstract", "dcterms")]
    for name, kind in (("issued", "Issued"), ("modified", "Updated"), ("dateSubmitted", "Submitted")):
        kernel.dates += [Stamp(text, kind) for text in _texts(entry, name, "dcterms")]
    said["rights"] += _texts(entry, "license", "dcterms") + _texts(entry, "accessRights", "dcterms")
    kernel.rights = [
        Rights("", text) if is_web_address(text) or text.startswith(_EPRINTS) else Rights(text)
        for text in said["rights"]
    ]
    return kernel


def _texts(entry: Entry, name: str, prefix: str = "dc") -> list[str]:
    found = []
    for value in entry.raw(f"{prefix}:{name}") or ():
        if type(value) is dict:
            inner = entry.account.opened(value, f"{entry.path}/{prefix}:{name}")
            for key in inner.keys():  # noqa: SIM118
                if key != "#text":
                    inner.leave(key, "attribute beyond unqualified Dublin Core (language, scheme)")
            text = inner.text("#text", lines=name == "description", word=True) or ""
        else:
            text = value.strip() if name == "description" else " ".join(value.split())
        if text:
            found.append(text)
    return list(dict.fromkeys(found))


def _dates(texts: list[str]) -> list[Stamp]:
    """The one day of publication, where there is one; several different dates are kept, their meaning being unknown."""
    days = {found for text in texts if (found := day(text))}
    plain = [text for text in texts if not text.startswith("info:eu-repo/date/")]
    if len(days) == 1 and len(plain) == len(texts):
        return [Stamp(next(iter(days)), "Issued")]
    if len(plain) == 1 and partial_date(plain[0]):
        return [Stamp(plain[0], "Issued")]
    return [Stamp(text, "Created") for text in texts]


def _kind(texts: list[str]) -> tuple[str, str]:
    """Kind of resource, and the words for it that say more."""
    words = {text: text.removeprefix(_EPRINTS).rpartition("/")[2].lower() for text in texts}
    general = next((TYPES[word] for word in words.values() if word in TYPES), texts[0] if texts else "")
    others = [text for text, word in words.items() if word not in TYPES and text != general]
    return general, others[0] if others else ""


def _related(text: str, role: str) -> Related:
    paper = paper_id(text)
    kind = "DOI" if paper is not None and paper.kind == "doi" else "URL" if is_web_address(text) else "text"
    return Related(text, kind, role)
