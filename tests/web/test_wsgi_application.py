"""The WSGI application of the README's gunicorn line."""

from __future__ import annotations

from pathlib import Path

from app import create_app, open_node
from catalogue.store.views import catch_up


def test_application_serves_a_home_and_answers_sparql(tmp_path: Path) -> None:
    """`app:create_app()` over an initialised home gives pages, readiness and SPARQL."""
    node = open_node(tmp_path)
    node.initialise()
    with node.views() as views:
        for view in views:
            catch_up(node.ledger, view)
    web = create_app(tmp_path)
    try:
        client = web.test_client()
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        answer = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "application/sparql-results+json"})
        assert answer.get_json()["boolean"] is True
    finally:
        web.extensions["query_pool"].close()
