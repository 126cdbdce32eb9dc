"""How many real studies and images break which rule of which profile: `python -m tests.model.profiles.real_table`.

Needs ../shared/partners; a profile is held against what it concerns, as the graph keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from catalogue.model.documents import Record
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import SHAPES, profiles
from catalogue.model.rdf import triples
from tests.conftest import PARTNERS
from tests.model.real_records import CRATES, images, studies

Counts = Counter[tuple[str, str, str]]


def real_records(partners: Path) -> Iterator[tuple[str, Record]]:
    """(archive, record) of every real document that maps."""
    for outcome in studies(partners):
        for record in outcome.mapped.records if outcome.mapped else ():
            yield outcome.name.partition("/")[0], record
    for outcome in images(partners):
        for record in outcome.mapped.records if outcome.mapped else ():
            yield "ome-zarr", record


def count(partners: Path) -> Counts:
    """(profile, outcome or rule, archive) -> records."""
    checks = ProfileChecks(profiles().values())
    found: Counts = Counter()
    for archive, record in real_records(partners):
        for result in checks.results(record["id"], triples(record)):
            profile = result["profile"].removeprefix(SHAPES)
            found[profile, result["outcome"], archive] += 1
            for rule in result.get("broken_rules", ()):
                found[profile, rule.removeprefix(f"{SHAPES}{profile}-"), archive] += 1
    return found


def main() -> None:
    """Prints one line a rule, most broken first, with a column an archive."""
    found = count(PARTNERS)
    archives = [*CRATES, "ome-zarr"]
    print("profile", "rule", *archives, "all", sep="\t")
    lines = Counter({key: sum(found[*key, a] for a in archives) for key in {key[:2] for key in found}})
    for profile in profiles():
        for (name, rule), total in lines.most_common():
            if name == profile:
                print(name, rule, *(found[name, rule, archive] for archive in archives), total, sep="\t")


if __name__ == "__main__":
    main()
