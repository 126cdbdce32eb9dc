"""A study of the ledger as dcat:Dataset with its dcat:CatalogRecord.

Source: DCAT-AP 3.0.1, classes Dataset and Catalogue Record; schema/crosswalks/dcat-ap-3.sssom.tsv.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from catalogue.exchange.base import archive_accession
from catalogue.exchange.dcat.agents import write_agents
from catalogue.exchange.dcat.distributions import write_distributions
from catalogue.exchange.dcat.languages import authority_language
from catalogue.exchange.dcat.place import Place, Subject
from catalogue.exchange.dcat.triples import Triples, find_address, find_thing, moment, name, text
from catalogue.model.identifiers import parse_identifier
from catalogue.model.namespaces import BASE
from catalogue.problems import Problem
from catalogue.store.entries import Entry
from catalogue.store.graph_view import catalog_record

PROFILE: Final = "<https://semiceu.github.io/DCAT-AP/releases/3.0.1/>"
_ACCESS_RIGHT: Final = "http://publications.europa.eu/resource/authority/access-right/"
_THEMES: Final = ("organisms", "methods", "subjects")
_PAPERS: Final = (
    ("doi", "https://doi.org/{}"),
    ("pubmed_id", "https://pubmed.ncbi.nlm.nih.gov/{}"),
    ("pmc_id", "https://www.ncbi.nlm.nih.gov/pmc/articles/{}"),
    ("url", "{}"),
)
Record = Mapping[str, Any]


def dataset(entry: Entry, place: Place, metadata_license: str = "", subject: Subject | None = None) -> Triples:
    """Everything that is said of a public study.

    Args:
        metadata_license: address of the licence of the catalogue's own words; "" where none is stated.
        subject: the name it stands under; None for its identifier.
    """
    record = entry.record
    named = subject or Subject(BASE + entry.curie, entry.curie)
    out = Triples()
    _describe(out, named, record)
    _identify(out, named, record)
    _relate(out, named, record)
    write_agents(out, named, record)
    out.add_typed(named.term, "foaf:page", find_address(place.document(entry.curie, "")), "foaf:Document")
    write_distributions(out, named, record, place, metadata_license)
    _catalog_record(out, named, entry, record)
    return out


def owners_identifier(record: Record) -> str:
    """The accession as its archive writes it; with the owner's prefix where it would not say whose it is.

    dct:identifier is the key of most who harvest, so that two owners' equal accessions would be taken for one.
    """
    accession = archive_accession(record)
    try:
        return accession if parse_identifier(accession).curie == record["id"] else str(record["id"])
    except Problem:
        return str(record["id"])


def _describe(out: Triples, named: Subject, record: Record) -> None:
    node = named.term
    # A data set is a resource without saying so, but validators without DCAT's ontology do not know.
    out.add(node, "rdf:type", name("dcat:Dataset"), name("dcat:Resource"))
    out.add(node, "dct:title", text(record["title"]))
    if "description" in record:
        out.add(node, "dct:description", text(record["description"]))
    for ours, theirs in (("date_published", "dct:issued"), ("date_updated", "dct:modified")):
        if ours in record:
            out.add(node, theirs, moment(record[ours]))
    out.add(node, "dcat:keyword", *(text(word) for word in record.get("keywords", ())))
    if "version" in record:
        out.add(node, "dcat:version", text(record["version"]))
    for language in record.get("languages", ()):
        out.add_typed(node, "dct:language", authority_language(language), "dct:LinguisticSystem")
    out.add_typed(node, "dct:license", find_address(record.get("license")), "dct:LicenseDocument")
    if "access" in record:
        level = find_address(_ACCESS_RIGHT + record["access"]["access_level"])
        out.add_typed(node, "dct:accessRights", level, "dct:RightsStatement")
    labels = {term["id"]: term["label"] for term in record.get("terms", ()) if "label" in term}
    for field in _THEMES:
        _concepts(out, named, "dcat:theme", record.get(field, ()), labels)
    _concepts(out, named, "dct:type", record.get("study_types", ()), labels)


def _concepts(out: Triples, named: Subject, predicate: str, curies: Any, labels: Mapping[str, str]) -> None:
    for curie in curies:
        concept = named.thing(curie)
        if concept is not None:
            out.add_typed(named.term, predicate, concept, "skos:Concept")
            out.share(concept, "skos:prefLabel", text(labels.get(curie, curie)))


def _identify(out: Triples, named: Subject, record: Record) -> None:
    own = owners_identifier(record)
    out.add(named.term, "dct:identifier", text(own))
    others = [
        record["id"],
        BASE + record["id"],
        f"https://doi.org/{record['doi']}" if "doi" in record else own,
        *record.get("alternative_identifiers", ()),
        *record.get("former_identifiers", ()),
    ]
    for number, other in enumerate((o for o in dict.fromkeys(others) if o not in (own, named.iri)), 1):
        node = named.part(f"identifier/{number}")
        out.add(named.term, "adms:identifier", node)
        out.add(node, "rdf:type", name("adms:Identifier"))
        out.add(node, "skos:notation", text(other))


def _relate(out: Triples, named: Subject, record: Record) -> None:
    node = named.term
    out.add_typed(node, "dcat:landingPage", find_address(record.get("landing_page")), "foaf:Document")
    for page in record.get("see_also", ()):
        out.add_typed(node, "foaf:page", find_address(page), "foaf:Document")
    for paper in record.get("publications", ()):
        out.add(node, "dct:isReferencedBy", _paper(paper))
    for related in record.get("related_resources", ()):
        out.add(node, "dct:relation", find_thing(related["related_to"]))
    for standard in record.get("conforms_to", ()):
        out.add_typed(node, "dct:conformsTo", find_thing(standard), "dct:Standard")


def _paper(paper: Record) -> str | None:
    for key, form in _PAPERS:
        if key in paper:
            # DOIs may hold what no IRI can, such as the angle brackets of 10.1002/(SICI)1097-0258(...)17:15/16<1661.
            return find_address(form.format(quote(paper[key], safe="/:;()._-,?&=#%+~@!*'")))
    return None


def _catalog_record(out: Triples, named: Subject, entry: Entry, record: Record) -> None:
    """The entry in this catalogue: when it last changed, what it was made from, what it conforms to."""
    node, said = named.part("record"), catalog_record(entry)
    out.add(node, "rdf:type", name("dcat:CatalogRecord"))
    out.add(node, "foaf:primaryTopic", named.term)
    out.add(node, "dct:modified", moment(said["recorded_at"]))
    out.add_typed(node, "dct:conformsTo", PROFILE, "dct:Standard")
    source = find_address(said.get("source_url"))
    out.add(node, "prov:wasDerivedFrom", source)
    if source is not None and "date_updated" in record:
        # The range is a catalogue record, which has to say when it changed; without that day it cannot be stated. One
        # document may hold many records, so that its address cannot be the node.
        original = named.part("record/source")
        out.add(node, "dct:source", original)
        out.add(original, "rdf:type", name("dcat:CatalogRecord"))
        out.add(original, "foaf:primaryTopic", named.term)
        out.add(original, "dct:modified", moment(record["date_updated"]))
        out.add(original, "rdfs:seeAlso", source)
