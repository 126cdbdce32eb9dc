"""Large forms of a report of many studies are made while they are read: not for HEAD, not twice, not to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from catalogue.cli.audit_files import Addresses, write_forms
from catalogue.fair.forms import csv_long
from catalogue.fair.forms.base import forms
from catalogue.fair.service import Audits
from catalogue.problems import SettingsInvalid
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.fair import answers
from catalogue.web.services import Services
from tests.fair.reports_for_forms import large_audit
from tests.web.audits_for_pages import audits_of
from tests.web.studies_for_pages import clock

STUDIES = 60
LARGE = sorted(suffix for suffix, form in forms().items() if form.large)


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A node that shows an audit of many studies."""
    home, made = tmp_path_factory.mktemp("streams"), large_audit(STUDIES)
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger, pytest.MonkeyPatch.context() as patched:
        audits = audits_of(ledger, home)
        patched.setattr(answers, "FEW_STUDIES", STUDIES - 1)
        patched.setattr(audits, "at_hand", lambda: made)
        patched.setattr(audits, "is_current", lambda audit: True)
        patched.setattr(audits, "newest", lambda: made)
        yield replace(services, ledger=ledger, search=None, audits=audits)


@pytest.fixture(scope="module")
def audits(node: Services) -> Audits:
    """The audits of the node."""
    assert node.audits is not None
    return node.audits


@pytest.fixture(scope="module")
def site(node: Services) -> FlaskClient:
    """A browser of the node."""
    return create_web(node).test_client()


class Watched:
    """The rows of the long table, counted while they are made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows, self.ended = 0, False
        self._make = csv_long._rows
        monkeypatch.setattr(csv_long, "_rows", self._counted)

    def _counted(self, report: Any) -> Iterator[tuple[str, ...]]:
        try:
            for row in self._make(report):
                self.rows += 1
                yield row
        finally:
            self.ended = True


@pytest.mark.parametrize("suffix", LARGE)
def test_the_bytes_are_those_of_the_command(site: FlaskClient, audits: Audits, suffix: str, tmp_path: Path) -> None:
    """What is sent part by part, joined, is what the command writes for the same report."""
    write_forms(audits.report(), {suffix: str(tmp_path / "form")}, Addresses(""))
    answer = site.get(f"/fair{suffix}")
    assert answer.status_code == 200 and answer.data == (tmp_path / "form").read_bytes()


class _Nowhere(Addresses):
    """A node that does not know where it is."""

    def full(self, path: str) -> str:
        raise SettingsInvalid(f"There is no address of {path}.")


@pytest.mark.parametrize("suffix", [".json", ".pdf"])
def test_a_form_that_cannot_be_made_leaves_the_file(audits: Audits, suffix: str, tmp_path: Path) -> None:
    """Last week's report is not emptied by one that fails."""
    (tmp_path / "form").write_text("last week")
    with pytest.raises(SettingsInvalid):
        write_forms(audits.report(), {suffix: str(tmp_path / "form")}, _Nowhere(""))
    assert (tmp_path / "form").read_text() == "last week"


def test_both_tables_and_both_kinds_of_json_are_large() -> None:
    """The forms that grow with the number of studies are those that are sent part by part."""
    assert LARGE == [".csv", ".json", ".jsonld", ".wide.csv"]


def test_asking_for_the_head_makes_nothing(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEAD, and GET of a client that has the form, cost no row; the tag is that of the whole answer."""
    watched = Watched(monkeypatch)
    head = site.head("/fair.csv")
    tag = head.headers["ETag"]
    again = site.get("/fair.csv", headers={"If-None-Match": tag})
    assert (head.status_code, again.status_code, again.data, watched.rows) == (200, 304, b"", 0)
    assert site.get("/fair.csv").headers["ETag"] == tag and watched.rows > STUDIES


def test_a_tag_is_of_one_form_of_one_report(site: FlaskClient) -> None:
    """Forms, scopes and benchmarks have tags of their own."""
    paths = [f"/fair{suffix}{query}" for suffix in LARGE for query in ("", "?benchmark=rda-fdmm-2020")]
    tags = {site.head(path).headers["ETag"] for path in [*paths, "/fair/members/idr.csv"]}
    assert len(tags) == len(paths) + 1


def test_a_client_that_goes_away_ends_the_making(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are made as they are read, and none after the reader has gone."""
    watched = Watched(monkeypatch)
    environ = EnvironBuilder("/fair.csv").get_environ()
    parts, status, headers = run_wsgi_app(site.application, environ)
    assert status == "200 OK" and "Content-Length" not in headers
    assert next(iter(parts)).startswith(b"run,study,identifier")
    begun = watched.rows
    parts.close()  # type: ignore[attr-defined]
    assert watched.ended and watched.rows == begun < STUDIES * 60
