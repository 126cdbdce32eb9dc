"""Small cases of our own, one or more for each SHACL construct that a shape of ours may use.

The focus node is e:f and the path e:p unless a case says otherwise. What must be found follows the SHACL
recommendation, section 4 (core) and 5 (SPARQL), not what an engine happens to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = """
@prefix e: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@dataclass(frozen=True)
class Case:
    """One shape held against a few triples.

    Args:
        name: the construct, and what is shown of it.
        shape: what the property shape e:s of path e:p says, in Turtle; or whole shapes when it ends in a dot.
        data: triples in Turtle.
        found: (component, value) of each result on focus e:f and path e:p; value in Turtle's short form, "" for none.
        path: of the results, where it is another.
        focus: of the results, where it is another.
    """

    name: str
    shape: str
    data: str
    found: list[tuple[str, str]] = field(default_factory=list)
    path: str = "e:p"
    focus: str = "e:f"

    @property
    def shapes(self) -> str:
        """The shapes graph as Turtle."""
        if self.shape.rstrip().endswith("."):
            return HEAD + self.shape
        return (
            f"{HEAD} e:n a sh:NodeShape ; sh:targetNode e:f ; sh:property e:s ."
            f" e:s a sh:PropertyShape ; sh:path e:p ; sh:message 'no' ; {self.shape} ."
        )

    @property
    def turtle(self) -> str:
        """The data graph as Turtle."""
        return HEAD + self.data


def node(says: str) -> str:
    """A node shape e:s on e:f."""
    return f"e:s a sh:NodeShape ; sh:targetNode e:f ; sh:message 'no' ; {says} ."


def along(path: str) -> str:
    """A shape that wants no value at the end of a longer path."""
    return (
        "e:n a sh:NodeShape ; sh:targetNode e:f ; sh:property e:s ."
        f" e:s a sh:PropertyShape ; sh:path {path} ; sh:message 'no' ; sh:maxCount 0 ."
    )


CHAIN = "e:f e:p e:a . e:a e:q e:b . e:b e:p e:f ."

CASES = [
    # Targets
    Case("targetClass reaches instances",
         "e:n sh:targetClass e:C ; sh:property e:s . e:s sh:path e:p ; sh:minCount 1 .",
         "e:f a e:C . e:g a e:D .", [("MinCount", "")]),
    Case("targetClass reaches instances of subclasses",
         "e:n sh:targetClass e:C ; sh:property e:s . e:s sh:path e:p ; sh:minCount 1 .",
         "e:f a e:D . e:D rdfs:subClassOf e:E . e:E rdfs:subClassOf e:C .", [("MinCount", "")]),
    Case("targetSubjectsOf", "e:n sh:targetSubjectsOf e:q ; sh:property e:s . e:s sh:path e:p ; sh:minCount 1 .",
         "e:f e:q e:o . e:g e:r e:o .", [("MinCount", "")]),
    Case("targetObjectsOf", "e:n sh:targetObjectsOf e:q ; sh:property e:s . e:s sh:path e:p ; sh:minCount 1 .",
         "e:g e:q e:f .", [("MinCount", "")]),
    Case("targetNode that the data do not know", "sh:minCount 1", "e:g e:p e:o .", [("MinCount", "")]),
    Case("a class that is a shape targets its instances",
         "e:C a rdfs:Class , sh:NodeShape ; sh:property e:s . e:s sh:path e:p ; sh:minCount 1 .",
         "e:f a e:C .", [("MinCount", "")]),
    Case("deactivated shapes are silent", "sh:minCount 1 ; sh:deactivated true", "e:g e:p e:o ."),
    # Paths
    Case("inverse path", along("[ sh:inversePath e:p ]"), CHAIN, [("MaxCount", "")], "^<http://example.org/p>"),
    Case("sequence path", along("( e:p e:q )"), CHAIN, [("MaxCount", "")],
         "(<http://example.org/p>/<http://example.org/q>)"),
    Case("alternative path", along("[ sh:alternativePath ( e:q e:p ) ]"), CHAIN, [("MaxCount", "")],
         "(<http://example.org/q>|<http://example.org/p>)"),
    Case("zero-or-more path holds the focus", along("[ sh:zeroOrMorePath e:q ]"), CHAIN, [("MaxCount", "")],
         "(<http://example.org/q>)*"),
    Case("one-or-more path", along("[ sh:oneOrMorePath e:p ]"), CHAIN, [("MaxCount", "")], "(<http://example.org/p>)+"),
    Case("one-or-more path without a step", along("[ sh:oneOrMorePath e:q ]"), CHAIN),
    Case("zero-or-one path holds the focus", along("[ sh:zeroOrOnePath e:r ]"), CHAIN, [("MaxCount", "")],
         "(<http://example.org/r>)?"),
    # Value types
    Case("class", "sh:class e:C", "e:f e:p e:a , e:b , 'C' . e:a a e:C . e:b a e:D .",
         [("Class", "e:b"), ("Class", "'C'")]),
    Case("class through subclasses", "sh:class e:C", "e:f e:p e:a . e:a a e:D . e:D rdfs:subClassOf e:C ."),
    Case("two classes are both needed", "sh:class e:C , e:D", "e:f e:p e:a . e:a a e:C .", [("Class", "e:a")]),
    Case("datatype", "sh:datatype xsd:integer", "e:f e:p 1 , 1.0 , '1' , e:o , 'x'^^xsd:integer .",
         [("Datatype", "1.0"), ("Datatype", "'1'"), ("Datatype", "e:o"), ("Datatype", "'x'^^xsd:integer")]),
    Case("datatype string is no language string", "sh:datatype xsd:string", "e:f e:p 'a' , 'a'@en .",
         [("Datatype", "'a'@en")]),
    Case("datatype langString", "sh:datatype rdf:langString", "e:f e:p 'a' , 'a'@en .", [("Datatype", "'a'")]),
    Case("datatype date knows the calendar", "sh:datatype xsd:date",
         "e:f e:p '2024-02-29'^^xsd:date , '2023-02-29'^^xsd:date .",
         [("Datatype", "'2023-02-29'^^xsd:date")]),
    Case("nodeKind IRI", "sh:nodeKind sh:IRI", "e:f e:p e:a , _:b0 , 'a' .",
         [("NodeKind", "_:b0"), ("NodeKind", "'a'")]),
    Case("nodeKind Literal", "sh:nodeKind sh:Literal", "e:f e:p e:a , 'a' .", [("NodeKind", "e:a")]),
    Case("nodeKind BlankNodeOrIRI", "sh:nodeKind sh:BlankNodeOrIRI", "e:f e:p e:a , _:b0 , 'a' .",
         [("NodeKind", "'a'")]),
    Case("nodeKind IRIOrLiteral", "sh:nodeKind sh:IRIOrLiteral", "e:f e:p e:a , _:b0 , 'a' .", [("NodeKind", "_:b0")]),
    Case("nodeKind of the focus node itself", "e:s a sh:NodeShape ; sh:targetObjectsOf e:q ; sh:nodeKind sh:IRI .",
         "e:g e:q _:b0 , e:h .", [("NodeKind", "_:b0")], "", "_:b0"),
    # Cardinality
    Case("minCount", "sh:minCount 2", "e:f e:p 1 .", [("MinCount", "")]),
    Case("maxCount", "sh:maxCount 1", "e:f e:p 1 , 2 , 3 .", [("MaxCount", "")]),
    Case("counting tells terms, not values", "sh:maxCount 1", "e:f e:p '1'^^xsd:integer , '01'^^xsd:integer .",
         [("MaxCount", "")]),
    # Value ranges
    Case("minExclusive", "sh:minExclusive 0", "e:f e:p 0 , 1 , -1 , 0.0 , 'a' .",
         [("MinExclusive", "0"), ("MinExclusive", "-1"), ("MinExclusive", "0.0"), ("MinExclusive", "'a'")]),
    Case("minInclusive", "sh:minInclusive 0", "e:f e:p 0 , -1 , -1.0E-9 .",
         [("MinInclusive", "-1"), ("MinInclusive", "-1.0E-9")]),
    Case("minInclusive of a decimal", "sh:minInclusive 0.5", "e:f e:p 0.5 , 0.49 , 5.0E-1 , 0 .",
         [("MinInclusive", "0.49"), ("MinInclusive", "0")]),
    Case("maxExclusive", "sh:maxExclusive 3", "e:f e:p 3 , 2 , 3.0E0 .",
         [("MaxExclusive", "3"), ("MaxExclusive", "3.0E0")]),
    Case("maxInclusive", "sh:maxInclusive 3", "e:f e:p 3 , 4 , e:o .",
         [("MaxInclusive", "4"), ("MaxInclusive", "e:o")]),
    Case("ranges of days", "sh:minInclusive '2000-01-01'^^xsd:date",
         "e:f e:p '1999-12-31'^^xsd:date , '2000-01-01'^^xsd:date .",
         [("MinInclusive", "'1999-12-31'^^xsd:date")]),
    Case("not a number is in no range", "sh:minInclusive 0", "e:f e:p 'NaN'^^xsd:double .",
         [("MinInclusive", "'NaN'^^xsd:double")]),
    # Strings
    Case("minLength", "sh:minLength 3", "e:f e:p 'ab' , 'abc' , _:b0 .",
         [("MinLength", "'ab'"), ("MinLength", "_:b0")]),
    Case("minLength counts characters", "sh:minLength 2", "e:f e:p '\U0001f52c' .", [("MinLength", "'\U0001f52c'")]),
    Case("maxLength", "sh:maxLength 3", "e:f e:p 'abcd' , 'abc' .", [("MaxLength", "'abcd'")]),
    Case("pattern searches", "sh:pattern 'b'", "e:f e:p 'abc' , 'ac' .", [("Pattern", "'ac'")]),
    Case("pattern with anchors", "sh:pattern '^b$'", "e:f e:p 'b' , 'bb' .", [("Pattern", "'bb'")]),
    Case("pattern on IRIs", "sh:pattern '^http://example'", "e:f e:p e:a , <urn:x:a> .", [("Pattern", "<urn:x:a>")]),
    Case("pattern on numbers looks at their text", r"sh:pattern '^\\d+$'", "e:f e:p 12 , 1.5 .", [("Pattern", "1.5")]),
    Case("pattern is never met by a blank node", "sh:pattern '.*'", "e:f e:p _:b0 .", [("Pattern", "_:b0")]),
    Case("flags", "sh:pattern '^B' ; sh:flags 'i'", "e:f e:p 'b' , 'a' .", [("Pattern", "'a'")]),
    Case("languageIn", "sh:languageIn ( 'en' 'fr' )", "e:f e:p 'a'@en , 'a'@en-GB , 'a'@de , 'a' .",
         [("LanguageIn", "'a'@de"), ("LanguageIn", "'a'")]),
    Case("uniqueLang", "sh:uniqueLang true", "e:f e:p 'a'@en , 'b'@en , 'a'@de , 'a' , 'b' .", [("UniqueLang", "")]),
    # Pairs of properties
    Case("equals", "sh:equals e:q", "e:f e:p 1 ; e:q 2 .", [("Equals", "1"), ("Equals", "2")]),
    Case("disjoint", "sh:disjoint e:q", "e:f e:p 1 , 2 ; e:q 2 .", [("Disjoint", "2")]),
    Case("lessThan", "sh:lessThan e:q", "e:f e:p 2 , 1 ; e:q 2 .", [("LessThan", "2")]),
    Case("lessThan of days", "sh:lessThan e:q", "e:f e:p '2021-01-02'^^xsd:date ; e:q '2021-01-01'^^xsd:date .",
         [("LessThan", "'2021-01-02'^^xsd:date")]),
    Case("lessThanOrEquals", "sh:lessThanOrEquals e:q", "e:f e:p 3 , 2 ; e:q 2 .", [("LessThanOrEquals", "3")]),
    # Logic
    Case("not", "sh:not [ sh:class e:C ]", "e:f e:p e:a , e:b . e:a a e:C .", [("Not", "e:a")]),
    Case("and", "sh:and ( [ sh:datatype xsd:integer ] [ sh:minInclusive 0 ] )", "e:f e:p 1 , -1 .", [("And", "-1")]),
    Case("or", "sh:or ( [ sh:datatype xsd:gYear ] [ sh:datatype xsd:date ] )",
         "e:f e:p '2020'^^xsd:gYear , '2020-01-01'^^xsd:date , '2020' .", [("Or", "'2020'")]),
    Case("xone", "sh:xone ( [ sh:class e:C ] [ sh:class e:D ] )",
         "e:f e:p e:a , e:b , e:c . e:a a e:C . e:b a e:C , e:D .", [("Xone", "e:b"), ("Xone", "e:c")]),
    Case("or on the focus node", node("sh:or ( [ sh:path e:p ; sh:minCount 1 ] [ sh:path e:q ; sh:minCount 1 ] )"),
         "e:f e:r 1 .", [("Or", "e:f")], ""),
    # Shapes in shapes
    Case("node", "sh:node e:t . e:t a sh:NodeShape ; sh:property [ sh:path e:q ; sh:minCount 1 ]",
         "e:f e:p e:a , e:b . e:a e:q 1 .", [("Node", "e:b")]),
    Case("property in a property shape",
         "e:n sh:targetNode e:f ; sh:property [ sh:path e:q ; sh:property e:s ] . e:s sh:path e:p ; sh:minCount 1 .",
         "e:f e:q e:a , e:b . e:b e:p 1 .", [("MinCount", "")], focus="e:a"),
    Case("qualifiedMinCount", "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMinCount 1",
         "e:f e:p e:a . e:a a e:D .", [("QualifiedMinCount", "")]),
    Case("qualifiedMaxCount", "sh:qualifiedValueShape [ sh:class e:C ] ; sh:qualifiedMaxCount 1",
         "e:f e:p e:a , e:b . e:a a e:C . e:b a e:C .", [("QualifiedMaxCount", "")]),
    # Other
    Case("closed", node("sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path e:p ]"),
         "e:f a e:C ; e:p 1 ; e:q 2 .", [("Closed", "2")], "e:q"),
    Case("hasValue", "sh:hasValue e:a", "e:f e:p e:b .", [("HasValue", "")]),
    Case("hasValue beside others", "sh:hasValue e:a", "e:f e:p e:a , e:b ."),
    Case("in", "sh:in ( e:a 'b' 1 )", "e:f e:p e:a , 'b' , 1 , 'a' , '01'^^xsd:integer , 'b'@en .",
         [("In", "'a'"), ("In", "'01'^^xsd:integer"), ("In", "'b'@en")]),
    # Severity and messages travel with the result; severity does not change what is found.
    Case("severity", "sh:minCount 1 ; sh:severity sh:Warning", "e:g e:p 1 .", [("MinCount", "")]),
    Case("several constraints of one shape", "sh:minCount 2 ; sh:datatype xsd:string ; sh:pattern '^a'", "e:f e:p 1 .",
         [("MinCount", ""), ("Datatype", "1"), ("Pattern", "1")]),
    # SPARQL constraints
    Case("sparql on the focus node",
         node("sh:sparql [ sh:select 'SELECT $this WHERE { $this <http://example.org/p> ?v FILTER ( ?v > 1 ) }' ]"),
         "e:f e:p 2 .", [("SPARQL", "e:f")], ""),
    Case("sparql gives the value",
         node("sh:sparql [ sh:prefixes e:o ; sh:select"
              " 'SELECT $this ?value WHERE { $this e:p ?value FILTER ( ?value > 1 ) }' ]")
         + " e:o sh:declare [ sh:prefix 'e' ; sh:namespace 'http://example.org/'^^xsd:anyURI ] .",
         "e:f e:p 2 , 1 .", [("SPARQL", "2")], ""),
    Case("sparql gives the path", node("sh:sparql [ sh:select 'SELECT $this ?path WHERE { $this ?path 2 }' ]"),
         "e:f e:p 2 .", [("SPARQL", "e:f")]),
    Case("sparql of a property shape", "sh:sparql [ sh:select"
         " 'SELECT $this ?value WHERE { $this $PATH ?value FILTER NOT EXISTS { ?value a ?t } }' ]",
         "e:f e:p e:a , e:b . e:a a e:C .", [("SPARQL", "e:b")]),
    Case("sparql of a property shape without a value",
         "sh:sparql [ sh:select 'SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?any } }' ]",
         "e:f e:q 1 .", [("SPARQL", "")]),
    Case("sparql whose value is not bound",
         "sh:sparql [ sh:select"
         " 'SELECT $this ?value WHERE { OPTIONAL { $this $PATH ?value } FILTER ( !BOUND(?value) ) }' ]",
         "e:f e:q 1 .", [("SPARQL", "")]),
    Case("sparql whose value is the focus node",
         "sh:sparql [ sh:select 'SELECT $this ?value WHERE { $this $PATH ?value FILTER ( ?value = $this ) }' ]",
         "e:f e:p e:f .", [("SPARQL", "e:f")]),
    Case("sparql with several solutions alike",
         "sh:sparql [ sh:select 'SELECT $this WHERE { $this e:q ?any FILTER NOT EXISTS { $this $PATH ?other } }' ;"
         " sh:prefixes e:o ] . e:o sh:declare [ sh:prefix 'e' ; sh:namespace 'http://example.org/'^^xsd:anyURI ]",
         "e:f e:q 1 , 2 .", [("SPARQL", "")]),
]  # fmt: skip
