"""Small RO-Crates of our own, and the harvester that maps them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.ro_crate import RoCrateHarvester
from tests.harvesters.contract import fetcher

SPEC = "https://w3id.org/ro/crate/1.1"
ITEM = "S-BIAD7/ro-crate-metadata.json"


def crate(
    *entities: dict[str, Any], context: Any = f"{SPEC}/context", drop: tuple[str, ...] = (), **root: Any
) -> bytes:
    """An attached crate of one study; keyword arguments replace properties of its root, `drop` removes some."""
    dataset: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": "S-BIAD7",
        "name": "Wing discs under light",
        "description": "Shapes of cells.",
        "datePublished": "2023-08-14",
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        **root,
    }
    for key in drop:
        del dataset[key]
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPEC},
        "about": {"@id": dataset["@id"]},
    }
    return json.dumps({"@context": context, "@graph": [descriptor, dataset, *entities]}).encode()


def ref(*names: str) -> list[dict[str, str]]:
    """References to entities."""
    return [{"@id": name} for name in names]


def full() -> bytes:
    """A crate with authors, samples, files, a folder and a workflow."""
    return crate(
        {
            "@id": "https://orcid.org/0000-0002-1825-0097",
            "@type": "Person",
            "name": "Ada Ant",
            "affiliation": ref("#i")[0],
        },
        {"@id": "#i", "@type": "Organization", "name": "An institute"},
        {"@id": "obo:NCBITaxon_7227", "@type": "Taxon", "scientificName": "Drosophila melanogaster"},
        {"@id": "a.tif", "@type": "File", "name": "Cells", "contentSize": "12", "encodingFormat": "image/tiff"},
        {"@id": "run.cwl", "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"], "name": "Run"},
        {"@id": "more/", "@type": "Dataset", "name": "More", "hasPart": ref("more/b.tif")},
        {"@id": "more/b.tif", "@type": "File", "contentSize": 2048, "encodingFormat": ["image/tiff", {"@id": "#f"}]},
        {"@id": "#f", "@type": "WebPage", "name": "Tagged Image File Format"},
        author=ref("https://orcid.org/0000-0002-1825-0097"),
        about=ref("obo:NCBITaxon_7227"),
        hasPart=ref("a.tif", "run.cwl", "more/"),
    )


def archive(author: str = "AnnotationMethod") -> bytes:
    """A crate in the BioImage Archive's own words, keys in snake case (S-BIAD843), a sample that no data set names."""
    return crate(
        {"@id": "#d", "@type": ["Dataset", "bia:Dataset"], "title": "Images", "association": {"@id": "#x"},
         "hasPart": ref("masks.csv")},
        {"@id": "#x", "@type": "bia:Association", "associated_bio_sample": {"@id": "#b"}},
        {"@id": "#b", "@type": "bia:BioSample", "title": "Yeast", "organism_classification": {"@id": "NCBI:txid4932"}},
        {"@id": "NCBI:txid4932", "@type": "bia:Taxon", "scientific_name": "Saccharomyces cerevisiae"},
        {"@id": "#p", "@type": "bia:ImageAcquisitionProtocol", "title": "Confocal imaging", "fbbi_id": "fbbi_00000251"},
        {"@id": "#m", "@type": f"bia:{author}", "title": "By hand", "method_type": "segmentation_mask"},
        {"@id": "masks.csv", "@type": ["File", "bia:AnnotationData"], "resultOf": {"@id": "#c"}},
        {"@id": "#c", "@type": "bia:CreationProcess", "annotation_method": {"@id": "#m"},
         "input_image": {"@id": "a.tif"}},
        context=[{"bia": "http://bia/", "title": {"@id": "schema:name"}}],
        drop=("license", "identifier"),
        hasPart=ref("#d"), accession_id="S-BIAD843", licence="https://creativecommons.org/public-domain/cc0/",
        **{"@type": ["Dataset", "bia:Study"]},
    )  # fmt: skip


def zipped(content: bytes, name: str = "study/ro-crate-metadata.json") -> bytes:
    """The crate in a ZIP archive, beside a file of data."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, content)
        file.writestr("study/a.tif", b"II*")
    return out.getvalue()


def document(content: bytes, item: str = ITEM) -> SourceDocument:
    """The crate as `fetch` gives it."""
    return SourceDocument(item, f"https://crates.example/{item}", content)


def map_crate(content: bytes, owners: tuple[str, ...] = (), item: str = ITEM) -> Mapped:
    """What the harvester makes of the crate."""
    return RoCrateHarvester(fetcher()).map(document(content, item), SourceSpec("crates", "ro_crate", "x", owners))


def study(content: bytes) -> Record:
    """The study record of the crate."""
    (record,) = map_crate(content).records
    return record
