"""What a node says of itself in catalogues: its catalogue's name, who answers for it, which services it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.exchange.base import PERSISTENCE
from catalogue.exchange.dcat.place import Place
from catalogue.exchange.dcat.triples import Triples, find_address, find_mail, name, text

SOFTWARE_NAME: Final = "Ommatidia"


@dataclass(frozen=True, slots=True)
class Service:
    """An interface of the node for programs.

    Args:
        path: where it is, below the node's address.
        standard: address of the specification that it follows.
        description_path: where it describes itself for programs; "" where it does not.
        media_type: of that description.
        documentation_path: where people read about it; "" where they cannot.
    """

    path: str
    title: str
    standard: str = ""
    description_path: str = ""
    media_type: str = ""
    documentation_path: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Who speaks.

    Args:
        title, description: of the catalogue.
        publisher: name of whoever answers for the catalogue.
        publisher_url: their page or ROR; "" where none is stated.
        contact: e-mail address; "" where none is stated.
        license: address of the licence of the catalogue's own words; "" where none is stated.
        version: of the software.
    """

    title: str
    description: str
    publisher: str
    publisher_url: str = ""
    contact: str = ""
    license: str = ""
    version: str = ""


def write_about(out: Triples, node: str, about: About, place: Place) -> None:
    """State title, description, publisher, contact, licence and home page of a catalogue or a FAIR Data Point."""
    agent = find_address(about.publisher_url) or place.at("/catalog#publisher")
    out.add(node, "dct:title", text(about.title))
    out.add(node, "dct:description", text(about.description))
    out.add(node, "dct:publisher", agent)
    out.share(agent, "rdf:type", name("foaf:Agent"))
    out.share(agent, "foaf:name", text(about.publisher))
    out.add_typed(node, "dct:license", find_address(about.license), "dct:LicenseDocument")
    out.add(node, "doc:persistencePolicy", find_address(PERSISTENCE[1]))
    mail = find_mail(about.contact)
    if mail is not None:
        contact = place.at("/catalog#contact")
        out.add(node, "dcat:contactPoint", contact)
        out.share(contact, "rdf:type", name("vcard:Kind"))
        out.share(contact, "vcard:fn", text(about.publisher))
        out.share(contact, "vcard:hasEmail", mail)


def write_services(out: Triples, catalog: str, services: tuple[Service, ...], place: Place) -> None:
    """State the services of a node as dcat:DataService of its catalogue."""
    for service in services:
        node = place.at(f"/catalog#service{service.path.rstrip('/').replace('/', '-')}")
        out.add(catalog, "dcat:service", node)
        out.add(node, "rdf:type", name("dcat:DataService"))
        out.add(node, "dct:title", text(service.title))
        out.add(node, "dcat:endpointURL", place.at(service.path))
        if service.description_path:
            out.add(node, "dcat:endpointDescription", place.at(service.description_path))
        out.add_typed(node, "dct:conformsTo", find_address(service.standard), "dct:Standard")
