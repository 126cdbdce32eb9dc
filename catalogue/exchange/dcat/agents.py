"""Publisher, authors and contact points of a data set.

An author is a node of its record, never an ORCID: two people were given one (schema/agents.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.exchange.dcat.place import Subject
from catalogue.exchange.dcat.triples import Triples, find_address, find_mail, name, text

_CONTACTS: Final = frozenset({"ContactPerson", "CorrespondingAuthor"})
Agent = Mapping[str, Any]


def write_agents(out: Triples, subject: Subject, record: Mapping[str, Any]) -> None:
    """State who published and who made the data set, and whom to ask."""
    publisher, authors = record.get("publisher"), record.get("authors", ())
    if publisher is not None:
        _agent(out, subject, "dct:publisher", publisher)
    for author in authors:
        _agent(out, subject, "dct:creator", author)
    asked = [a for a in (*authors, *record.get("contributors", ())) if _CONTACTS & set(a.get("contributor_types", ()))]
    if not asked and publisher is not None:
        asked = [publisher]
    for agent in asked:
        _contact(out, subject, agent)


def _agent(out: Triples, subject: Subject, predicate: str, agent: Agent) -> None:
    node = subject.thing(agent["id"])
    if node is None:
        return
    person = agent.get("type") == "Person"
    out.add(subject.term, predicate, node)
    for kind in ("foaf:Agent", "foaf:Person" if person else "foaf:Organization"):
        out.share(node, "rdf:type", name(kind))
    out.share(node, "foaf:name", text(agent["name"]))
    for other in (agent.get("orcid"), agent.get("ror")):
        if other and f"<{other}>" != node:
            out.share(node, "dct:identifier", text(other))
    page = find_address(agent.get("url"))
    if page is not None:
        out.share(node, "foaf:homepage", page)
        out.share(page, "rdf:type", name("foaf:Document"))


def _contact(out: Triples, subject: Subject, agent: Agent) -> None:
    """A contact point is somebody who can be reached."""
    mail = find_mail(agent.get("email"))
    if mail is None or not agent["id"].startswith(f"{subject.curie}/"):
        return
    node = subject.part(agent["id"][len(subject.curie) + 1 :] + "/contact")
    out.add(subject.term, "dcat:contactPoint", node)
    out.add(node, "rdf:type", name("vcard:Kind"))
    out.add(node, "rdf:type", name("vcard:Individual" if agent.get("type") == "Person" else "vcard:Organization"))
    out.add(node, "vcard:fn", text(agent["name"]))
    out.add(node, "vcard:hasEmail", mail)
