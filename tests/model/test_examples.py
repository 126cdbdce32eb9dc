"""Every class has good and bad examples, and the gates tell them apart."""

from __future__ import annotations

import json
import re
import sys

import pytest
from pydantic import ValidationError

from catalogue import resources
from catalogue.model import records, validation
from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.rdf import FieldError, triples
from catalogue.model.shacl_engines import RustEngine, Violation, best_engine
from catalogue.model.table import classes
from catalogue.model.validation import check_schema, check_shapes, shapes_text
from tests.model.examples import INVALID, VALID, Example

valid = pytest.mark.parametrize("example", VALID, ids=[e.name for e in VALID])
invalid = pytest.mark.parametrize("example", INVALID, ids=[e.name for e in INVALID])
# What a schema cannot find: rules about the whole record, and prefixes that the prefix map does not have.
ONLY_SHAPES = re.compile(r"of-another-(owner|accession)|not-in-|is-zero|without-known-prefix")


@pytest.fixture(scope="module")
def engines() -> tuple[RustEngine, PyShaclEngine]:
    """Both engines with the hard rules loaded."""
    return RustEngine(shapes_text()), PyShaclEngine(shapes_text())


def found_by_gates(example: Example) -> list[Violation]:
    """What ingest would report: the schema's violations, or else those of the shapes."""
    return check_schema(example.record, example.class_name) or check_shapes(
        example.record, class_name=example.class_name
    )


def test_every_class_has_a_good_and_a_bad_example() -> None:
    """No class is without a file that passes and one that fails."""
    assert {e.class_name for e in VALID} == set(classes())
    assert {e.class_name for e in INVALID} == set(classes())


@valid
def test_good_example_passes_both_gates(example: Example) -> None:
    """A valid example has no violation in the schema nor in the shapes."""
    assert check_schema(example.record, example.class_name) == []
    assert check_shapes(example.record, class_name=example.class_name) == []


@valid
def test_good_example_is_a_pydantic_record(example: Example) -> None:
    """The pydantic class takes a valid example and gives the same fields back."""
    made = getattr(records, example.class_name).model_validate(example.record)
    again = made.model_dump(mode="json", exclude_none=True)
    assert set(again) - {"type"} == set(example.record) - {"type"}


@invalid
def test_bad_example_is_found_by_the_field_in_its_name(example: Example) -> None:
    """The field that an invalid example's file name blames is the field of a violation."""
    fields = {re.sub(r"\[\d+\]", "", v.path).rpartition(".")[2] for v in found_by_gates(example)}
    assert example.field in fields, found_by_gates(example)


@invalid
def test_bad_example_breaks_only_one_rule(example: Example) -> None:
    """An invalid example shows one fault, so that its name is the whole story."""
    assert len({v.path for v in found_by_gates(example)}) == 1


@invalid
def test_violations_say_what_is_needed(example: Example) -> None:
    """Each violation names its rule by an IRI, weighs it, and has a message in words."""
    for violation in found_by_gates(example):
        assert violation.shape.startswith("https://w3id.org/ommatidia/")
        assert violation.severity == "violation"
        assert len(violation.message) > 10
        assert "\\S" not in violation.message and "does not match" not in violation.message


@invalid
def test_schema_finds_what_a_schema_can_find(example: Example) -> None:
    """The first gate already stops all but the rules that need the whole graph or the prefix map."""
    assert bool(check_schema(example.record, example.class_name)) is not bool(ONLY_SHAPES.search(example.name))


@pytest.mark.parametrize("example", VALID + INVALID, ids=[e.name for e in VALID + INVALID])
def test_rust_and_pyshacl_agree(example: Example, engines: tuple[RustEngine, PyShaclEngine]) -> None:
    """Both SHACL engines report the same violations for every example that can be written as RDF."""
    try:
        data = triples(example.record, example.class_name)
    except FieldError as error:
        assert example in INVALID
        assert example.field in re.split(r"[.\[]", error.path)
        return
    fast, reference = (engine.validate(data) for engine in engines)
    assert fast == reference


def test_engines_agree_on_the_profile() -> None:
    """Both SHACL engines find the same gaps of a bare study under the GIDE profile."""
    study = next(e for e in VALID if e.name == "Study-minimal")
    data, text = triples(study.record), shapes_text("gide-0.2")
    fast = RustEngine(text).validate(data)
    assert fast == PyShaclEngine(text).validate(data)
    assert {(v.path, v.severity) for v in fast} == {
        ("description", "violation"),
        ("date_published", "violation"),
        ("organisms", "violation"),
        ("methods", "violation"),
        ("authors", "violation"),
        ("publisher", "violation"),
        ("thumbnails", "warning"),
    }


def test_full_study_fulfils_the_profile() -> None:
    """A study with everything has nothing to mend under the GIDE profile."""
    study = next(e for e in VALID if e.name == "Study-full")
    assert check_shapes(study.record, profile="gide-0.2") == []


def test_pyshacl_steps_in_when_the_fast_engine_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the Rust package the same call answers, from pySHACL."""
    monkeypatch.setitem(sys.modules, "shacl", None)
    assert isinstance(best_engine(shapes_text("gide-0.2")), PyShaclEngine)


def test_unknown_profile_is_named() -> None:
    """Asking for a profile that is not there says which ones are."""
    with pytest.raises(ValueError, match=r"gide-0\.3.*gide-0\.2"):
        check_shapes(VALID[0].record, profile="gide-0.3")
    assert "gide-0.2" in validation.profiles()


def test_value_that_cannot_become_rdf_is_a_violation() -> None:
    """An IRI with an illegal character is reported by the second gate too, with the path of its field."""
    study = next(e for e in VALID if e.name == "Study-minimal").record
    broken = study | {"see_also": ["https://example.org/", "https://example.org/a|b"]}
    assert [v.path for v in check_shapes(broken)] == ["see_also"]


def test_pydantic_refuses_unknown_fields() -> None:
    """The pydantic classes are closed."""
    study = next(e for e in VALID if e.name == "Study-minimal").record
    with pytest.raises(ValidationError, match="colour"):
        records.Study.model_validate(study | {"colour": "blue"})


TABLE = json.loads(resources.model_file("table.json").read_text("utf-8"))
REQUIRED = [(name, slot["key"]) for name, row in TABLE["classes"].items() for slot in row["slots"] if slot["required"]]


@pytest.mark.parametrize(("class_name", "key"), REQUIRED)
def test_both_gates_miss_the_same_required_field(class_name: str, key: str) -> None:
    """Schema and shapes, each on its own, notice when a required field is taken out of a valid example."""
    example = next(e for e in VALID if e.class_name == class_name)
    without = {k: v for k, v in example.record.items() if k != key}
    assert key in {v.path for v in check_schema(without, class_name)}
    assert key in {v.path for v in check_shapes(without, class_name=class_name)}
