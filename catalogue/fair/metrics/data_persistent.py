"""Whether the identifiers of images and files are kept up for good."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.dataset import KNOWN_IMAGES
from catalogue.fair.identifier_schemes import persistent_scheme
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed
from catalogue.model.namespaces import BASE


def _judge(study: Subject) -> Judgement:
    if images := data_links.known_images(study):
        said = f"Each of {images} images has an identifier at w3id.org."
        return passed(said, *(row.evidence for row in study.rows(KNOWN_IMAGES)))
    links = data_links.links(study)
    if not links:
        return data_links.nothing_known(study)
    plain = [link for link in links if not persistent_scheme(link.address)]
    if not plain:
        return passed("Every address of data is of a persistent scheme.", *data_links.some(links))
    add = (study.triple("dcterms:isPartOf", f"<{study.iri}>", node=f"{BASE}{study.owner}:…"),)
    said = f"{len(plain)} of {len(links)} addresses of data are plain web addresses, which may move."
    return failed(said, *data_links.some(plain), add=add)


METRIC: Final = Metric(
    id="data-persistent",
    version="1.0",
    principle="F1",
    title="Images or files have persistent identifiers",
    question="Will the identifiers of the images still lead to them when the archive moves its files?",
    counts="Images of the study have records here, whose IRIs are at w3id.org; where there are none, every address of "
    "the data is a DOI, Handle, ARK, PURL, URN or an address at w3id.org or identifiers.org.",
    fix="Let this node hold a record of each image, or give files identifiers of a persistent scheme.",
    mender=Mender.CATALOGUE,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("an image", Outcome.PASS, images=({"title": "cells"},)),
        Case("a DOI of the data", Outcome.PASS, {"files": [{"url": "https://doi.org/10.6019/S-BIAD1"}]}),
        Case("a plain address", Outcome.FAIL, {"files": [{"url": "https://archive.example/a.tif"}]}),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-F1-01D; F-UJI metrics 0.8, FsF-F1-02MD-4.",
    limits="It sees the scheme; whether an image is reached is asked by pixels-reachable.",
    answers=("FsF-F1-02MD-4", "RDA-F1-01D", "FsF-F1-02MD-5"),
)
