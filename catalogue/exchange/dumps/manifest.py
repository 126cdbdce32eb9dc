"""The manifest of a dump: its files with digests, the log position and digests it stands for, signed by its node."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey, is_signed
from catalogue.problems import BadRequest

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
_MAGIC: Final = b"ommatidia-dump/1\n"
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}(/[A-Za-z0-9][A-Za-z0-9._-]{0,150})?")
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of a dump.

    Args:
        name: path below the dump, such as `studies.parquet` or `images/entries.parquet`.
        rows: of a table, lines of text with one record a line; None of other files.
    """

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    rows: int | None
    description: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says; `statement` has all of it, as it was signed."""

    statement: Mapping[str, Any]
    files: tuple[DumpFile, ...]

    @property
    def name(self) -> str:
        """Name of the dump, `DATE-POSITION`."""
        return str(self.statement["name"])

    @property
    def position(self) -> int:
        """Position of the newest entry in it, in the log of the node that made it."""
        return int(self.statement["position"])

    @property
    def node(self) -> str:
        """The node that made it."""
        return str(self.statement["node"])

    def file(self, name: str) -> DumpFile | None:
        """The file of that name; None when there is none."""
        return next((one for one in self.files if one.name == name), None)


def render_manifest(said: Mapping[str, Any], files: Iterable[DumpFile], key: NodeKey) -> bytes:
    """The manifest with its signature, as JSON."""
    statement = {**said, "node": key.node, "key": key.public, "files": [asdict(one) for one in files]}
    signature = key.sign(_MAGIC + canonical(statement))
    document = {"statement": statement, "signatures": {key.public: signature}}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_manifest(content: bytes) -> Manifest:
    """The manifest that some bytes are, signed with the key that it names; whether to trust that is the reader's.

    Raises:
        BadRequest: they are none, or the signature does not fit.
    """
    try:
        document = json.loads(content)
        statement, signatures = document["statement"], document["signatures"]
        files = tuple(_file(one) for one in statement["files"])
        key, position = statement["key"], statement["position"]
        if not isinstance(key, str) or type(position) is not int or not isinstance(statement["name"], str):
            raise ValueError("key, position or name has another form")
        signed = is_signed(key, _MAGIC + canonical(statement), signatures[key])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRequest("These bytes are no manifest of a dump.") from error
    if not signed:
        raise BadRequest("The manifest of the dump is not signed with the key that it names; do not use the dump.")
    return Manifest(statement, files)


def render_sums(files: Iterable[DumpFile], manifest_digest: str) -> bytes:
    """The file that `sha256sum -c` reads: all files of a dump but itself."""
    lines = [f"{one.sha256}  {one.name}\n" for one in files]
    return "".join([*lines, f"{manifest_digest}  {MANIFEST}\n"]).encode()


def _file(said: Mapping[str, Any]) -> DumpFile:
    one = DumpFile(**said)
    if not _FILE.fullmatch(one.name) or not _HEX.fullmatch(one.sha256) or type(one.size_bytes) is not int:
        raise ValueError(f"{one.name!r:.80} is no file of a dump")
    return one
