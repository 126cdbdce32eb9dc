"""What changed between two versions of the model, each change called compatible or not, and the version it asks for.

Compatible means: every payload that was valid stays valid and means the same triples, perhaps more. catalogue/docs/
evolution.md explains the rules to people; what cannot be shown to be compatible is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.released import Sheet, parse_version

Row = dict[str, Any]

# kind of change -> (compatible, what is said of it).
KINDS: Final[dict[str, tuple[bool, str]]] = {
    "class-added": (True, "new class"),
    "class-removed": (False, "class removed"),
    "class-renamed": (False, "class renamed"),
    "class-iri-changed": (False, "another IRI names the class"),
    "class-type-added": (True, "its things also have this RDF type"),
    "class-type-removed": (False, "its things no longer have this RDF type"),
    "parent-added": (True, "it is also a kind of this class"),
    "parent-removed": (False, "it is no longer a kind of this class"),
    "type-key-changed": (False, "whether `type` names the class in a payload"),
    "record-added": (True, "things of this class can be records of their own"),
    "record-removed": (False, "things of this class are no longer records of their own"),
    "slot-added": (True, "new optional slot"),
    "required-slot-added": (False, "new slot that every payload must have"),
    "slot-removed": (False, "slot removed"),
    "slot-renamed": (False, "slot renamed"),
    "predicate-changed": (False, "another IRI names the property"),
    "required": (False, "was optional, is required"),
    "optional": (True, "was required, is optional; readers can no longer count on it"),
    "single": (False, "was a list, is one value"),
    "list": (False, "was one value, is a list, which payloads write in brackets"),
    "range-changed": (False, "values are of another kind"),
    "range-class-added": (True, "things of this class may stand here; readers meet them"),
    "range-class-removed": (False, "things of this class may no longer stand here"),
    "range-base-changed": (True, "the range is named otherwise, while the same classes may stand here"),
    "reference-checked": (False, "must lead to a thing of this class that the record describes"),
    "reference-free": (True, "need not lead to a thing of this class any more"),
    "range-type-key-changed": (False, "things here must now say their class in `type`, which they did not"),
    "form-added": (True, "this form of a date may stand here"),
    "form-removed": (False, "this form of a date may no longer stand here"),
    "value-added": (True, "new value; readers meet it"),
    "value-removed": (False, "value removed"),
    "value-meaning-changed": (False, "another IRI says what the value means"),
    "pattern-narrowed": (False, "the pattern is another one, not shown to be wider"),
    "pattern-relaxed": (True, "the pattern takes more than before"),
    "minimum-raised": (False, "values must be larger"),
    "minimum-lowered": (True, "values may be smaller"),
    "maximum-lowered": (False, "values must be smaller"),
    "maximum-raised": (True, "values may be larger"),
    "order-added": (True, "the place in the list is said as well"),
    "order-removed": (False, "the place in the list is no longer said, or by another property"),
    "second-property-added": (True, "the value is said by a second property as well"),
    "second-property-removed": (False, "the value is no longer said by that second property"),
    "described-anew": (True, "other words describe it"),
    "prefix-added": (True, "new prefix"),
    "prefix-removed": (False, "prefix removed"),
    "prefix-moved": (False, "the prefix stands for another namespace"),
    "identifier-pattern-narrowed": (False, "the form of identifiers is another one, not shown to be wider"),
    "identifier-pattern-relaxed": (True, "identifiers may have more forms than before"),
    "rule-added": (False, "new hard rule"),
    "rule-removed": (True, "hard rule dropped"),
    "rule-changed": (False, "the hard rule is another one, not shown to be wider"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of the model.

    Args:
        where: `Class`, `Class.slot`, a prefix with its colon, or the IRI of a hard rule.
        kind: one of KINDS.
        before, after: what differs, as text; "" for what was not there or is gone.
    """

    where: str
    kind: str
    before: str = ""
    after: str = ""

    @property
    def compatible(self) -> bool:
        """Whether payloads and queries of before keep their validity and meaning."""
        return KINDS[self.kind][0]

    @property
    def sentence(self) -> str:
        """The change in words."""
        told = {(True, True): f" ({self.before} -> {self.after})", (False, True): f" ({self.after})"}
        shown = told.get((bool(self.before), bool(self.after)), f" ({self.before})" if self.before else "")
        return f"{self.where}: {KINDS[self.kind][1]}{shown}"

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON-ready values."""
        values = {"where": self.where, "kind": self.kind, "compatible": self.compatible}
        return {**values, "before": self.before, "after": self.after, "says": self.sentence}


def compare(old: Sheet, new: Sheet) -> list[Change]:
    """Every difference, the incompatible ones first, then by place.

    What a class inherits is told of the class it comes from only.
    """
    changes = [*_of_classes(old, new), *_of_records(old, new), *_of_prefixes(old, new), *_of_rules(old, new)]
    changes += _of_pattern("identifier", "identifier-pattern-", old["identifier"], new["identifier"])
    told = set(changes)
    own = [change for change in changes if not _inherited(change, told, new)]
    return sorted(own, key=lambda change: (change.compatible, change.where, change.kind, change.after))


def smallest_version(old: str, changes: list[Change]) -> str:
    """The smallest version that may follow `old` with these changes (semver; minor stands for major before 1.0.0)."""
    major, minor, patch = parse_version(old)
    if not changes:
        return old
    if all(change.compatible for change in changes):
        return f"{major}.{minor}.{patch + 1}"
    return f"0.{minor + 1}.0" if major == 0 else f"{major + 1}.0.0"


def fits(old: str, new: str, changes: list[Change]) -> bool:
    """Whether the version `new` says enough about what changed since `old`."""
    return parse_version(new) >= parse_version(smallest_version(old, changes))


def unnamed(changes: list[Change], text: str) -> list[Change]:
    """Incompatible changes whose place does not stand, in backquotes, in the text of a change log."""
    return [change for change in changes if not change.compatible and f"`{change.where}`" not in text]


def _of_classes(old: Sheet, new: Sheet) -> Iterator[Change]:
    before, after = old["classes"], new["classes"]
    renamed = _pairs(before, after, "iri")
    for name in before.keys() - after.keys() - renamed.keys():
        yield Change(name, "class-removed", before[name]["iri"])
    for name in after.keys() - before.keys() - set(renamed.values()):
        yield Change(name, "class-added", "", after[name]["iri"])
    for name, later in renamed.items():
        yield Change(later, "class-renamed", name, later)
        yield from _of_class(later, before[name], after[later], new)
    for name in before.keys() & after.keys():
        yield from _of_class(name, before[name], after[name], new)


def _pairs(before: Row, after: Row, key: str) -> dict[str, str]:
    """Old name -> new name, of what went under one name and came under another with the same IRI."""
    came = {after[name][key]: name for name in after.keys() - before.keys()}
    return {name: came[before[name][key]] for name in before.keys() - after.keys() if before[name][key] in came}


def _of_class(name: str, before: Row, after: Row, new: Sheet) -> Iterator[Change]:
    yield from _replaced(name, "class-iri-changed", before["iri"], after["iri"])
    own = {before["iri"], after["iri"]}
    yield from _of_sets(name, "class-type-", set(before["types"]) - own, set(after["types"]) - own)
    yield from _of_sets(name, "parent-", set(before["parents"]), set(after["parents"]))
    yield from _replaced(name, "type-key-changed", str(before["designated"]), str(after["designated"]))
    yield from _replaced(name, "described-anew", before["description"], after["description"])
    old_slots, slots = before["slots"], after["slots"]
    renamed = _pairs(old_slots, slots, "predicate")
    for key in old_slots.keys() - slots.keys() - renamed.keys():
        yield Change(f"{name}.{key}", "slot-removed", old_slots[key]["predicate"])
    for key in slots.keys() - old_slots.keys() - set(renamed.values()):
        kind = "required-slot-added" if slots[key]["required"] else "slot-added"
        yield Change(f"{name}.{key}", kind, "", slots[key]["predicate"])
    for key, later in renamed.items():
        yield Change(f"{name}.{later}", "slot-renamed", key, later)
        yield from _of_slot(f"{name}.{later}", old_slots[key], slots[later], new)
    for key in old_slots.keys() & slots.keys():
        yield from _of_slot(f"{name}.{key}", old_slots[key], slots[key], new)


def _of_slot(where: str, before: Row, after: Row, new: Sheet) -> Iterator[Change]:
    yield from _replaced(where, "predicate-changed", before["predicate"], after["predicate"])
    if before["required"] != after["required"]:
        yield Change(where, "required" if after["required"] else "optional")
    if before["many"] != after["many"]:
        yield Change(where, "list" if after["many"] else "single")
    yield from _of_range(where, before, after, new)
    yield from _of_pattern(where, "pattern-", before.get("pattern", ""), after.get("pattern", ""))
    yield from _of_limit(where, "minimum", before.get("min"), after.get("min"), lambda a, b: a > b)
    yield from _of_limit(where, "maximum", before.get("max"), after.get("max"), lambda a, b: a < b)
    yield from _of_addition(where, "order-", before.get("position", ""), after.get("position", ""))
    second = [row.get("also", {}).get("predicate", "") for row in (before, after)]
    yield from _of_addition(where, "second-property-", *second)
    yield from _replaced(where, "described-anew", before["description"], after["description"])


def _of_range(where: str, before: Row, after: Row, new: Sheet) -> Iterator[Change]:
    kinds = [" ".join(filter(None, (row["kind"], row.get("datatype", "")))) for row in (before, after)]
    if kinds[0] != kinds[1]:
        yield Change(where, "range-changed", *kinds)
        return
    old_classes, classes = before.get("classes", []), after.get("classes", [])
    yield from _of_sets(where, "range-class-", set(old_classes), set(classes))
    alone = len(old_classes) == 1 < len(classes) and old_classes[0] in classes
    if alone and not new["classes"][old_classes[0]]["designated"]:
        yield Change(where, "range-type-key-changed", old_classes[0], " or ".join(classes))
    base, later_base = before.get("class_iri", ""), after.get("class_iri", "")
    if base != later_base and before["kind"] == "ref":
        # Of a reference the class is a rule; of a thing that stands here it only names the classes that may.
        yield Change(where, "reference-checked" if later_base else "reference-free", base, later_base)
    elif set(old_classes) == set(classes):
        yield from _replaced(where, "range-base-changed", base, later_base)
    yield from _of_sets(where, "form-", set(before.get("forms", [])), set(after.get("forms", [])))
    values, later = before.get("values", {}), after.get("values", {})
    yield from _of_sets(where, "value-", set(values), set(later))
    for value in sorted(values.keys() & later.keys()):
        if values[value] != later[value]:
            yield Change(where, "value-meaning-changed", f"{value}: {values[value]}", f"{value}: {later[value]}")


def _of_sets(where: str, kind: str, before: set[str], after: set[str]) -> Iterator[Change]:
    for member in sorted(before - after):
        yield Change(where, kind + "removed", member)
    for member in sorted(after - before):
        yield Change(where, kind + "added", "", member)


def _replaced(where: str, kind: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(where, kind, before, after)


def _of_addition(where: str, kind: str, before: str, after: str) -> Iterator[Change]:
    """Of a statement made in addition: there now, or gone or replaced."""
    if before != after:
        yield Change(where, kind + ("removed" if before else "added"), before, after)


def _of_pattern(where: str, kind: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(where, kind + ("relaxed" if is_wider(before, after) else "narrowed"), before, after)


def is_wider(before: str, after: str) -> bool:
    """Whether a pattern takes all that another took, as far as its form shows: no pattern, or alternatives added."""
    if not after:
        return True
    return bool(before) and set(_alternatives(before)) <= set(_alternatives(after))


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of `^(?:a|b)$`, each with its anchors; the whole pattern where it has another form."""
    whole = re.fullmatch(r"\^(?:\(\?:(.*)\)|\((?!\?)(.*)\)|([^|]*))\$", pattern, re.DOTALL)
    inner = pattern if whole is None else next((group for group in whole.groups() if group is not None), "")
    parts, depth, start, position, in_set = [], 0, 0, 0, False
    while position < len(inner):
        character = inner[position]
        if character == "\\":
            position += 1
        elif in_set:
            in_set = character != "]"
        elif character == "[":
            in_set = True
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth < 0:
                # The first bracket does not close at the end: `^(a)(b)$`.
                return [pattern]
        elif character == "|" and depth == 0:
            parts.append(inner[start:position])
            start = position + 1
        position += 1
    parts.append(inner[start:])
    return parts if whole is None else [f"^{part}$" for part in parts]


def _of_limit(
    where: str, kind: str, before: float | None, after: float | None, tighter: Callable[[float, float], bool]
) -> Iterator[Change]:
    if before == after:
        return
    narrowed = before is None or (after is not None and tighter(after, before))
    word = {"minimum": ("raised", "lowered"), "maximum": ("lowered", "raised")}[kind][0 if narrowed else 1]
    yield Change(where, f"{kind}-{word}", *("" if limit is None else str(limit) for limit in (before, after)))


def _of_records(old: Sheet, new: Sheet) -> Iterator[Change]:
    for name in sorted(set(new["records"]) - set(old["records"])):
        yield Change(name, "record-added")
    for name in sorted(set(old["records"]) - set(new["records"])):
        yield Change(name, "record-removed")


def _of_prefixes(old: Sheet, new: Sheet) -> Iterator[Change]:
    yield from _of_table("prefix", ("added", "removed", "moved"), old["prefixes"], new["prefixes"], ":")


def _of_rules(old: Sheet, new: Sheet) -> Iterator[Change]:
    yield from _of_table("rule", ("added", "removed", "changed"), old["rules"], new["rules"], "")


def _of_table(kind: str, words: tuple[str, str, str], before: Row, after: Row, end: str) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            word = words[0] if not old else words[1] if not new else words[2]
            yield Change(name + end, f"{kind}-{word}", old, new)


def _inherited(change: Change, told: set[Change], new: Sheet) -> bool:
    """Whether the same is told of a class that this one is a kind of."""
    name, dot, slot = change.where.partition(".")
    parents = new["classes"].get(name, {}).get("parents", []) if dot else []
    return any(Change(f"{parent}.{slot}", change.kind, change.before, change.after) in told for parent in parents)
