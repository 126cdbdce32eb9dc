"""All blueprints of audits over one store of reports."""

from __future__ import annotations

from flask import Blueprint

from catalogue.fair.service import Audits
from catalogue.web.fair.api import api_blueprint
from catalogue.web.fair.assess import assess_blueprint
from catalogue.web.fair.audits import audits_blueprint
from catalogue.web.fair.definitions import definitions_blueprint
from catalogue.web.fair.funders import funders_blueprint
from catalogue.web.fair.grant_iris import grant_iris_blueprint
from catalogue.web.fair.linked import linked_blueprint
from catalogue.web.fair.pages import fair_blueprint
from catalogue.web.fair.reports import Reports
from catalogue.web.services import Services


def fair_blueprints(services: Services, audits: Audits) -> tuple[Blueprint, ...]:
    """Blueprints of a node that shows audits."""
    reports = Reports(audits)
    makers = (
        fair_blueprint,
        definitions_blueprint,
        funders_blueprint,
        grant_iris_blueprint,
        linked_blueprint,
        api_blueprint,
    )
    made = [make(services, reports) for make in makers]
    if services.audit_history is not None:
        made.append(audits_blueprint(services, reports, services.audit_history))
    if services.assessor is not None:
        made.append(assess_blueprint(services, reports, services.assessor))
    return tuple(made)
