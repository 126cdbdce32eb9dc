"""Whether copies at several sites are copies."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "replicas-agree"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="A2",
    title="Copies at several sites agree",
    question="Are the copies of an image at different sites the same?",
    counts=(
        "For each of up to three images that lie at several sites, the documents that open them are the same "
        "bytes at all."
    ),
    fix="Make the copies anew from one of them, or describe the other as a representation of its own.",
    mender=Mender.OWNER,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case("same", Outcome.PASS, observed={CHECK: (Outcome.PASS, "The documents at 2 sites are the same bytes.")}),
        Case("differ", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The documents at 2 sites differ.")}),
        Case("one is down", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "It answered 503.")}),
        Case(
            "one copy",
            Outcome.NOT_APPLICABLE,
            observed={CHECK: (Outcome.NOT_APPLICABLE, "No image is known of this study that lies at two sites.")},
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="BioImage Archive data models, ImageRepresentation: only equal bytes are copies.",
    limits="The documents are compared, not the chunks.",
)
