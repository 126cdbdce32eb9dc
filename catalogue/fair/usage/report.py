"""A month as a Dataset Master Report, as Make Data Count and DataCite take it.

Source: Code of Practice for Research Data 1.0.1, sections 7 and 11 and "Missing and Unknown Field Values"; keys as in
DataCite's schema of usage reports (sushi_usage_schema.json).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from catalogue.fair.usage.label import year_of
from catalogue.fair.usage.months import last_day
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS
from catalogue.problems import NotFound
from catalogue.store.entries import Entry, stamp
from catalogue.store.ledger import Ledger
from catalogue.store.usage import Count, Since

_PAGE: Final = 500
PARTIAL: Final = 3040
"""Number of the exception "Partial Data Returned"."""


def dataset_report(ledger: Ledger, month: str, platform: str, created: datetime) -> dict[str, Any]:
    """The report of a month; equal counts, records and arguments give equal reports.

    Args:
        platform: name of this node.
        created: when the report is made.
    Raises:
        NotFound: nothing is counted of that month, as counting began later or the month has not come.
    """
    since = ledger.usage.since()
    if since is None:
        raise NotFound("This node has counted no use of anything yet, so there is no report.")
    if not since.first_month <= month <= stamp(since.until)[:7]:
        raise NotFound(
            f"There is no report for {month}: counting began in {since.first_month} and has come to "
            f"{stamp(since.until)[:10]}. Ask for a month between."
        )
    period = {"begin-date": f"{month}-01", "end-date": _end(month, since).isoformat()}
    datasets, left_out = _datasets(ledger, month, platform, period)
    return {
        "report-header": {
            "report-name": "Dataset Master Report",
            "report-id": "DSR",
            "release": "rd1",
            "created": stamp(created)[:19] + "Z",
            "created-by": platform,
            "reporting-period": period,
            "report-filters": [],
            "report-attributes": [],
            "exceptions": list(_exceptions(month, since, left_out)),
        },
        "report-datasets": datasets,
    }


def _end(month: str, since: Since) -> date:
    return min(last_day(month), since.until.date())


def _exceptions(month: str, since: Since, left_out: int) -> Iterator[dict[str, Any]]:
    if stamp(since.until)[:7] <= month:
        yield _partial(f"Accesses before {stamp(since.until)[:16]}Z are counted; the month goes on.")
    if since.first_month == month:
        yield _partial("Counting began in this month.")
    if left_out:
        yield _partial(f"{left_out} datasets that are no longer public here are left out.")


def _partial(why: str) -> dict[str, Any]:
    return {
        "code": PARTIAL,
        "severity": "warning",
        "message": "Partial Data Returned.",
        "help-url": "https://coprd.countermetrics.org/en/1.0.1/",
        "data": why,
    }


def _datasets(ledger: Ledger, month: str, platform: str, period: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
    """Datasets of the report, and how many are left out as their records are no longer public."""
    counts = {curie: list(found) for curie, found in groupby(ledger.usage.of_month(month), lambda count: count.curie)}
    datasets: list[dict[str, Any]] = []
    curies = sorted(counts)  # databases do not agree on the order of names
    for start in range(0, len(curies), _PAGE):
        page = curies[start : start + _PAGE]
        heads = ledger.find_heads(page)
        shown = [heads[curie] for curie in page if curie in heads and heads[curie].status == "public"]
        datasets += [_dataset(entry, counts[entry.curie], platform, period) for entry in shown]
    return datasets, len(curies) - len(datasets)


def _dataset(entry: Entry, counts: Iterable[Count], platform: str, period: Mapping[str, str]) -> dict[str, Any]:
    record = entry.record
    ids = [{"type": "doi", "value": record["doi"]}] if "doi" in record else []
    dataset: dict[str, Any] = {
        "dataset-title": record["title"],
        "dataset-id": [*ids, {"type": "proprietary", "value": entry.curie}],
        "dataset-contributors": list(_contributors(record)),
        "dataset-dates": [],
        "platform": platform,
        "publisher": _publisher(entry),
        # A field that must be there and has no value of the kinds allowed is empty.
        "publisher-id": [],
        "data-type": "dataset",
        "uri": BASE + entry.curie,
        "performance": [{"period": dict(period), "instance": [_instance(count) for count in counts]}],
    }
    if "date_published" in record:
        dataset["dataset-dates"].append({"type": "pub-date", "value": record["date_published"]})
    year = year_of(record)
    if year is not None:
        dataset["yop"] = f"{year:04d}"
    return dataset


def _contributors(record: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for author in record.get("authors", ()):
        yield {"type": "name", "value": author["name"]}
        if "orcid" in author:
            yield {"type": "orcid", "value": author["orcid"].removeprefix("https://orcid.org/")}


def _publisher(entry: Entry) -> str:
    stated = entry.record.get("publisher", {}).get("name")
    return str(stated) if stated else owner_name(entry.owner) if entry.owner in OWNERS else entry.owner


def _instance(count: Count) -> dict[str, Any]:
    return {
        "access-method": count.access_method,
        "metric-type": count.usage_metric.replace("_", "-"),
        "count": count.usage_value,
    }
