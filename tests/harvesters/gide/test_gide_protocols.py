"""What protocols become: acquisitions, specimens, analyses, or protocols where nothing says more."""

from __future__ import annotations

from typing import Any

import pytest
from gide_crates import account, codes, count_properties, crate, map_crate, ref, study

from catalogue.model.validation import check_schema, check_shapes

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


def test_type_against_an_exact_name_stays_a_protocol() -> None:
    """A treatment called image acquisition is put nowhere that a guess would put it (idr0123)."""
    name = "image acquisition and feature extraction protocol"
    mapped = map_crate(
        crate("S-BIAD7", protocol(name, EFO + "0003969"), efo("0003969", name), measurementMethod=ref("#p"))
    )
    assert mapped.records[0]["protocols"] == [
        {"id": "biostudies:S-BIAD7/protocol/1", "title": name, "description": "Done so."}
    ]
    assert not {"acquisitions", "specimens"} & mapped.records[0].keys()
    assert "protocol-type-disagrees" in codes(mapped)


def test_unknown_efo_type_is_reported_and_kept_with_the_protocol() -> None:
    """EFO_0011016 on "Oligopaint FISH" names no way to make images: the protocol keeps it as its type (idr0156)."""
    mapped = map_crate(
        crate("S-BIAD7", protocol("FISH", EFO + "0011016"), efo("0011016", "DNA FISH"), measurementMethod=ref("#p"))
    )
    (record,) = mapped.records
    assert "protocol-type-unknown" in codes(mapped)
    assert not {"acquisitions", "methods"} & record.keys()
    assert record["protocols"][0]["protocol_types"] == ["EFO:0011016"]
    assert {"type": "OntologyTerm", "id": "EFO:0011016", "label": "DNA FISH"}.items() <= record["terms"][0].items()
    assert check_schema(record) == [] and check_shapes(record) == []


def test_library_protocol_is_no_sample_preparation() -> None:
    """How the reagents of a screen were chosen is a protocol of its own (idr0035)."""
    record = study(
        crate(
            "S-BIAD7", protocol("HCS library protocol", EFO + "0007571"), efo("0007571", "HCS library protocol"),
            measurementMethod=ref("#p"),
        )
    )  # fmt: skip
    assert record["protocols"][0]["protocol_types"] == ["EFO:0007571"]
    assert "specimens" not in record


@pytest.mark.parametrize("name", ["data analysis protocol", "Data analysis", "image analysis protocol"])
def test_data_analysis_becomes_an_analysis(name: str) -> None:
    """What was done to the images afterwards stands among the analyses, never the acquisitions (120 of IDR's)."""
    mapped = map_crate(crate("S-BIAD7", protocol(name), measurementMethod=ref("#p")))
    (record,) = mapped.records
    assert record["analyses"] == [{"id": "biostudies:S-BIAD7/analysis/1", "title": name, "description": "Done so."}]
    assert "acquisitions" not in record
    assert not mapped.ignored.keys() & {"LabProtocol.name", "LabProtocol.description"}
    assert check_schema(record) == [] and check_shapes(record) == []


def test_protocol_that_says_no_kind_is_no_acquisition() -> None:
    """Without method, equipment, type or known name nothing says that images were made (idr0156)."""
    name = "Otsu's method and watershed segmentation"
    record = study(crate("S-BIAD7", protocol(name), measurementMethod=ref("#p")))
    assert record["protocols"][0]["title"] == name
    assert "acquisitions" not in record


@pytest.mark.parametrize("equipment", ["Leica", "N/A"])
def test_equipment_without_method_makes_an_acquisition(equipment: str) -> None:
    """146 protocols of the BioImage Archive name equipment and no method: they tell how images were made."""
    record = study(crate("S-BIAD7", protocol("Imaging", labEquipment=equipment), measurementMethod=ref("#p")))
    assert [part["title"] for part in record["acquisitions"]] == ["Imaging"]
    assert record["acquisitions"][0].get("instrument") == (equipment if equipment == "Leica" else None)


def test_protocol_without_any_value_is_no_part() -> None:
    """A protocol that is N/A in all its fields says nothing (idr0044)."""
    mapped = map_crate(crate("S-BIAD7", protocol("N/A", description="N/A"), measurementMethod=ref("#p")))
    assert not {"acquisitions", "protocols"} & mapped.records[0].keys()


@pytest.mark.parametrize("number", ["0003789", "0007571", "0007573", "0011016"])
def test_account_of_protocols_balances(number: str) -> None:
    """Each property of a protocol and of its type is counted once, whatever part it becomes."""
    content = crate("S-BIAD7", protocol("p", EFO + number), efo(number, "x"), measurementMethod=ref("#p"))
    assert account(map_crate(content)) == count_properties(content)
