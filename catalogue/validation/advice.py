"""What to tell a curator about a field: what is wrong, what is needed, what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from catalogue.model.forms import day, licence_iri, orcid_iri, paper_id, ror_iri
from catalogue.model.namespaces import PREFIXES, contract, expand
from catalogue.model.ontology_terms import repair_term
from catalogue.model.table import Class, Slot, classes
from catalogue.model.terms import reference
from catalogue.validation.fitting import first_fitting

_SHOWN: Final = 100
_LITERAL_START: Final = re.compile(r"\^((?:\\[./:?-]|[A-Za-z0-9:/_-])+)")
# An ORCID or ISNI without its hyphens.
_SIXTEEN: Final = re.compile(r"\d{15}[\dX]", re.ASCII)
_VISIBLE: Final = r"\S"
_BOOLEANS: Final = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_NUMERIC: Final = ("integer", "double")


@dataclass(frozen=True, slots=True)
class Advice:
    """What a report says about one fault.

    Args:
        help: what the field is for, or how to mend it; "" where the message says it all.
        suggestion: what was probably meant, as it should be written.
    """

    message: str
    help: str = ""
    suggestion: str = ""


def about_unknown_field(key: str, kind: Class) -> Advice:
    """For a field that its class does not have."""
    message = f"{kind.name} has no field '{key[:_SHOWN]}'"
    found = closest(key, kind.keys)
    if found:
        return Advice(message, suggestion=found)
    owners = [other.name for other in classes().values() if key in other.keys]
    if owners:
        return Advice(message, f"{key} is a field of {', '.join(owners)}.")
    return Advice(message, f"Fields of {kind.name} are {', '.join(sorted(kind.keys))}.")


def about_missing_field(key: str, slot: Slot | None, example: str = "idr:idr0001") -> Advice:
    """For a field that must be there.

    Args:
        example: an id such as the thing might have.
    """
    if slot is None:
        words = {"type": "the name of the class", "id": f"the CURIE of the thing, such as {example}"}
        return Advice(f"{key} is missing; give {words.get(key, 'it')}")
    many = "one or more, each " if slot.many else ""
    need = "a text" if slot.kind == "text" and slot.pattern == _VISIBLE else slot.form
    return Advice(f"{key} is missing; give {many}{need}", about_slot(slot))


def about_type(value: Any, allowed: Iterable[str]) -> Advice:
    """For a `type` that names no class, or none that fits here."""
    names = list(allowed)
    message = f"type must be one of {', '.join(names)}"
    if value is None:
        return Advice(f"type is missing; give one of {', '.join(names)}")
    return Advice(message, suggestion=closest(str(value), names))


def about_value(slot: Slot, value: Any, written: str = "") -> Advice:
    """For a field with a value that breaks its rule.

    Args:
        value: of the field, or the one item of a list that is at fault.
        written: the value as it stands in the file, where a number has lost its leading zeros.
    """
    help_ = about_slot(slot)
    if type(value) is dict and slot.kind != "node":
        return _about_fields(slot, value, help_)
    if value is None:
        return Advice(f"{slot.key} has no value; give {slot.form}, or leave the field out", help_)
    if value == []:
        return Advice(f"{slot.key} is an empty list, which says nothing; leave the field out", help_)
    if type(value) is list and not slot.many:
        return Advice(f"{slot.key} takes one value, not a list: {slot.form}", help_)
    if slot.kind == "node" and type(value) is not dict:
        return _about_node(slot, value, help_)
    if slot.kind == "boolean":
        meant = first_fitting(slot, [_BOOLEANS.get(str(value).lower(), "")])
        return Advice(f"{slot.key} must be {slot.form}, without quotes", help_, meant)
    if slot.kind not in _NUMERIC and type(value) in (int, float, bool):
        given = written or str(value)
        quoted = first_fitting(slot, [f'"{given}"'])
        if quoted:
            form = "text" if slot.pattern == _VISIBLE else f"text: {slot.form}"
            return Advice(f"{slot.key} must be {form}; put it into quotes", help_, quoted)
        return Advice(f"{slot.key} must be {slot.form}", help_, _meant(slot, given))
    if slot.kind in _NUMERIC and type(value) is str:
        bare = first_fitting(slot, [value.strip()])
        quotes = "; take away the quotes" if bare else ""
        return Advice(f"{slot.key} must be {slot.form}{quotes}", help_, bare)
    return Advice(f"{slot.key} must be {slot.form}", help_, _meant(slot, value))


def about_reference(slot: Slot, name: str) -> Advice:
    """For the identifier of a thing that the record does not describe."""
    todo = "add it to terms" if slot.form.endswith("in terms") else "describe it there"
    return Advice(f"{slot.key}: nothing in the record describes {name}; {todo}, or give {slot.form}", about_slot(slot))


def about_list(slot: Slot, value: Any) -> Advice:
    """For a single value where a list is needed."""
    help_ = about_slot(slot)
    if slot.kind == "node":
        message = f"{slot.key} takes a list; begin each {_kinds(slot)} in it with '- ' and give its fields"
        return Advice(f"{message} ({_needed(slot.classes[0])})", help_)
    message = f"{slot.key} takes a list; put its values into brackets, even a single one"
    if type(value) is not str or not value.isprintable() or set(value) & set(",[]{}:#\"'"):
        value = ""
    bare = [value, _meant(slot, value)] if value else []
    return Advice(message, help_, first_fitting(slot, [f"[{one}]" for one in bare if one]))


def about_prefix(name: str) -> str:
    """The CURIE that another form of a term, or a CURIE with a misspelt prefix, means; "" where none is clear."""
    term = repair_term(name) if len(name) <= _SHOWN else None
    if term is not None and term.repaired:
        return term.curie
    prefix, colon, local = name.partition(":")
    if not colon or prefix in PREFIXES:
        return ""
    meant = f"{closest(prefix, PREFIXES)}:{local}"
    # A neighbour of another form is another thing: NCBI:txid9606 is nothing of NCIT.
    return meant if meant[0] != ":" and contract(expand(meant)) == meant else ""


def about_slot(slot: Slot) -> str:
    """What the field is for, with an example where the model has one."""
    example = f" Example: {slot.examples[0]}" if slot.examples else ""
    curie = " An identifier is a CURIE (FBbi:00000246) or an http(s) address." if slot.kind == "ref" else ""
    return slot.description.replace("`", "") + curie + example


def closest(given: str, known: Iterable[str]) -> str:
    """The known word that `given` most likely means; "" where none is close.

    Case, hyphens, underscores and a plural s are not counted: datePublished is date_published.
    """
    plain: dict[str, str] = {}
    for word in sorted(known):
        plain.setdefault(_plain(word), word)
    wanted = _plain(given)[:_SHOWN]
    if wanted in plain:
        return plain[wanted]
    found = get_close_matches(wanted, plain, n=1, cutoff=0.75)
    return plain[found[0]] if found else ""


def _beginning(given: str, known: Iterable[str]) -> str:
    """The one known word that begins like `given`: light-sheet, or M of male."""
    wanted = _plain(given)
    found = [word for word in known if wanted and _plain(word).startswith(wanted)]
    return found[0] if len(found) == 1 else ""


def _about_fields(slot: Slot, value: dict[str, Any], help_: str) -> Advice:
    """For fields where a plain value is needed: the neighbour of much the same name may take them."""
    keys = {key for key in value if isinstance(key, str)}
    known = [one for kind in classes().values() if slot in kind.slots for one in kind.slots if one.kind == "node"]
    taking = {one.key for one in known if any(keys <= classes()[name].keys for name in one.classes)}
    form = "text" if slot.pattern == _VISIBLE else slot.form
    meant = closest(slot.key, taking)
    return Advice(f"{slot.key} takes no fields below it, but one value: {form}", help_, meant)


def _about_node(slot: Slot, value: Any, help_: str) -> Advice:
    fields = _needed(slot.classes[0])
    if type(value) is str and _is_name(value):
        message = f"{slot.key}: the fields of {value[:_SHOWN]} are needed, not its identifier alone"
        return Advice(f"{message}; repeat the {_kinds(slot)} here with the same id and its fields ({fields})", help_)
    each = "each" if slot.many else "the"
    return Advice(f"{slot.key}: write {each} {_kinds(slot)} with its fields ({fields}), not as a word", help_)


def _is_name(text: str) -> bool:
    try:
        reference(text)
    except ValueError:
        return False
    return True


def _kinds(slot: Slot) -> str:
    return " or ".join(slot.classes)


def _needed(class_name: str) -> str:
    kind = classes()[class_name]
    return ", ".join(["type"] * kind.designated + ["id"] + [slot.key for slot in kind.slots if slot.required])


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).lower().removesuffix("s")


def _meant(slot: Slot, given: Any) -> str:
    if type(given) is not str or len(given) > 500:
        return ""
    if slot.values:
        return first_fitting(slot, [closest(given, slot.values) or _beginning(given, slot.values)])
    if slot.kind == "ref":
        return first_fitting(slot, [about_prefix(given)])
    if slot.kind in _NUMERIC:
        return ""
    known = [find(given.strip()) or "" for find in _READERS]
    # Text of any form needs no other one.
    return first_fitting(slot, [*known, *_candidates(slot.pattern, given)]) if slot.pattern != _VISIBLE else ""


def _licence(text: str) -> str | None:
    """As `licence_iri`; a Creative Commons licence without its version is taken for the present one."""
    name = text.replace(" ", "-")
    return licence_iri(text) or licence_iri(name) or licence_iri(f"{name}-4.0")


def _paper(text: str) -> str | None:
    found = paper_id(text)
    return found.value if found else None


# What reads an identifier in all its written forms.
_READERS: Final = (_licence, orcid_iri, ror_iri, _paper, day)


def _candidates(pattern: str, given: str) -> list[str]:
    """The value with the beginning that its pattern asks for, or without one that it does not allow."""
    bare = given.strip()
    start = _LITERAL_START.match(pattern)
    prefix = re.sub(r"\\(.)", r"\1", start[1]) if start else ""
    grouped = "-".join(re.findall(".{4}", bare)) if _SIXTEEN.fullmatch(bare) else ""
    candidates = [bare, bare.lower(), prefix + bare, prefix + re.sub(r"^[a-z]+://[^/]+/", "", bare)]
    candidates += [prefix + grouped] if grouped else []
    candidates += [bare[found.end() :] for found in re.finditer(r"[/:]+", bare)]
    return [one for one in candidates if one != given]
