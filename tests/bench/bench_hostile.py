"""A harvest of good partners beside every misbehaving one: how each ends, peak memory, and what the good ones notice.

`python -m tests.bench.bench_hostile [--parallel N] [--timeout S] [--only WORD]`
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from tests.e2e.hostile_formats import FORMATS
from tests.e2e.hostile_listings import LISTINGS
from tests.e2e.hostile_partners import HOSTILE
from tests.e2e.hostile_run import Outcome, complaints, harvest

MOST_BYTES = 500 << 20


def main() -> None:
    """Prints the table and ends with 1 when something did not end as it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--timeout", type=float, default=10.0)
    parser.add_argument("--only", default="", help="rows whose name or threat has this word")
    options = parser.parse_args()
    rows = [one for one in (*HOSTILE, *FORMATS, *LISTINGS) if options.only in f"{one.threat} {one.name}"]
    with tempfile.TemporaryDirectory() as folder:
        alone = harvest(Path(folder) / "alone", [], timeout_s=options.timeout, parallel=options.parallel)
        beside = harvest(Path(folder) / "beside", rows, timeout_s=options.timeout, parallel=options.parallel)
    wrong = 0
    print(f"{'threat':6} {'misbehaviour':28} {'state':10} {'s':>6} {'asked':>5} {'in':>3}  reason")
    for one in rows:
        report = beside.reports[one.name]
        reason = report["rule"] or ", ".join(report["reasons"]) or report["detail"][:60]
        asked = beside.asked[one.name]
        print(
            f"{one.threat:6} {one.name:28} {report['state']:10} {report['seconds']:6.1f} {asked:5} "
            f"{report['accepted']:3}  {reason}"
        )
        for complaint in complaints(one, beside):
            wrong += 1
            print(f"       WRONG: {complaint}")
    wrong += summary(alone, beside)
    print(f"{wrong} things wrong")
    raise SystemExit(1 if wrong else 0)


def summary(alone: Outcome, beside: Outcome) -> int:
    """Prints what holds for the whole run; the number of things that do not."""
    before, after = (statistics.median(_good_seconds(outcome)) for outcome in (alone, beside))
    entered = all(r["new"] == r["read"] > 0 for name, r in beside.reports.items() if name.startswith("good"))
    print(f"good partners: {before:.2f} s alone, {after:.2f} s beside the others ({after / before - 1:+.0%}), ", end="")
    print(f"goal of 10 % {'met' if after <= 1.1 * before else 'MISSED'}, all records entered: {entered}")
    print(f"whole run {beside.seconds:.1f} s; peak memory {beside.peak_bytes / 2**20:.0f} MB; ", end="")
    print(f"canary hits: {len(beside.canary)}")
    return (beside.peak_bytes > MOST_BYTES) + bool(beside.canary) + (not entered) + ("Traceback" in beside.said)


def _good_seconds(outcome: Outcome) -> list[float]:
    return [report["seconds"] for name, report in outcome.reports.items() if name.startswith("good")]


if __name__ == "__main__":
    main()
