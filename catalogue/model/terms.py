"""One value of a payload to one RDF term in N-Triples syntax, checked on the way.

Which slot holds which kind of value is catalogue.model.table's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring  # C speed; JSON's escapes are all N-Triples escapes
from typing import Any, Final

from catalogue.model.namespaces import ASSESSED, BASE, OWNERS, PREFIXES

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
Term = Callable[[Any], str]
Datatype = Callable[[str], str | None]

_FORMS: Final = {
    "year": (re.compile(r"\d{4}", re.ASCII), XSD + "gYear"),
    "month": (re.compile(r"\d{4}-\d{2}", re.ASCII), XSD + "gYearMonth"),
    "day": (re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII), XSD + "date"),
    "instant": (re.compile(r"\d{4}-\d{2}-\d{2}T.+", re.ASCII), XSD + "dateTime"),
}
# RFC 3987, as strict as the graph engine, which refuses a whole batch for one bad IRI. IP literals are left out.
_PLAIN: Final = r"A-Za-z0-9._~!$&'()*+,;=\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd-"
_ESCAPED: Final = "%[0-9A-Fa-f]{2}"
_IRI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:[{_PLAIN}:]|{_ESCAPED})*@)?(?:[{_PLAIN}]|{_ESCAPED})*(?::[0-9]*)?(?=[/?#]|\Z)|(?!//))"
    rf"(?:[{_PLAIN}:@/]|{_ESCAPED})*"
    rf"(?:\?(?:[{_PLAIN}:@/?]|{_ESCAPED})*)?(?:\#(?:[{_PLAIN}:@/?]|{_ESCAPED})*)?"
)


def _namespace(prefix: str) -> str | None:
    """The namespace of a prefix; those of owners.toml came after PREFIXES was made."""
    return PREFIXES.get(prefix, f"{BASE}{prefix}:" if prefix in OWNERS or prefix == ASSESSED else None)


@lru_cache(maxsize=20_000)
def iri(name: str) -> str:
    """The absolute IRI of a CURIE or IRI, checked against RFC 3987.

    Raises:
        ValueError: no known prefix and no scheme, or characters that an IRI must not have.
    """
    prefix, colon, local = name.partition(":")
    namespace = _namespace(prefix)
    found = name if namespace is None or local.startswith("//") else namespace + local
    if not colon or not _IRI.fullmatch(found):
        raise ValueError(f"'{name[:200]}' is no absolute IRI and no CURIE of the prefix map")
    return found


@lru_cache(maxsize=20_000)
def reference(name: str) -> str:
    """The term of a thing of ours or of an ontology: a CURIE with a known prefix, or an http(s) IRI.

    Raises:
        ValueError: as for `iri`, and for other schemes.
    """
    prefix, _, local = name.partition(":")
    if prefix not in ("https", "http") and (_namespace(prefix) is None or local.startswith("/")):
        raise ValueError(f"'{name[:200]}' is no CURIE with a known prefix and no http(s) IRI")
    return f"<{iri(name)}>"


def link(value: str) -> str:
    """The term of an address of any scheme."""
    return f"<{iri(value)}>"


def text(value: str) -> str:
    """The term of a plain string.

    Raises:
        TypeError: the value is no string.
    """
    return encode_basestring(value)


def integer(value: Any) -> str:
    """The term of a whole number; 5.0 is one, as JSON does not tell it from 5.

    Raises:
        ValueError: anything else, true and false among it.
    """
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise ValueError(f"{value!r:.200} is no whole number")
    return f'"{value}"^^<{XSD}integer>'


def boolean(value: Any) -> str:
    """The term of true or false.

    Raises:
        ValueError: anything else.
    """
    if type(value) is not bool:
        raise ValueError(f"{value!r:.200} is neither true nor false")
    return f'"{"true" if value else "false"}"^^<{XSD}boolean>'


def double(value: Any) -> str:
    """The term of a finite number as xsd:double.

    Raises:
        ValueError: anything else.
    """
    if type(value) is not float and type(value) is not int:
        raise ValueError(f"{value!r:.200} is no number")
    return f'"{canonical_double(float(value))}"^^<{XSD}double>'


@lru_cache(maxsize=4_096)
def canonical_double(value: float) -> str:
    """Shortest digits that give the same double, in the form of XML Schema and JSON-LD processors (3.6E-1).

    Raises:
        ValueError: infinite or not a number.
    """
    digits = repr(value)
    if digits in ("inf", "-inf", "nan"):
        raise ValueError(f"{digits} is no finite number")
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    digits, _, exponent = digits.partition("e")
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).lstrip("0")
    if not significant:
        return "0.0E0"  # 0.0 and -0.0 are one key of the cache, so they must be one text
    power = int(exponent or 0) + len(significant) - len(fraction) - 1
    significant = significant.rstrip("0")
    return f"{sign}{significant[0]}.{significant[1:] or '0'}E{power}"


def typed(datatype: str) -> Term:
    """Makes terms of one datatype; the text is kept as given, validation judges it."""
    suffix = f"^^<{datatype}>"
    return lambda value: encode_basestring(value) + suffix


def lexical(forms: list[str]) -> Datatype:
    """Gives the datatype that fits a date's form (year, month, day, instant), None when none fits."""
    choices = [_FORMS[form] for form in forms]
    return lambda value: next((found for pattern, found in choices if pattern.fullmatch(value)), None)


def by_form(datatype: Datatype) -> Term:
    """Makes date terms typed by their form; plain strings of what is no date, for validation to find."""

    def term(value: str) -> str:
        found = datatype(value)
        return encode_basestring(value) + (f"^^<{found}>" if found else "")

    return term


def choice(values: dict[str, str]) -> Term:
    """Makes the terms of an enumeration's values.

    Args:
        values: value in the payload -> IRI of its meaning.
    """
    terms = {value: f"<{meaning}>" for value, meaning in values.items()}

    def term(value: str) -> str:
        found = terms.get(value)
        if found is None:
            raise ValueError(f"{value!r:.200} is none of {', '.join(terms)}")
        return found

    return term
