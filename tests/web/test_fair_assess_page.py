"""/fair/assess: a form without scripts, one study in, its report out in every form, nothing kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.fair.assess.held import held_study
from catalogue.fair.forms.base import forms
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.services import Services
from tests.fair.assess.assessor_over_loopback import DATASET, assessor, good_archive
from tests.fair.live.conftest import archive
from tests.harvesters.loopback_server import Server
from tests.web.audits_for_pages import STATED, audits_of, seed_funded
from tests.web.studies_for_pages import SCRIPT, clock

__all__ = ["archive"]
HTML = {"Accept": "text/html"}
NASTY = {**DATASET, "name": f"{SCRIPT}</script> \u202eevil {{{{ 7*7 }}}}", "license": f'"><img src=x>{SCRIPT}'}


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home = tmp_path_factory.mktemp("assess")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed_funded(ledger)
        audits, resolver = audits_of(ledger, home), Resolver(ledger)
        judge = assessor(held=lambda text: held_study(text, resolver, audits))
        yield replace(services, ledger=ledger, resolver=resolver, search=None, audits=audits, assessor=judge)


@pytest.fixture(scope="module")
def site(node: Services) -> FlaskClient:
    app = create_web(node)
    app.testing = True
    return app.test_client()


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_the_form_needs_no_script_and_says_what_is_kept(site: FlaskClient) -> None:
    """A file, a text or a name; nothing is kept, and the page says so."""
    page = site.get("/fair/assess", headers=HTML).text
    assert 'enctype="multipart/form-data"' in page and "Nothing that you hand in is kept" in page
    for name in ("resource", "file", "text", "benchmark", "format"):
        assert f'name="{name}"' in page


def test_the_audit_leads_to_the_form(site: FlaskClient) -> None:
    """Whoever reads the audit finds where to assess something else."""
    assert 'href="/fair/assess"' in site.get("/fair", headers=HTML).text


def test_a_study_that_is_held_leads_to_its_own_report(site: FlaskClient) -> None:
    """Its report has an address of its own, in the form that was asked for."""
    answer = site.post("/fair/assess", data={"resource": STATED, "format": "csv"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/fair/studies/{STATED}.csv?benchmark=ommatidia-1.0"
    assert site.get(answer.headers["Location"]).content_type.startswith("text/csv")


def test_a_file_is_assessed_and_not_kept(node: Services, site: FlaskClient) -> None:
    """The report is on the page; ledger and folders are as they were."""
    folder = node.audits.folder  # type: ignore[union-attr]
    before, position = files_below(folder.parent), node.ledger.last_position()
    upload = {"file": (io.BytesIO(json.dumps(DATASET).encode()), "page.jsonld")}
    answer = site.post("/fair/assess", data=upload, headers=HTML, content_type="multipart/form-data")
    assert answer.status_code == 200 and DATASET["name"] in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert node.ledger.last_position() == position
    new = {path.name for path in files_below(folder.parent) - before}
    assert not {name for name in new if not name.startswith(("ledger.db", "profiles.db"))}


@pytest.mark.parametrize("suffix", sorted(forms()))
def test_every_form_can_be_had(site: FlaskClient, suffix: str) -> None:
    """By the field, or by Accept, which the field goes before."""
    data = {"text": json.dumps(DATASET), "format": suffix[1:]}
    answer = site.post("/fair/assess", data=data, headers=HTML)
    assert answer.status_code == 200 and answer.content_type.startswith(forms()[suffix].media_type)
    by_accept = site.post(
        "/fair/assess", data={"text": json.dumps(DATASET)}, headers={"Accept": forms()[suffix].media_type}
    )
    assert by_accept.content_type.startswith(forms()[suffix].media_type)


def test_an_address_shows_what_was_read_and_where_it_differs(node: Services, archive: Server) -> None:
    """Sources and conflicts are on the page, which hands in the address again for other forms."""
    site = create_web(replace(node, assessor=assessor(archive))).test_client()
    url = good_archive(archive)
    page = site.post("/fair/assess", data={"resource": url}, headers=HTML).text
    assert "embedded JSON-LD" in page and "Where they differ" in page and "Another title" in page
    assert f'<input type="hidden" name="resource" value="{url}">' in page


def test_faults_by_the_hard_rules_come_first(site: FlaskClient) -> None:
    """With line and column of the fault."""
    text = "type: Study\nid: biostudies:S-BIAD1\naccession: S-BIAD1\nowner: biostudies\ntitle: [1]\n"
    page = site.post("/fair/assess", data={"text": text}, headers=HTML).text
    assert "By the hard rules" in page and "line 5" in page
    assert page.index("By the hard rules") < page.index("To be mended")


def test_hostile_metadata_are_text(site: FlaskClient) -> None:
    """Nothing of what was handed in becomes markup, a template, or turns the page around."""
    answer = site.post("/fair/assess", data={"text": json.dumps(NASTY)}, headers=HTML)
    page = answer.text
    assert answer.status_code == 200 and "Assessed: " in page
    assert SCRIPT not in page and "<img src=x" not in page and "49" not in page.split("<title>")[1][:200]
    assert "\u202e" not in page.replace(json.dumps(NASTY), "")


@pytest.mark.parametrize("data", [
    {}, {"resource": STATED, "text": "x"}, {"text": "   "}, {"resource": STATED, "format": "exe"},
    {"resource": STATED, "benchmark": "nothing"}, {"text": "{"}, {"resource": "http://127.0.0.1:1/"},
])  # fmt: skip
def test_what_cannot_be_assessed_is_a_problem_page(site: FlaskClient, data: dict[str, str]) -> None:
    """Nothing, two things, no form, no benchmark, no JSON, a private host."""
    answer = site.post("/fair/assess", data=data, headers=HTML)
    assert 400 <= answer.status_code < 500 and answer.content_type.startswith("text/html")
