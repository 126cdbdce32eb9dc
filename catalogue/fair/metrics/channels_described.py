"""Whether it is told what each channel shows."""

from __future__ import annotations

from typing import Final

from catalogue.fair.judging import evidence, images_read, not_read, share, without_images
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, passed

_SAYS: Final = ("label", "fluorophore", "contrast", "signal")


def _judge(study: Subject) -> Judgement:
    signals = study.rows("signal_channels")
    if signals:
        return passed("The specimens tell what gives the signal in the channels.", *evidence(signals))
    images, unread = images_read(study)
    if not images:
        return not_read(unread) if unread else without_images(study)
    channels = study.rows("image_channels")
    silent = {row.said("image") for row in channels if not any(row.said(name) for name in _SAYS)}
    good = {row.said("image") for row in channels} - silent
    node = next((rows[0].said("representation") for image, rows in images.items() if image not in good), "")
    return share(
        study, images, good, "all their channels described", study.triple("rdfs:label", '"…"', f"{node}/channel/0")
    )


def _image(*labels: str | None) -> dict[str, object]:
    channels = [
        {"id": f"biostudies:S-BIAD1.1/c/{n}", "index": n, **({"label": label} if label else {})}
        for n, label in enumerate(labels)
    ]
    return {
        "representations": [{"format": "OME-TIFF", "shape": "2,5,5", **({"channels": channels} if channels else {})}]
    }


METRIC: Final = Metric(
    id="channels-described",
    version="1.0",
    principle="R1",
    title="Channels are described",
    question="Does one know what each colour of the images shows?",
    counts="Label, dye or contrast of every channel of images whose metadata were read; or signals of specimens.",
    fix="Name the channels in the image's metadata, or describe the signal channels of the specimen.",
    mender=Mender.OWNER,
    reads=("images", "image_channels", "signal_channels", "omm:imageCount"),
    judge=_judge,
    cases=(
        Case("labelled", Outcome.PASS, images=(_image("DAPI", "GFP"),)),
        Case("specimen", Outcome.PASS, {"specimens": [{"title": "s", "signal_channels": [{"label": "GFP"}]}]}),
        Case("one without", Outcome.FAIL, images=(_image("DAPI", None),)),
        Case("no channels told", Outcome.FAIL, images=(_image(),)),
        Case("an address only", Outcome.INDETERMINATE, images=({"representations": [{"format": "OME-Zarr"}]},)),
        Case("no image records", Outcome.INDETERMINATE),
    ),
    source="REMBI 1.5, Specimen, signal and contrast mechanism; F-UJI metrics 0.8, FsF-R1-01M-3; OME-NGFF, omero.",
    limits="A label such as `Channel 0` counts; images in lists are not looked at one by one.",
    answers=("FsF-R1-01M-3", "FsF-R1-01MD-2", "FsF-R1-01MD-2b"),
)
