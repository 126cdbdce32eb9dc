from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as px
import pytest
from flask.testing import FlaskClient

from catalogue.exchange.persistence import PATH, POLICY, PREDICATE, PROMISES
from catalogue.model.namespaces import BASE
from catalogue.settings import ExchangeSettings, WebSettings
from tests.web.studies_for_pages import GONE, IMAGE, STUDY

FORMS = {
    ".ttl": px.RdfFormat.TURTLE,
    ".jsonld": px.RdfFormat.JSON_LD,
    ".nt": px.RdfFormat.N_TRIPLES,
    ".rdf": px.RdfFormat.RDF_XML,
}
Client = Callable[..., FlaskClient]


def said(client: FlaskClient, path: str, form: px.RdfFormat) -> list[px.Triple]:
    """Statements of a document."""
    return [quad.triple for quad in px.parse(client.get(path).data, format=form)]


@pytest.mark.parametrize("suffix", FORMS)
def test_policy_is_data_about_itself(client: FlaskClient, suffix: str) -> None:
    """FAIR A2: the policy's IRI leads to RDF with itself as subject, all promises in it, in every form."""
    media_type = client.get(PATH + suffix).mimetype
    led = client.get("/" + POLICY.removeprefix(BASE), headers={"Accept": media_type})
    assert (led.status_code, led.headers["Location"]) == (303, PATH + suffix)
    triples = said(client, PATH + suffix, FORMS[suffix])
    assert {t.predicate.value for t in triples if t.subject == px.NamedNode(POLICY)} >= {
        "http://purl.org/dc/terms/title",
        "http://purl.org/dc/terms/description",
    }
    texts = {t.object.value for t in triples if isinstance(t.object, px.Literal)}
    assert {f"{headline}. {sentence}" for headline, sentence in PROMISES} <= texts


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html, */*", ""])
def test_policy_is_a_page_for_everybody_else(client: FlaskClient, accept: str) -> None:
    """A browser, and who takes anything, reads the promises, and that the operator states nothing."""
    answer = client.get(PATH, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert all(headline in answer.text for headline, _ in PROMISES)
    assert "Nothing is stated" in answer.text and "none is stated" in answer.text


def test_policy_has_what_the_operator_adds(with_services: Client) -> None:
    """The operator's own promise and the licence of the catalogue's words stand in page and RDF, escaped."""
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    client = with_services(
        exchange=ExchangeSettings(persistence="Ten years, then <b>Facet City</b>.", metadata_license=licence)
    )
    page = client.get(PATH).text
    assert (
        "Ten years, then &lt;b&gt;Facet City&lt;/b&gt;." in page
        and "CC0 1.0" in page
        and "Nothing is stated" not in page
    )
    objects = {t.object.value for t in said(client, f"{PATH}.ttl", px.RdfFormat.TURTLE)}
    assert {"Ten years, then <b>Facet City</b>.", licence} <= objects
    assert f'"sdLicense": "{licence}"' in client.get(f"/studies/{STUDY}").text


@pytest.mark.parametrize("path", [f"/studies/{STUDY}", f"/images/{IMAGE}", f"/studies/{GONE}"])
def test_pages_and_their_link_sets_name_the_policy(client: FlaskClient, path: str) -> None:
    """An assessor finds the policy in the header of every page, tombstones included, and in its link sets."""
    page = client.get(path)
    assert f'<{POLICY}>;rel="{PREDICATE}"' in page.headers["Link"]
    assert f'href="{PATH}"' in page.text
    assert client.get(f"{path}/linkset.json").json["linkset"][0][PREDICATE] == [{"href": POLICY}]


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".nt"])
@pytest.mark.parametrize("path", [f"/studies/{STUDY}", f"/images/{IMAGE}", f"/studies/{GONE}"])
def test_records_in_rdf_name_the_policy(client: FlaskClient, path: str, suffix: str) -> None:
    """FAIR Champion reads the policy of a record, living or withdrawn, from its RDF."""
    record = px.NamedNode(f"{BASE}{path.rpartition('/')[2]}/record")
    expected = px.Triple(record, px.NamedNode(PREDICATE), px.NamedNode(POLICY))
    assert expected in said(client, path + suffix, FORMS[suffix])


def test_catalogue_names_the_policy(with_services: Client) -> None:
    """DCAT and FAIR Data Point lead to the policy."""
    client = with_services(web=WebSettings(base_url="https://node.example.org"))
    for path, node in (("/catalog.ttl", "/catalog"), ("/fdp", "/fdp")):
        named = px.Triple(
            px.NamedNode("https://node.example.org" + node), px.NamedNode(PREDICATE), px.NamedNode(POLICY)
        )
        assert named in said(client, path, px.RdfFormat.TURTLE)
