"""A study at an address that is nobody's here: every source is read, the fullest is judged, conflicts are told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from catalogue.fair.assess.base import Assessment, Conflict, Judge, Source
from catalogue.fair.assess.described import filled
from catalogue.fair.assess.judged import (
    IDENTIFIER,
    Overrule,
    about_holder,
    open_question,
    outside_identifier,
    overruled,
)
from catalogue.fair.assess.outside_checks import outside_observations
from catalogue.fair.assess.outside_sources import Reading, read_address
from catalogue.fair.live.base import Visit
from catalogue.fair.metrics.base import Metric
from catalogue.fair.outcomes import Judgement, Outcome
from catalogue.model.identifiers import Identifier
from catalogue.model.namespaces import ASSESSED

_UNSEEN: Final = "Whether whoever holds the record does so cannot be seen from one address."
_NOT_HERE: Final = "This is not looked at when one address is assessed."
_COMPARED: Final = (
    "title", "description", "license", "date_published", "version", "doi", "keywords", "total_size_bytes", "access",
)  # fmt: skip
_SHOWN: Final = 300


def assess_address(url: str, visit: Visit, judge: Judge, at: str) -> Assessment:
    """The assessment of what an address describes.

    Args:
        at: moment of the assessment, ISO 8601 in UTC.
    Raises:
        AssessmentStopped: judging took too much time or memory.
    """
    study = stand_in(url)
    reading = read_address(visit, url, judge, study)
    best = max((one for one in reading.sources if one.record), key=lambda one: filled(one.record), default=None)
    empty: dict[str, Any] = {"type": "Study", "id": study.curie, "accession": study.accession, "owner": study.prefix}
    record = dict(best.record) if best is not None else empty
    images: list[dict[str, Any]] = record.pop("@images", [])
    seen = list(outside_observations(visit, reading, record, images, study.curie, at))
    overrule = _overruling(url, reading, record, {one.check for one in seen})
    owner = urlsplit(url).hostname or ""
    audit = overruled(judge.judged([record, *images], seen, url, owner, at), overrule)
    # What each source says is compared here and not kept: an assessment is remembered, and a record may have 4 MB.
    sources = tuple(replace(one, used=one is best, record={}) for one in reading.sources)
    return Assessment("fetched", url, audit, sources, conflicts(reading.sources))


def stand_in(url: str) -> Identifier:
    """The name under which a study elsewhere is judged; it appears nowhere."""
    accession = hashlib.sha256(url.encode()).hexdigest()[:24]
    return Identifier(f"{ASSESSED}:{accession}", ASSESSED, accession, "study", accession)


def _overruling(url: str, reading: Reading, record: Mapping[str, Any], looked: set[str]) -> Overrule:
    silence, unread = _silence(reading), [one for one in reading.sources if one.unread]

    def overrule(metric: Metric, judgement: Judgement) -> Judgement:
        if about_holder(metric):
            return open_question(_UNSEEN)
        if metric.id == IDENTIFIER:
            return outside_identifier(url, record)
        if metric.checks:
            return judgement if looked & set(metric.checks) else open_question(_NOT_HERE)
        if silence:
            return open_question(silence)
        if judgement.outcome is Outcome.FAIL and unread:
            told = f"{unread[0].name}, {unread[0].url}" if unread[0].url else unread[0].name
            return open_question(f"{judgement.said} One source could not be read and may state it ({told}).")
        return judgement

    return overrule


def _silence(reading: Reading) -> str:
    """Why nothing is known of the metadata; "" where they were read, or where there are none for sure."""
    if reading.no is not None:
        return f"The address gave no answer that decides anything: {reading.no.said}"
    if any(one.record for one in reading.sources):
        return ""
    if any(one.unread for one in reading.sources):
        return "There are metadata, too many to be judged while somebody waits."
    page = reading.page
    undecided = page is not None and page.status not in (404, 410) and page.status >= 300
    return f"The address answered {page.status}, which decides nothing." if undecided and page is not None else ""


def conflicts(sources: Iterable[Source]) -> tuple[Conflict, ...]:
    """Fields that sources fill differently."""
    telling = [one for one in sources if one.record]
    found = []
    for name in _COMPARED:
        values = {one.name: _shown(one.record[name]) for one in telling if one.record.get(name)}
        if len(set(values.values())) > 1:
            found.append(Conflict(name, values))
    return tuple(found)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value)))[:_SHOWN]
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in sorted(value.items()) if name != "id")[:_SHOWN]
    return " ".join(str(value).split())[:_SHOWN]
