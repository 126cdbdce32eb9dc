"""Who paid for the studies of a kept audit, as it was told then, so that reports of grants stay what they were."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from catalogue.model.funding.funders import Funder
from catalogue.model.funding.index import FundingIndex
from catalogue.model.funding.link import Evidence, FundingLink


def render_funding(index: FundingIndex) -> bytes:
    """The links of every study; equal indexes give equal bytes."""
    links = {curie: [asdict(link) for link in index.links_of(curie)] for curie in index.studies()}
    return json.dumps(links, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_funding(content: bytes) -> FundingIndex:
    """The index that was written.

    Raises:
        ValueError, KeyError, TypeError: it is of another form.
    """
    found = json.loads(content)
    return FundingIndex({curie: tuple(_link(one) for one in links) for curie, links in found.items()})


def _link(said: dict[str, Any]) -> FundingLink:
    funders = {name: _funder(said[name]) for name in ("funder", "numbered_by")}
    return FundingLink(**{**said, **funders, "evidence": Evidence(**said["evidence"])})


def _funder(said: dict[str, Any] | None) -> Funder | None:
    if said is None:
        return None
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in said.items()}
    return Funder(**values)
