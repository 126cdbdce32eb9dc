"""Which study a record names among several identifiers and addresses; every doubt rejects it."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.model.documents import SourceSpec
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.problems import Problem, RecordRejected
from harvesters.draft import identify_study


def identify_among(groups: Iterable[list[str]], source: SourceSpec) -> Identifier:
    """The one study that the first group names which names any.

    Args:
        groups: identifiers by their weight, such as those stated, then the record's own address, then its pages.
    Raises:
        RecordRejected: `bad-identifier` when a group names several studies or none names one; `not-owner` for
            another's.
    """
    if source.study is not None:
        return source.study
    shown = ""
    for group in groups:
        found = {study.curie: study for text in group if (study := find_study(text)) is not None}
        if len(found) > 1:
            raise RecordRejected(
                f"The record does not say which study it is: {', '.join(sorted(found))[:300]}. Make its identifiers "
                "agree.",
                reason="bad-identifier",
            )
        if found:
            (study,) = found.values()
            return identify_study(study.given, source)
        shown = shown or next((text for text in group if text), "")
    if not shown:
        raise RecordRejected(
            "The record has no identifier and no address of its own. Give it its accession or DOI.",
            reason="bad-identifier",
        )
    return identify_study(shown, source)


def find_study(text: str) -> Identifier | None:
    """The study of a known owner that a text names; None for anything else."""
    try:
        found = parse_identifier(text)
    except Problem:
        return None
    return found if found.kind == "study" else None
