"""Identifiers: every accepted form leads to one CURIE; everything else is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.identifiers import image_identifier, landing_page, parse_identifier, study_of
from catalogue.model.namespaces import BASE, ONTOLOGIES, OWNERS, contract, expand
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, Problem

FORMS = [
    ("biostudies:S-BIAD634", "biostudies:S-BIAD634"),
    ("BIOSTUDIES:s-biad634", "biostudies:S-BIAD634"),
    ("bia:S-BIAD634", "biostudies:S-BIAD634"),
    ("S-BSST1019", "biostudies:S-BSST1019"),
    ("S-BSMS-PGPC1", "biostudies:S-BSMS-PGPC1"),
    ("https://identifiers.org/biostudies:S-BIAD634", "biostudies:S-BIAD634"),
    ("https://identifiers.org/biostudies/S-BIAD634", "biostudies:S-BIAD634"),
    ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD634", "biostudies:S-BIAD634"),
    ("https://www.ebi.ac.uk/biostudies/BioImages/studies/S-BIAD606", "biostudies:S-BIAD606"),
    (
        "https://www.ebi.ac.uk/biostudies/studies/S-BIAD634?query=x",
        "https://www.ebi.ac.uk/biostudies/studies/S-BIAD634?query=x",
    ),
    ("10.6019/S-BIAD2808", "biostudies:S-BIAD2808"),
    ("https://doi.org/10.6019/s-biad2808", "biostudies:S-BIAD2808"),
    ("EMPIAR-10595", "empiar:10595"),
    ("empiar:EMPIAR-10595", "empiar:10595"),
    ("empiar:10595", "empiar:10595"),
    ("https://www.ebi.ac.uk/empiar/EMPIAR-10392/", "empiar:10392"),
    ("https://www.ebi.ac.uk/biostudies/bioimages/studies/EMPIAR-10392", "empiar:10392"),
    ("doi:10.6019/EMPIAR-10002", "empiar:10002"),
    ("idr0062", "idr:idr0062"),
    ("idr:0062", "idr:idr0062"),
    ("idr:idr0062", "idr:idr0062"),
    ("idr0062-blin-nuclearsegmentation", "idr:idr0062"),
    ("https://bioregistry.io/idr:0062", "idr:idr0062"),
    ("https://idr.openmicroscopy.org/study/idr0062/", "idr:idr0062"),
    ("https://idr.openmicroscopy.org/webclient/?show=image-6001240", "idr:6001240"),
    ("https://uk1s3.embassy.ebi.ac.uk/idr/zarr/v0.4/idr0062A/6001240.zarr", "idr:6001240"),
    ("https://livingobjects.ebi.ac.uk/idr/zarr/v0.5/6001240.zarr/0/zarr.json", "idr:6001240"),
    ("idr:6001240", "idr:6001240"),
    ("ssbd-repos-000123", "ssbd:ssbd-repos-000123"),
    ("ssbd.repos:000123", "ssbd:ssbd-repos-000123"),
    ("https://ssbd.riken.jp/v1/project/100-Yamamoto-ToothDev", "ssbd:100-Yamamoto-ToothDev"),
    ("https://ssbd.riken.jp/database/project/100-Yamamoto-ToothDev/", "ssbd:100-Yamamoto-ToothDev"),
    ("https://ssbd.riken.jp/repository/ssbd-repos-000123/", "ssbd:ssbd-repos-000123"),
    (BASE + "idr:6001240", "idr:6001240"),
    ("biostudies:CF92DA2F-cf96-4dae-8c2e-15a425fa11d0", "biostudies:cf92da2f-cf96-4dae-8c2e-15a425fa11d0"),
    ("doi:10.1038/S41597-020-00608-W", "https://doi.org/10.1038/s41597-020-00608-w"),
]


@pytest.mark.parametrize(("text", "curie"), FORMS)
def test_known_form_leads_to_its_curie(text: str, curie: str) -> None:
    """Each form of images.md section 2.2 names exactly one record."""
    assert parse_identifier(text).curie == curie


@pytest.mark.parametrize(
    "text",
    ["", " ", "S-BIAD634 S-BIAD635", "idr:xx", "foo:bar", "S-BIAD\u200b634", "idr00062", "\u0455-BIAD634", "ssbd:1-",
     "x" * 3000, "empiar:0010595", "hello", "../../etc/passwd", "idr:idr0062\r\nX: y"],
)  # fmt: skip
def test_malformed_identifier_is_refused(text: str) -> None:
    """Blanks, look-alikes, unknown prefixes and broken accessions are BadIdentifier, never a guess."""
    with pytest.raises(BadIdentifier):
        parse_identifier(text)


def test_bare_number_is_ambiguous_and_lists_candidates() -> None:
    """A number alone may belong to several archives; all are named."""
    with pytest.raises(AmbiguousIdentifier) as caught:
        parse_identifier("123456")
    assert {"empiar:123456", "idr:123456"} <= set(caught.value.members["candidates"])


@given(st.text(max_size=80))
def test_any_text_gives_an_identifier_or_a_problem(text: str) -> None:
    """No text makes the parser fail otherwise, and what it accepts is canonical: parsing again changes nothing."""
    try:
        found = parse_identifier(text)
    except Problem:
        return
    if found.kind != "other":
        assert parse_identifier(found.curie).curie == found.curie


@given(st.sampled_from(sorted(ONTOLOGIES)), st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True))
def test_term_curies_round_trip(prefix: str, digits: str) -> None:
    """expand and contract undo each other for every term id of canonical width."""
    width = ONTOLOGIES[prefix].get("width")
    local = digits.zfill(width) if width else digits
    iri = expand(f"{prefix}:{local}")
    assert expand(contract(iri)) == iri


@pytest.mark.parametrize("prefix", sorted(OWNERS))
def test_landing_page_of_an_owner_leads_back(prefix: str) -> None:
    """The address given for a study is one that the parser reads as that study."""
    accession = {
        "biostudies": "S-BIAD634", "empiar": "10595", "idr": "idr0062", "ssbd": "ssbd-repos-000123",
        "emdb": "EMD-1001", "ega": "EGAS00001000205", "zenodo": "8139356",
    }[prefix]  # fmt: skip
    page = landing_page(prefix, accession)
    assert page is not None
    assert parse_identifier(page).curie == f"{prefix}:{accession}"


@given(st.sampled_from(["biostudies:S-BIAD634", "idr:idr0062", "ssbd:100-Yamamoto-ToothDev"]), st.text(max_size=60))
def test_image_of_a_store_names_its_study(study: str, stem: str) -> None:
    """A derived image accession is canonical and gives its study back; an owner's own id stands alone."""
    try:
        image = image_identifier(parse_identifier(study), stem)
    except BadIdentifier:
        return
    assert parse_identifier(image.curie).curie == image.curie
    assert study_of(image) in (study, None)
    if "." in image.accession:
        assert study_of(image) == study
