"""Whether pixels can be read, not only addresses."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "pixels-decodable"

_NONE: Final = {CHECK: (Outcome.NOT_APPLICABLE, "No image is known of this study whose chunks could be read.")}

METRIC: Final = Metric(
    id=CHECK,
    version="1.1",
    principle="A1",
    title="Pixels can be read and decoded",
    question="Would a program that opens an image get pixels, or silently zeros?",
    counts=(
        "For each of up to three images, a chunk of the smallest level is fetched whole from one site at least, "
        "decoded, and holds something other than the fill value."
    ),
    fix=(
        "Bring back lost chunks from another copy; write checksums (crc32c, or zstd with a checksum), so that "
        "damage is seen."
    ),
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    checks=(CHECK,),
    judge=data_links.seen_of_images(CHECK),
    cases=(
        Case(
            "pixels",
            Outcome.PASS,
            observed={
                CHECK: (Outcome.PASS, "A chunk of the smallest level was read whole and decoded; it holds pixels.")
            },
        ),
        Case(
            "lost",
            Outcome.FAIL,
            observed={
                CHECK: (Outcome.FAIL, "None of 4 chunks of the smallest level is there; clients would show zeros.")
            },
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("no images known", Outcome.INDETERMINATE, observed=_NONE),
        Case("no OME-Zarr", Outcome.NOT_APPLICABLE, images=({"title": "cells"},), observed=_NONE),
        Case(
            "data that nobody can have",
            Outcome.NOT_APPLICABLE,
            {"access": {"access_level": "NON_PUBLIC"}},
            observed=_NONE,
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-05D; Zarr storage specification, missing chunks.",
    limits=(
        "OME-Zarr only. At most four chunks of an image: where these are empty and there are more, empty and lost"
        " cannot be told apart, and it is indeterminate."
    ),
    answers=("RDA-A1-05D",),
)
