"""A BioStudies submission with what came beside it as one document, and without the secrets of the database.

A submission alone is kept as it came; with file lists or `/info` it becomes a bundle (harvesters/bundle.py).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.model.documents import SourceDocument
from catalogue.problems import RecordRejected
from harvesters.bundle import MEDIA_TYPE, pack, unpack
from harvesters.jsonbytes import parse_json
from harvesters.sources.delivery import plain_name

# One list as it is kept; longer ones stay with the archive.
MAX_LIST_BYTES: Final = 1_000_000
MAX_LISTS: Final = 100
_ESCAPE: Final = re.compile(rb"\\u00([0-9a-fA-F]{2})")
SECRETS: Final = frozenset({"secretkey", "seckey", "owner", "submitter"})
_SUBMISSION, _INFO, _LISTS = "submission", "info.json", "lists/"


@dataclass(slots=True)
class Parcel:
    """What is kept of one submission.

    Args:
        submission: its bytes.
        info: the archive's answer to `/info`, empty where it was not asked.
        lists: path as the submission gives it -> bytes of a file list.
    """

    submission: bytes
    info: bytes = b""
    lists: dict[str, bytes] = field(default_factory=dict)

    def document(self, item: str, url: str, datestamp: str = "") -> SourceDocument:
        """The parcel as one document, the same bytes for the same parts."""
        if not self.info and not self.lists:
            media_type = "application/json" if _is_json(self.submission) else "text/tab-separated-values"
            return SourceDocument(item, url, self.submission, media_type, datestamp)
        files = {_SUBMISSION: self.submission} | {_LISTS + name: content for name, content in self.lists.items()}
        if self.info:
            files[_INFO] = self.info
        return SourceDocument(item, url, pack(files), MEDIA_TYPE, datestamp)


def open_parcel(content: bytes) -> Parcel:
    """The parts of a kept document.

    Raises:
        RecordRejected: `not-parsable`, a damaged bundle.
    """
    if content[257:262] != b"ustar":
        return Parcel(content)
    files = unpack(content)
    if _SUBMISSION not in files:
        raise RecordRejected("The kept bundle lacks its submission; harvest the source again.", reason="not-parsable")
    lists = {name.removeprefix(_LISTS): bytes_ for name, bytes_ in files.items() if name.startswith(_LISTS)}
    return Parcel(files[_SUBMISSION], files.get(_INFO, b""), lists)


def without_secrets(content: bytes) -> bytes:
    """The bytes without the database's keys and logins; as they came where there is none.

    The values of `secretKey`, `owner` and `submitter` become empty, and access tags that are logins are taken out.

    Raises:
        RecordRejected: `policy`, the document speaks of a secret key and cannot be parsed, so that it cannot be kept.
    """
    if not any(name in content.lower() for name in (b"secretkey", b"seckey", b"submitter", b"accesstags", b"\\u00")):
        return content
    try:
        value = parse_json(content).value
    except RecordRejected as rejected:
        plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content).lower()
        if b"seckey" in plain or b"secretkey" in plain:
            raise RecordRejected(
                "The document holds a secret key and is no JSON, so that the key cannot be taken out; it is not kept.",
                reason="policy",
            ) from rejected
        return content
    if not _redact(value):
        return content
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8")


def _redact(value: Any) -> bool:
    """Empty all secrets inside; True when there was one."""
    found = False
    if type(value) is list:
        return any([_redact(item) for item in value])
    if type(value) is not dict:
        return False
    for key, inner in value.items():
        if key.lower() in SECRETS and inner not in (None, ""):
            value[key] = ""
            found = True
        elif key == "accessTags" and type(inner) is list:
            kept = [tag for tag in inner if not (type(tag) is dict and "@" in str(tag.get("name", "")))]
            found |= len(kept) != len(inner)
            value[key] = kept
        elif _redact(inner):
            found = True
    return found


def list_names(content: bytes) -> list[str]:
    """Paths of the file lists that a submission names, in order, at most MAX_LISTS; none that leads outside."""
    try:
        value = parse_json(content).value
    except RecordRejected:
        return []
    names: dict[str, None] = {}
    _collect(value, names)
    return [name for name in names if plain_name(name) == name][:MAX_LISTS]


def _collect(value: Any, names: dict[str, None]) -> None:
    if type(value) is list:
        for item in value:
            _collect(item, names)
    elif type(value) is dict:
        if str(value.get("name", "")).strip().lower() == "file list" and type(value.get("value")) is str:
            names[" ".join(value["value"].split())] = None
        for inner in value.values():
            _collect(inner, names)


def _is_json(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
