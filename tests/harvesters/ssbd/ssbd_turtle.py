"""Small projects of our own in the Turtle of SSBD's ontology, and the harvester that maps them."""

from __future__ import annotations

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import to_triples
from harvesters.rdf_slices import MEDIA_TYPE, to_bytes
from harvesters.ssbd import NAMESPACE, SsbdHarvester
from tests.harvesters.contract import fetcher

HEAD = """
@prefix s: <http://ssbd.riken.jp/ontology/> .
@prefix z: <http://www.semanticweb.org/yamagatayuki/ontologies/2025/4/untitled-ontology-126#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PROJECT = """
s:ssbd-project-900 a s:SSBD_Project ; s:has_project_name "900-Ant-EyeDyn" ; s:has_dataset_title "Eyes of ants" ;
  s:has_license <http://creativecommons.org/licenses/by-sa/4.0/> ; s:has_submission_date "2024-01-02" ;
  s:has_project_type "Image datasets" ; s:has_project_url "https://ssbd.riken.jp/database/project/900/" ;
  rdfs:label "ssbd-project-900"@en .
"""
# ssbd-dataset-141-Fig1a_FIB-SEM_somatosensory names itself as its biosample; the rest is linked by names only.
DATASET = """
s:ssbd-dataset-900-Fig1 a s:SSBD_dataset ; s:has_folder_name "Fig1" ; s:has_dataset_title "Eye" ;
  s:has_figure_number "Figure 1" ; s:has_biosample_information s:ssbd-dataset-900-Fig1 .
s:ssbd-biosample-900-Fig1 a s:SSBD_biosample_information ;
  obo:IAO_0000136 <http://purl.bioontology.org/ontology/NCBITAXON/44689> ;
  s:is_about_strain <https://www.jax.org/strain/000664> ; s:has_description "Eye" ; s:is_about_GO_cc obo:GO_0005739 .
s:ssbd-imaging-method-900-Fig1 a s:SSBD_imaging_method_information ; s:is_about_imaging_method obo:FBbi_00000246 ;
  s:has_imaging_method "fluorescence microscopy" ; s:has_body "Lens 1" ; s:has_objective "Lens PL APO 100x/1,40" .
"""
# ssbd-ome-ngff-141-Fig3a_FIB-SEM_synapse: terms of an editor's namespace, addresses as literals, sizes as text.
ZARR = """
z:ssbd-ome-ngff-900-Fig1 a z:SSBD_OME-NGFF-ZARR_information ;
  z:has_license <https://creativecommons.org/licenses/by/4.0/> ; z:has_axes "XYT" ;
  z:has_s3_endpoint "https://ssbd.riken.jp/1-2/zarr/v0.4/Fig1.zarr"^^xsd:anyURI ;
  z:has_vizarr_url "https://ssbd.riken.jp/vizarr/?source=https://ssbd.riken.jp/1-2/zarr/v0.4/Fig1.zarr"^^xsd:anyURI ;
  z:has_size_x "2048" ; z:has_size_y "1538" ; z:has_size_z "1" ; z:has_size_c "1" ; z:has_size_t 361 .
"""
PEOPLE = """
s:ssbd-person-900-2 a s:SSBD_person ; s:has_first_name "Ada" ; s:has_family_name "Ant" ; s:has_role "Contact" ;
  s:has_orcid "0000-0002-1825-0097" ; s:has_organization "An institute" ; s:has_email "ada@example.org" .
s:ssbd-paper-900-1 a s:SSBD_paper_information ; s:has_doi "https://doi.org/10.1093/jmicro/dfy128" ;
  s:has_pubmed_id "30371805" ;
  s:has_paper_information "Ada Ant, Bo Bee (2019) Eyes of ants., Journal of Eyes, Volume 68" .
"""
WHOLE = PROJECT + DATASET + ZARR + PEOPLE


def document(body: str, item: str = "ssbd-project-900") -> SourceDocument:
    """The statements as `fetch` gives them."""
    quads = iter_quads((HEAD + body).encode(), "text/turtle", base_iri="https://base.invalid/")
    return SourceDocument(item, NAMESPACE + item, to_bytes(to_triples(quads)), MEDIA_TYPE)


def map_turtle(body: str, owners: tuple[str, ...] = ("ssbd",)) -> Mapped:
    """What the harvester makes of the statements."""
    return SsbdHarvester(fetcher()).map(document(body), SourceSpec("ssbd", "ssbd", "folder", owners))
