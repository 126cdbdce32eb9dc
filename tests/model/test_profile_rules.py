"""Shapes files as rows that people read."""

from __future__ import annotations

import re

import pyoxigraph

from catalogue.model.documentation import documentation
from catalogue.model.profile_rules import parse_rules
from catalogue.model.profiles import profiles
from catalogue.model.validation import shapes_text

SH = "http://www.w3.org/ns/shacl#"
PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/> .
@prefix omm: <https://w3id.org/ommatidia/terms/> .
@prefix omsh: <https://w3id.org/ommatidia/shapes/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prof: <http://www.w3.org/ns/dx/prof/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""


def test_rule_says_what_is_asked_of_which_field() -> None:
    """Class, field, obligation and message of a property shape; a header beside it is no rule."""
    (rule,) = parse_rules(
        PREFIXES
        + """
        omsh:zoo a prof:Profile ; prof:hasToken "zoo" .
        omsh:zoo-Study a sh:NodeShape ; sh:targetClass omm:Study ; sh:property omsh:zoo-Study-title .
        omsh:zoo-Study-title sh:path dcterms:title ; sh:name "title" ; sh:message "Give a title." ;
            sh:severity sh:Warning .
        """
    )
    assert (rule.classes, rule.field, rule.obligation, rule.message) == (
        ("Study",),
        "title",
        "recommended",
        "Give a title.",
    )


def test_rules_are_sorted_by_obligation_and_found_at_any_depth() -> None:
    """Property shapes within property shapes count; what must be stands before what should and may be."""
    made = parse_rules(
        PREFIXES
        + """
        ex:S sh:targetClass ex:Cage ; sh:property ex:a , ex:b .
        ex:a sh:path ex:info ; sh:message "a" ; sh:severity sh:Info ; sh:property ex:c .
        ex:b sh:path ex:warning ; sh:message "b" ; sh:severity sh:Warning .
        ex:c sh:path ex:violation ; sh:message "c" .
        """
    )
    assert [(rule.message, rule.obligation) for rule in made] == [
        ("c", "required"),
        ("b", "recommended"),
        ("a", "optional"),
    ]
    assert made[0].about == ("https://example.org/Cage",)


def test_rule_about_whoever_has_a_field_names_the_classes() -> None:
    """A target by predicate is told as the classes of the model that have this field."""
    made = parse_rules(PREFIXES + 'ex:S sh:targetSubjectsOf omm:cellLine ; sh:path ex:x ; sh:message "m" .')
    assert made[0].classes == ("Biosample",)


def test_rule_about_values_names_the_property() -> None:
    """A target by what a property leads to, or by a property that no class has, is told apart from a class."""
    made = parse_rules(
        PREFIXES
        + """
        ex:S sh:targetObjectsOf dcterms:creator ; sh:path ex:x ; sh:message "m" .
        ex:T sh:targetSubjectsOf ex:none ; sh:path ex:y ; sh:message "n" .
        """
    )
    assert [(rule.about, rule.having, rule.values_of) for rule in made] == [
        ((), (), ("dcterms:creator",)),
        ((), ("https://example.org/none",), ()),
    ]


def test_rule_inside_a_field_is_about_what_the_field_leads_to() -> None:
    """A property shape within that of `channels` is one of Channel, under the name of its own field."""
    made = parse_rules(
        PREFIXES
        + """
        ex:S sh:targetClass omm:ImageRepresentation ; sh:property ex:a .
        ex:a sh:name "channels" ; sh:message "a" ; sh:property ex:b .
        ex:b sh:name "color" ; sh:message "b" .
        """
    )
    assert [(rule.classes, rule.field) for rule in made] == [
        (("ImageRepresentation",), "channels"),
        (("Channel",), "color"),
    ]


def test_foreign_rdf_is_told_the_property_of_dcat_first() -> None:
    """Each message of dcat-ap-3 begins with the property that is wrong, and what it says of our records is a field."""
    slots = {slot["key"] for row in documentation()["classes"].values() for slot in row["slots"]}
    rules = parse_rules(shapes_text("dcat-ap-3"))
    for rule in rules:
        assert re.match(r"(dcterms|dcat|dcatap|foaf|adms|spdx|skos):[a-zA-Z]+ ", rule.message), rule.message
        ours = re.search(r"\(in our records (?:the )?(\w+)", rule.message)
        assert ours is None or ours[1] in slots | {"a"}, rule.message
    assert sum("in our records" in rule.message for rule in rules) > 15


def test_shapes_that_lead_in_a_circle_end() -> None:
    """A property shape that contains itself is one rule."""
    made = parse_rules(
        PREFIXES + 'ex:S sh:targetClass ex:C ; sh:property ex:a . ex:a sh:message "a" ; sh:property ex:a .'
    )
    assert len(made) == 1


def test_every_targeted_shape_of_the_shipped_files_is_a_rule() -> None:
    """No rule of a profile or of the hard rules is left out, and each has a message; mere conditions are no rules."""
    for name in (None, *profiles()):
        text = shapes_text(name)
        said = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
        targeted = {quad.subject for quad in said if quad.predicate.value.startswith(f"{SH}target")}
        asked = {
            quad.object.value for quad in said if quad.predicate.value == f"{SH}property" and quad.subject in targeted
        }
        rules = parse_rules(text)
        assert asked and asked <= {rule.shape for rule in rules}
        assert all(rule.message for rule in rules)
