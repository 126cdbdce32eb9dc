"""The report as a tagged PDF (PDF/UA-1), set by typst from the template beside this file.

Only the fonts inside the typesetter are used, so that equal reports give equal bytes on every machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import Any, Final

import typst

from catalogue.fair.forms.base import Addresses
from catalogue.fair.forms.csv_long import evidence_text
from catalogue.fair.forms.scores import score_tables
from catalogue.fair.licences import find_licence
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report, StudyRow, Tally
from catalogue.fair.stated import stated
from catalogue.model.sizes import human_size

SUFFIX: Final = ".pdf"
MEDIA_TYPE: Final = "application/pdf"
TITLE: Final = "PDF, tagged for screen readers"
MOST_STUDIES: Final = 400
"""That one document lists; more are in the tables."""
_MOST_FIXES: Final = 15
_FEW_STUDIES: Final = 40
"""Up to so many stand before the items, since they are what a reader asks for first."""
_MOST_TRIES: Final = 60
_LACKING: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
# What the fonts have for sure or are tried for; all other scripts are told as missing without trying.
_SCRIPTS: Final = re.compile(r"[^\n -~\u00a0-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2010-\u2bff]+")
_INSTEAD: Final = "[…]"
_NOT_STATED: Final = "not stated"
_GONE: Final = "withdrawn since"
# With the blank of East Asian scripts, which no font here has (ssbd:267-Sugiura-CellDyn, 2026-11-27).
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u3000]+")
_METHODS: Final = (
    "Every test is asked of every study in the same way: facts come from queries over the records as they stood at the "
    "ledger position above, live checks from observations up to the number above. A test that could not be decided, "
    "such as after a time-out, counts as open, neither as met nor as not met. Percentages are shares of what was "
    "decided, rounded down. Anybody with the ledger gets the same report: ommatidia audit --position with the position "
    "above. Text in scripts that the fonts of this document lack is shown as […]; the page and the tables have all of "
    "it."
)


def render(report: Report, links: Addresses) -> bytes:
    """The PDF."""
    text = json.dumps(_printable(_content(report, links)), ensure_ascii=False, sort_keys=True)
    lacking: set[str] = set()
    for _try in range(_MOST_TRIES):
        try:
            return _set(_without(text, lacking))
        except typst.TypstError as error:
            found = _LACKING.search(str(error))
            if found is None:
                raise
            # ASCII is never lacking; it stands here for a character that the message does not show as it is.
            if not (new := {one for one in found[1] if one > "\x7f"} - lacking):
                break
            lacking |= new
    return _set(re.sub(r"[^\x00-\x7f]+", _INSTEAD, text))


def _printable(value: Any) -> Any:
    """The same with a blank for characters that no font has."""
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return _CONTROLS.sub(" ", value) if isinstance(value, str) else value


def _set(text: str) -> bytes:
    template = files(__package__).joinpath("report.typ").read_bytes()
    made: bytes = typst.compile(
        template, format="pdf", ignore_system_fonts=True, sys_inputs={"report": text}, pdf_standards=["ua-1"]
    )
    return made


def _without(text: str, lacking: set[str]) -> str:
    kept = _SCRIPTS.sub(_INSTEAD, text)
    return re.sub(f"[{re.escape(''.join(sorted(lacking)))}]+", _INSTEAD, kept) if lacking else kept


def _content(report: Report, links: Addresses) -> dict[str, Any]:
    """What the template shows, all of it text and whole numbers."""
    studies = sorted(report.studies, key=lambda study: (-study.counts[Outcome.FAIL], study.curie))[:MOST_STUDIES]
    shown = report.scope.kind == "study"
    return {
        "title": f"FAIR audit: {report.scope.title}",
        "subtitle": f"{report.benchmark.title}, version {report.benchmark.version}",
        "node": "Ommatidia",
        "headline": list(report.headline),
        "total": _row(report.total),
        "basis": _basis(report, links),
        "principles": [_row(tally) for tally in report.principles],
        "items": [{**_row(tally), "title": item.title} for item, tally in report.items],
        "fixes": [
            {"studies": len(fix.studies), "title": fix.metric.title, "fix": fix.metric.fix, "who": fix.mender.words}
            for fix in report.fixes[:_MOST_FIXES]
        ],
        "more_fixes": max(0, len(report.fixes) - _MOST_FIXES),
        "scores": [asdict(table) for table in score_tables(report, MOST_STUDIES)],
        "groups": _groups(report),
        "studies_first": len(studies) <= _FEW_STUDIES,
        "studies": [_study(study) for study in studies],
        "stated": [_stated(report, study.curie) for study in studies],
        "left_out": len(report.studies) - len(studies),
        "details": [_detail(report, study) for study in studies] if shown else [],
        "methods": _METHODS,
        "metrics": [
            {
                "title": metric.title,
                "metric": f"{metric.id}, version {metric.version}, principle {metric.principle}",
                "question": metric.question,
                "counts": metric.counts,
                "limits": metric.limits,
            }
            for metric in report.metrics
        ],
    }


def _basis(report: Report, links: Addresses) -> list[list[str]]:
    basis = report.basis
    return [
        ["Audit", basis.name],
        ["Studies", str(len(report.studies))],
        ["Ledger position", f"{basis.position}, recorded {basis.recorded_at[:19].replace('T', ' ')} UTC"],
        ["Hash of the entry there", basis.entry_hash],
        ["Last live observation", str(basis.observation)],
        ["Benchmark", f"{report.benchmark.iri}, SHA-256 {report.benchmark.digest[:16]}…"],
        ["Software", f"ommatidia-node {basis.software}"],
        ["Page", links.full(report.scope.path)],
    ]


def _groups(report: Report) -> list[dict[str, Any]]:
    found = []
    if len(report.members) > 1:
        found.append({"title": "By archive", "what": "Archive", "rows": [_row(tally) for tally in report.members]})
    if len(report.cohorts) > 1:
        rows = [{**_row(tally), "name": tally.name or _NOT_STATED} for tally in report.cohorts]
        found.append({"title": "By year of release", "what": "Year", "rows": rows})
    return found


def _row(tally: Tally) -> dict[str, Any]:
    return {
        "name": tally.name,
        "studies": tally.studies,
        "pass": tally.counts[Outcome.PASS],
        "fail": tally.counts[Outcome.FAIL],
        "open": tally.counts[Outcome.INDETERMINATE],
        "out": tally.counts[Outcome.NOT_APPLICABLE],
        "percent": tally.percent,
    }


def _study(study: StudyRow) -> dict[str, Any]:
    return {
        **_row(Tally(study.curie, 1, study.counts)),
        "curie": study.curie,
        "title": study.title,
        "released": study.released or _NOT_STATED,
        "basis": study.basis,
    }


def _stated(report: Report, curie: str) -> list[str]:
    """A row of the table of what the records state."""
    if curie in report.audit.redacted:
        return [curie, _GONE, _GONE, _GONE]
    found = stated(report.audit.judgements[curie])
    licences = [licence.id if (licence := find_licence(text)) else text for text in found.licences]
    access = [level.replace("_", " ").lower() for level in found.access]
    told = (licences, access, map(human_size, found.sizes_bytes))
    return [curie, *(", ".join(texts) or _NOT_STATED for texts in told)]


def _detail(report: Report, study: StudyRow) -> dict[str, Any]:
    tests = []
    for row in report.long():
        judgement = row.judgement
        failed = judgement.outcome is Outcome.FAIL
        tests.append(
            {
                "title": row.metric.title,
                "metric": f"{row.metric.id} {row.metric.version}",
                "outcome": judgement.outcome.value,
                "found": judgement.said,
                "evidence": [evidence_text(evidence) for evidence in judgement.evidence],
                "add": list(judgement.add),
                "who": (judgement.mender or row.metric.mender).words if failed else "",
            }
        )
    return {"curie": study.curie, "tests": tests}
