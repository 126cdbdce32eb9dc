"""Which interfaces for programs this node has: those whose routes are registered, so that no list can be wrong."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import current_app

from catalogue.exchange.dcat.about import About, Service
from catalogue.web.services import Services

_SPECIFICATIONS = (
    Service(
        "/sparql", "SPARQL endpoint", "https://www.w3.org/TR/sparql11-protocol/",
        "/sparql", "text/turtle", "/sparql",
    ),
    Service(
        "/oai", "OAI-PMH repository", "http://www.openarchives.org/OAI/2.0/",
        "/oai?verb=Identify", "text/xml", "/docs/harvesting-this-node",
    ),
    Service("/ldes", "Log of changes as a Linked Data Event Stream", "https://w3id.org/ldes/specification", "/ldes"),
    Service(
        "/.well-known/resourcesync", "ResourceSync", "http://www.openarchives.org/rs/1.1/resourcesync",
        "/.well-known/resourcesync", "application/xml", "/docs/harvesting-this-node",
    ),
    Service(
        "/catalog", "Catalogue in DCAT-AP", "https://semiceu.github.io/DCAT-AP/releases/3.0.1/",
        "/catalog.ttl", "text/turtle", "/docs/dcat",
    ),
    Service(
        "/fdp", "FAIR Data Point", "https://specs.fairdatapoint.org/fdp-specs-v1.2.html",
        "/fdp", "text/turtle", "/docs/dcat",
    ),
    Service("/dumps/", "Dumps of everything", "", "/dumps.json", "application/json", "/dumps/"),
    Service(
        "/.well-known/bioimage-node", "Exchange between members", "",
        "/.well-known/bioimage-node", "application/json",
    ),
    Service("/api/v1", "Programming interface", "https://spec.openapis.org/oas/v3.1.0", "/openapi.json"),
)  # fmt: skip


def interfaces(services: Services) -> tuple[Service, ...]:
    """Those that this application answers."""
    absent = {"/dumps/"} if services.dumps is None else set()
    absent |= {"/.well-known/bioimage-node"} if services.ledger.key is None else set()
    rules = [rule.rule for rule in current_app.url_map.iter_rules()]
    return tuple(
        service
        for service in _SPECIFICATIONS
        if service.path not in absent
        and any(rule == service.path or rule.startswith(f"{service.path.rstrip('/')}/") for rule in rules)
    )


def about(services: Services) -> About:
    """What the settings say of the catalogue."""
    part = services.exchange
    return About(
        title=part.title or services.name,
        description=part.description,
        publisher=part.publisher or services.name,
        publisher_url=part.publisher_url,
        contact=part.admin_email,
        license=part.metadata_license,
        version=software_version(),
    )


def software_version() -> str:
    """Version of the installed application; "" where it runs without being installed."""
    try:
        return version("ommatidia-node")
    except PackageNotFoundError:
        return ""
