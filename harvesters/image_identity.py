"""Which study and which image a row of a list of OME-Zarr stores is about; pure, never guessed.

The forms of identifiers are catalogue.model.identifiers'; lists are image_lists.py's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from catalogue.model.documents import SourceSpec
from catalogue.model.identifiers import Identifier, image_identifier, parse_identifier
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, RecordRejected

_STORE_SUFFIX: Final = re.compile(r"(?:\.ome)?\.zarr$", re.IGNORECASE)


def identify(cells: Mapping[str, str], key: str, source: SourceSpec) -> tuple[Identifier, Identifier]:
    """Study and image identifier of a listed store.

    The study is what `study`, `origin` or the source's option names, in this order; the image is the owner's own id
    where `identifier` or `origin` gives one, else the study's accession and the store's name.

    Raises:
        RecordRejected: no study is named, or the image id does not have the owner's form.
    """
    origin = parsed(cells.get("origin", ""))
    named = (parsed(cells.get("study", "")), origin, parsed(source.options.get("study", "")))
    study = next((found for found in named if found is not None and found.kind == "study"), None)
    if study is None:
        raise RecordRejected(
            f"No study is known for {key}: `origin` is '{cells.get('origin', '')[:100]}'. Give the study's page or "
            "accession in `origin` or `study`, or set the source's option `study`.",
            reason="bad-identifier",
        )
    own = cells.get("identifier", "")
    if own:
        image = parsed(own if ":" in own else f"{study.prefix}:{own}")
        if image is None or image.kind != "image" or image.prefix != study.prefix:
            raise RecordRejected(
                f"identifier '{own[:100]}' is no image id of the owner of {study.curie}; leave it out or mend it.",
                reason="bad-identifier",
            )
        return study, image
    if origin is not None and origin.kind == "image" and origin.prefix == study.prefix:
        return study, origin
    try:
        return study, image_identifier(study, store_stem(key))
    except BadIdentifier as error:
        raise RecordRejected(error.detail, reason="bad-identifier") from error


def store_stem(key: str) -> str:
    """The store's name without folder and suffix, percent-decoded."""
    return _STORE_SUFFIX.sub("", unquote(key.rstrip("/").rpartition("/")[2]))


def parsed(text: str) -> Identifier | None:
    """The record that a text names; None for a text that names none, or several."""
    try:
        return parse_identifier(text) if text else None
    except (BadIdentifier, AmbiguousIdentifier):
        return None
