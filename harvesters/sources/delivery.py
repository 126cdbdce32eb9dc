"""What every place of documents does alike: which names are documents, and which event their bytes become.

The places themselves (folder, archive, repository, web) sit beside this file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from catalogue.model.documents import Event, SourceDocument, Unchanged, Unreadable


@dataclass(frozen=True, slots=True)
class Delivery:
    """How documents of one source are recognised and handed on.

    Args:
        suffix: ending of a document's file name, or several; other files are not documents.
        known: item -> SHA-256 (hex) of the bytes held for it.
        max_bytes: decoded bytes one document may have.
    """

    suffix: str | tuple[str, ...]
    known: Mapping[str, str]
    max_bytes: int
    media_type: str

    def wants(self, item: str) -> bool:
        """Whether a file of this name is a document of the source."""
        return PurePosixPath(item).name.endswith(self.suffix)

    def document(self, item: str, url: str, content: bytes, datestamp: str = "") -> Event:
        """The event for bytes read whole: Unchanged when they equal the held ones, Unreadable when unusable."""
        if len(content) > self.max_bytes:
            return self.too_large(item, url, len(content))
        held = self.known.get(item)
        if held is not None and held == hashlib.sha256(content).hexdigest():
            return Unchanged(item)
        # JSON is UTF-8 (RFC 8259, section 8.1); text formats that need guessing (IDR) are kept as they came.
        if "json" in self.media_type:
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                detail = (
                    f"{item} is not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}. "
                    "Save the document as UTF-8."
                )
                return Unreadable(item, url, "bad-encoding", detail, content)
        return SourceDocument(item, url, content, self.media_type, datestamp)

    def too_large(self, item: str, url: str, size_bytes: int | None = None) -> Unreadable:
        """The event for a document that is larger than one may be; its bytes are not read."""
        has = f"has {size_bytes:,} bytes" if size_bytes is not None else "is larger than one may be"
        detail = f"{item} {has}; one document may have {self.max_bytes:,}. Split or shorten it."
        return Unreadable(item, url, "too-large", detail)


def plain_name(raw: str) -> str | None:
    """The name as a relative posix path without `.` segments; None when it could point outside its place."""
    if raw.startswith("/") or "\\" in raw or any(ord(c) < 32 or ord(c) == 127 for c in raw):
        return None
    parts = [part for part in raw.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    return "/".join(parts)


def printable(raw: bytes) -> tuple[str, bool]:
    """A file name as text and whether it was UTF-8; other bytes are written as backslash escapes."""
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace"), False
