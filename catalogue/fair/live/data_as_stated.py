"""Holds size and media type of files and of images' documents, as records state them, against what is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from catalogue.exchange.image_places import JSON
from catalogue.fair.live.base import Answer, Check, NoAnswer, Seen, Target, Visit, fine, folded, nothing, silent, wrong
from catalogue.fair.live.places import IMAGES, first_of, replicas, served
from catalogue.fair.outcomes import Outcome
from catalogue.model.namespaces import is_absolute

_FILES: Final = 3


class Stated(NamedTuple):
    """What a record says of something that can be fetched; None where it says nothing."""

    url: str
    media_type: str | None
    size_bytes: int | None


def _stated(study: Target) -> list[Stated]:
    """Files and images' documents about which something is stated."""
    files = {
        file["url"]: Stated(file["url"], file.get("media_type"), file.get("total_size_bytes"))
        for file in study.record.get("files", ())
        if is_absolute(file.get("url", ""))
    }
    found = [files[url] for url in first_of(sorted(files), _FILES)]
    found += [one for image in study.images for one in _of_image(image)]
    return [one for one in dict.fromkeys(found) if one.media_type or one.size_bytes is not None]


def _of_image(image: object) -> Iterator[Stated]:
    for representation, place in replicas(image):  # type: ignore[arg-type]
        if place.opens:
            # So our own pages call it (catalogue.exchange.image_places).
            yield Stated(place.opens, JSON, None)
        else:
            yield Stated(place.url, representation.get("media_type"), place.size_bytes)


def _where(study: Target) -> list[str]:
    return [one.url for one in _stated(study)]


def _look(study: Target, visit: Visit) -> Seen:
    seen = {}
    for one in _stated(study):
        try:
            seen[one.url] = _held_against(visit, one)
        except NoAnswer as no:
            seen[one.url] = silent(no)
    return folded(seen) if seen else nothing("Neither size nor type is stated of anything that can be fetched.")


def _held_against(visit: Visit, one: Stated) -> Seen:
    # A Zarr's document is wanted whole by other checks of the same look; of a file only the headers are.
    there, answer = served(visit, one.url, "It", whole=one.media_type == JSON and one.size_bytes is None)
    if there.outcome is not Outcome.PASS:
        return there
    size = _size(answer)
    if one.size_bytes is not None and size is not None and size != one.size_bytes:
        return wrong(f"{one.size_bytes:,} bytes are stated and {size:,} are served.", answer)
    if one.media_type and answer.media_type and not _same(one.media_type, answer.media_type):
        add = (f"Content-Type: {one.media_type}",)
        return wrong(f"{one.media_type} is stated and {answer.media_type} is served.", answer, add=add)
    told = [] if size is None or one.size_bytes is None else [f"{size:,} bytes"]
    told += [answer.media_type] if one.media_type and answer.media_type else []
    if not told:
        said = "The server tells neither size nor type, so that nothing can be compared."
        return Seen(Outcome.INDETERMINATE, said, answer.url, answer.status)
    return fine(f"It is served as stated ({', '.join(told)}).", answer)


def _size(answer: Answer) -> int | None:
    """Bytes of the thing itself; None where the server does not say, or says it of a compressed form."""
    text = answer.headers.get("content-length", "").strip()
    coding = answer.headers.get("content-encoding", "").strip().lower()
    return int(text[:18]) if text.isascii() and text.isdigit() and coding in ("", "identity") else None


def _same(stated: str, given: str) -> bool:
    bare = stated.partition(";")[0].strip().lower()
    return bare == given or all(one == JSON or one.endswith("+json") for one in (bare, given))


CHECK: Final = Check(
    name="data-as-stated",
    asks="Up to three files of the study by HEAD, and the documents of up to three images, for their size and type.",
    fresh_days=90,
    look=_look,
    images=IMAGES,
    where=_where,
)
