"""Harvesters are found, not listed."""

from __future__ import annotations

from harvesters.base import members


def test_every_partner_format_is_found_by_its_name() -> None:
    """A file in harvesters/ with a harvester in it is a harvester of the node; nothing else is."""
    assert {name: kind.__name__ for name, kind in members().items()} == {
        "datacite": "DataCiteHarvester",
        "empiar": "EmpiarHarvester",
        "bia": "BiaHarvester",
        "bioschemas": "BioschemasHarvester",
        "biostudies": "BiostudiesHarvester",
        "dcat": "DcatHarvester",
        "empiar": "EmpiarHarvester",
        "gide": "GideHarvester",
        "image_table": "ImageTableHarvester",
        "idr": "IdrHarvester",
        "ngff_list": "NgffListHarvester",
        "oai_pmh": "OaiPmhHarvester",
        "ome_zarr": "OmeZarrHarvester",
        "ro_crate": "RoCrateHarvester",
        "sparql": "SparqlHarvester",
        "ssbd": "SsbdHarvester",
        "table": "TableHarvester",
    }
