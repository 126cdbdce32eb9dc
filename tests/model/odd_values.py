"""Values of every datatype, values of none, and near misses, all drawn by hypothesis, the same ones at every run."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable
from rdflib import XSD, Literal

from catalogue.model.terms import iri

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9).map("x".__add__)
# May be empty or blank; without control characters, of which Python takes some for blanks (test_referee.py).
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)
WELL_TYPED = {
    XSD.string: TEXT,
    XSD.integer: st.integers(-9, 10**6).map(str),
    XSD.decimal: st.decimals(-9, 99, places=2).map(str),
    XSD.double: st.floats(-9, 1e6, allow_nan=False).map(lambda number: f"{number:E}"),
    XSD.boolean: st.sampled_from(["true", "false"]),
    XSD.date: st.dates().map(str),
    XSD.dateTime: st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
    XSD.gYear: st.integers(1000, 9999).map(str),
    XSD.gYearMonth: st.dates().map(lambda day: str(day)[:7]),
    XSD.anyURI: st.text(st.sampled_from("abcxyz019-._~"), max_size=9).map("https://example.org/".__add__),
}
NUMBERS = (XSD.integer, XSD.decimal, XSD.double)
# Texts that fit none of the datatypes whose texts an engine must know (SHACL 4.1.2: those of SPARQL 1.1).
ILL_TYPED = ("", "x", "2023-02-30", "1.5.0", "--1", "tru", "25:00:00")
KNOWN_TEXTS = (*NUMBERS, XSD.boolean, XSD.date, XSD.dateTime)
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)
OF_IRIS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#")


@cache
def drawn(strategy: st.SearchStrategy[str]) -> list[str]:
    """Some values of the strategy."""
    values: dict[str, None] = {}

    @settings(
        max_examples=30, phases=[Phase.generate], derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(value: str) -> None:
        values[value] = None

    collect()
    return list(values)


@cache
def matching(pattern: str, iris: bool = False, base: str = "") -> list[str]:
    """Some texts, or IRIs, in which the regular expression finds itself; none when it is none, or fits no IRI.

    Args:
        base: start of the IRIs, which it then wants.
    """
    iris = iris or bool(base)
    alphabet = OF_IRIS if iris else PRINTABLE
    try:
        whole = re.compile(pattern, re.ASCII)
        texts = drawn(st.from_regex(whole, fullmatch=pattern.startswith("^"), alphabet=alphabet))
    except (re.error, InvalidArgument, Unsatisfiable):
        return []
    return [base + text for text in texts if is_iri(base + text)] if iris else texts


def is_iri(text: str) -> bool:
    """Whether N-Triples can have the text between angle brackets."""
    try:
        return iri(text) == text
    except ValueError:
        return False


def literal(text: str, datatype: Any = None, language: str | None = None) -> str:
    """A literal in N-Triples syntax."""
    if language:
        return str(ox.Literal(text, language=language))
    return str(ox.Literal(text, datatype=ox.NamedNode(str(datatype or XSD.string))))


def n_triples(term: Any) -> str:
    """A term of rdflib in N-Triples syntax."""
    return literal(str(term), term.datatype, term.language) if isinstance(term, Literal) else str(term.n3())


def near(term: str) -> list[str]:
    """Terms that differ from one in a character, its kind, its case or its language."""
    if term.startswith("<"):
        text = term[1:-1]
        return [f"<{other}>" for other in (f"{text}x", text[:-1], text.upper()) if is_iri(other)] + [literal(text)]
    text, rest = term[1 : term.rfind('"')], term[term.rfind('"') + 1 :]
    # White space around numbers and dates is in dispute (test_referee.py).
    others = (f"{text}x", f"x{text}", *((f"{text}\\n", f" {text}") if not rest else ()))
    return [f'"{other}"{rest}' for other in others] + [f'"{text}"@en']


def around(bound: str) -> list[str]:
    """Numbers at a bound and on both its sides, of each type of numbers; none for a bound that is no number."""
    try:
        middle = Decimal(bound)
    except InvalidOperation:
        return []
    whole = [middle.to_integral_value() + step for step in (-1, 0, 1)]
    texts = [f"{middle + Decimal(step):f}" for step in ("-1", "-0.000001", "0", "0.000001", "1")]
    return [
        *(literal(f"{number:f}", XSD.integer) for number in whole),
        *(literal(text, XSD.decimal) for text in texts),
        *(literal(f"{float(text):.9E}", XSD.double) for text in texts),
    ]
