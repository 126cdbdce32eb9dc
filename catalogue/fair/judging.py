"""Judgements that many metrics come to in the same way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from catalogue.fair.facts import Row
from catalogue.fair.metrics.base import Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, failed, indeterminate, not_applicable, passed
from catalogue.fair.placeholders import names_no_method, says_nothing
from catalogue.fair.profiles import rules
from catalogue.model.namespaces import BASE, contract
from catalogue.model.profiles import SHAPES

MOST_EVIDENCE: Final = 3
NO_IMAGES: Final = "This node holds no record of single images of the study, so that it cannot be told here."
PAPER_NAMES: Final = {
    "doi": "http://purl.org/ontology/bibo/doi",
    "pmid": "http://purl.org/ontology/bibo/pmid",
    "pmc": "http://purl.org/spar/fabio/hasPubMedCentralId",
    "url": "schema:url",
}
"""What a paper is identified by, in the fact `publications`."""
_PASSED: Final = "Passed"
_FAILED: Final = "Failed"


def evidence(rows: Iterable[Row], most: int = MOST_EVIDENCE) -> tuple[Evidence, ...]:
    """The first few rows as evidence."""
    return tuple(row.evidence for row in islice(rows, most))


def evidence_with(
    rows: Iterable[Row], properties: Mapping[str, str], node: str = "", most: int = MOST_EVIDENCE
) -> tuple[Evidence, ...]:
    """The first few rows as evidence, each with the triples by which its value says what it passes by.

    Args:
        properties: variable of the query -> CURIE or IRI of the property that it is the value of.
        node: variable of the query that has these properties; "" means the value of the row.
    """
    shown: list[Evidence] = []
    for row in islice(rows, most):
        shown.append(row.evidence)
        shown += (one for name, predicate in properties.items() for one in row.also(name, predicate, node))
    return tuple(dict.fromkeys(shown))


def part(study: Subject, name: str) -> str:
    """IRI of a part of the study's record that does not exist yet, such as `grant/1`."""
    return f"{study.iri}/{name}"


def stated(rows: Sequence[Row], found: str, missing: str, *add: str) -> Judgement:
    """Passes when there is any row.

    Args:
        found: sentence for a pass; `{n}` is the number of rows.
        missing: sentence for a fail.
        add: triples that would make it pass.
    """
    return passed(found.format(n=len(rows)), *evidence(rows)) if rows else failed(missing, add=add)


def described_acquisitions(study: Subject) -> list[Row]:
    """Acquisitions with an instrument, a method, settings or a description, that say something.

    Needs the fact `acquisitions`.
    """
    return [row for row in study.rows("acquisitions") if _is_described(row)]


def _is_described(row: Row) -> bool:
    method = row.said("method")
    if row.said("used") or (method and not names_no_method(method)):
        return True
    return not all(says_nothing(row.said(name)) for name in ("instrument", "parameters", "description"))


def profile_outcome(study: Subject, name: str, title: str) -> Judgement:
    """What came out when the study was held against a profile; not applicable when it is not about the study.

    Needs the facts `profile_results` and `broken_rules`.

    Args:
        name: of the profile, such as `rembi-1.5`.
        title: as people call it.
    """
    profile = SHAPES + name
    results = [row for row in study.rows("profile_results") if row.said("profile") == profile]
    if not results:
        return not_applicable(f"The study is outside the scope of {title}.")
    result = results[0]
    outcome = result.text.rpartition("/")[2]
    if outcome == _PASSED:
        return passed(f"Every obligatory rule of {title} is fulfilled.", result.evidence)
    if outcome != _FAILED:
        return indeterminate(f"The check against {title} could not be finished.", result.evidence)
    broken = [row for row in study.rows("broken_rules") if row.said("profile") == profile]
    told = [f"{contract(row.text).removeprefix(SHAPES)}: {rules()[row.text].message}" for row in _known(broken)]
    add = tuple(dict.fromkeys(line for row in _known(broken) if (line := _to_add(study, name, row))))
    number = result.said("violations") or str(len(broken))
    said = f"{number} obligatory rules of {title} are not fulfilled." if number != "1" else _one(title)
    return failed(said, result.evidence, *(Evidence(text) for text in told), add=add or (_anything(study),))


def _one(title: str) -> str:
    return f"1 obligatory rule of {title} is not fulfilled."


def _known(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.text in rules()]


def _to_add(study: Subject, name: str, row: Row) -> str:
    """The triple that a broken rule asks for; "" where its path is no single property."""
    path = rules()[row.text].path
    about = row.text.removeprefix(f"{SHAPES}{name}-").partition("-")[0]
    node = study.iri if about == "Study" else part(study, "…")
    return f"<{node}> <{path}> … ." if path else ""


def _anything(study: Subject) -> str:
    return f"<{study.iri}> … … ."


def without_images(study: Subject) -> Judgement:
    """The judgement of a question about pixels where this node holds no image records.

    Needs the fact `omm:imageCount`.
    """
    return indeterminate(NO_IMAGES, *evidence(study.rows("omm:imageCount"), 1))


def images_read(study: Subject, also: Collection[str] = ()) -> tuple[dict[str, list[Row]], int]:
    """Image -> its rows, of those whose metadata were read, and the number of the others.

    A record that was made from an address or a list of addresses says nothing of an image. Needs the fact `images`.

    Args:
        also: IRIs of images that count in any case.
    """
    rows: dict[str, list[Row]] = {}
    for row in study.rows("images"):
        rows.setdefault(row.node.value, []).append(row)
    found = {image: of for image, of in rows.items() if image in also or any(_is_read(row) for row in of)}
    return found, len(rows) - len(found)


def _is_read(row: Row) -> bool:
    """Whether somebody looked into the image; lists of OME-Zarr stores tell shapes without having opened a store."""
    zarr = row.said("format").endswith("/OmeZarr")
    return bool(row.said("digest") or row.said("x") or (row.said("shape") and not zarr))


def share(study: Subject, images: Mapping[str, list[Row]], good: Collection[str], has: str, *add: str) -> Judgement:
    """Passes when all images do, and says how many do.

    Args:
        images: IRI -> its rows, at least one.
        good: IRIs of those that do.
        has: what these have, such as `a physical pixel size`.
        add: triples for the first of the others.
    """
    bad = [rows[0] for image, rows in images.items() if image not in good]
    if not bad:
        return passed(f"All {len(images)} images here have {has}.", *evidence(rows[0] for rows in images.values()))
    return failed(f"{len(bad)} of {len(images)} images here do not have {has}.", *evidence(bad), add=add)


def not_read(count: int) -> Judgement:
    """The judgement of a question about pixels where no image's metadata were read."""
    return indeterminate(f"This node knows {count} images by their address and has not read their metadata.")


def outside(study: Subject, rows: Iterable[Row]) -> Mender:
    """Who mends uses of terms of no ontology: our mapping where the source gave an identifier, else the owner.

    Needs the fact `terms`.
    """
    given = {row.text for row in study.rows("terms") if row.said("source")}
    return Mender.HARVESTER if any(row.text.startswith(BASE) and row.text in given for row in rows) else Mender.OWNER
