"""Label images that belong to an OME-Zarr image: their names, and what their values stand for; pure.

Source: OME-Zarr 0.4 and 0.5, section "labels". A label document is an extra of the image: whatever is wrong with it is
a finding and never costs the image its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_values import Findings, json_text, text
from harvesters.zarr_documents import Documents, join, safe_path

MAX_LABELS: Final = 16
# A legend names some classes; a longer list is a table of objects, which stays in the store.
MAX_VALUES: Final = 64
MAX_PROPERTIES: Final = 8
_TITLES: Final = ("name", "class")


@dataclass(slots=True)
class LabelValue:
    """What one value of a label image stands for.

    Args:
        color: RRGGBBAA.
        properties: further keys with their values, as text.
    """

    value: int
    label: str | None = None
    color: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """One label image.

    Args:
        path: its group below that of the image it labels.
        source: path of the labelled image as the document states it, relative to the label.
    """

    name: str
    path: str
    source: str | None
    values: tuple[LabelValue, ...]


def labels_group(image: str) -> str:
    """Where the list of an image's labels stands in the store."""
    return join(image, "labels")


def label_groups(documents: Documents, image: str) -> list[str]:
    """Groups of the label images of `image`, at most sixteen; none where the list is missing or no list."""
    return [join(labels_group(image), name) for name in _names(documents, image, Findings())]


def parse_labels(documents: Documents, image: str, findings: Findings) -> tuple[Label, ...]:
    """The label images of `image`, with a finding for each that is not described."""
    return tuple(_label(documents, image, name, findings) for name in _names(documents, image, findings))


def _names(documents: Documents, image: str, findings: Findings) -> list[str]:
    group = labels_group(image)
    attributes = _attributes(documents, group, findings)
    listed = attributes.get("labels") if attributes is not None else None
    if listed is None:
        return []
    if not isinstance(listed, list):
        findings.note("labels-form", Severity.WARNING, f"{group}.labels", listed, "Labels are a list of paths.")
        return []
    if len(listed) > MAX_LABELS:
        findings.note(
            "labels-many", Severity.INFO, f"{group}.labels", len(listed), f"The first {MAX_LABELS} are in the record."
        )
    names: list[str] = []
    for name in listed[:MAX_LABELS]:
        try:
            names.append(safe_path(name))
        except RecordRejected as rejected:
            findings.note("labels-form", Severity.WARNING, f"{group}.labels", name, rejected.detail)
    return list(dict.fromkeys(names))


def _attributes(documents: Documents, group: str, findings: Findings) -> dict[str, Any] | None:
    try:
        found = documents.group(group)
    except RecordRejected as rejected:
        findings.note("labels-form", Severity.WARNING, group, "", rejected.detail)
        return None
    return found[0] if found is not None else None


def _label(documents: Documents, image: str, name: str, findings: Findings) -> Label:
    group = join(labels_group(image), name)
    attributes = _attributes(documents, group, findings)
    described = attributes.get("image-label") if attributes is not None else None
    if not isinstance(described, dict):
        findings.note(
            "label-undescribed", Severity.INFO, group, name, "Its document is not there or has no image-label."
        )
        described = {}
    source = described.get("source")
    return Label(
        name=name,
        path=join("labels", name),
        source=text(source.get("image")) if isinstance(source, dict) else None,
        values=_values(described, group, findings),
    )


def _values(described: dict[str, Any], group: str, findings: Findings) -> tuple[LabelValue, ...]:
    values: dict[int, LabelValue] = {}
    for key in ("colors", "properties"):
        for index, number, entry in _entries(described, key, group, findings):
            value = values.setdefault(number, LabelValue(number))
            if key == "colors":
                value.color = _color(entry.get("rgba"), f"{group}.{key}[{index}]", findings)
            else:
                _describe(value, entry, f"{group}.{key}[{index}]", findings)
    return tuple(values[number] for number in sorted(values))


def _entries(
    described: dict[str, Any], key: str, group: str, findings: Findings
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Place, pixel value and entry of each usable one; nothing of a list too long to be a legend."""
    listed = described.get(key)
    if not isinstance(listed, list):
        return
    if len(listed) > MAX_VALUES:
        findings.note(
            "label-table",
            Severity.INFO,
            f"{group}.{key}",
            len(listed),
            f"More than {MAX_VALUES} values are a table of objects, which stays in the store.",
        )
        return
    for index, entry in enumerate(listed):
        number = entry.get("label-value") if isinstance(entry, dict) else None
        if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**53:
            yield index, number, entry
        else:
            findings.note(
                "label-value", Severity.WARNING, f"{group}.{key}[{index}]", entry, "A label-value is an integer."
            )


def _color(given: object, path: str, findings: Findings) -> str | None:
    usable = (
        isinstance(given, list)
        and len(given) == 4
        and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 255 for n in given)
    )
    if usable:
        assert isinstance(given, list)
        return "".join(f"{part:02X}" for part in given)
    if given is not None:
        findings.note("label-color", Severity.WARNING, f"{path}.rgba", given, "A colour is four numbers up to 255.")
    return None


def _describe(value: LabelValue, entry: dict[str, Any], path: str, findings: Findings) -> None:
    value.label = next((found for key in _TITLES if (found := text(entry.get(key)))), None)
    given = [key for key in entry if key != "label-value" and text(key) == key]
    if len(given) > MAX_PROPERTIES:
        findings.note(
            "label-properties", Severity.INFO, path, len(given), f"The first {MAX_PROPERTIES} are in the record."
        )
    for key in given[:MAX_PROPERTIES]:
        said = text(entry[key]) if isinstance(entry[key], str) else json_text(entry[key])
        if said is not None and said != "null":
            value.properties[key] = said
