from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.problems import NoPreview
from catalogue.resolver.service import Resolver
from catalogue.search.service import SearchService
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from catalogue.store.text import TextView
from catalogue.store.views import catch_up
from catalogue.web.factory import Services, create_web
from catalogue.web.fair import blueprints
from catalogue.web.fair.reports import Reports
from tests.web.issues_for_pages import seed_issues
from tests.web.members_for_pages import seed_members
from tests.web.studies_for_pages import IMAGE, PLAIN_IMAGE, clock, seed

WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")  # one black pixel


@dataclass(frozen=True)
class Preview:
    content: bytes
    media_type: str
    etag: str


class Previews:
    """Gives a preview of IMAGE only."""

    def thumbnail(self, curie: str) -> Preview:
        if curie not in (IMAGE, PLAIN_IMAGE):
            raise NoPreview(f"{curie} has no preview.")
        return Preview(WEBP, "image/webp", "abc123")


@pytest.fixture(scope="session", autouse=True)
def _patient_reports() -> Iterator[None]:
    """Pages wait for the newest audit however slow the machine is, and show no older one meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blueprints, "Reports", partial(Reports, patience_s=600.0))
        yield


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services over a seeded ledger and its text index; read-only by convention."""
    home: Path = tmp_path_factory.mktemp("home")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        seed_issues(ledger)
        seed_members(ledger)
        view = TextView(home / "search", Ontology.load(home))
        catch_up(ledger, view)
        view.close()
        yield Services(
            ledger=ledger,
            resolver=Resolver(ledger),
            search=SearchService(home / "search"),
            images=Previews(),
            name="Test node",
        )


@pytest.fixture(scope="session")
def client(services: Services) -> FlaskClient:
    """A browser without redirects."""
    app = create_web(services)
    app.testing = True
    return app.test_client()


@pytest.fixture
def with_services(services: Services):
    """A client of a node whose services differ in the fields given."""

    def make(**changed: object) -> FlaskClient:
        app = create_web(replace(services, **changed))
        app.testing = True
        return app.test_client()

    return make
