"""The pinned part of the SPDX list."""

from __future__ import annotations

import pytest

from catalogue.fair.licences import find_licence


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", ("CC-BY-4.0", "attribution")),
        ("http://creativecommons.org/licenses/by/4.0", ("CC-BY-4.0", "attribution")),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", ("CC-BY-4.0", "attribution")),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.de", ("CC-BY-4.0", "attribution")),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/deed.ja", ("CC-BY-NC-ND-4.0", "restricted")),
        ("https://creativecommons.org/licenses/by-sa/2.1/jp/", ("CC-BY-SA-2.1-JP", "sharealike")),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", ("CC-BY-NC-SA-3.0", "restricted")),
        ("https://creativecommons.org/publicdomain/zero/1.0/", ("CC0-1.0", "free")),
        ("https://creativecommons.org/publicdomain/mark/1.0/", ("CC-PDM-1.0", "free")),
        ("https://spdx.org/licenses/CC-BY-4.0", ("CC-BY-4.0", "attribution")),
        ("https://spdx.org/licenses/cc0-1.0.html", ("CC0-1.0", "free")),
        ("https://opendatacommons.org/licenses/odbl/1.0/", ("ODbL-1.0", "sharealike")),
        ("https://cdla.dev/permissive-2-0", ("CDLA-Permissive-2.0", "attribution")),
    ],
)
def test_address_leads_to_the_licence(address: str, expected: tuple[str, str]) -> None:
    """A licence is recognised by each of its usual addresses, and it is told what it allows."""
    licence = find_licence(address)
    assert licence is not None and (licence.id, licence.kind) == expected
    assert licence.iri == f"https://spdx.org/licenses/{licence.id}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "CC BY",
        "https://creativecommons.org/",
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/by/9.0/",
        "https://creativecommons.org.example/licenses/by/4.0/",
        "https://spdx.org/licenses/",
        "https://spdx.org/licenses/Nope-1.0",
        "https://archive.example/https://creativecommons.org/licenses/by/4.0/",
    ],
)
def test_other_addresses_are_no_licence(address: str) -> None:
    """What only looks like a licence is none."""
    assert find_licence(address) is None
