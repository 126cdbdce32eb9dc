"""Cuts one record's statements out of a larger graph, as bytes that change only when the record does.

The bytes are canonical: sorted N-Triples with blank nodes named by RDFC-1.0, in a confined process since hostile blank
nodes make that endless. Source: RDF Dataset Canonicalization (W3C Recommendation, 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from catalogue.problems import RecordRejected
from harvesters.confined import confined
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import Term, Triple, to_triples

MEDIA_TYPE: Final = "application/n-triples"
MAX_TRIPLES: Final = 200_000
MAX_BYTES: Final = 20 << 20
CANONICAL_S: Final = 10.0

BySubject = Mapping[str, list[Triple]]


def by_subject(triples: Iterable[Triple]) -> dict[str, list[Triple]]:
    """IRI or blank label -> the statements about it."""
    found: dict[str, list[Triple]] = {}
    for triple in triples:
        found.setdefault(triple.subject.text, []).append(triple)
    return found


def cut(graph: BySubject, start: Iterable[str], enters: Callable[[Triple], bool]) -> set[Triple]:
    """The statements about `start` and about everything they lead to.

    Args:
        enters: whether to go on behind the object of a statement; literals are never asked about.
    Raises:
        RecordRejected: `too-large`, they are more than 200,000.
    """
    found: set[Triple] = set()
    seen = set(start)
    waiting = list(seen)
    while waiting:
        for triple in graph.get(waiting.pop(), ()):
            found.add(triple)
            name = triple.object.text
            if triple.object.kind != "literal" and name not in seen and name in graph and enters(triple):
                seen.add(name)
                waiting.append(name)
        if len(found) > MAX_TRIPLES:
            raise RecordRejected(
                f"The record has more than {MAX_TRIPLES:,} statements. Split it.", reason="too-large"
            )  # fmt: skip
    return found


def to_bytes(triples: Iterable[Triple]) -> bytes:
    """The statements as canonical N-Triples.

    Raises:
        RecordRejected: `canonicalisation-limit`, naming the blank nodes takes too long or too much memory.
    """
    given = list(triples)
    lines = [_line(triple) for triple in given]
    if any("blank" in (triple.subject.kind, triple.object.kind) for triple in given):
        content = "".join(lines).encode()
        try:
            return confined("harvesters.rdf_slices:canonical_confined", content, timeout_s=CANONICAL_S)
        except RecordRejected as rejected:
            raise RecordRejected(
                f"The record's nameless nodes cannot be told apart in {CANONICAL_S:g} s. Give them names (IRIs).",
                reason="canonicalisation-limit",
            ) from rejected
    return "".join(sorted(lines)).encode()


def parse_bytes(content: bytes) -> set[Triple]:
    """The statements of `to_bytes`.

    Raises:
        RecordRejected: `not-parsable`, `bad-encoding`, `too-large`.
    """
    if b"<<" in content or len(content) > MAX_BYTES:
        return to_triples(iter_quads(content, MEDIA_TYPE, base_iri="https://base.invalid/"))
    # N-Triples nest only in statements about statements: without those they need no process that may die, whose
    # round trip takes as long as mapping the record.
    try:
        content.decode("utf-8")
        return to_triples(ox.parse(content, ox.RdfFormat.N_TRIPLES))
    except UnicodeDecodeError as error:
        raise RecordRejected(
            "The statements are not UTF-8. Harvest the source again.", reason="bad-encoding"
        ) from error
    except (SyntaxError, ValueError) as error:
        raise RecordRejected(f"The statements are no N-Triples: {error}.", reason="not-parsable") from error


def canonical_confined(content: bytes) -> bytes:
    """The same statements with the canonical names of blank nodes, sorted."""
    dataset = ox.Dataset(ox.parse(content, ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize([quad.triple], format=ox.RdfFormat.N_TRIPLES) or b"" for quad in dataset)
    return b"".join(sorted(lines))


def _line(triple: Triple) -> str:
    return f"{_write(triple.subject)} <{triple.predicate}> {_write(triple.object)} .\n"


def _write(term: Term) -> str:
    if term.kind == "iri":
        return f"<{term.text}>"
    if term.kind == "blank":
        # Labels of several documents are told apart by what stands before them, which N-Triples may not allow.
        return "_:b" + term.text[2:].encode().hex()
    if term.language:
        return str(ox.Literal(term.text, language=term.language))
    return str(ox.Literal(term.text, datatype=ox.NamedNode(term.datatype) if term.datatype else None))
