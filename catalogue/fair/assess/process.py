"""The process that judges, as apart.py asks it: one message, one answer; what it would log goes with the answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import structlog

from catalogue.fair.assess.base import Judge, MapDocument
from catalogue.fair.assess.here import JudgeHere
from catalogue.fair.assess.wire import (
    Answer,
    pack_answer,
    unpack,
    wire_audit,
    wire_line,
    wire_posted,
    wire_refusal,
)
from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier, add_owners
from catalogue.problems import RecordRejected, TooLargeToAssess
from catalogue.store.observations import Observation

_MOST_LINES: Final = 20
_MOST_CHARACTERS: Final = 4000


def answer(message: bytes, map_document: MapDocument) -> bytes:
    """What the process answers to a message of catalogue.fair.assess.apart.

    Args:
        map_document: harvesters' maps.
    """
    began = time.monotonic()
    lines = _gathered()
    lines.clear()
    asked, content = unpack(message)
    add_owners(Path(asked["owners"]))
    try:
        found = _made(asked, content, JudgeHere(map_document, asked["software"]))
    except (RecordRejected, TooLargeToAssess) as problem:
        found = Answer(refused=wire_refusal(problem))
    told = tuple(wire_line(line.pop("event", ""), line.pop("level"), line) for line in lines)
    return pack_answer(replace(found, log=told, took_s=time.monotonic() - began))


def _made(asked: Mapping[str, Any], content: bytes, judge: Judge) -> Answer:
    if asked["do"] == "posted":
        return Answer(posted=wire_posted(judge.posted(asked["name"], content, asked["at"])))
    if asked["do"] == "described":
        document = SourceDocument(**asked["document"], content=content)
        return Answer(described=judge.described(document, Identifier(**asked["study"])))
    seen = [Observation(**one) for one in asked["seen"]]
    return Answer(judged=wire_audit(judge.judged(asked["records"], seen, asked["target"], asked["owner"], asked["at"])))


@cache
def _gathered() -> list[dict[str, Any]]:
    """Where lines for the log gather, from the first call on."""
    lines: list[dict[str, Any]] = []

    def gather(_logger: object, level: str, line: Any) -> Any:
        if len(lines) < _MOST_LINES:
            lines.append({name: str(value)[-_MOST_CHARACTERS:] for name, value in {**line, "level": level}.items()})
        raise structlog.DropEvent

    structlog.configure(processors=[structlog.processors.format_exc_info, gather])
    return lines
