"""Objects of EGA as entries of an account, with the crosswalk's reasons for what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from harvesters.account import Account, Entry, crosswalk_reasons
from harvesters.ega_objects import EgaObject

NO_FILES: Final = "names and digests of files under controlled access, which a public catalogue has no need to hold"
_OWN: Final = {
    "study/schemaDescriptor": "Version of the archive's own schema; the document is kept verbatim with it.",
    "analysis/analysisAttributes": "Attributes of a sequence analysis; no imaging.",
}


@cache
def reasons() -> Mapping[str, str]:
    """Path of a property -> why it is left out."""
    return {**crosswalk_reasons("ega", "ega:"), **crosswalk_reasons("ega", "ega_xml:"), **_OWN}


def open_object(account: Account, one: EgaObject) -> Entry:
    """The object as an entry, its path as the crosswalk has it (`study/...`, `DATASET/...`)."""
    entry = account.open(one.value, one.kind.upper() if one.is_xml else one.kind)
    if one.is_xml:
        # By it objects find one another.
        entry.raw("@accession")
    return entry


def leave_unread(entry: Entry, read: set[str]) -> None:
    """Leave out, with the crosswalk's reason, the parts of an XML object whose wrappers the crosswalk does not name."""
    for key in list(entry.value):
        if key in read:
            continue
        wrapped = f"{entry.path}/{key.removesuffix('S').removesuffix('_LINK') if key.endswith('_LINKS') else key}"
        one = wrapped.removesuffix("S") if key.endswith("_ATTRIBUTES") else wrapped
        reason = next((why for path, why in sorted(reasons().items()) if path.startswith(one)), None)
        if reason is not None:
            entry.leave(key, reason)


def texts(value: Any) -> list[str]:
    """The texts of an XML child: a list of texts and elements."""
    listed = value if isinstance(value, list) else [value]
    found = (one.get("#text") if isinstance(one, dict) else one for one in listed)
    return [" ".join(one.split()) for one in found if isinstance(one, str) and one.strip()]
