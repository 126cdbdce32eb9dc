"""Our own records against schema, hard rules, names and profiles; each fault in words and with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from catalogue.model.namespaces import BASE, contract, expand
from catalogue.model.rdf import triples
from catalogue.model.record_identity import check_identity
from catalogue.model.table import FieldError, record_classes
from catalogue.model.validation import ValidationResult, Violation, check_graph, check_schema
from catalogue.validation import advice
from catalogue.validation.advice import Advice
from catalogue.validation.conflicts import Conflict, find_conflicts
from catalogue.validation.doubts import find_doubts
from catalogue.validation.fitting import first_fitting
from catalogue.validation.known_terms import Names
from catalogue.validation.nodes import Node
from catalogue.validation.record_text import RecordText, Spot, Steps
from catalogue.validation.results import Result
from catalogue.validation.rules import SH, rules
from catalogue.validation.source import SourceText
from catalogue.validation.terms import readable

SHAPES: Final = BASE + "shapes/"
DOUBT: Final = SHAPES + "doubt-"
# Values that cannot become RDF are found one at a time.
_MOST_FIELD_ERRORS: Final = 50


def check_record(
    node: Node,
    source: SourceText | None,
    profiles: tuple[str, ...] = (),
    class_name: str | None = None,
    reached: set[str] | None = None,
) -> list[Result]:
    """What is wrong with one record.

    Args:
        source: the text it stands in; None for a record that was made, whose faults have no place.
        profiles: names of profiles about records.
        class_name: its class, where it is a part of a record and `type` does not say.
        reached: takes the names of the profiles that are about something in the record.
    """
    if type(node.value) is not dict:
        place = source.place(node.start, node.end) if source else None
        shown = f"{node.value!r:.80}" if node.parts is None else "a list"
        return [Result("violation", f"A record is an object with fields, not {shown}", SHAPES + "Record", place=place)]
    return _Check(RecordText(node, source, class_name), class_name).run(profiles, set() if reached is None else reached)


class _Check:
    def __init__(self, record: RecordText, class_name: str | None):
        self._record = record
        self._names = Names(record)
        self._class_name = class_name
        self._faulty: list[Steps] = []
        self._told: set[tuple[str, str]] = set()

    def run(self, profiles: tuple[str, ...], reached: set[str]) -> list[Result]:
        return [*self._broken(profiles, reached), *self._doubts()]

    def _broken(self, profiles: tuple[str, ...], reached: set[str]) -> list[Result]:
        found = [self._from_schema(violation) for violation in check_schema(self._record.value, self._class_name)]
        found = _without_misspelt(found)
        found += [self._from_conflict(conflict) for conflict in find_conflicts(self._record)]
        sound = self._record.without(self._faulty)
        if sound is None:
            return [*found, self._not_looked_further()]
        if not found and self._class_name is None:
            found += [self._from_identity(violation) for violation in check_identity(sound)]
        data, more = self._triples(sound)
        found += more
        if data is None:
            return [*found, self._not_looked_further()]
        reached.update(profile for profile in profiles if rules(profile).reaches(data))
        for profile in (None, *profiles):
            found += self._from_shapes(data, profile)
        return found

    def _triples(self, sound: dict[str, Any]) -> tuple[bytes | None, list[Result]]:
        """The record's RDF without what cannot become RDF, and what that is."""
        found: list[Result] = []
        for _ in range(_MOST_FIELD_ERRORS):
            try:
                return triples(sound, self._class_name), found
            except FieldError as error:
                violation = Violation("", error.path, "", error.reason, "violation", SHAPES + "Record")
                known = (_iri(str(self._record.value.get("id"))), error.path) in self._told
                result = self._from_emitter(violation)
                found += [] if known else [result]
                left = self._record.without(self._faulty)
                if left is None:
                    break
                sound = left
        return None, found

    # -- results -------------------------------------------------------------------------------------------------

    def _from_schema(self, violation: Violation) -> Result:
        spot = self._record.spot(violation.path)
        self._faulty.append(spot.steps)
        value = spot.part.value if spot.part is not None else None
        missing = spot.part is None
        if spot.key == "type":
            given = self._about_type(spot, value)
        elif missing:
            given = advice.about_missing_field(spot.key, spot.slot, self._example(spot))
        elif spot.slot is None:
            given = self._about_keyword(spot, violation)
        elif spot.slot.many and type(value) is not list and spot.steps[-1] == spot.key:
            given = advice.about_list(spot.slot, value)
        else:
            given = advice.about_value(spot.slot, value, self._record.written(spot))
        if not given.suggestion and spot.slot is not None and spot.slot.kind == "ref" and type(value) is str:
            given = replace(given, suggestion=self._named(spot, value))
        return self._result(spot, given, missing=missing)

    def _example(self, spot: Spot) -> str:
        """An id for the thing at a spot: below that of its record, where it is a part."""
        root = self._record.spot_at(()).focus or "idr:idr0001"
        return f"{root}/{spot.kind.name.lower()}/1" if len(spot.steps) > 1 and spot.kind is not None else root

    def _named(self, spot: Spot, name: str) -> str:
        """The identifier of what a field calls by its name."""
        slot = spot.slot
        found = self._names.id_of(name, rules().target(self._rule(spot)))
        is_list = slot is not None and slot.many and spot.steps[-1] == spot.key
        return first_fitting(slot, [f"[{found}]" if is_list else found]) if slot is not None and found else ""

    def _about_type(self, spot: Spot, value: Any) -> Advice:
        holder = self._record.spot_at(spot.steps[:-1])
        if holder.slot is not None:
            return advice.about_type(value, holder.slot.classes)
        return advice.about_type(value, (self._class_name,) if self._class_name else record_classes())

    def _about_keyword(self, spot: Spot, violation: Violation) -> Advice:
        value = spot.part.value if spot.part is not None else None
        if spot.kind is not None and spot.key not in spot.kind.keys:
            return advice.about_unknown_field(spot.key, spot.kind)
        return Advice(f"{spot.key}: {violation.message}", suggestion=advice.about_prefix(str(value)))

    def _from_emitter(self, violation: Violation) -> Result:
        spot = self._record.spot(violation.path)
        self._faulty.append(spot.steps)
        value = spot.part.value if spot.part is not None else None
        meant = advice.about_prefix(value) if type(value) is str else ""
        return self._result(spot, Advice(f"{spot.key}: {violation.message}", suggestion=meant))

    def _doubts(self) -> Iterator[Result]:
        told = set(self._told)
        for doubt in find_doubts(self._record):
            spot = self._record.spot_at(doubt.steps)
            if (_iri(spot.focus), spot.key) not in told:
                yield replace(
                    self._result(spot, Advice(doubt.message)),
                    severity="warning",
                    rule=DOUBT + doubt.code,
                    constraints=(),
                )

    def _from_conflict(self, conflict: Conflict) -> Result:
        spot = self._record.spot_at((*conflict.again, "id"))
        # Shapes would see one thing with two values in each of these fields.
        self._told.update((_iri(spot.focus), key) for key in conflict.keys)
        places = [
            self._record.place(self._record.spot_at((*steps, "id"))) for steps in (conflict.first, conflict.again)
        ]
        lines = " and ".join(str(place.line) for place in places if place is not None)
        message = f"{spot.focus} is described twice{f' (lines {lines})' if lines else ''} and differs in "
        message += f"{', '.join(conflict.keys)}; give each thing an id of its own, or one thing the same values"
        return self._result(spot, Advice(message))

    def _from_identity(self, violation: Violation) -> Result:
        spot = self._record.spot(violation.path)
        # Whichever of id, owner and accession is named here, the shapes would say it of the id once more.
        self._told.add((_iri(spot.focus), "id"))
        return self._result(spot, Advice(violation.message), rule=violation.shape)

    def _from_shapes(self, data: bytes, profile: str | None) -> Iterator[Result]:
        known = rules(profile)
        for found in check_graph(data, profile):
            focus = contract(found.focus)
            name = known.name(found.shape) or contract(found.path)
            if (found.focus, name) in self._told:
                continue
            spot = self._find(focus, name, readable(found.value))
            if spot is None:
                # What is at fault has no object of its own in the record, and so no place.
                yield plain_result(found, profile)
                continue
            yield self._result(spot, self._about_shape(found, name, spot, profile), found=found, profile=profile or "")

    def _about_shape(self, found: ValidationResult, name: str, spot: Spot, profile: str | None) -> Advice:
        slot = spot.slot
        if profile is None and slot is not None and found.shape == self._rule(spot):
            if not found.value and spot.part is None:
                return advice.about_missing_field(name, slot)
            if found.component == SH + "ClassConstraintComponent" and slot.kind == "ref":
                return advice.about_reference(slot, contract(readable(found.value)))
            if spot.part is not None and type(spot.part.value) is not list:
                return advice.about_value(slot, spot.part.value, self._record.written(spot))
        message = " ".join(found.messages) or "This breaks the rule"
        help_ = advice.about_slot(slot) if slot is not None else rules(profile).description(found.shape)
        # The generated messages name the class as well, which the report does anyway.
        return Advice(re.sub(rf"^\w+\.(?={re.escape(name)}: )", "", message), help_)

    def _find(self, focus: str, name: str, value: str) -> Spot | None:
        """The spot a shape speaks of: the object with that id, its field, and in a list the value at fault."""
        spots = self._record.spots_of(focus)
        if not spots:
            return None
        holding = [spot for spot in spots if _object(spot).part(name) is not None]
        holder = (holding or spots)[0]
        steps = (*holder.steps, name)
        values = _object(holder).part(name)
        if values is not None and isinstance(values.parts, list) and value:
            for place, item in enumerate(values.parts):
                if _same(item.value, value):
                    return self._record.spot_at((*steps, place))
        return self._record.spot_at(steps)

    def _result(
        self,
        spot: Spot,
        given: Advice,
        *,
        found: ValidationResult | None = None,
        profile: str = "",
        missing: bool = False,
        rule: str = "",
    ) -> Result:
        if found is None and spot.key:
            self._told.add((_iri(spot.focus), spot.key))
        rule = rule or (found.shape if found is not None else self._rule(spot))
        known = rules(profile or None)
        constraint = found.component if found is not None else self._constraint(spot, rule, missing)
        return Result(
            severity=found.severity.removeprefix(SH).lower() if found is not None else "violation",
            message=given.message,
            rule=rule,
            focus=spot.focus,
            label=spot.label,
            kind=spot.kind.name if spot.kind is not None else "",
            path=spot.path,
            predicate=(found.path if found is not None else "") or known.path(rule),
            value=_shown(spot),
            help=given.help,
            suggestion=given.suggestion,
            profile=profile,
            constraints=(constraint,) if constraint else (),
            term=found.value if found is not None else "",
            place=self._record.place_of_key(spot) if _is_unknown(spot) else self._record.place(spot),
        )

    def _rule(self, spot: Spot) -> str:
        """IRI of the shape of a field, or of the class; a part of a class may have the shape of its parent."""
        if spot.kind is None:
            return SHAPES + "Record"
        for name in (spot.kind.name, *(extra.partition(":")[2] for extra in spot.kind.type_names[1:])):
            shape = f"{SHAPES}{name}-{spot.key}"
            if shape in rules():
                return shape
        return SHAPES + spot.kind.name

    def _constraint(self, spot: Spot, rule: str, missing: bool) -> str:
        if _is_unknown(spot):
            return SH + "ClosedConstraintComponent"
        slot, value = spot.slot, spot.part.value if spot.part is not None else None
        likely = "in"
        if missing:
            likely = "minCount"
        elif slot is not None and type(value) is list and not slot.many:
            likely = "maxCount"
        elif slot is not None and type(value) is str and slot.pattern:
            likely = "pattern"
        elif type(value) in (int, float):
            likely = "minInclusive" if slot is not None and slot.kind in ("integer", "double") else "datatype"
        return rules().constraint(rule, likely)

    def _not_looked_further(self) -> Result:
        return Result(
            "info",
            "The rules about the record as a whole were not checked; mend what is above and check again",
            SHAPES + "Record",
            focus=self._record.spot_at(()).focus,
        )


def plain_result(found: ValidationResult, profile: str | None, **known: Any) -> Result:
    """A result in the words of its shape.

    Args:
        known: further members of the result, such as `focus`, `label` and `place`.
    """
    shapes = rules(profile)
    members = {
        "severity": found.severity.removeprefix(SH).lower(),
        "message": " ".join(found.messages) or "This breaks the rule",
        "rule": found.shape,
        "focus": contract(found.focus),
        "path": shapes.name(found.shape) or _property_name(found.path),
        "predicate": found.path,
        "value": readable(found.value)[:500],
        "help": shapes.description(found.shape),
        "profile": profile or "",
        "constraints": (found.component,),
        "term": found.value,
    }
    return Result(**(members | known))


def _property_name(path: str) -> str:
    """A property as a CURIE, or by the last part of its IRI where no prefix is known; longer paths as they are."""
    name = contract(path)
    return re.split(r"[/#]", name)[-1] or name if name.startswith(("http://", "https://")) else name


def _without_misspelt(found: list[Result]) -> list[Result]:
    """The results without missing fields that are there under a misspelt name: one mistake, one message."""
    misspelt = {
        (one.focus, one.path.removesuffix(_last(one.path)) + one.suggestion)
        for one in found
        if one.suggestion and SH + "ClosedConstraintComponent" in one.constraints
    }
    missing = SH + "MinCountConstraintComponent"
    return [one for one in found if not (missing in one.constraints and (one.focus, one.path) in misspelt)]


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _object(spot: Spot) -> Node:
    return spot.part if spot.part is not None and spot.part.parts is not None else spot.owner


def _is_unknown(spot: Spot) -> bool:
    return spot.kind is not None and spot.part is not None and spot.slot is None and spot.key not in spot.kind.keys


def _same(given: Any, value: str) -> bool:
    if type(given) is dict:
        given = given.get("id")
    return str(given) == value or (type(given) is str and _iri(given) == value)


def _iri(name: str) -> str:
    try:
        return expand(name)
    except ValueError:
        return name


def _shown(spot: Spot) -> str:
    value = spot.part.value if spot.part is not None else None
    return "" if value is None or isinstance(value, dict | list) else str(value)[:500]
