"""One detached RO-Crate as entities to read from, with an account of every property and the findings on the way.

Knows JSON-LD as GIDE writes it, not what the properties mean; contexts are never fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final, NamedTuple

from catalogue.model.documents import Finding, Severity
from catalogue.problems import RecordRejected
from harvesters.gide_profile import EMBEDDED_KINDS, PLACEHOLDERS, PROPERTIES, TYPE_SPELLINGS

Entity = dict[str, Any]

# One document may not fill the book of findings; the rest is counted in a last one.
MAX_FINDINGS_PER_CODE: Final = 50
_SCHEMA: Final = ("http://schema.org/", "https://schema.org/", "schema:")
_NUMBERED: Final = re.compile(r"#?([A-Za-z][A-Za-z-]*?)-?([0-9]{1,6})(?:-([0-9]{1,6}))?", re.ASCII)


class Reference(NamedTuple):
    """A value of a property that points at another entity.

    Args:
        iri: the @id as given; "" for a literal.
        entity: what it points at; None when the crate does not hold it.
        kind: the entity's type; "" without entity.
        text: the literal, where a word stands instead of a reference.
    """

    iri: str
    entity: Entity | None
    kind: str
    text: str


class Crate:
    """Reads entities and keeps the books: which properties were read, which left out and why, what was noticed."""

    def __init__(self, document: Any):
        if type(document) is not dict or type(document.get("@graph")) is not list:
            raise RecordRejected(
                "The document has no @graph list at its top. A detached RO-Crate is a flattened JSON-LD document.",
                reason="not-parsable",
            )
        self.context = document.get("@context")
        self.findings: list[Finding] = []
        self.kinds: dict[int, str] = {}
        self._counts: Counter[str] = Counter()
        self._entities: dict[str, Entity] = {}
        self._listing: list[Entity] = []
        self._reached: set[int] = set()
        self._used: set[int] = set()
        self._left_out: dict[int, str] = {}
        self._dropped: dict[tuple[int, str], str] = {}
        self._blanks: dict[str, str] = {}
        self._outside = [key for key in document if key not in ("@context", "@graph")]
        for entity in document["@graph"]:
            self._index(entity)

    # -- entities ------------------------------------------------------------------------------------------------

    def _index(self, entity: Any) -> None:
        if type(entity) is not dict or type(entity.get("@id")) is not str:
            self.note("entity-without-id", Severity.WARNING, "@graph[]", entity, "An entity is an object with an @id.")
            if type(entity) is dict:
                self._list(entity, self._kind(entity))
            return
        name = entity["@id"]
        self._list(entity, self._kind(entity))
        if name in self._entities:
            self.reach(entity)
            self.leave_out(entity, "second entity of the same @id")
            self.note("duplicate-id", Severity.WARNING, name, name, "Two entities have one @id; the first one is read.")
            return
        self._entities[name] = entity

    def _list(self, entity: Entity, kind: str) -> None:
        self.kinds[id(entity)] = kind
        self._listing.append(entity)

    def _kind(self, entity: Entity) -> str:
        given = entity.get("@type")
        if type(given) is str:
            names = [given]
        else:
            names = [name for name in given if type(name) is str] if type(given) is list else []
        for name in names:
            if name in PROPERTIES:
                return name
        for name in names:
            plain = next((name[len(start) :] for start in _SCHEMA if name.startswith(start)), name)
            plain = TYPE_SPELLINGS.get(plain, plain)
            if plain in PROPERTIES:
                if f"type-{name}" not in self._blanks:
                    self._blanks[f"type-{name}"] = name
                    self.note(
                        "type-spelling", Severity.REPAIRED, f"{plain}.@type", name, f"Read as {plain}; write it so."
                    )
                return plain
        return names[0][:100] if names else "?"

    def find(self, name: str) -> Entity | None:
        """The entity with this @id."""
        return self._entities.get(name)

    def entities(self) -> list[Entity]:
        """The entities of the @graph in the order given, which means nothing."""
        return self._listing

    def rename(self, entity: Entity, kind: str) -> None:
        """Read `entity` as of another kind than its @type says."""
        self.kinds[id(entity)] = kind

    def reach(self, entity: Entity) -> None:
        """Mark an entity as connected with the root."""
        self._reached.add(id(entity))

    def use(self, entity: Entity) -> Entity:
        """Mark an entity as read; one that is reached and never read counts as ignored."""
        self._used.add(id(entity))
        return entity

    def leave_out(self, entity: Entity, reason: str) -> None:
        """Count all properties of an entity as ignored."""
        self._left_out[id(entity)] = reason[:200]

    # -- values --------------------------------------------------------------------------------------------------

    def text(self, entity: Entity, key: str, *, lines: bool = False, word: bool = False) -> str | None:
        """The text of a property, trimmed; None when there is none or it stands for a missing value.

        Args:
            lines: keep inner line breaks and runs of blanks.
            word: a name or label, in which "NA" or "None" may be meant.
        """
        self._used.add(id(entity))
        value = entity.get(key)
        if type(value) is not str:
            if value is None and key not in entity:
                return None
            value = self._odd_text(entity, key, value)
            if value is None:
                return None
        clean = value.strip() if lines else " ".join(value.split())
        if clean != value and clean:
            self._blanks.setdefault(f"{self.kinds[id(entity)]}.{key}", value)
        if len(clean) > 14:
            return clean
        if not clean:
            self.drop(entity, key, "empty")
            return None
        if not word and clean.lower() in PLACEHOLDERS:
            self.complain(
                "placeholder", Severity.REPAIRED, entity, key, value, "Stands for a missing value; leave it out."
            )
            self.drop(entity, key, "stands for a missing value")
            return None
        return clean

    def _odd_text(self, entity: Entity, key: str, value: Any) -> str | None:
        texts = self._texts_in(value)
        if len(texts) == 1:
            return texts[0]
        if not texts:
            self._not_text(entity, key, value)
            return None
        self.complain(
            "several-values", Severity.WARNING, entity, key, value, "One value is expected; the first one is kept."
        )
        return texts[0]

    def _not_text(self, entity: Entity, key: str, value: Any) -> None:
        if value in ([], "", None):
            self.drop(entity, key, "empty")
            return
        self.complain("wrong-type", Severity.WARNING, entity, key, value, "Text is expected.")
        self.drop(entity, key, "not of the expected type")

    def texts(self, entity: Entity, key: str) -> list[str]:
        """The distinct, trimmed texts of a property in the order given; none of them empty."""
        value = entity.get(key)
        if value is None and key not in entity:
            return []
        given = [value] if type(value) is str else self._texts_in(value)
        clean = list(dict.fromkeys(text for item in given if (text := " ".join(item.split()))))
        if not clean:
            self._not_text(entity, key, value if not given else "")
        else:
            untidy = next((item for item in given if item.strip() and item not in clean), None)
            if untidy is not None:
                self._blanks.setdefault(f"{self.kinds[id(entity)]}.{key}", untidy)
        return clean

    def _texts_in(self, value: Any) -> list[str]:
        found: list[str] = []
        for item in _members(value):
            if type(item) is dict:
                item = item.get("@value", item.get("@id"))
            if type(item) is str and item.strip():
                found.append(item)
        return found

    def references(self, entity: Entity, key: str) -> list[Reference]:
        """What a property points at, each @id once, in the order given; marks the targets as reached."""
        value = entity.get(key)
        if value is None and key not in entity:
            return []
        self._used.add(id(entity))
        found: dict[str | int, Reference] = {}
        for item in value if type(value) is list else _members(value):
            if type(item) is dict and len(item) == 1 and type(item.get("@id")) is str:
                name = item["@id"]
                if name not in found:
                    found[name] = self._reference(name, self._entities.get(name))
            else:
                reference = self._odd_reference(entity, key, item)
                if reference is not None:
                    found.setdefault(reference.iri or reference.text or id(reference.entity), reference)
        if not found:
            self.drop(entity, key, "empty")
        return list(found.values())

    def _reference(self, name: str, target: Entity | None) -> Reference:
        if target is None:
            return Reference(name, None, "", "")
        self._reached.add(id(target))
        return Reference(name, target, self.kinds[id(target)], "")

    def _odd_reference(self, holder: Entity, key: str, item: Any) -> Reference | None:
        if type(item) is dict and "@value" in item:
            item = item["@value"]
        if type(item) is str and item.strip():
            target = self._entities.get(item)
            return self._reference(item, target) if target is not None else Reference("", None, "", item.strip())
        if type(item) is dict and item:
            return self._embedded(holder, key, item)
        if item not in ("", None, {}):
            self.complain("wrong-type", Severity.WARNING, holder, key, item, "A reference is expected.")
        return None

    def _embedded(self, holder: Entity, key: str, item: Entity) -> Reference | None:
        """The entity that stands inside a property instead of in the @graph (hasCellLine of ssbd-repos-000265)."""
        name = item.get("@id")
        name = name if type(name) is str else ""
        known = self._entities.get(name) if name else None
        if all(inner[:1] == "@" for inner in item):
            if not name:
                self.complain("wrong-type", Severity.WARNING, holder, key, item, "A reference is expected.")
                return None
            return self._reference(name, known)
        self.complain(
            "embedded-object", Severity.REPAIRED, holder, key, item, "Read as an entity; put it into the @graph."
        )
        if id(item) not in self.kinds:  # the same property may be read twice
            kind = self._kind(item)
            self._list(item, EMBEDDED_KINDS.get(key, kind) if kind == "?" else kind)
        self._reached.add(id(item))
        if known is not None and known is not item:
            self.leave_out(item, "repeats the entity of the same @id")
            return self._reference(name, known)
        if name:
            self._entities[name] = item
        return Reference(name, item, self.kinds[id(item)], "")

    # -- books ---------------------------------------------------------------------------------------------------

    def note(self, code: str, severity: Severity, path: str, value: Any, message: str) -> None:
        """Record a finding."""
        self._counts[code] += 1
        if self._counts[code] <= MAX_FINDINGS_PER_CODE:
            shown = value if type(value) is str else repr(value)[:500]
            self.findings.append(Finding(code, severity, path[:200], shown[:500], message))

    def complain(self, code: str, severity: Severity, entity: Entity, key: str, value: Any, message: str) -> None:
        """Record a finding about one property of one entity."""
        name = entity.get("@id")
        kind = self.kinds[id(entity)]
        where = f"{kind}.{key}" if kind == "Dataset" or type(name) is not str else f"{kind}[{name[:100]}].{key}"
        self.note(code, severity, where, value, message)

    def misplaced(self, entity: Entity, key: str, reference: Reference) -> None:
        """Record that a property points at something of a type that has no place there."""
        self.complain(
            "unexpected-type", Severity.WARNING, entity, key, f"{reference.iri} ({reference.kind})",
            f"A {reference.kind[:50]} has no place here; left out.",
        )  # fmt: skip

    def drop(self, entity: Entity, key: str, reason: str) -> None:
        """Count a property that was looked at, and did not go into the record, as ignored."""
        if key in entity:
            self._dropped.setdefault((id(entity), key), reason[:200])

    def close(self) -> tuple[int, Counter[str], Counter[str]]:
        """The account of every property of every entity: number mapped, ignored by reason, unmapped."""
        ignored: Counter[str] = Counter()
        unmapped: Counter[str] = Counter()
        mapped = 0
        for key in self._outside:
            unmapped[f"crate.{key[:100]}"] += 1
        for entity in self._listing:
            kind = self.kinds[id(entity)]
            reason = self._reason(entity, kind)
            known = PROPERTIES.get(kind, {})
            for key, value in entity.items():
                why = reason or known.get(key, "")
                if key[:1] != "@":
                    if why is None:
                        mapped += 1
                    elif why:
                        ignored[f"{kind}.{key[:100]}: {why}"] += 1
                    else:
                        unmapped[f"{kind}.{key[:100]}"] += 1
                if type(value) is list or type(value) is dict:
                    for inner in self._inner(value):
                        path = f"{kind}.{key[:100]}.{inner[:100]}"
                        if why or why is None:
                            ignored[f"{path}: {why or 'not of the expected type'}"] += 1
                        else:
                            unmapped[path] += 1
        mapped -= self._settle_drops(ignored)
        self._conclude(unmapped)
        return mapped, ignored, unmapped

    def _reason(self, entity: Entity, kind: str) -> str:
        if id(entity) in self._reached:
            unread = "" if id(entity) in self._used or kind not in PROPERTIES else "stands where it has no place"
            return self._left_out.get(id(entity), unread)
        self.note(
            "orphan-entity", Severity.WARNING, f"{kind}[{str(entity.get('@id'))[:100]}]", entity.get("@id", ""),
            "Nothing that belongs to the study points at this entity; link it from the root.",
        )  # fmt: skip
        return "not reached from the root"

    def _inner(self, value: Any) -> list[str]:
        """Names of properties inside a value that were not read as an entity's."""
        if type(value) is list:
            return [name for item in value if type(item) in (dict, list) for name in self._inner(item)]
        if id(value) in self.kinds or (len(value) == 1 and type(value.get("@id")) is str):
            return []
        names = [key for key in value if key[:1] != "@"]
        return names + [name for item in value.values() if type(item) in (dict, list) for name in self._inner(item)]

    def _settle_drops(self, ignored: Counter[str]) -> int:
        settled = 0
        for (number, key), reason in self._dropped.items():
            kind = self.kinds[number]
            if number in self._left_out or number not in self._used:
                continue
            if PROPERTIES.get(kind, {}).get(key, "") is not None:
                continue
            ignored[f"{kind}.{key}: {reason}"] += 1
            settled += 1
        return settled

    def _conclude(self, unmapped: Counter[str]) -> None:
        for path, value in self._blanks.items():
            if not path.startswith("type-"):
                self.note("whitespace", Severity.REPAIRED, path, value, "Blanks around or within the text were tidied.")
        for path, times in unmapped.items():
            self.note(
                "unmapped-property", Severity.WARNING, path, path,
                f"Stands {times} times and is not part of the GIDE profile 0.2 as known here; the original keeps it.",
            )  # fmt: skip
        for code, times in self._counts.items():
            if times > MAX_FINDINGS_PER_CODE:
                self.findings.append(
                    Finding(code, Severity.WARNING, "@graph", str(times), f"{times} findings of this kind in all.")
                )


def in_order(references: list[Reference]) -> list[Reference]:
    """Numbered fragments by their numbers, others as they stand.

    SSBD writes `about` in another order at each export (ssbd-repos-000301), which would move ids between samples.
    """
    keyed = [(_NUMBERED.fullmatch(reference.iri), reference) for reference in references]
    if not all(found for found, _ in keyed):
        return references

    def key(pair: tuple[re.Match[str] | None, Reference]) -> tuple[str, int, int]:
        found = pair[0]
        assert found is not None
        return found[1], int(found[2]), int(found[3] or 0)

    return [reference for _, reference in sorted(keyed, key=key)]


def _members(value: Any) -> list[Any]:
    """The values of a property that has one or many; JSON-LD may wrap them into @list or @set."""
    if type(value) is dict:
        for wrapper in ("@list", "@set"):
            if type(value.get(wrapper)) is list:
                return list(value[wrapper])
    return value if type(value) is list else [value]
