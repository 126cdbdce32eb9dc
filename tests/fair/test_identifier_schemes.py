"""Persistent schemes are told from plain addresses."""

from __future__ import annotations

import pytest

from catalogue.fair.identifier_schemes import is_of_datacite, persistent_scheme


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("https://w3id.org/ommatidia/idr:idr0001", "w3id"),
        ("http://w3id.org/ommatidia/idr:idr0001", ""),
        ("https://doi.org/10.6019/S-BIAD1", "DOI"),
        ("http://dx.doi.org/10.17867/10000104A", "DOI"),
        ("10.17867/10000104a", "DOI"),
        ("https://hdl.handle.net/21.T11998/0000-001A", "Handle"),
        ("https://n2t.net/ark:/12345/x5wf6789", "ARK"),
        ("http://purl.obolibrary.org/obo/FBbi_00000246", "PURL"),
        ("https://identifiers.org/biostudies:S-BIAD1", "identifiers.org"),
        ("https://identifiers.org/biostudies/S-BIAD1", "identifiers.org"),
        ("urn:nbn:de:101:1-201102033592", "URN"),
        ("urn:uuid:0a1b2c3d-0000-4000-8000-000000000000", ""),
        ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD1", ""),
        ("https://archive.example/?doi=10.6019/S-BIAD1", ""),
        ("EMPIAR-10311", ""),
        ("", ""),
    ],
)
def test_scheme_is_recognised(address: str, scheme: str) -> None:
    """An identifier is of the scheme that keeps it up, or of none."""
    assert persistent_scheme(address) == scheme


def test_prefix_of_datacite_is_compared_whole() -> None:
    """A DOI counts by its whole prefix, not by how it begins."""
    assert is_of_datacite("10.6019/S-BIAD1")
    assert not is_of_datacite("10.60190/S-BIAD1")
    assert not is_of_datacite("10.1038/s41597-020-00608-w")
