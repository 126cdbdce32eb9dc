"""Broken and hostile crates: each ends in a record or a rejection with a reason, never in another exception."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from gide_crates import OBO, account, count_properties, crate, map_crate, ref
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.model import rdf
from catalogue.model.payload import canonical
from catalogue.problems import REASONS, RecordRejected

FULL = crate(
    "S-BIAD7",
    {"@id": "#b", "@type": "BioSample", "name": "s", "description": "d",
     "taxonomicRange": {"@id": "obo:NCBITaxon_7227"},
     "hasCellLine": [{"@id": OBO + "CLO_0000001", "name": "line"}, "words"]},
    {"@id": "#p", "@type": ["LabProtocol"], "name": "p", "description": "d", "labEquipment": "e",
     "measurementTechnique": ref("obo:FBbi_00000251")},
    {"@id": "#o", "@type": "Organization", "name": "o", "address": "x", "url": "https://o.example/"},
    {"@id": "https://orcid.org/0000-0002-1439-5301", "@type": "Person", "name": "n", "email": "a@b.org",
     "affiliation": ref("#o")},
    {"@id": "https://doi.org/10.1038/x", "@type": "ScholarlyArticle", "name": "t", "datePublished": "2020",
     "sameAs": ["https://pubmed.ncbi.nlm.nih.gov/1/"]},
    {"@id": "#g", "@type": "Grant", "name": "g", "identifier": "1"},
    {"@id": "#s", "@type": "QuantitiveValue", "value": 3, "unitCode": OBO + "UO_0000189", "unitText": "file count"},
    about=ref("#b", "obo:NCBITaxon_7227"),
    measurementMethod=ref("#p", "obo:FBbi_00000251"),
    author=ref("https://orcid.org/0000-0002-1439-5301", "#a"),
    seeAlso=ref("https://doi.org/10.1038/x"),
    funder=ref("#g"),
    size=ref("#s"),
    keywords=["k"],
    thumbnailUrl=["https://t.example/1.png"],
)  # fmt: skip

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    st.sampled_from([
        "", " ", "#b", "#p", "#o", "#g", "obo:NCBITaxon_09606", "FBbi:251", "https://x.example/[", "http://[::1", "://",
        "https://orcid.org/NA", "None", "\u0000", "\ufffe", "NCBITaxon:9606", OBO + "BTO_1, " + OBO + "CLO_2",
    ]),
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["@id", "@type", "@value", "@list", "name", "url", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in inside for place in _places(item, (*path, key))]


_PLACES = _places(FULL)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PLACES), _VALUES, st.booleans()), min_size=1, max_size=5))
def test_mutated_crate_gives_a_record_or_a_reason(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    """Whatever stands anywhere, a mapped record can be stored and written as RDF."""
    content = copy.deepcopy(FULL)
    for path, value, remove in changes:
        holder: Any = content
        try:
            for key in path[:-1]:
                holder = holder[key]
            if remove:
                del holder[path[-1]]
            else:
                holder[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    try:
        mapped = map_crate(content)
    except RecordRejected as problem:
        assert problem.reason in REASONS
        return
    (record,) = mapped.records
    canonical(record)
    assert rdf.quads(record, record["id"])
    assert mapped.mapped >= 0


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([place for place in _PLACES if len(place) >= 3]), _VALUES)
def test_account_holds_for_any_one_changed_property(path: tuple[Any, ...], value: Any) -> None:
    """Nothing is counted twice or lost, whatever a property holds."""
    content = copy.deepcopy(FULL)
    holder: Any = content
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    try:
        mapped = map_crate(content)
    except RecordRejected:
        return
    assert account(mapped) == count_properties(content)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not-parsable"),
        (b"<html>", "not-parsable"),
        (b"[]", "not-parsable"),
        (b'"@graph"', "not-parsable"),
        (b'{"@graph": {}}', "not-parsable"),
        (b'{"@graph": []}', "schema-required"),
        (b'{"@graph": [], "@graph": []}', "not-parsable"),
        (b'{"@graph": [NaN]}', "not-parsable"),
        (b'{"@graph": [1e999]}', "not-parsable"),
        (b'{"@graph": [' + b"9" * 5_000 + b"]}", "not-parsable"),
        (b'{"@graph": ' + b"[" * 100_000, "not-parsable"),
        (b'{"@graph": ' + b"[" * 70 + b"]" * 70 + b"}", "not-parsable"),
        ('{"@graph": []}'.encode("utf-16"), "bad-encoding"),
        (b'{"@graph": ["\xff"]}', "bad-encoding"),
        (b'{"@graph": ["\\ud800"]}', "bad-encoding"),
    ],
)
def test_document_that_is_no_crate_is_refused(raw: bytes, reason: str) -> None:
    """Doubtful bytes are refused for their own reason (reliability.md TP7)."""
    with pytest.raises(RecordRejected) as caught:
        map_crate(raw)
    assert caught.value.reason == reason


def test_byte_order_mark_is_tolerated() -> None:
    """A mark before the JSON is a repair, not a reason to lose the study."""
    mapped = map_crate(b"\xef\xbb\xbf" + json.dumps(crate("S-BIAD7")).encode())
    assert [finding.code for finding in mapped.findings] == ["byte-order-mark"]


def test_control_characters_leave_the_texts() -> None:
    """XML could not carry them (idr0156)."""
    mapped = map_crate(crate("S-BIAD7", name="Wing\u0001 discs"))
    assert mapped.records[0]["title"] == "Wing discs"
    assert [finding.code for finding in mapped.findings] == ["control-character"]


@pytest.mark.parametrize(
    "text", ["," * 200_000, "a-" * 100_000, " " * 300_000 + "x", "@" * 100_000, "10.1234/" * 50_000]
)
def test_long_values_cost_little(text: str) -> None:
    """No pattern runs away on a long value in any place."""
    term = {"@id": text, "@type": "DefinedTerm", "name": text}
    person = {"@id": "#a", "@type": "Person", "name": text, "email": text, "url": text}
    article = {"@id": "#n", "@type": "ScholarlyArticle", "name": text, "datePublished": text, "sameAs": text}
    mapped = map_crate(
        crate("S-BIAD7", term, person, article, about=ref(text), license=text, seeAlso=ref("#n"), thumbnailUrl=text)
    )
    assert mapped.records[0]["id"] == "biostudies:S-BIAD7"
    assert all(len(finding.value) <= 500 for finding in mapped.findings)
