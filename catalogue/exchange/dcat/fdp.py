"""The catalogue as a FAIR Data Point: root, catalogues of at most 500 studies of one owner, data sets.

Every document's subject is its own address, for clients walk from address to address.
Source: FAIR Data Point specification 1.2; FDP-O; LDP 1.0, section 5.4 "Container Types" (Direct Containers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from catalogue.exchange.dcat.about import SOFTWARE_NAME, About, write_about
from catalogue.exchange.dcat.dataset import dataset
from catalogue.exchange.dcat.place import Place, Subject
from catalogue.exchange.dcat.triples import Triples, name, text
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS
from catalogue.store.entries import Entry

CONTAINER_SIZE: Final = 500
"""Members of a container; indexes of FAIR Data Points read a container's members one request each."""
_SPECIFICATION: Final = "<https://specs.fairdatapoint.org/fdp-specs-v1.2.html>"
_PROFILE: Final = f"<{BASE}shapes/dcat-ap-3>"


def root_document(counts: Mapping[str, int], about: About, place: Place) -> Triples:
    """The FAIR Data Point itself, with its catalogues.

    Args:
        counts: owner -> number of its public studies.
    """
    out, node = Triples(), place.at("/fdp")
    for kind in ("fdp:FAIRDataPoint", "fdp:MetadataService", "dcat:DataService", "dcat:Resource"):
        out.add(node, "rdf:type", name(kind))
    write_about(out, node, about, place)
    _version(out, node, about.version)
    out.add(node, "dcat:endpointURL", node)
    out.add(node, "fdp:hasSoftwareVersion", text(f"{SOFTWARE_NAME} {about.version}".strip()))
    out.add_typed(node, "fdp:conformsToFdpSpec", _SPECIFICATION, "dct:Standard")
    out.add_typed(node, "dct:conformsTo", _SPECIFICATION, "dct:Standard")
    members = [catalog_term(place, owner, number) for owner in sorted(counts) for number in numbers(counts[owner])]
    for member in members:
        out.add(node, "fdp:metadataCatalog", member)
    _container(out, place.at("/fdp/catalog/"), "Catalogues", node, "fdp:metadataCatalog", members)
    return out


def numbers(count: int) -> range:
    """Numbers, from 1, of the catalogues that hold so many studies of one owner."""
    return range(1, -(-count // CONTAINER_SIZE) + 1)


def catalog_term(place: Place, owner: str, number: int) -> str:
    """The IRI term of a catalogue."""
    return place.at(catalog_path(owner, number))


def catalog_path(owner: str, number: int) -> str:
    """Where a catalogue is on the node."""
    return f"/fdp/catalog/{owner}" + (f"/{number}" if number > 1 else "")


def dataset_path(curie: str) -> str:
    """Where a data set is on the node."""
    return f"/fdp/dataset/{quote(curie, safe=':')}"


def catalog_document(owner: str, number: int, of: int, curies: Sequence[str], about: About, place: Place) -> Triples:
    """One catalogue: studies of an owner, at most CONTAINER_SIZE.

    Args:
        number, of: which one it is of how many of the owner.
    """
    out, node = Triples(), catalog_term(place, owner, number)
    for kind in ("dcat:Catalog", "dcat:Resource"):
        out.add(node, "rdf:type", name(kind))
    archive = owner_name(owner) if owner in OWNERS else owner
    title = f"Studies of {archive}" + (f", part {number} of {of}" if of > 1 else "")
    write_about(out, node, replace(about, title=title), place)
    _version(out, node, about.version)
    out.add(node, "dct:isPartOf", place.at("/fdp"))
    _profile(out, node, place)
    members = [place.at(dataset_path(curie)) for curie in curies]
    for member in members:
        out.add(node, "dcat:dataset", member)
    _container(out, f"{node[:-1]}/container>", "Data sets", node, "dcat:dataset", members)
    return out


def dataset_document(entry: Entry, place: Place, metadata_license: str) -> Triples:
    """One study, with its distributions, under the address of the document."""
    subject = Subject(place.at(dataset_path(entry.curie))[1:-1], entry.curie, "#")
    out, node = dataset(entry, place, metadata_license, subject), subject.term
    if "version" not in entry.record:
        # A FAIR Data Point wants a version of every resource; this one tells two states of the record apart.
        _version(out, node, f"{entry.owner_epoch}.{entry.owner_seq}")
    _profile(out, node, place)
    return out


def _version(out: Triples, node: str, version: str) -> None:
    if version:
        out.add(node, "dcat:version", text(version))


def _profile(out: Triples, node: str, place: Place) -> None:
    """Which shapes the document is to be held against, and where they are."""
    shapes = place.at("/schema/shapes/profiles/dcat-ap-3.ttl")
    out.add(node, "dct:conformsTo", _PROFILE)
    out.share(_PROFILE, "rdf:type", name("prof:Profile"))
    out.share(_PROFILE, "rdf:type", name("dct:Standard"))
    out.share(_PROFILE, "rdfs:label", text("DCAT-AP 3"))
    out.share(_PROFILE, "rdfs:seeAlso", shapes)


def _container(out: Triples, node: str, title: str, member_of: str, relation: str, members: Sequence[str]) -> None:
    out.add(node, "rdf:type", name("ldp:DirectContainer"))
    out.add(node, "dct:title", text(title))
    out.add(node, "ldp:membershipResource", member_of)
    out.add(node, "ldp:hasMemberRelation", name(relation))
    out.add(node, "ldp:contains", *members)
