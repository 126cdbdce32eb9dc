"""What breaks each rule of DCAT-AP 3: faulty records, and a partner's graph with triples taken or added."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from tests.model.profiles.cases import case, drop, full_study, patients_study

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own is that of DCAT 2
DCATAP = Namespace("http://data.europa.eu/r5r/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
E = Namespace("https://example.org/")
GRAPH = Path(__file__).parents[2] / "validation" / "source_graphs" / "dcat-ap-3.ttl"
GOOD = (full_study, patients_study)


@cache
def _good() -> Graph:
    return Graph().parse(GRAPH, format="turtle")


@dataclass(frozen=True)
class GraphCase:
    """The good graph without a property of all things of a class, and with one statement more."""

    rule: str
    kind: URIRef
    taken: tuple[URIRef, ...] = ()
    added: tuple[URIRef, URIRef | Literal] | None = None

    @property
    def data(self) -> bytes:
        """The faulty graph as N-Triples."""
        graph = Graph()
        things = set(_good().subjects(RDF.type, self.kind))
        for triple in _good():
            if triple[0] not in things or triple[1] not in self.taken:
                graph.add(triple)
        if self.added is not None:
            graph.add((sorted(things)[0], *self.added))
        return graph.serialize(format="nt").encode()


def without(rule: str, kind: URIRef, *taken: URIRef) -> GraphCase:
    return GraphCase(rule, kind, taken)


def twice(rule: str, predicate: URIRef, value: URIRef | Literal) -> GraphCase:
    return GraphCase(rule, DCAT.Dataset, (), (predicate, value))


def instead(rule: str, predicate: URIRef, value: Literal) -> GraphCase:
    return GraphCase(rule, DCAT.Dataset, (predicate,), (predicate, value))


RECORDS = [
    case(full_study, "Dataset-description", drop("description")),
    case(full_study, "Dataset-description", drop("components.1.description")),
    case(
        full_study,
        "Dataset-contact",
        drop("authors.0.email", "authors.1.email", "contributors"),
    ),
    case(patients_study, "Dataset-distribution", drop("holdings")),
    case(full_study, "Dataset-keywords", drop("keywords")),
    case(full_study, "Dataset-publisher", drop("publisher")),
    case(full_study, "Dataset-theme", drop("subjects", "organisms", "methods")),
]
GRAPHS = [
    without("Dataset-title", DCAT.Dataset, DCTERMS.title),
    without("Dataset-description", DCAT.Dataset, DCTERMS.description),
    without("Dataset-contact", DCAT.Dataset, DCAT.contactPoint),
    without("Dataset-distribution", DCAT.Dataset, DCAT.distribution),
    without("Dataset-keywords", DCAT.Dataset, DCAT.keyword),
    without("Dataset-publisher", DCAT.Dataset, DCTERMS.publisher),
    without("Dataset-theme", DCAT.Dataset, DCAT.theme),
    without("Dataset-spatial", DCAT.Dataset, DCTERMS.spatial),
    without("Dataset-temporal", DCAT.Dataset, DCTERMS.temporal),
    twice("Dataset-publisher-once", DCTERMS.publisher, E.ada),
    twice("Dataset-access-once", DCTERMS.accessRights, E.rights),
    twice("Dataset-date_published-once", DCTERMS.issued, Literal("2021", datatype=XSD.gYear)),
    twice("Dataset-date_updated-once", DCTERMS.modified, Literal("2022-01-01", datatype=XSD.date)),
    instead("Dataset-date_published", DCTERMS.issued, Literal("last year")),
    instead("Dataset-date_updated", DCTERMS.modified, Literal("2021-01-01")),
    without("DatasetSeries-title", DCAT.DatasetSeries, DCTERMS.title),
    without("DatasetSeries-description", DCAT.DatasetSeries, DCTERMS.description),
    without("DatasetSeries-contact", DCAT.DatasetSeries, DCAT.contactPoint),
    without("DatasetSeries-publisher", DCAT.DatasetSeries, DCTERMS.publisher),
    without("Distribution-address", DCAT.Distribution, DCAT.accessURL),
    without("Distribution-description", DCAT.Distribution, DCTERMS.description),
    without("Distribution-format", DCAT.Distribution, DCTERMS["format"]),
    without("Distribution-license", DCAT.Distribution, DCTERMS.license),
    without("Distribution-availability", DCAT.Distribution, DCATAP.availability),
    without("Agent-name", FOAF.Person, FOAF.name),
    without("Agent-type", FOAF.Agent, DCTERMS.type),
    *(
        without(f"Catalog-{name}", DCAT.Catalog, vocabulary[name])
        for vocabulary, names in (
            (DCTERMS, ("title", "description", "publisher", "language", "license", "issued", "modified", "spatial")),
            (DCAT, ("dataset", "themeTaxonomy")),
            (FOAF, ("homepage",)),
        )
        for name in names
    ),
    without("CatalogRecord-primary_topic", DCAT.CatalogRecord, FOAF.primaryTopic),
    without("CatalogRecord-recorded_at", DCAT.CatalogRecord, DCTERMS.modified),
    without("CatalogRecord-conforms_to", DCAT.CatalogRecord, DCTERMS.conformsTo),
    without("CatalogRecord-issued", DCAT.CatalogRecord, DCTERMS.issued),
    without("CatalogRecord-status", DCAT.CatalogRecord, ADMS.status),
    without("DataService-title", DCAT.DataService, DCTERMS.title),
    without("DataService-endpointURL", DCAT.DataService, DCAT.endpointURL),
    without("DataService-endpointDescription", DCAT.DataService, DCAT.endpointDescription),
    without("DataService-servesDataset", DCAT.DataService, DCAT.servesDataset),
    without("Checksum-algorithm", SPDX.Checksum, SPDX.algorithm),
    without("Checksum-checksum_value", SPDX.Checksum, SPDX.checksumValue),
    without("Concept-prefLabel", SKOS.Concept, SKOS.prefLabel),
    without("ConceptScheme-title", SKOS.ConceptScheme, DCTERMS.title),
    without("Identifier-notation", ADMS.Identifier, SKOS.notation),
    without("LicenseDocument-type", DCTERMS.LicenseDocument, DCTERMS.type),
    without("Relationship-relation", DCAT.Relationship, DCTERMS.relation),
    without("Relationship-hadRole", DCAT.Relationship, DCAT.hadRole),
]
CASES = [*RECORDS, *GRAPHS]
