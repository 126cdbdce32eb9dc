"""The GIDE search profile 0.2 as data: what is read, what is left out and why, known spellings.

Reading is gide_crate's and its neighbours'; facts and accessions are in field.md sections 4 and 5.
"""

from __future__ import annotations

from typing import Final

SUFFIX: Final = "ro-crate-metadata.json"
CRATE_SPEC: Final = "https://w3id.org/ro/crate/"

_REPEATS_ID: Final = "repeats the identifier of the term"

# Entity type -> property -> None when it is read, else the reason why it is left out.
PROPERTIES: Final[dict[str, dict[str, str | None]]] = {
    "Descriptor": {
        "about": "points at the root, which is the study",
        "conformsTo": "describes the crate, not the study",
    },
    "Dataset": {
        "identifier": None,
        "name": None,
        "description": None,
        "keywords": None,
        "license": None,
        "copyrightNotice": None,
        "datePublished": None,
        "publisher": None,
        "author": None,
        "seeAlso": None,
        "citation": None,
        "funder": None,
        "about": None,
        "measurementMethod": None,
        "thumbnailUrl": None,
        "size": None,
    },
    "Person": {
        "name": None,
        "givenName": None,
        "familyName": None,
        "email": None,
        "description": None,
        "address": None,
        "url": None,
        "affiliation": None,
    },
    "Organization": {"name": None, "url": None, "address": None, "email": None, "description": None},
    "ScholarlyArticle": {
        "name": None,
        "datePublished": None,
        "sameAs": None,
        "identifier": None,
        "url": None,
    },
    "Grant": {"name": None, "identifier": None, "url": None, "funder": None},
    "DefinedTerm": {"name": None, "identifier": _REPEATS_ID},
    "Taxon": {
        "scientificName": None,
        "vernacularName": None,
        "name": "repeats the scientific name",
        "identifier": _REPEATS_ID,
    },
    "BioSample": {"name": None, "description": None, "taxonomicRange": None, "hasCellLine": None},
    "LabProtocol": {"name": None, "description": None, "labEquipment": None, "measurementTechnique": None},
    "QuantitativeValue": {
        "value": None,
        "unitCode": None,
        "unitText": "says in words what the unit code says",
        "name": "says in words what the value says",
        "description": "says in words what the value says",
    },
}

# Other spellings of the types above. QuantitiveValue: all 1,064 size nodes of the BioImage Archive (S-BIAD843).
TYPE_SPELLINGS: Final = {
    "QuantitiveValue": "QuantitativeValue",
    "Organisation": "Organization",
    "dwc:Taxon": "Taxon",
    "http://rs.tdwg.org/dwc/terms/Taxon": "Taxon",
}

# Types an object without @type has by the property that holds it (hasCellLine of ssbd-repos-000265).
EMBEDDED_KINDS: Final = {
    "hasCellLine": "DefinedTerm",
    "measurementTechnique": "DefinedTerm",
    "taxonomicRange": "Taxon",
    "affiliation": "Organization",
    "publisher": "Organization",
    "author": "Person",
    "size": "QuantitativeValue",
    "seeAlso": "ScholarlyArticle",
    "citation": "ScholarlyArticle",
}

# Terms of the profile's context and the IRIs they must keep; the context may add terms, never move these.
CONTEXT: Final = {
    "vernacularName": "dwc:vernacularName",
    "scientificName": "dwc:scientificName",
    "hasCellLine": "bao:BAO_0002004",
    "measurementMethod": "dwciri:measurementMethod",
    "seeAlso": "rdfs:seeAlso",
    "BioSample": "http://schema.org/BioSample",
    "LabProtocol": "http://schema.org/LabProtocol",
    "labEquipment": "http://schema.org/labEquipment",
    "taxonomicRange": "http://schema.org/taxonomicRange",
    "datePublished": "http://schema.org/datePublished",
    "dwc": "http://rs.tdwg.org/dwc/terms/",
    "dwciri": "http://rs.tdwg.org/dwc/iri/",
    "bao": "http://www.bioassayontology.org/bao#",
    "obo": "http://purl.obolibrary.org/obo/",
}

SIZE_UNITS: Final = {
    "http://purl.obolibrary.org/obo/UO_0000189": "file_count",
    "http://purl.obolibrary.org/obo/UO_0000233": "total_size_bytes",
}

# EFO ids in measurementTechnique name a type of protocol, never an imaging method (idr0123, idr0156): label, part.
# A library protocol tells how reagents were chosen, which prepares no specimen.
GROWTH, PREPARATION, ACQUISITION, ANALYSIS, PROTOCOL = "growth", "preparation", "acquisition", "analysis", "protocol"
PROTOCOL_TYPES: Final = {
    "EFO:0003789": ("growth protocol", GROWTH),
    "EFO:0003790": ("hybridization protocol", PREPARATION),
    "EFO:0003969": ("treatment protocol", PREPARATION),
    "EFO:0005518": ("sample collection protocol", PREPARATION),
    "EFO:0007571": ("HCS library protocol", PROTOCOL),
    "EFO:0007572": ("HCS image acquisition and feature extraction protocol", ACQUISITION),
    "EFO:0007573": ("HCS data analysis protocol", ANALYSIS),
}
# The same types by their names as IDR writes them, slips of the pen included: for protocols without a technique (150
# of IDR's 703), and to see where name and type disagree (idr0123: EFO_0003969, a treatment, named image acquisition).
PROTOCOL_NAMES: Final = {
    **{label.lower(): part for label, part in PROTOCOL_TYPES.values()},
    "image acquisition": ACQUISITION,
    "image acquisition and feature extraction protocol": ACQUISITION,
    "image acquistion and feature extraction protocol": ACQUISITION,
    "image aquistion and feature extraction protocol": ACQUISITION,
    "hcs image acquistion and feature extraction protocol": ACQUISITION,
    "data analysis": ANALYSIS,
    "data analysis protocol": ANALYSIS,
    "image analysis protocol": ANALYSIS,
}

# Labels that vouch for a bare FBbi number (idr0062 writes #00000251, confocal microscopy).
FBBI_LABELS: Final = {
    "00000243": "bright-field microscopy",
    "00000246": "fluorescence microscopy",
    "00000247": "phase contrast microscopy",
    "00000251": "confocal microscopy",
    "00000253": "spinning disk confocal microscopy",
    "00000254": "two-photon laser scanning microscopy",
    "00000256": "electron microscopy",
    "00000257": "scanning electron microscopy (SEM)",
    "00000258": "transmission electron microscopy (TEM)",
}

# Hosts that no longer answer (images.md: moved in April 2026).
RETIRED_HOSTS: Final = ("uk1s3.embassy.ebi.ac.uk",)

# Words that stand for a missing value (S-BIAD1201 datePublished "None"; N/A, NA and - among BIA's descriptions).
PLACEHOLDERS: Final = frozenset(
    {
        "none", "null", "nan", "na", "n/a", "n.a.", "unknown", "not available", "not applicable", "not provided",
        "tbd", "-", "--", ".", "..", "/", "?",
    }
)  # fmt: skip
