"""A parsed document as entries that note what is read of them, and the account of every property at the end.

For JSON, XML and rows alike, once they are dicts; crates with an @graph have harvesters.gide_crate. STYLE section 9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from catalogue.model.crosswalks import load_crosswalk
from catalogue.model.documents import Finding, Severity
from catalogue.problems import RecordRejected

# One document may not fill the book of findings; the rest is counted in a last one.
MAX_FINDINGS_PER_CODE: Final = 50
LARGEST: Final = 2**63 - 1
PLACEHOLDERS: Final = frozenset({"na", "n/a", "n.a.", "none", "null", "nan", "unknown", "not available", "tbd", "-"})

_KINDS: Final = {
    str: "a text", list: "a list", int: "a number", float: "a number", bool: "true or false", type(None): "null",
}  # fmt: skip
_UNREAD: Final = object()
Place = tuple[int, str]


@cache
def crosswalk_reasons(name: str, stem: str) -> Mapping[str, str]:
    """Field path -> why it is left out, of the fields of a crosswalk whose CURIE begins with `stem`, stem removed.

    Args:
        name: of the crosswalk, such as `empiar`.
        stem: such as `empiar_meta:entry/`.
    """
    rows = load_crosswalk(name).rows
    placed = {row.subject_id for row in rows if row.is_mapped}
    return {
        row.subject_id.removeprefix(stem): row.comment
        for row in rows
        if row.subject_id.startswith(stem) and row.subject_id not in placed
    }


class Account:
    """Keeps the books of one document: what was read, what left out and why, what was noticed.

    Args:
        left_out: path of a property (`entry/imagesets/details`; lists do not show) -> why it is left out, for what
            the adapter never asks for; see `crosswalk_reasons`. A path stands for all below it.
    """

    def __init__(self, left_out: Mapping[str, str] | None = None):
        self.findings: list[Finding] = []
        self._left_out = left_out or {}
        self._counts: Counter[str] = Counter()
        self._states: dict[Place, str | None] = {}
        self._roots: list[Entry] = []
        self._opened: dict[int, Entry] = {}

    def open(self, value: Any, name: str = "") -> Entry:
        """The document, or one of its files, as an entry to read from.

        Args:
            name: first part of the paths of its properties; "" for none.
        Raises:
            RecordRejected: `not-parsable`, the value is no object.
        """
        if type(value) is not dict:
            kind = _KINDS.get(type(value), type(value).__name__)
            detail = f"The document is {kind}; an object with the properties of one record is expected."
            raise RecordRejected(detail, reason="not-parsable")
        entry = Entry(self, value, name)
        self._roots.append(entry)
        return entry

    def note(self, code: str, severity: Severity, path: str, value: Any, message: str) -> None:
        """Record a finding; of many with one code the first fifty are kept and the rest counted."""
        self._counts[code] += 1
        if self._counts[code] <= MAX_FINDINGS_PER_CODE:
            shown = value if type(value) is str else repr(value)[:500]
            self.findings.append(Finding(code, severity, path[:200], shown[:500], message))

    def close(self) -> tuple[int, Counter[str], Counter[str]]:
        """Number of properties mapped; ignored by path and reason; unmapped by path, each with a finding.

        Their sum is the number of keys of all objects in the document, at any depth.
        """
        ignored: Counter[str] = Counter()
        unmapped: Counter[str] = Counter()
        mapped = sum(self._settle(root, ignored, unmapped) for root in self._roots)
        for path, times in unmapped.items():
            often = "once" if times == 1 else f"{times} times"
            self.note(
                "unmapped-property", Severity.WARNING, path, path,
                f"Stands {often} and is not known here; the kept original holds it.",
            )  # fmt: skip
        for code, times in self._counts.items():
            if times > MAX_FINDINGS_PER_CODE:
                message = f"{times} findings of this kind in all."
                self.findings.append(Finding(code, Severity.WARNING, "", str(times), message))
        return mapped, ignored, unmapped

    def opened(self, value: dict[str, Any], path: str) -> Entry:
        """The entry of an object inside the document, always the same one."""
        entry = self._opened.get(id(value))
        if entry is None:
            entry = self._opened[id(value)] = Entry(self, value, path)
        return entry

    def set_state(self, value: dict[str, Any], key: str, reason: str | None) -> None:
        """Note that a property was read (None) or is left out for a reason."""
        if key in value:
            self._states[id(value), key] = reason

    def state(self, value: dict[str, Any], key: str) -> Any:
        """None when read, a reason when left out, something else when nobody asked for it."""
        return self._states.get((id(value), key), _UNREAD)

    def reason(self, path: str) -> str | None:
        """Why a property that nobody asked for is left out; None where no reason is written."""
        found = self._reason(path)
        return found if type(found) is str else None

    def _settle(self, entry: Entry, ignored: Counter[str], unmapped: Counter[str]) -> int:
        mapped = 0
        for key, value in entry.value.items():
            path = _join(entry.path, key)
            state = self.state(entry.value, key)
            if state is _UNREAD:
                state = "empty" if _is_empty(value) else self._reason(path)
            if state is None:
                mapped += 1
                for inner in _objects(value):
                    found = self._opened.get(id(inner))
                    mapped += _size(inner) if found is None else self._settle(found, ignored, unmapped)
            elif type(state) is str:
                ignored[f"{path[:150]}: {state[:200]}"] += 1 + sum(map(_size, _objects(value)))
            else:
                unmapped[path[:200]] += 1 + sum(map(_size, _objects(value)))
        return mapped

    def _reason(self, path: str) -> Any:
        while path:
            if path in self._left_out:
                return self._left_out[path]
            path = path.rpartition("/")[0]
        return _UNREAD


class Entry:
    """One object of a document.

    Every method marks what it gives as read; what does not fit gets a finding and counts as ignored.
    """

    __slots__ = ("account", "path", "value")

    def __init__(self, account: Account, value: dict[str, Any], path: str):
        self.account, self.value, self.path = account, value, path

    def has(self, key: str) -> bool:
        """Whether something stands there; marks nothing."""
        return not _is_empty(self.value.get(key))

    def keys(self) -> list[str]:
        """Names of all properties; marks nothing."""
        return list(self.value)

    def raw(self, key: str) -> Any:
        """The value as it is, with all below it marked as read; None where there is none."""
        self.account.set_state(self.value, key, None)
        return self.value.get(key)

    def text(self, key: str, *, lines: bool = False, word: bool = False) -> str | None:
        """The trimmed text of a property, numbers in their shortest form; None when nothing is said.

        Args:
            lines: keep inner line breaks and runs of blanks.
            word: a name or label, in which "NA" or "None" may be meant.
        """
        found = self._texts(key, lines=lines, word=word)
        if len(found) > 1:
            self.complain(
                "several-values", Severity.WARNING, key, "One value is expected; the first one is kept.",
            )  # fmt: skip
        return found[0] if found else None

    def texts(self, key: str, *, lines: bool = False, word: bool = True) -> list[str]:
        """The distinct, trimmed texts of a property in the order given; see `text` for the arguments."""
        return self._texts(key, lines=lines, word=word)

    def whole(self, key: str) -> int | None:
        """A whole number from 0 on, also where it is written as text."""
        number = self._number(key)
        if number is None:
            return None
        if not number.is_integer() or not 0 <= number <= LARGEST:
            self._refuse(key, "number-form", "A whole number from 0 on is expected; left out.")
            return None
        raw = _single(self.value[key])
        return raw if type(raw) is int else int(raw) if type(raw) is str and raw.strip().isdigit() else int(number)

    def decimal(self, key: str) -> float | None:
        """A number, also where it is written as text."""
        return self._number(key)

    def flag(self, key: str) -> bool | None:
        """True or false, also as the texts `true` and `false`."""
        value = _single(self.value.get(key))
        if _is_empty(value):
            return None
        word = value if type(value) is bool else {"true": True, "false": False}.get(str(value).strip().lower())
        if word is None:
            self._refuse(key, "flag-form", "true or false is expected; left out.")
            return None
        self.account.set_state(self.value, key, None)
        return word

    def entry(self, key: str) -> Entry | None:
        """The one object that a property holds."""
        found = self.entries(key)
        if len(found) > 1:
            self.complain("several-values", Severity.WARNING, key, "One object is expected; the first one is read.")
        return found[0] if found else None

    def entries(self, key: str) -> list[Entry]:
        """The objects that a property holds, lists in lists flattened; other values are complained about."""
        value = self.value.get(key)
        if _is_empty(value):
            return []
        self.account.set_state(self.value, key, None)
        path = _join(self.path, key)
        found = []
        for item in _flat(value):
            if type(item) is dict:
                found.append(self.account.opened(item, path))
            elif not _is_empty(item):
                self.complain("wrong-type", Severity.WARNING, key, "An object is expected; left out.", item)
        return found

    def leave(self, key: str, reason: str) -> None:
        """Count a property and all below it as ignored."""
        self.account.set_state(self.value, key, reason)

    def leave_rest(self, reason: str) -> None:
        """Count every property that was not asked for as ignored, empty ones as empty."""
        for key, value in self.value.items():
            if self.account.state(self.value, key) is _UNREAD and not _is_empty(value):
                self.leave(key, reason)

    def complain(self, code: str, severity: Severity, key: str, message: str, value: Any = _UNREAD) -> None:
        """Record a finding about one property; its own value is shown unless another is given."""
        shown = self.value.get(key) if value is _UNREAD else value
        self.account.note(code, severity, _join(self.path, key), shown, message)

    def _texts(self, key: str, *, lines: bool, word: bool) -> list[str]:
        value = self.value.get(key)
        if _is_empty(value):
            return []
        self.account.set_state(self.value, key, None)
        found: dict[str, None] = {}
        for item in _flat(value):
            text = _as_text(item)
            if text is None:
                if not _is_empty(item):
                    self.complain("wrong-type", Severity.WARNING, key, "Text is expected; left out.", item)
                continue
            clean = text.strip() if lines else " ".join(text.split())
            if clean and not word and clean.lower() in PLACEHOLDERS:
                message = "Stands for a missing value; leave it out."
                self.complain("placeholder", Severity.REPAIRED, key, message, text)
            elif clean:
                found[clean] = None
        if not found:
            self.leave(key, "holds nothing that can be used")
        return list(found)

    def _number(self, key: str) -> float | None:
        value = _single(self.value.get(key))
        if _is_empty(value):
            return None
        try:
            number = float(value) if isinstance(value, int | float | str) and value is not True else float("nan")
        except (ValueError, OverflowError):
            number = float("nan")
        if number != number or abs(number) == float("inf"):
            self._refuse(key, "number-form", "A number is expected; left out.")
            return None
        self.account.set_state(self.value, key, None)
        return number

    def _refuse(self, key: str, code: str, message: str) -> None:
        self.complain(code, Severity.WARNING, key, message)
        self.leave(key, "not of the expected form")


def _join(path: str, key: str) -> str:
    return f"{path}/{key}" if path else key


def _is_empty(value: Any) -> bool:
    if type(value) is str:
        return not value.strip()
    return value is None or value == [] or value == {}


def _single(value: Any) -> Any:
    """The one member of a list of one, as harvesters.xmlbytes gives every element; anything else as it is."""
    return value[0] if type(value) is list and len(value) == 1 else value


def _as_text(item: Any) -> str | None:
    if type(item) is str:
        return item
    if type(item) is int or type(item) is float:
        return repr(item)
    # XML's text beside attributes, as harvesters.xmlbytes gives it; JSON-LD's value object.
    if type(item) is dict and type(item.get("#text", item.get("@value"))) is str:
        return str(item.get("#text", item.get("@value")))
    return None


def _flat(value: Any) -> Iterator[Any]:
    if type(value) is list:
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a value that stand in no other object."""
    return (item for item in _flat(value) if type(item) is dict)


def _size(value: dict[str, Any]) -> int:
    """Number of keys of an object and of all objects below it."""
    return len(value) + sum(_size(inner) for item in value.values() for inner in _objects(item))
