"""Whether search engines are led to the record."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed

_ADDRESS: Final = {"base_url": "https://catalogue.example"}


def _judge(study: Subject) -> Judgement:
    if not study.node.base_url:
        add = ('base_url = "https://…" in the part [web] of ommatidia.toml',)
        return failed("This node has no public address, so that no search engine finds it.", add=add)
    evidence = Evidence(f"This node is at {study.node.base_url}.")
    if "sitemap" not in study.node.harvestable:
        return failed("This node has no sitemap.", evidence)
    return passed("The record stands in the node's sitemap.", evidence)


METRIC: Final = Metric(
    id="in-sitemap",
    version="1.0",
    principle="F4",
    title="The record stands in a sitemap",
    question="Are search engines told that this record exists?",
    counts="The node has a public address and a sitemap, in which every public record stands.",
    fix="The node's operator sets web.base_url and tells search engines of the sitemap.",
    mender=Mender.CATALOGUE,
    judge=_judge,
    cases=(
        Case("sitemap", Outcome.PASS, node={**_ADDRESS, "harvestable": ("sitemap",)}),
        Case("no sitemap", Outcome.FAIL, node={**_ADDRESS, "harvestable": ("oai-pmh",)}),
        Case("no public address", Outcome.FAIL, node={"harvestable": ("sitemap",)}),
    ),
    source="sitemaps.org protocol 0.90; RDA FAIR Data Maturity Model (2020), RDA-F4-01M (indexed).",
    limits="Whether a search engine took the page in cannot be told from here.",
)
