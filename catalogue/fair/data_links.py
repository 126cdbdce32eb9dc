"""Where the data of a study are, by its record and those of its images; and what to say where nobody told us.

Images that stand in an image list are known by number only: their addresses are not among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.fair.dataset import KNOWN_IMAGES
from catalogue.fair.metrics.base import Subject, as_seen
from catalogue.fair.outcomes import Evidence, Judgement, Outcome, indeterminate, not_applicable
from catalogue.model.namespaces import expand

FACTS: Final = ("access", "copies", "named_files", KNOWN_IMAGES)
"""What a metric reads that asks for links or for `nothing_known`."""
LEVELS: Final = "http://publications.europa.eu/resource/authority/access-right/"
_URL: Final = expand("schema:url")
_MOST_EVIDENCE: Final = 3


@dataclass(frozen=True, slots=True)
class Link:
    """An address of data.

    Args:
        of: IRI of what lies there: an image, a file, or the study or a part of it as a whole.
    """

    of: str
    address: str
    evidence: Evidence


def links(study: Subject) -> list[Link]:
    """Addresses of the data, one for each copy and each file that has one."""
    found: dict[tuple[str, str], Link] = {}
    for row in study.rows("copies"):
        found.setdefault((row.said("of"), row.text), Link(row.said("of"), row.text, row.evidence))
    for row in study.rows("named_files"):
        if url := row.said("url"):
            found.setdefault((row.text, url), Link(row.text, url, Evidence(f"{row.value} <{_URL}> <{url}> .")))
    return list(found.values())


def by_thing(found: list[Link]) -> Mapping[str, list[Link]]:
    """Links by what lies there."""
    things: dict[str, list[Link]] = {}
    for link in found:
        things.setdefault(link.of, []).append(link)
    return things


def known_images(study: Subject) -> int:
    """Number of images of the study that this node has records of."""
    return max((int(row.text) for row in study.rows(KNOWN_IMAGES)), default=0)


def access_level(study: Subject) -> str:
    """`PUBLIC`, `RESTRICTED` or `NON_PUBLIC`; "" where no level is stated."""
    found = (row.said("level") for row in study.rows("access"))
    return next((level.removeprefix(LEVELS) for level in found if level), "")


def nothing_known(study: Subject) -> Judgement:
    """The judgement where a question about data meets a study of which no address of data is known."""
    if access_level(study) == "NON_PUBLIC":
        said = "The record says that nobody can have the data, so that there is nothing to look at."
        return not_applicable(said, *(row.evidence for row in study.rows("access")))
    images = known_images(study)
    if images:
        said = f"Of {images} images only their number is known to this test; their addresses stand in an image list."
        return indeterminate(said, *(row.evidence for row in study.rows(KNOWN_IMAGES)))
    return indeterminate("No address of any image or file is known here, so that this cannot be told.")


def seen_of_images(check: str) -> Callable[[Subject], Judgement]:
    """Judges as the newest observation of images says; where nobody told of images that is open, not out of scope."""
    judge_seen = as_seen(check)

    def judge(study: Subject) -> Judgement:
        seen = judge_seen(study)
        if seen.outcome is not Outcome.NOT_APPLICABLE or known_images(study):
            return seen
        found = links(study)
        if not found:
            return nothing_known(study)
        said = "Data are named by address, but no image, and only images are looked at for this."
        return indeterminate(said, *some(found))

    return judge


def some(found: list[Link]) -> Iterator[Evidence]:
    """The first few as evidence; a study may have thousands."""
    return (link.evidence for link in found[:_MOST_EVIDENCE])
