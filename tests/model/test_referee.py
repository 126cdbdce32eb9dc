"""Where pySHACL errs, by the words of the recommendations: the reasons why broken data leave these values out.

The production engine is right in each. When an update of pySHACL or rdflib mends one, its test fails: take it out
here, and let `odd_values` and `breaking` draw such values again.
"""

from __future__ import annotations

import pytest

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine
from tests.model.shacl_cases import HEAD
from tests.model.test_shacl_engines import n_triples

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")  # rdflib, of what is meant to be weird
BROKEN, FINE = True, False
# (what the property shape says, value, whether it is broken, why)
XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_TEXTS = "XML Schema 1.1 part 2, the lexical mapping of the datatype"
COMPARE = "SHACL 4.3: broken unless the comparison returns true; SPARQL 17.3: there is none between these types"
DISPUTED = [
    # rdflib takes for well typed what Python's int, Decimal, float and isoformat take.
    ("sh:datatype xsd:integer", "' 1'^^xsd:integer", BROKEN, XSD_TEXTS + "; RDF 1.1, 5.1: no white space is collapsed"),
    ("sh:datatype xsd:integer", "'1_0'^^xsd:integer", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:integer", "'\u0661'^^xsd:integer", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:decimal", "'1e3'^^xsd:decimal", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:decimal", "'NaN'^^xsd:decimal", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:double", "'infinity'^^xsd:double", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:date", "'2020-01-01T00:00:00'^^xsd:date", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:date", "'2020-W01-1'^^xsd:date", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:date", "'10000-01-01'^^xsd:date", FINE, XSD_TEXTS + ": years have four digits or more"),
    ("sh:datatype xsd:date", "'-0001-01-01'^^xsd:date", FINE, XSD_TEXTS + ": years before our era"),
    ("sh:datatype xsd:dateTime", "'2020-01-01'^^xsd:dateTime", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:dateTime", "'2020-01-01 00:00:00'^^xsd:dateTime", BROKEN, XSD_TEXTS),
    ("sh:datatype xsd:dateTime", "'2020-01-01T00:00:00+15:00'^^xsd:dateTime", BROKEN, XSD_TEXTS + ": at most 14:00"),
    ("sh:datatype xsd:dateTime", "'2020-01-01T24:00:00'^^xsd:dateTime", FINE, XSD_TEXTS + ": the end of a day"),
    # rdflib orders values of any two types, and pySHACL takes "not more" for "less".
    ("sh:maxInclusive 64", "'2020-01-01'^^xsd:date", BROKEN, COMPARE),
    ("sh:maxInclusive 64", "true", BROKEN, COMPARE),
    ("sh:maxInclusive 64", "'x'^^xsd:double", BROKEN, COMPARE),
    ("sh:maxInclusive 64", "'NaN'^^xsd:double", BROKEN, "IEEE 754: NaN is in no order"),
    # Python's \s has the four separators U+001C to U+001F.
    (r"sh:pattern '\\S'", r"'\u001C'", FINE, "XPath functions 7.6.1: white space is blank, tab, CR and LF"),
    # rdflib's STR of a blank node is its label.
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this $PATH ?v FILTER ( STR( ?v ) != \"a\" ) }' ]", "_:b0", FINE,
     "SPARQL 17.4.2.5: STR is of IRIs and literals; an error leaves no solution"),
    # rdflib compares in queries what SPARQL does not.
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this $PATH ?v FILTER ( ?v != \"2020-01-01\"^^xsd:date ) }' ;"
     " sh:prefixes e:o ] . e:o sh:declare [ sh:prefix 'xsd' ; sh:namespace '" + XSD + "'^^xsd:anyURI ]", "1", FINE,
     "SPARQL 17.4.1.7: of two literals that differ, if they are of types without a common order, to ask is an error"),
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this $PATH ?v FILTER ( ?v NOT IN ( \"a\" ) ) }' ]",
     "'2020-01-01'^^xsd:date", FINE, "SPARQL 17.4.1.10: as !="),
    ("sh:sparql [ sh:select 'SELECT $this WHERE { $this $PATH ?v FILTER ( 1 > ?v ) }' ]", "'2020-01-01'^^xsd:date",
     FINE, "SPARQL 17.3: no operator > between these types"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("says", "value", "right", "why"), DISPUTED, ids=[f"{case[0][3:40]} {case[1]}" for case in DISPUTED]
)
def test_production_engine_is_right_where_the_referee_is_not(says: str, value: str, right: bool, why: str) -> None:
    """In every dispute the production engine reports what the recommendation says, and pySHACL the contrary."""
    shapes = f"{HEAD} e:n sh:targetNode e:f ; sh:property e:s . e:s sh:path e:p ; {says} ."
    data = n_triples(f"{HEAD} e:f e:p {value} .")
    assert bool(RustEngine(shapes).results(data)) is right, why
    assert bool(PyShaclEngine(shapes).results(data)) is not right, "pySHACL is mended: take this case out"


def test_where_the_production_engine_errs() -> None:
    """It takes x <= x for true of things without an order, an IRI for one: no rule of ours may lean on that."""
    shapes = f"""{HEAD} e:n sh:targetNode e:f ; sh:property e:s . e:s sh:path e:p ;
        sh:sparql [ sh:select 'SELECT $this WHERE {{ $this $PATH ?v FILTER ( ?v <= ?v ) }}' ] ."""
    data = n_triples(f"{HEAD} e:f e:p e:o .")
    assert RustEngine(shapes).results(data), "shacl is mended: take this case out"
    assert PyShaclEngine(shapes).results(data) == []  # SPARQL 17.3: no operator <= between IRIs


PATTERNS = [
    ("^a$", r"'a\n'", BROKEN),
    ("a$|^b", r"'a\n'", BROKEN),
    ("[$]$", r"'$\n'", BROKEN),
    (r"a\\$", r"'a$\n'", FINE),
    ("^a$", "'a'", FINE),
]


@pytest.mark.parametrize(("pattern", "value", "right"), PATTERNS)
def test_end_of_a_pattern_is_the_end_of_the_text(pattern: str, value: str, right: bool) -> None:
    """`$` is the end and not the place before a last line break, to both engines (XPath functions, 7.6.1)."""
    shapes = (
        f"{HEAD} e:n sh:targetNode e:f ; sh:property e:s . e:s sh:path e:p ; sh:pattern '{pattern}' ; sh:message 'no' ."
    )
    data = n_triples(f"{HEAD} e:f e:p {value} .")
    fast, reference = RustEngine(shapes).results(data), PyShaclEngine(shapes).results(data)
    assert fast == reference
    assert bool(fast) is right
