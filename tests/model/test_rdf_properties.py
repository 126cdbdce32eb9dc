"""Properties over generated records: emitter, JSON-LD, schema and graph engine never disagree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalogue import resources
from catalogue.model.jsonld import jsonld
from catalogue.model.rdf import FieldError, iri, triples
from catalogue.model.table import record_classes
from catalogue.model.terms import canonical_double
from catalogue.model.validation import check_schema, check_shapes
from tests.model.examples import VALID
from tests.model.test_rdf import canonical

TABLE = json.loads(resources.model_file("table.json").read_text("utf-8"))["classes"]


def leaves(node: Any) -> Iterator[tuple[str, Any]]:
    """Every field with one plain value, and the first of each list of plain values."""
    for key, value in node.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from leaves(item)
            else:
                yield key, item


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(lambda text: text + "x")
LOCAL = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,12}", fullmatch=True)
REFERENCE = st.one_of(
    LOCAL.map("idr:".__add__),
    LOCAL.map("doi:10.1/".__add__),
    st.integers(1, 10**7).map("NCBITaxon:{}".format),
    LOCAL.map("https://example.org/".__add__),
)
DOUBLE = st.floats(min_value=5e-324, allow_nan=False, allow_infinity=False)
DAY = st.dates().map(lambda day: day.isoformat())
INSTANT = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
# Values of slots with a pattern are taken from the valid examples, which hold one of each.
OWN_PATTERN = {
    slot["key"]
    for row in TABLE.values()
    for slot in row["slots"]
    if slot.get("pattern", r"\S") != r"\S" and slot["kind"] in ("text", "iri")
}
PATTERNED = {key: value for example in VALID for key, value in leaves(example.record) if key in OWN_PATTERN}
# References to parts of the same record are rules about the whole record, which random ids do not fulfil.
WITHIN = {
    f"shapes/{name}-{slot['key']}"
    for name, row in TABLE.items()
    for slot in row["slots"]
    if slot["kind"] == "ref" and "class_iri" in slot
}


def value_of(slot: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Any value that the slot allows."""
    if slot["key"] in PATTERNED:
        return st.just(PATTERNED[slot["key"]])
    match slot["kind"]:
        case "node":
            return st.sampled_from(slot["classes"]).flatmap(lambda name: node_of(name, depth + 1))
        case "enum":
            return st.sampled_from(sorted(slot["values"]))
        case "ref":
            return REFERENCE
        case "iri":
            return LOCAL.map("https://example.org/".__add__)
        case "integer":
            return st.integers(slot.get("min", 0), slot.get("max", 10**18))
        case "double":
            return DOUBLE if "min" in slot else st.one_of(DOUBLE, DOUBLE.map(float.__neg__))
        case "lexical":
            forms = {"year": DAY.map(lambda day: day[:4]), "month": DAY.map(lambda day: day[:7]), "day": DAY}
            return st.one_of(*(forms.get(form, INSTANT) for form in slot["forms"]))
        case "boolean":
            return st.booleans()
        case "typed":
            return DAY if slot["datatype"].endswith("#date") else INSTANT
        case _:
            return TEXT


def node_of(name: str, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Any object of a class, with any of its optional fields."""
    row = TABLE[name]
    fixed: dict[str, Any] = {"id": LOCAL.map("idr:".__add__)}
    if row["designated"]:
        fixed["type"] = st.just(name)
    optional = {}
    for slot in row["slots"]:
        if slot["kind"] == "node" and depth > 1:
            continue
        one = value_of(slot, depth)
        (fixed if slot["required"] else optional)[slot["key"]] = (
            st.lists(one, min_size=1, max_size=2) if slot["many"] else one
        )
    # A few of the optional fields at a time: a study has some seventy, and all at once make generation slow.
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=6, unique=True) if optional else st.just([])
    return chosen.flatmap(lambda keys: st.fixed_dictionaries(fixed | {key: optional[key] for key in keys}))


RECORDS = st.sampled_from(sorted(record_classes())).flatmap(node_of)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(RECORDS)
def test_any_record_means_the_same_as_jsonld(record: dict[str, Any]) -> None:
    """Emitter and JSON-LD have one RDFC-1.0 form for whatever the schema allows."""
    assert check_schema(record) == []
    document = json.dumps(jsonld(record)).encode()
    assert canonical(triples(record), ox.RdfFormat.N_TRIPLES) == canonical(document, ox.RdfFormat.JSON_LD)


@MANY
@given(RECORDS)
def test_generated_shapes_allow_what_the_schema_allows(record: dict[str, Any]) -> None:
    """A record of right form breaks no generated shape, only rules about the whole (identity, references)."""
    # Two objects under one IRI add up to one thing with two titles: the generator may draw the same id twice.
    ids: list[str] = []

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            ids.append(iri(node["id"]))
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)

    collect(record)
    assume(len(ids) == len(set(ids)))
    whole = ("shapes/Record", *WITHIN)
    assert [v for v in check_shapes(record) if not v.shape.endswith(whole)] == []


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text(max_size=30).map("https://example.org/".__add__),
                 st.text("abc:/?#@[]%09.é \u00a0\ue000\\^", max_size=20).map("http://".__add__)))  # fmt: skip
def test_accepted_iri_is_an_iri_to_the_graph_engine(text: str) -> None:
    """No text passes our check of IRIs that the engine would refuse, so no batch fails on it."""
    try:
        accepted = iri(text)
    except ValueError:
        return
    line = f"<{accepted}> <{accepted}> <{accepted}> .\n".encode()
    assert next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).subject.value == accepted


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_double_keeps_its_value(number: float) -> None:
    """The text of a double reads back as the same number."""
    assert float(canonical_double(number)) == number


@MANY
@given(RECORDS, st.text(st.characters(exclude_categories=[]), min_size=1, max_size=5))
def test_emitter_writes_parsable_lines_or_refuses(record: dict[str, Any], text: str) -> None:
    """Whatever stands in a text field, the lines parse and hold it, or FieldError is raised."""
    try:
        data = triples(record | {"title": text} if record["type"] != "CatalogRecord" else record | {"source": text})
    except FieldError as error:
        assert any("\ud800" <= c <= "\udfff" for c in text), error
        return
    assert text in {
        q.object.value for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES) if isinstance(q.object, ox.Literal)
    }


def test_iris_of_real_archives_are_accepted() -> None:
    """Addresses as archives write them pass: ports, escapes, queries, fragments, parentheses, umlauts."""
    for address in (
        "https://idr.openmicroscopy.org/webclient/?show=image-6001240",
        "http://127.0.0.1:8001/zarr/6001240.zarr",
        "https://ssbd.riken.jp/v1/project/100-Yamamoto-ToothDev#top",
        "https://doi.org/10.1016/S0092-8674(00)81683-9",
        "https://example.org/a%20b/ünïcode",
        "s3://bucket/key", "file:///data/x", "urn:uuid:0", "mailto:a@example.org",
    ):  # fmt: skip
        assert iri(address) == address


@pytest.mark.parametrize("text", ["", ":", "x", "http://a b", "https://[::1]/", "http://a:b/", "http://a/%1", "//a/b"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    """Relative, broken and exotic addresses are refused."""
    with pytest.raises(ValueError, match="no absolute IRI"):
        iri(text)
