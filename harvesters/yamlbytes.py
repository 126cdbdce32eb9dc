"""Partner YAML, parsed within bounds: plain lists, maps and texts; no tags, no anchors, no guessed types.

Source: reliability.md section 2 (bombs, depth, duplicate keys); YAML 1.1 turns NO into false, which is why all is text.
"""

from __future__ import annotations

from typing import Any, Final, cast

import yaml

from catalogue.problems import RecordRejected

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 32
# The parser that libyaml gives is thirty times faster and reads the same.
_FASTEST: Final = cast(Any, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
_OPENING: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING: Final = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def _construct_mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    found: dict[Any, Any] = _FASTEST.construct_mapping(loader, node, deep)
    if len(found) != len(node.value):
        raise yaml.constructor.ConstructorError(None, None, "a key stands twice in one map", node.start_mark)
    return found


_Loader: Any = type("_Loader", (_FASTEST,), {"construct_mapping": _construct_mapping})


def parse_yaml(content: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The one document of a YAML file as dicts, lists and texts; "" for an empty value, None for an empty file.

    Raises:
        RecordRejected: `too-large`; `bad-encoding` when not UTF-8; `not-parsable` when not YAML, with an anchor, alias
            or tag, nested deeper than `max_depth`, with a key twice in one map, or with several documents.
    """
    if len(content) > max_bytes:
        raise RecordRejected(
            f"The document has {len(content):,} bytes; {max_bytes:,} are allowed. Split it.", reason="too-large"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordRejected(
            f"Byte {error.start} (0x{content[error.start]:02x}) is not UTF-8. Write the document as UTF-8.",
            reason="bad-encoding",
        ) from error
    try:
        _check(text, max_depth)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a base loader makes nothing but lists, dicts and texts
    except (yaml.YAMLError, ValueError, TypeError) as error:  # TypeError: a map as the key of a map
        raise RecordRejected(
            f"The document is not YAML: {' '.join(str(error).split())[:200]}.", reason="not-parsable"
        ) from error


def _check(text: str, max_depth: int) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_FASTEST):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise RecordRejected(
                "The document has an anchor, alias or tag, which is never read. Write values out.",
                reason="not-parsable",
            )
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > max_depth:
            raise RecordRejected(f"The document nests deeper than {max_depth} levels.", reason="not-parsable")
