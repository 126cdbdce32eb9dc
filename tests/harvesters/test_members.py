"""Harvesters are found, not listed."""

from __future__ import annotations

from harvesters.base import Members, members


def test_a_member_is_found_by_the_name_of_its_module() -> None:
    """A harvester stands in the module of its name, so that one is loaded without the others; others are none."""
    found = Members(lambda kind: kind.__name__)
    assert dict(found) == {name: kind.__name__ for name, kind in members().items()}
    assert all(name in found for name in members())
    assert not [name for name in ("base", "http", "account", "nobody", "../gide", "", "gide.x") if name in found]


def test_every_partner_format_is_found_by_its_name() -> None:
    """A file in harvesters/ with a harvester in it is a harvester of the node; nothing else is."""
    assert {name: kind.__name__ for name, kind in members().items()} == {
        "bia": "BiaHarvester",
        "bioschemas": "BioschemasHarvester",
        "ega": "EgaHarvester",
        "biostudies": "BiostudiesHarvester",
        "datacite": "DataCiteHarvester",
        "dcat": "DcatHarvester",
        "emdb": "EmdbHarvester",
        "empiar": "EmpiarHarvester",
        "gide": "GideHarvester",
        "idr": "IdrHarvester",
        "image_table": "ImageTableHarvester",
        "ngff_list": "NgffListHarvester",
        "oai_pmh": "OaiPmhHarvester",
        "ome_zarr": "OmeZarrHarvester",
        "omero": "OmeroHarvester",
        "phenoimageshare": "PhenoImageShareHarvester",
        "ro_crate": "RoCrateHarvester",
        "sparql": "SparqlHarvester",
        "ssbd": "SsbdHarvester",
        "table": "TableHarvester",
    }
