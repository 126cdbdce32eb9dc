"""How many focus nodes each generated shape has in real records, and why some have none: schema/focus_nodes.tsv.

`python -m tests.model.focus_nodes` counts afresh and keeps the written reasons; needs ../shared/partners.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, SH, Graph

from catalogue import resources
from catalogue.model.documents import Record
from catalogue.model.rdf import triples
from catalogue.model.validation import check_schema, check_shapes
from tests.conftest import PARTNERS
from tests.model.real_records import Outcome, graphs, images, repositories, studies, submissions

TABLE = resources.schema_dir() / "focus_nodes.tsv"
COLUMNS = ("shape", "focus_nodes", "properties_with_values", "reason")
_SHAPES = "https://w3id.org/ommatidia/shapes/"
HEAD = """\
# Focus nodes of each generated node shape in the records that the mappers make of the partners' real documents: 871
# crates of the GIDE members, the OME-Zarr stores recorded whole and the archives' own documents; how many of its
# property shapes find a value there; where there is no focus node, why. Counted by `python -m tests.model.focus_nodes`,
# held true by a test.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    shape: str
    focus_nodes: int
    properties_with_values: int
    reason: str


def load_table() -> list[Row]:
    """The table as it is written."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert tuple(lines[0].split("\t")) == COLUMNS
    cells = [line.split("\t") for line in lines[1:]]
    return [Row(shape, int(focus), int(used), reason) for shape, focus, used, reason in cells]


def generated_shapes() -> dict[str, tuple[str, frozenset[str]]]:
    """Name -> target class and paths of every node shape that the schema gives, as full IRIs."""
    graph = Graph().parse(resources.shapes_dir() / "records.ttl", format="turtle")
    found = {}
    for shape, _, target in graph.triples((None, SH.targetClass, None)):
        paths = frozenset(str(graph.value(rule, SH.path)) for rule in graph.objects(shape, SH.property))
        found[str(shape).removeprefix(_SHAPES)] = (str(target), paths)
    return found


def count(records: Iterable[Record]) -> dict[str, tuple[int, int]]:
    """Shape -> focus nodes, and property shapes with a value; each record is checked, so counted, by itself."""
    shapes = generated_shapes()
    focus: Counter[str] = Counter()
    used: dict[str, set[str]] = {}
    for record in records:
        kinds: dict[str, list[str]] = {}
        said: dict[str, set[str]] = {}
        for quad in ox.parse(triples(record), format=ox.RdfFormat.N_TRIPLES):
            node, predicate = str(quad.subject), quad.predicate.value
            if predicate == str(RDF.type):
                kinds.setdefault(node, []).append(quad.object.value)
            else:
                said.setdefault(node, set()).add(predicate)
        for node, targets in kinds.items():
            for target in targets:
                focus[target] += 1
                used.setdefault(target, set()).update(said.get(node, ()))
    return {
        name: (focus[target], len(paths & used.get(target, set()))) for name, (target, paths) in sorted(shapes.items())
    }


def count_real(partners: Path) -> dict[str, tuple[int, int]]:
    """The counts over all real records."""
    outcomes = [*studies(partners), *images(partners)]
    records = [record for outcome in outcomes if outcome.mapped for record in outcome.mapped.records]
    return count(
        [*records, *_entering(submissions(partners)), *_entering(graphs(partners)), *_entering(repositories(partners))]
    )


def _entering(outcomes: Iterable[Outcome]) -> Iterator[Record]:
    """The records that the hard rules let in."""
    for outcome in outcomes:
        for record in outcome.mapped.records if outcome.mapped else ():
            if not check_schema(record) and not check_shapes(record):
                yield record


def write_table(partners: Path) -> None:
    """Count afresh; a reason stays only where it is still needed."""
    reasons = {row.shape: row.reason for row in load_table()} if TABLE.exists() else {}
    lines = ["\t".join(COLUMNS)]
    for name, (focus, used) in count_real(partners).items():
        lines.append(f"{name}\t{focus}\t{used}\t{'' if focus else reasons.get(name, '')}")
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    write_table(PARTNERS)
