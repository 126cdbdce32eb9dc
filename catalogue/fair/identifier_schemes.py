"""Schemes of identifiers that are kept up for good, and how they are recognised in an address.

Source: F-UJI 3.5.1, helper/identifier_helper.py; fair.md, section 3.
"""

from __future__ import annotations

import re
from typing import Final

DOI: Final = "http://purl.org/ontology/bibo/doi"
"""The property of a bare DOI; the prefix map has no prefix for it."""
_SCHEMES: Final = (
    ("w3id", re.compile(r"https://w3id\.org/\S+")),
    ("DOI", re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.\d{2,9}/\S+", re.IGNORECASE)),
    ("Handle", re.compile(r"(?:https?://hdl\.handle\.net/|hdl:)\d[\w.]*/\S+", re.IGNORECASE)),
    ("ARK", re.compile(r"(?:https?://[^/\s]+/)?ark:/?\d{5,}/\S+", re.IGNORECASE)),
    ("PURL", re.compile(r"https?://purl\.(?:org|obolibrary\.org|archive\.org)/\S+", re.IGNORECASE)),
    ("identifiers.org", re.compile(r"https?://identifiers\.org/[a-z0-9_.]+[:/]\S+", re.IGNORECASE)),
    ("URN", re.compile(r"urn:(?!uuid:)[a-z0-9][a-z0-9-]+:\S+", re.IGNORECASE)),
)
# Of the archives here and of general repositories; fixtures of DataCite's own converter (datacite/bolognese ff9ced47).
_DATACITE: Final = frozenset({"10.6019", "10.17867", "10.24631", "10.5281", "10.6084", "10.5061"})


def persistent_scheme(address: str) -> str:
    """Name of the persistent scheme that an identifier or address is of; "" where it is of none."""
    return next((name for name, pattern in _SCHEMES if pattern.fullmatch(address)), "")


def is_of_datacite(doi: str) -> bool:
    """Whether a bare DOI begins with a prefix that is known to be registered through DataCite."""
    return doi.partition("/")[0] in _DATACITE
