"""Whether there is something at the addresses of the images."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "pixels-reachable"

_NONE: Final = {CHECK: (Outcome.NOT_APPLICABLE, "No image with an address is known of this study.")}

METRIC: Final = Metric(
    id=CHECK,
    version="1.1",
    principle="A1",
    title="The images are where they are said to be",
    question="Do the storage sites still have the images of the study?",
    counts=(
        "For each of up to three images, chosen by a hash of their names, one site at least answers with the "
        "document that opens the Zarr, or has the file."
    ),
    fix=(
        "Bring the objects back, or correct endpoint and key; where a whole store moved, one changed endpoint "
        "mends all of its images."
    ),
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    checks=(CHECK,),
    judge=data_links.seen_of_images(CHECK),
    cases=(
        Case("there", Outcome.PASS, observed={CHECK: (Outcome.PASS, "The image's document is there.")}),
        Case("404 everywhere", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The image's document answered 404.")}),
        Case(
            "a web page",
            Outcome.FAIL,
            observed={CHECK: (Outcome.FAIL, "A web page is served in place of the image's document.")},
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("no images known", Outcome.INDETERMINATE, observed=_NONE),
        Case(
            "files only", Outcome.INDETERMINATE, {"files": [{"url": "https://archive.example/a.tif"}]}, observed=_NONE
        ),
        Case("an image without an address", Outcome.NOT_APPLICABLE, images=({"title": "cells"},), observed=_NONE),
        Case(
            "data that nobody can have",
            Outcome.NOT_APPLICABLE,
            {"access": {"access_level": "NON_PUBLIC"}},
            observed=_NONE,
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-02D and RDA-A1-03D; F-UJI metrics 0.8, FsF-A1-02MD-2.",
    limits="A sample, the same each time. Sites that do not answer, or let us not see, are no failure.",
    answers=("RDA-A1-03D", "FsF-A1-02MD-2", "FsF-F1-02MD-5"),
)
