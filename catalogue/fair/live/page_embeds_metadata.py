"""Reads what the study's page embeds for search engines."""

from __future__ import annotations

from typing import Any, Final

from catalogue.fair.live.base import Answer, Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.html_head import head_of
from catalogue.fair.live.pages import HTML, nodes_of, page_path

_WANTED: Final = ("name", "identifier", "url")


def _look(study: Target, visit: Visit) -> Seen:
    page = visit.here(page_path(study.curie), HTML)
    if page.status != 200:
        return wrong(f"The page answered {page.status}.", page)
    damaged = 0
    datasets: list[dict[str, Any]] = []
    for block in head_of(page).blocks:
        try:
            datasets += [node for node in nodes_of(block) if "Dataset" in _all(node.get("@type"))]
        except ValueError:
            damaged += 1
    if not datasets:
        said = "a block that is no JSON" if damaged else "no schema.org Dataset"
        return wrong(f"The page embeds {said}.", page, add=('<script type="application/ld+json">…</script>',))
    return _judged(study, datasets[0], page, len(datasets))


def _judged(study: Target, dataset: dict[str, Any], page: Answer, count: int) -> Seen:
    names = {dataset.get("@id"), *_all(dataset.get("identifier"))}
    if study.iri not in names:
        told = str(dataset.get("@id"))[:200]
        return wrong(
            f"The embedded Dataset is about {told}, not about this study.", page, add=(f'"@id": "{study.iri}"',)
        )
    if count > 1:
        # Assessors take the first of several datasets (fair.md, section 3): one study a page.
        return wrong(f"The page embeds {count} Datasets, so that readers cannot tell which is meant.", page)
    lacking = [name for name in _WANTED if not dataset.get(name)]
    if lacking:
        return wrong(f"The embedded Dataset lacks {', '.join(lacking)}.", page)
    return fine("The page embeds one schema.org Dataset with the identifier of the study.", page)


def _all(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


CHECK: Final = Check(
    name="page-embeds-metadata",
    asks="The study's page at this node, whose embedded JSON-LD is read.",
    fresh_days=30,
    look=_look,
)
