"""What came of a grant, study by study: days from paper to data, access, licence, size, use; only what is stated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from catalogue.fair.report import Report
from catalogue.fair.usage.summary import Uses, uses
from catalogue.web.services import Services
from catalogue.web.study_images import image_count

MOST: Final = 200
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Produced:
    """A study as an output of a grant.

    Args:
        released, paper_date: as stated, "" where not stated; that of the earliest paper.
        gap_days: from that paper to the data, negative when the data came first; None unless both days are stated.
        access: level as stated; "" where not stated.
        size_bytes: None where not stated.
        used: None where no use was counted.
    """

    curie: str
    title: str
    released: str
    paper_date: str
    gap_days: int | None
    access: str
    licence: str
    images: int
    size_bytes: int | None
    used: Uses | None


def produced(services: Services, report: Report) -> list[Produced]:
    """The first studies of a report as outputs, at most MOST, by CURIE."""
    wanted = [study.curie for study in report.studies[:MOST]]
    heads = services.ledger.find_heads(wanted)
    return [_one(services, curie, heads[curie].record) for curie in wanted if curie in heads]


def _one(services: Services, curie: str, record: Mapping[str, Any]) -> Produced:
    released, paper = str(record.get("date_published") or ""), paper_date(record)
    size = record.get("total_size_bytes")
    return Produced(
        curie=curie,
        title=str(record.get("title") or curie),
        released=released,
        paper_date=paper,
        gap_days=gap_days(paper, released),
        access=str((record.get("access") or {}).get("access_level") or ""),
        licence=str(record.get("license") or ""),
        images=image_count(services, curie),
        size_bytes=size if isinstance(size, int) else None,
        used=uses(services.ledger, curie),
    )


def paper_date(record: Mapping[str, Any]) -> str:
    """The earliest date that a paper of the record states, as stated; "" where none does."""
    dates = [str(paper["date_issued"]) for paper in record.get("publications") or () if paper.get("date_issued")]
    return min(dates, default="")


def gap_days(paper: str, released: str) -> int | None:
    """Days from one date to another; None unless both are stated to the day."""
    try:
        both = [date.fromisoformat(text) for text in (paper, released) if _DAY.fullmatch(text)]
    except ValueError:
        return None
    return (both[1] - both[0]).days if len(both) == 2 else None
