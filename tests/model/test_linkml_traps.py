"""What LinkML's generators are known to lose or to get wrong: ours is right, or the compiler refuses the schema.

Each trap is shown on a schema of one or two classes (tiny_schema.py). Numbers are issues of the linkml project.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from linkml.generators.pydanticgen import PydanticGenerator
from linkml_runtime.linkml_model import meta
from linkml_runtime.utils.schemaview import SchemaView
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from catalogue.model.compiler.__main__ import main
from catalogue.model.compiler.constructs import CARRIED, SILENT
from catalogue.model.compiler.context import compile_context
from catalogue.model.compiler.jsonschema import compile_json_schema
from catalogue.model.compiler.ontology import compile_ontology
from catalogue.model.compiler.shapes import SHAPES, compile_shapes
from catalogue.model.compiler.strictness import SchemaRefused, refuse_what_would_be_lost
from catalogue.model.compiler.table import Row, compile_table
from catalogue.model.shacl_engines import RustEngine
from tests.model.tiny_schema import CLASS_X, ENUM_X, OTHER, REFUSED, TINY, XSD, E, changed


def view_of(change: dict[str, Any]) -> SchemaView:
    """The changed schema, loaded."""
    return SchemaView(yaml.safe_dump(changed(change)))


def table_of(change: dict[str, Any]) -> Row:
    """The table of a changed schema that must be accepted."""
    view = view_of(change)
    refuse_what_would_be_lost(view)
    return compile_table(view)


def x_of(table: Row) -> Row:
    """The row of Study.x."""
    return next(slot for slot in table["classes"]["Study"]["slots"] if slot["key"] == "x")


def schema_accepts(change: dict[str, Any], folder: Path, value: Any) -> bool:
    """Whether the JSON Schema of the changed schema takes the value for Study.x."""
    file = folder / "tiny.yaml"
    file.write_text(yaml.safe_dump(changed(change)), "utf-8")
    made = compile_json_schema(file, table_of(change))
    only = {"$schema": made["$schema"], "$ref": "#/$defs/Study", "$defs": made["$defs"]}
    return bool(jsonschema_rs.validator_for(only).is_valid({"id": "e:s", "x": value}))


def broken(table: Row, data: str) -> set[tuple[str, str]]:
    """(component, value) of what the generated shapes find in triples of a Study e:s."""
    engine = RustEngine(compile_shapes(table))
    lines = f"<{E}s> <{RDF.type}> <{E}Study> .\n{data}"
    return {
        (r.component.removeprefix(str(SH)).removesuffix("ConstraintComponent"), r.value)
        for r in engine.results(lines.encode())
    }


@pytest.mark.parametrize(("change", "answer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_be_lost_is_refused(change: dict[str, Any], answer: str) -> None:
    """The build stops with a sentence that names the element, the construct and what to do."""
    with pytest.raises(SchemaRefused, match=answer) as caught:
        refuse_what_would_be_lost(view_of(change))
    assert all(";" in fault or "linkml 3011" in fault for fault in caught.value.faults)


def test_tiny_schema_itself_is_accepted() -> None:
    """Refusals come from the change, not from the schema it is made to."""
    for change in ({}, ENUM_X, CLASS_X):
        refuse_what_would_be_lost(view_of(change))


METAMODEL = {
    "schema": (meta.SchemaDefinition, lambda schema: schema),
    "class": (meta.ClassDefinition, lambda schema: schema.classes["Study"]),
    "slot": (meta.SlotDefinition, lambda schema: schema.slots["x"]),
    "type": (meta.TypeDefinition, lambda schema: schema.types["text"]),
    "enum": (meta.EnumDefinition, lambda schema: schema.enums["Terms"]),
    "value": (meta.PermissibleValue, lambda schema: schema.enums["Terms"].permissible_values["a"]),
}


@pytest.mark.parametrize("kind", METAMODEL)
def test_no_construct_of_linkml_is_unknown(kind: str) -> None:
    """Whatever else LinkML's metamodel can say, now or after an update, is refused and not dropped."""
    metaclass, find = METAMODEL[kind]
    view = view_of(ENUM_X)
    definition = find(view.schema)
    others = [field.name for field in fields(metaclass) if field.name not in CARRIED[kind] | SILENT]
    assert others
    for name in others:
        before = getattr(definition, name)
        setattr(definition, name, "said")
        with pytest.raises(SchemaRefused, match=f": {name} is not carried over"):
            refuse_what_would_be_lost(view)
        setattr(definition, name, before)


def modules(folder: Path, **changes: Any) -> SchemaView:
    """The tiny schema importing a second module."""
    second = {"id": E + "second", "name": "second", "description": "More.", "prefixes": TINY["prefixes"],
              "default_prefix": "e"}  # fmt: skip
    (folder / "second.yaml").write_text(yaml.safe_dump(second | changes), "utf-8")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(changed({"imports": ["second"]})), "utf-8")
    return SchemaView(str(folder / "tiny.yaml"))


def test_two_modules_cannot_define_one_name(tmp_path: Path) -> None:
    """A slot defined twice is refused; LinkML would keep one of the two and say nothing."""
    view = modules(tmp_path, slots={"x": {"range": "integer", "description": "A number."}})
    with pytest.raises(SchemaRefused, match="slot x is defined in tiny and in second"):
        refuse_what_would_be_lost(view)


def test_two_modules_cannot_disagree_on_a_prefix(tmp_path: Path) -> None:
    """A prefix with two namespaces is refused; its IRIs would depend on the order of reading."""
    view = modules(tmp_path, prefixes=TINY["prefixes"] | {"e": "https://example.com/"})
    with pytest.raises(SchemaRefused, match=r"prefix e means https://example\.com/ and https://example\.org/"):
        refuse_what_would_be_lost(view)


def test_key_given_twice_is_refused() -> None:
    """YAML that says one key twice is not read as its second half."""
    with pytest.raises(ValueError, match="Duplicate key"):
        SchemaView(yaml.safe_dump(TINY) + "version: '2'\n")


def test_compiler_says_what_is_wrong_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line a refused schema gives its faults line by line and exit code 1."""

    def refuse(view: SchemaView) -> None:
        raise SchemaRefused(["slot x: first", "slot y: second"])

    monkeypatch.setattr("catalogue.model.compiler.build.refuse_what_would_be_lost", refuse)
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "slot x: first\nslot y: second\n"


def test_slot_of_two_kinds_is_refused() -> None:
    """A field that is text in one class and a link in another has no meaning in one JSON-LD context."""
    change = {
        "classes/Other": OTHER | {"slots": ["id", "x"], "slot_usage": {"x": {"range": "curie_or_iri"}}},
    }
    with pytest.raises(ValueError, match=r"x means .* in one class and .* in another"):
        compile_context(table_of(change))


DERIVED = {
    "types/web": {"typeof": "uri", "uri": "xsd:anyURI", "pattern": "^https://", "description": "An address."},
    "types/orcid": {"typeof": "web", "description": "An ORCID."},
    "slots/x/range": "orcid",
}


def test_pattern_of_a_derived_type_survives(tmp_path: Path) -> None:
    """A pattern two types up, on a type of IRIs, holds in shapes and JSON Schema (gen-shacl drops it)."""
    assert broken(table_of(DERIVED), f"<{E}s> <{E}x> <http://a.example/> .") == {("Pattern", "<http://a.example/>")}
    assert broken(table_of(DERIVED), f"<{E}s> <{E}x> <https://a.example/> .") == set()
    assert schema_accepts(DERIVED, tmp_path, "https://a.example/")
    assert not schema_accepts(DERIVED, tmp_path, "http://a.example/")


def test_derived_types_stay_what_they_are() -> None:
    """A type below one of dates by form, or below the references, is read as its base is."""
    dates = {
        "typeof": "string",
        "uri": "xsd:date",
        "description": "D.",
        "annotations": {"lexical": "year day", "rule": "a date"},
    }
    change = {"types/dates": dates, "types/issued": {"typeof": "dates", "description": "I."}, "slots/x/range": "issued"}
    assert (x_of(table_of(change))["kind"], x_of(table_of(change))["forms"]) == ("lexical", ["year", "day"])
    assert x_of(table_of(change))["rule"].endswith("a date")
    change = {"types/person": {"typeof": "curie_or_iri", "description": "P."}, "slots/x/range": "person"}
    assert x_of(table_of(change))["kind"] == "ref"


BOUNDED = {"slots/x/range": "double", "slots/x/minimum_value": 0.1, "slots/x/maximum_value": 1.5}


@pytest.mark.parametrize(
    ("value", "fits"), [("0.1", True), ("0.09", False), ("1.5", True), ("1.51", False), ("0.0", False)]
)
def test_fractional_bounds_are_exact(value: str, fits: bool, tmp_path: Path) -> None:
    """A bound between whole numbers holds to its last digit in shapes, JSON Schema and pydantic."""
    found = broken(table_of(BOUNDED), f'<{E}s> <{E}x> "{float(value)}"^^<{XSD}double> .')
    assert (found == set()) is fits
    assert schema_accepts(BOUNDED, tmp_path, float(value)) is fits
    namespace: dict[str, Any] = {"__name__": "tiny"}
    exec(PydanticGenerator(yaml.safe_dump(changed(BOUNDED))).serialize(), namespace)
    if fits:
        namespace["Study"](id="e:s", x=float(value))
    else:
        with pytest.raises(ValueError, match="equal to"):
            namespace["Study"](id="e:s", x=float(value))
    assert "0.1 or more and 1.5 or less" in x_of(table_of(BOUNDED))["rule"]


def test_bounds_of_a_type_hold(tmp_path: Path) -> None:
    """What a type bounds is bounded wherever it is the range."""
    few = {"typeof": "integer", "uri": "xsd:integer", "maximum_value": 9, "description": "Few."}
    change = {"types/few": few, "slots/x/range": "few"}
    assert broken(table_of(change), f'<{E}s> <{E}x> "10"^^<{XSD}integer> .') == {
        ("MaxInclusive", f'"10"^^<{XSD}integer>')
    }
    assert broken(table_of(change), f'<{E}s> <{E}x> "9"^^<{XSD}integer> .') == set()
    assert schema_accepts(change, tmp_path, 9) and not schema_accepts(change, tmp_path, 10)


def test_enumerations_are_iris_everywhere() -> None:
    """A value is the IRI of its meaning in shapes and context, never its word."""
    table = table_of(ENUM_X)
    assert broken(table, f"<{E}s> <{E}x> <{E}a> .") == set()
    assert broken(table, f'<{E}s> <{E}x> "a" .') == {("In", '"a"')}
    assert compile_context(table)["@context"]["x"] == {"@id": E + "x", "@type": "@vocab", "@context": {"a": E + "a"}}


def test_range_is_the_class_that_data_carry() -> None:
    """sh:class asks for the class_uri, not for a native name that no data have (3820, 3931)."""
    change = CLASS_X | {"classes/Other/class_uri": "o:Other"}
    link = f"<{E}s> <{E}x> <{E}o> .\n"
    assert broken(table_of(change), link + f"<{E}o> <{RDF.type}> <https://example.net/Other> .") == set()
    assert broken(table_of(change), link + f"<{E}o> <{RDF.type}> <{E}Other> .") == {("Class", f"<{E}o>")}


def test_shapes_of_parents_stay_open() -> None:
    """A thing of a subclass may carry fields that the parent's shape does not know (1249, 3539)."""
    change = {
        "classes/Study/slots": ["id", "x"],
        "classes/More": {"class_uri": "e:More", "is_a": "Study", "description": "More.", "slots": ["y"],
                         "annotations": {"rdf_types": "e:Study"}},
        "slots/y": {"description": "Y."},
    }  # fmt: skip
    table = table_of(change)
    assert (
        broken(table, f'<{E}s> <{RDF.type}> <{E}More> ; <{E}y> "y" ; <{E}z> "z" .'.replace(" ;", f" .\n<{E}s>"))
        == set()
    )
    assert not list(Graph().parse(data=compile_shapes(table), format="turtle").subject_objects(SH.closed))


def test_json_schema_is_closed_all_the_same(tmp_path: Path) -> None:
    """A payload with a field that the model does not have is refused before it becomes RDF."""
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(TINY), "utf-8")
    made = compile_json_schema(tmp_path / "tiny.yaml", table_of({}))
    only = {"$schema": made["$schema"], "$ref": "#/$defs/Study", "$defs": made["$defs"]}
    assert not jsonschema_rs.validator_for(only).is_valid({"id": "e:s", "colour": "blue"})


def test_shapes_can_be_read_and_named() -> None:
    """Shapes have IRIs of ours and stand block by block; only lists are blank nodes."""
    text = compile_shapes(table_of(ENUM_X))
    graph = Graph().parse(data=text, format="turtle")
    assert (URIRef(SHAPES + "Study-x"), SH.path, URIRef(E + "x")) in graph
    members = [node for head in graph.objects(None, SH["in"]) for node in Collection(graph, head)]
    assert members == [URIRef(E + "a")]
    assert all((node, RDF.first, None) in graph for node in set(graph.subjects()) if isinstance(node, BNode))
    assert "\n\nomsh:Study-x\n    a sh:PropertyShape ;\n" in text


def test_ontology_keeps_what_gen_owl_loses() -> None:
    """Links are object properties, and enumerations and their values keep their descriptions (2891)."""
    change = ENUM_X | {"enums/Terms/description": "All terms."}
    graph = Graph().parse(data=compile_ontology(view_of(change), table_of(change)), format="turtle")
    assert (URIRef(E + "x"), RDF.type, OWL.ObjectProperty) in graph
    assert (URIRef(E + "a"), RDFS.comment, Literal("The a.")) in graph
    assert Literal("All terms.") in set(graph.objects(None, RDFS.comment))
