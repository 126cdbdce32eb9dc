"""The real federation in one run: every file accounted for, nothing doubled, hierarchies right."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import LocalNode, open_node
from catalogue import resources
from catalogue.model.namespaces import contract
from catalogue.store.ontologies import install
from catalogue.store.views import catch_up
from tests.conftest import PARTNERS

pytestmark = [pytest.mark.partners, pytest.mark.slow]
MEMBERS = {"bia": "gide-bia/crates", "idr": "gide-idr/crates", "ssbd": "gide-ssbd/crates"}


def crates(member: str) -> list[Path]:
    return sorted((PARTNERS / MEMBERS[member]).rglob("*-ro-crate-metadata.json"))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNode]:
    made = open_node(tmp_path_factory.mktemp("home"))
    made.initialise()
    install(made.home, "fbbi", PARTNERS / "ontologies" / "fbbi.owl.xz")
    install(made.home, "ncbitaxon", PARTNERS / "ontologies" / "idr_ncbitaxon_hierarchy_subset.ttl")
    for name, folder in MEMBERS.items():
        made.ledger.add_source(name, harvester="gide", location=str(PARTNERS / folder))
        made.ingest.harvest(name)
    with made.views() as views:
        for view in views:
            catch_up(made.ledger, view)
    yield made
    made.ledger.close()


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_every_file_is_accounted_for(node: LocalNode, member: str) -> None:
    """Each file is a live record or stands in quarantine with a reason; none is both, none neither."""
    live = {item for item, state in node.ledger.items(member).items() if not state.outcome.startswith("quarantined")}
    held = {row.item for row in node.ledger.quarantined(member)}
    files = {str(path.relative_to(PARTNERS / MEMBERS[member])) for path in crates(member)}
    assert live | held == files
    assert not live & held


def test_second_run_appends_nothing(node: LocalNode) -> None:
    """Harvested again, also in full, the same files change nothing."""
    before = node.ledger.last_position()
    for full in (False, True):
        for member in MEMBERS:
            report = node.ingest.harvest(member, full=full)
            assert (report.new, report.changed, report.withdrawn) == (0, 0, 0)
            assert report.read == report.accepted + report.quarantined == len(crates(member))
    assert node.ledger.last_position() == before


def test_empiar_entries_belong_to_empiar(node: LocalNode) -> None:
    """What the BioImage Archive delivers for EMPIAR is EMPIAR's."""
    files = [path for path in crates("bia") if path.name.startswith("EMPIAR-")]
    owned = [e for e in node.ledger.heads(kind="study", limit=10_000) if e.owner == "empiar"]
    assert len(owned) == len(files) > 0
    assert {e.source for e in owned} == {"bia"}


def test_ledger_is_clean(node: LocalNode) -> None:
    """fsck finds nothing after the run."""
    assert list(node.ledger.fsck()) == []


def below(root: str, files: list[str]) -> set[str]:
    """Local ids under a term, read straight off the ontology files with a regular expression."""
    parents: dict[str, set[str]] = {}
    for text in files:
        for block in re.split(r" \.\n", text):
            subject = re.search(r"^obo:(\S+) a ", block, re.MULTILINE)
            for parent in re.findall(r"rdfs:subClassOf ((?:obo:\S+(?: ?, ?)?)+)", block) if subject else ():
                for name in re.findall(r"obo:(\w+)", parent):
                    parents.setdefault(subject[1].upper(), set()).add(name.upper())  # type: ignore[index]
        for part in text.split('<owl:Class rdf:about="')[1:]:
            child, body = part.partition('"')[0].rpartition("/")[2], part.partition("</owl:Class>")[0]
            for parent in re.findall(r'<rdfs:subClassOf rdf:resource="[^"]*/(FBbi_\d+)"', body):
                parents.setdefault(child.upper(), set()).add(parent.upper())
    found = {root.upper()}
    while grown := {child for child, above in parents.items() if above & found} - found:
        found |= grown
    return found


def named(crate: dict[str, Any], pattern: str) -> set[str]:
    """Numbers in the @id of anything the crate's graph defines, without leading zeros."""
    names = [str(entity.get("@id", "")) for entity in crate["@graph"]]
    return {match.lstrip("0") for name in names for match in re.findall(pattern, name)}


def test_bacteria_by_microscopy_is_right(node: LocalNode) -> None:
    """The hierarchy query finds the studies that a plain reading of crates and ontology files finds."""
    taxa = (PARTNERS / "ontologies" / "idr_ncbitaxon_hierarchy_subset.ttl").read_text()
    shipped = [p.read_text() for p in (resources.schema_dir() / "ontologies").glob("*.ttl")]
    fbbi = lzma.decompress((PARTNERS / "ontologies" / "fbbi.owl.xz").read_bytes()).decode()
    bacteria = {name.removeprefix("NCBITAXON_") for name in below("NCBITaxon_2", [taxa, *shipped])}
    methods = {name.removeprefix("FBBI_").lstrip("0") for name in below("FBbi_00000345", [fbbi, *shipped])}
    expected = set()
    for member in MEMBERS:
        for path in crates(member):
            crate = json.loads(path.read_bytes())
            organisms = named(crate, r"(?:NCBITaxon_|taxonomy/)(\d+)$")
            techniques = named(crate, r"FBbi[:_](\d+)$")
            if organisms & bacteria and techniques & methods:
                expected.add(path.name.removesuffix("-ro-crate-metadata.json").removeprefix("EMPIAR-"))
    with node.pool(workers=1) as pool:
        rows = pool.select(resources.query_file("examples", "bacteria-by-microscopy").read_text())
    assert {contract(row["study"].value).partition(":")[2] for row in rows} == expected
    assert len(expected) > 5


OF_AUDITS = ("studies-without-standard-licence-per-funder", "pass-rate-per-metric-and-archive")


def test_all_example_queries_answer(node: LocalNode) -> None:
    """Each public example gives rows over the real federation within the public limits."""
    with node.pool(workers=1) as pool:
        for path in sorted(resources.queries_dir("examples").glob("*.rq")):
            rows = pool.select(path.read_text())
            # The crates list no images, and no audit of this node was made.
            assert rows or path.stem in ("images-and-addresses", *OF_AUDITS), path.stem
