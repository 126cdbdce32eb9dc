"""What schema.org's vocabulary is read as here: kinds of entities, names of properties, reasons for what is left out.

Data only; crosswalks bioschemas, gide-0.2 and bia-ro-crate say where each property goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from harvesters.account import crosswalk_reasons

# Type -> the kind it is read as; the first of an entity's types in this order wins.
KINDS: Final = {
    "Study": "Study",
    "Dataset": "Dataset",
    "DataSet": "Dataset",
    "BioSample": "BioSample",
    "Sample": "Sample",
    "BioChemEntity": "Sample",
    "Taxon": "Taxon",
    "dwc:Taxon": "Taxon",
    "http://rs.tdwg.org/dwc/terms/Taxon": "Taxon",
    "LabProtocol": "LabProtocol",
    "DefinedTerm": "DefinedTerm",
    "QuantitativeValue": "QuantitativeValue",
    "QuantitiveValue": "QuantitativeValue",
    "PropertyValue": "PropertyValue",
    "ScholarlyArticle": "ScholarlyArticle",
    "Article": "ScholarlyArticle",
    "PublicationEvent": "ScholarlyArticle",
    "Grant": "Grant",
    "MonetaryGrant": "Grant",
    "Person": "Person",
    "Organization": "Organization",
    "Organisation": "Organization",
    "DataDownload": "DataDownload",
    "File": "DataDownload",
    "MediaObject": "DataDownload",
    "ImageObject": "ImageObject",
    "DataCatalog": "DataCatalog",
    "DataRecord": "DataRecord",
    "SoftwareApplication": "Software",
    "SoftwareSourceCode": "Software",
    "ComputationalWorkflow": "Software",
    "CreativeWork": "CreativeWork",
}
STUDIES: Final = ("Study", "Dataset")
WORKFLOWS: Final = frozenset({"ComputationalWorkflow", "SoftwareSourceCode", "HowTo"})

_AS_ADDRESS: Final = "its address is kept"
_OF_CRATE: Final = "describes the crate, not the study"
_FILE_LICENCE: Final = "a single file's; the study's is kept"
_CATALOGUE: Final = "describes the archive's catalogue, not the study"
_OWN: Final[Mapping[str, str]] = {
    "Descriptor/about": "points at the root, which is the study",
    "Descriptor": _OF_CRATE,
    "DataCatalog": _CATALOGUE,
    "DataRecord": "describes the entry of a catalogue, not the study",
    "Dataset/temporalCoverage": "days of images are kept with each image",
    "Dataset/spatialCoverage": "of no certain sample",
    "Dataset/hasFile": "an older spelling of hasPart",
    "Dataset/mentions": "what is spoken of, not what the study is of",
    "Dataset/accountablePerson": "who answers for the page, not for the study",
    "Study/startDate": "days of images are kept with each image",
    "Study/endDate": "days of images are kept with each image",
    "Study/studyLocation": "of no certain sample",
    "DataDownload/license": _FILE_LICENCE,
    "DataDownload/author": "who made a single file; the study's authors are kept",
    "DataDownload/creator": "who made a single file; the study's authors are kept",
    "DataDownload/dateCreated": "a single file's; the study's days are kept",
    "DataDownload/dateModified": "a single file's; the study's days are kept",
    "DataDownload/sdDatePublished": "when the description was written, not the file",
    "DataDownload/conformsTo": "profile of a single file",
    "Taxon/name": "repeats the scientific name",
    "ImageObject": "pictures of the page; images of a study name it themselves",
    "CreativeWork": _AS_ADDRESS,
    "Software": _AS_ADDRESS,
}


@cache
def reasons() -> Mapping[str, str]:
    """Path `Kind/property` -> why it is left out, by the crosswalks and for what this reading has no use for."""
    found = dict(_OWN)
    for name, stem in (("gide-0.2", "gide:"), ("bioschemas", "bioschemas:")):
        for path, why in crosswalk_reasons(name, stem).items():
            if "/" in path:
                found.setdefault(path, why)
    for path, why in crosswalk_reasons("bia-ro-crate", "bia_crate:").items():
        found.setdefault(f"bia.{path}", why)
    return found


@lru_cache(maxsize=10_000)
def kind_of(types: frozenset[str]) -> str:
    """The kind an entity is read as; its own first type where it is none of these."""
    archive = sorted(name.removeprefix("bia:") for name in types if name.startswith("bia:"))
    if archive:
        return f"bia.{archive[0]}"
    for name, kind in KINDS.items():
        if name in types:
            return kind
    return min(types, default="Thing")[:100]
