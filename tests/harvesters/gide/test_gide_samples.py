"""Biosamples and sizes: what was imaged and how much of it, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from gide_crates import OBO, codes, crate, map_crate, ref, study


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
