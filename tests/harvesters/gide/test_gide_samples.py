"""Biosamples, specimens and acquisitions: what protocols become, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from gide_crates import OBO, codes, crate, map_crate, ref, study

EFO = "http://www.ebi.ac.uk/efo/EFO_"


def protocol(name: str = "p", technique: str | None = None, **more: Any) -> dict[str, Any]:
    """A LabProtocol."""
    given = {"measurementTechnique": ref(technique)} if technique else {}
    return {"@id": "#p", "@type": "LabProtocol", "name": name, "description": "Done so.", **given, **more}


def efo(number: str, label: str) -> dict[str, Any]:
    """A DefinedTerm of EFO."""
    return {"@id": EFO + number, "@type": "DefinedTerm", "name": label}


def test_imaging_protocol_becomes_an_acquisition() -> None:
    """Title, description, instrument and method arrive (S-BIAD843)."""
    record = study(
        crate("S-BIAD7", protocol("Confocal", "obo:FBbi_00000251", labEquipment="Leica"), measurementMethod=ref("#p"))
    )
    assert record["acquisitions"] == [
        {
            "id": "biostudies:S-BIAD7/acquisition/1", "title": "Confocal", "description": "Done so.",
            "instrument": "Leica", "methods": ["FBbi:00000251"],
        }
    ]  # fmt: skip
    assert record["methods"] == ["FBbi:00000251"]


def test_method_only_on_a_protocol_also_counts_for_the_study() -> None:
    """The profile wants it on the dataset; it is added and reported."""
    mapped = map_crate(crate("S-BIAD7", protocol("Confocal", "obo:FBbi_00000251"), measurementMethod=ref("#p")))
    assert "method-not-on-dataset" in codes(mapped)


@pytest.mark.parametrize(
    ("number", "label", "slot"),
    [("0003789", "growth protocol", "growth_protocol"), ("0003969", "treatment protocol", "sample_preparation")],
)
def test_efo_type_of_protocol_is_no_imaging_method(number: str, label: str, slot: str) -> None:
    """EFO ids name types of protocol: they decide the part of the record and never appear as methods (idr0035)."""
    record = study(crate("S-BIAD7", protocol(label, EFO + number), efo(number, label), measurementMethod=ref("#p")))
    assert record["specimens"] == [{"id": "biostudies:S-BIAD7/specimen/1", "title": label, slot: "Done so."}]
    assert "methods" not in record
    assert "acquisitions" not in record


def test_type_under_another_name_keeps_its_type_and_is_noted() -> None:
    """EFO_0003789 called "iFISH protocol" is still a growth protocol (idr0123)."""
    mapped = map_crate(
        crate(
            "S-BIAD7", protocol("iFISH", EFO + "0003789"), efo("0003789", "iFISH protocol"),
            measurementMethod=ref("#p"),
        )
    )  # fmt: skip
    assert "growth_protocol" in mapped.records[0]["specimens"][0]
    assert "protocol-type-label" in codes(mapped)


def test_type_against_an_exact_name_is_not_certain() -> None:
    """A treatment called image acquisition stays an acquisition, with a warning (idr0123)."""
    name = "image acquisition and feature extraction protocol"
    mapped = map_crate(
        crate("S-BIAD7", protocol(name, EFO + "0003969"), efo("0003969", name), measurementMethod=ref("#p"))
    )
    assert mapped.records[0]["acquisitions"][0]["title"] == name
    assert "protocol-type-disagrees" in codes(mapped)


def test_unknown_efo_type_is_reported_and_no_method() -> None:
    """EFO_0011016 on "Oligopaint FISH" names no way to make images (idr0156)."""
    mapped = map_crate(
        crate("S-BIAD7", protocol("FISH", EFO + "0011016"), efo("0011016", "FISH"), measurementMethod=ref("#p"))
    )
    assert "protocol-type-unknown" in codes(mapped)
    assert "methods" not in mapped.records[0]


def test_data_analysis_is_left_out_by_name() -> None:
    """The model has no class for analysis, so its properties are counted as ignored and nothing false is said."""
    mapped = map_crate(crate("S-BIAD7", protocol("data analysis protocol"), measurementMethod=ref("#p")))
    assert "acquisitions" not in mapped.records[0]
    assert any("no class yet" in reason for reason in mapped.ignored)


def test_numbered_samples_keep_their_ids_in_any_order() -> None:
    """SSBD writes `about` in another order at each export (ssbd-repos-000301); ids must not move between samples."""
    samples = [
        {"@id": f"#biosample-{n}", "@type": "BioSample", "name": f"sample {n}", "description": "d"} for n in (1, 2, 10)
    ]
    names = [sample["@id"] for sample in samples]
    there = study(crate("S-BIAD7", *samples, about=ref(*names)))
    back = study(crate("S-BIAD7", *samples, about=ref(*reversed(names))))
    assert there == back
    assert [sample["title"] for sample in there["biosamples"]] == ["sample 1", "sample 2", "sample 10"]


def test_placeholder_is_a_missing_value() -> None:
    """N/A as a description says nothing and is left out (S-BIAD1039 and 24 others)."""
    sample = {"@id": "#b", "@type": "BioSample", "name": "cells", "description": "N/A"}
    mapped = map_crate(crate("S-BIAD7", sample, about=ref("#b")))
    assert "description" not in mapped.records[0]["biosamples"][0]
    assert "placeholder" in codes(mapped)


@pytest.mark.parametrize("spelling", ["QuantitativeValue", "QuantitiveValue"])
def test_sizes_are_read_by_unit_code(spelling: str) -> None:
    """The type of a size node does not matter: BIA misspells it in every crate (S-BIAD843)."""
    files = {"@id": "#f", "@type": [spelling], "value": 8, "unitCode": OBO + "UO_0000189", "unitText": "bytes"}
    size = {"@id": "#s", "@type": [spelling], "value": 61196461, "unitCode": OBO + "UO_0000233"}
    mapped = map_crate(crate("S-BIAD7", files, size, size=ref("#f", "#s")))
    assert (mapped.records[0]["file_count"], mapped.records[0]["total_size_bytes"]) == (8, 61196461)
    assert ("type-spelling" in codes(mapped)) is (spelling == "QuantitiveValue")


@pytest.mark.parametrize("value", [-1, True, "162.2 GB", 1.5, None, 10**30, [], {"@value": 3}])
def test_size_that_is_no_whole_number_is_left_out(value: Any) -> None:
    """No number is made up from words or fractions."""
    size = {"@id": "#s", "@type": "QuantitativeValue", "value": value, "unitCode": OBO + "UO_0000233"}
    mapped = map_crate(crate("S-BIAD7", size, size=ref("#s")))
    assert "total_size_bytes" not in mapped.records[0]
    assert "size-value" in codes(mapped)


def test_study_of_no_files_is_reported() -> None:
    """Zero is what the source says, so it is kept, and it cannot be right (S-BIAD1069)."""
    size = {"@id": "#s", "@type": "QuantitativeValue", "value": 0, "unitCode": OBO + "UO_0000189"}
    mapped = map_crate(crate("S-BIAD7", size, size=ref("#s")))
    assert mapped.records[0]["file_count"] == 0
    assert "size-zero" in codes(mapped)
