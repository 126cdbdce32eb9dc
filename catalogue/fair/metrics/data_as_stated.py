"""Whether files are served with the size and type that are stated."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "data-as-stated"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="R1",
    title="Data are served as they are described",
    question="Do size and type of the data agree with what the record says of them?",
    counts=(
        "For up to three files and three images, Content-Length and Content-Type equal the size and media type "
        "that are stated; an image's Zarr document is JSON."
    ),
    fix="Correct size or type in the record, or have the server send the right Content-Type.",
    mender=Mender.OWNER,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "as stated",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "It is served as stated (1,024 bytes, image/tiff).")},
        ),
        Case(
            "other size", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "1,024 bytes are stated and 2,048 are served.")}
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case(
            "nothing stated",
            Outcome.NOT_APPLICABLE,
            observed={
                CHECK: (Outcome.NOT_APPLICABLE, "Neither size nor type is stated of anything that can be fetched.")
            },
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="F-UJI metrics 0.5, FsF-R1-01MD-3 and -4; 0.8, FsF-R1-01M-2.",
    limits="By headers; the content itself is not read. Any two JSON types count as the same.",
    answers=("FsF-R1-01MD-3",),
)
