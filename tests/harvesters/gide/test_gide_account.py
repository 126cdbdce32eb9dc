"""Strict reading: every property of every entity is mapped, ignored for a reason, or reported."""

from __future__ import annotations

from gide_crates import account, codes, count_properties, crate, map_crate, ref


def test_every_property_is_accounted_for() -> None:
    """A crate of ordinary entities leaves nothing over and nothing unmapped."""
    content = crate("S-BIAD7", funder=[], keywords=["AI"])
    mapped = map_crate(content)
    assert account(mapped) == count_properties(content)
    assert not mapped.unmapped
    assert mapped.ignored["Dataset.funder: empty"] == 1


def test_unknown_property_and_type_are_reported() -> None:
    """What nobody foresaw is counted and becomes a finding, never silently lost."""
    content = crate(
        "S-BIAD7", {"@id": "#gene", "@type": "Gene", "symbol": "hh"}, about=ref("#gene"), dateModified="2024"
    )
    mapped = map_crate(content)
    assert mapped.unmapped == {"Dataset.dateModified": 1, "Gene.symbol": 1}
    assert {f.path for f in mapped.findings if f.code == "unmapped-property"} == set(mapped.unmapped)
    assert account(mapped) == count_properties(content)


def test_unknown_key_beside_the_graph_is_reported() -> None:
    """A crate has a context and a graph; anything else is said to be there."""
    assert map_crate({**crate("S-BIAD7"), "license": "x"}).unmapped == {"crate.license": 1}


def test_orphan_is_counted_and_reported() -> None:
    """An entity that nothing points at is not part of the study."""
    content = crate("S-BIAD7", {"@id": "#lost", "@type": "BioSample", "name": "lost", "description": "d"})
    mapped = map_crate(content)
    assert "orphan-entity" in codes(mapped)
    assert mapped.ignored["BioSample.name: not reached from the root"] == 1
    assert account(mapped) == count_properties(content)


def test_entity_in_a_wrong_place_is_counted_as_ignored() -> None:
    """A person is nothing that images show."""
    content = crate("S-BIAD7", {"@id": "#p", "@type": "Person", "name": "x"}, about=ref("#p"))
    mapped = map_crate(content)
    assert "unexpected-type" in codes(mapped)
    assert mapped.ignored["Person.name: stands where it has no place"] == 1
    assert account(mapped) == count_properties(content)


def test_second_entity_of_one_id_is_reported() -> None:
    """The first one is read (ssbd-repos-000173, March 2026)."""
    twins = [{"@id": "#b", "@type": "BioSample", "name": name, "description": "d"} for name in ("one", "two")]
    content = crate("S-BIAD7", *twins, about=ref("#b"))
    mapped = map_crate(content)
    assert [sample["title"] for sample in mapped.records[0]["biosamples"]] == ["one"]
    assert "duplicate-id" in codes(mapped)
    assert account(mapped) == count_properties(content)


def test_flood_of_findings_is_cut_and_counted() -> None:
    """One document cannot fill the book of findings."""
    mapped = map_crate(crate("S-BIAD7", **{f"property{n}": "x" for n in range(500)}))
    found = [finding for finding in mapped.findings if finding.code == "unmapped-property"]
    assert len(found) == 51
    assert found[-1].value == "500"


def test_mapping_is_the_same_for_any_order_of_the_graph() -> None:
    """Only the author list has an order that means something."""
    content = crate("S-BIAD7", {"@id": "#b", "@type": "BioSample", "name": "s"}, about=ref("#b", "obo:NCBITaxon_7227"))
    expected = map_crate(content).records
    content["@graph"].reverse()
    content["@graph"][-2]["about"].reverse()
    assert map_crate(content).records == expected
