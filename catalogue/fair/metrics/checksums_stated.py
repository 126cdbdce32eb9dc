"""Whether a reader can tell that a file arrived whole."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, passed

_CHECKSUM: Final = "http://spdx.org/rdf/terms#checksum"
_SUM: Final = {"algorithm": "sha256", "checksum_value": "ab" * 32}


def _file(*sums: dict[str, str]) -> dict[str, object]:
    return {"url": "https://archive.example/a.tif", "checksums": list(sums)}


def _judge(study: Subject) -> Judgement:
    files = {row.text: row for row in study.rows("named_files")}
    copies = {row.node.value: row for row in study.rows("copies") if row.said("key")}
    things = {**files, **copies}
    if not things:
        return data_links.nothing_known(study)
    without = {name: row for name, row in things.items() if not row.said("checksum")}
    if not without:
        said = f"All files and copies known here have a checksum ({len(things)})."
        return passed(said, *(row.evidence for row in list(things.values())[:3]))
    first = next(iter(without))
    add = (f"<{first}> <{_CHECKSUM}> <{first}/checksum/1> .",)
    said = f"Files or copies without a checksum: {len(without)} of {len(things)}."
    return failed(said, *(row.evidence for row in list(without.values())[:3]), add=add)


METRIC: Final = Metric(
    id="checksums-stated",
    version="1.0",
    principle="A2",
    title="Files have checksums",
    question="Can somebody who fetched a file tell that nothing of it was lost on the way?",
    counts="spdx:checksum of every file and every copy of an image that is known here.",
    fix="Export the checksums that the archive keeps.",
    mender=Mender.OWNER,
    reads=data_links.FACTS,
    judge=_judge,
    cases=(
        Case("SHA-256", Outcome.PASS, {"files": [_file(_SUM)]}),
        Case("one of two", Outcome.FAIL, {"files": [_file(_SUM), _file()]}),
        Case("nothing known", Outcome.INDETERMINATE),
        Case("data that nobody can have", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
    ),
    source="Metric of Ommatidia 1.0; SPDX 2.3, checksum.",
    limits="It does not compute them. OME-Zarr stores of many small files rarely have one.",
)
