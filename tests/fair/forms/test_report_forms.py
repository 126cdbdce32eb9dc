"""Every form of a report: found by its file, the same bytes each time, and JSON with the report's own numbers."""

from __future__ import annotations

import json

import pytest

from catalogue.fair.forms import base
from catalogue.fair.forms.base import Form, forms, get_form
from catalogue.fair.outcomes import Outcome
from catalogue.problems import NotFound
from tests.fair.reports_for_forms import Links, report

FORMS = list(forms().values())


@pytest.mark.parametrize("form", FORMS, ids=[form.suffix for form in FORMS])
@pytest.mark.parametrize(("kind", "name"), [("federation", ""), ("study", "biostudies:S-BIAD2")])
def test_a_form_is_a_function_of_the_report(form: Form, kind: str, name: str) -> None:
    """A form begins its suffix with a dot, names its media type, and gives equal bytes for equal reports."""
    assert form.suffix.startswith(".") and "/" in form.media_type and form.title
    made = form.render(report(kind, name), Links())
    assert made and made == form.render(report(kind, name), Links())


def test_an_unknown_form_names_those_that_there_are() -> None:
    """Asking for a suffix of no form lists the forms."""
    with pytest.raises(NotFound, match=r"\.json"):
        get_form(".docx")


def test_two_forms_of_one_suffix_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suffix means one form."""
    member = base.import_module("catalogue.fair.forms.json")
    modules = [type("Module", (), {"name": name}) for name in ("one", "other")]
    monkeypatch.setattr(base.pkgutil, "iter_modules", lambda path: modules)
    monkeypatch.setattr(base, "import_module", lambda name: member)
    with pytest.raises(ValueError, match="of another one"):
        forms.__wrapped__()


def test_json_tells_the_numbers_of_the_report() -> None:
    """Totals, items, members, cohorts, studies and fixes are those of the report."""
    made = report()
    told = json.loads(get_form(".json").render(made, Links()))
    assert told["headline"] == list(made.headline)
    assert told["total"]["outcomes"] == {outcome.value: made.total.counts[outcome] for outcome in Outcome}
    assert told["total"]["percent"] == made.total.percent
    assert [item["id"] for item in told["items"]] == [item.id for item in made.benchmark.item]
    assert [item["outcomes"]["fail"] for item in told["items"]] == [one.counts[Outcome.FAIL] for _, one in made.items]
    assert [(one["name"], one["studies"]) for one in told["members"]] == [("biostudies", 2), ("idr", 1)]
    assert [one["name"] for one in told["cohorts"]] == ["", "2023", "2024"]
    assert [study["outcomes"] for study in told["studies"]] == [[o.value for o in s.outcomes] for s in made.studies]
    assert [(fix["metric"], len(fix["studies"])) for fix in told["fixes"]] == [
        (fix.metric.id, len(fix.studies)) for fix in made.fixes
    ]
    assert told["scope"]["page"] == "https://node.example/fair" and "tests" not in told


def test_json_of_one_study_has_every_test_with_its_evidence() -> None:
    """The report of a study tells what each test found and what to add."""
    made = report("study", "biostudies:S-BIAD2")
    told = json.loads(get_form(".json").render(made, Links()))
    tests = {test["metric"]: test for test in told["tests"]}
    assert set(tests) == set(made.audit.metrics)
    assert tests["licence-standard"]["outcome"] == "fail"
    assert tests["licence-standard"]["add"] == list(made.audit.judgements["biostudies:S-BIAD2"]["licence-standard"].add)
