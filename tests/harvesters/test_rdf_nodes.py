"""Graphs as plain nodes: every property is accounted for, and no order of statements or keys matters."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters import rdf_slices
from harvesters.account import Account
from harvesters.jsonld_nodes import JsonLd
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import Nodes, Term, Triple, to_triples
from harvesters.rdf_slices import by_subject, cut, parse_bytes, to_bytes

A, B, C = "https://a.example/1", "https://a.example/2", "https://a.example/3"


def nodes(turtle: str, **left_out: str) -> tuple[Nodes, Account]:
    """The nodes of a text, properties by the last part of their IRI."""
    account = Account(left_out)
    quads = iter_quads(turtle.encode(), "text/turtle", base_iri="https://a.example/")
    return Nodes.of_triples(account, to_triples(quads), lambda iri: iri.rpartition("/")[2], lambda _: ""), account


def total(account: Account) -> tuple[int, int, int]:
    """Mapped, ignored, unmapped."""
    mapped, ignored, unmapped = account.close()
    return mapped, ignored.total(), unmapped.total()


def test_english_comes_before_untagged_and_foreign_text() -> None:
    """Of one text in several languages the English one is read, and the others are no conflict."""
    found, account = nodes(f'<{A}> <title> "Auge"@de, "eye"@en, "oeil"@fr .')
    node = found.find(A)
    assert node is not None
    assert node.text("title") == "eye"
    assert node.texts("title") == ["eye", "Auge", "oeil"]
    assert not account.findings


def test_two_texts_of_one_language_are_told() -> None:
    """Two English titles are a conflict, decided the same way each time."""
    found, account = nodes(f'<{A}> <title> "b"@en, "a"@en .')
    node = found.find(A)
    assert node is not None and node.text("title") == "a"
    assert [finding.code for finding in account.findings] == ["several-values"]


def test_what_stands_behind_a_property_shares_its_fate() -> None:
    """A node behind something left out is left out with it, behind something unknown unknown, else not reached."""
    text = f'<{A}> <kept> <{B}> ; <known> [ <x> "1" ] ; <odd> [ <y> "1" ] . <{B}> <z> "1" . <{C}> <z> "1", "2" .'
    found, account = nodes(text, known="for a reason")
    node = found.find(A)
    assert node is not None and node.iris("kept") == [B]
    found.close()
    mapped, ignored, unmapped = account.close()
    assert mapped == 1
    assert dict(unmapped) == {"odd": 1, "y": 1}
    assert ignored["z: only its identifier is kept"] == 1
    assert ignored["z: not reached from the study"] == 1
    assert ignored["known: for a reason"] == 1 and ignored["x: for a reason"] == 1


def test_a_circle_of_nodes_ends() -> None:
    """Nodes that point at each other are settled once."""
    found, account = nodes(f"<{A}> <p> <{B}> . <{B}> <p> <{A}> .")
    node = found.find(A)
    assert node is not None and node.refs("p")[0].node is found.find(B)
    found.close()
    assert total(account) == (1, 1, 0)


def test_statements_about_statements_are_refused() -> None:
    """RDF 1.2's quoted triples have no place in a record; they are refused, not dropped."""
    with pytest.raises(RecordRejected) as refused:
        nodes(f'<{A}> <p> <<( <{A}> <q> "1" )>> .')
    assert refused.value.reason == "not-parsable"


literals = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=8)
terms = st.one_of(
    st.sampled_from([A, B, C]).map(lambda iri: Term("iri", iri)),
    st.sampled_from(["_:x", "_:y"]).map(lambda label: Term("blank", label)),
    literals.map(lambda text: Term("literal", text)),
    literals.map(lambda text: Term("literal", text, "en")),
)
subjects = st.sampled_from([Term("iri", A), Term("iri", B), Term("blank", "_:x"), Term("blank", "_:y")])
graphs = st.sets(
    st.builds(Triple, subjects, st.sampled_from(["https://p.example/1", "https://p.example/2"]), terms), max_size=12
)


@given(graphs)
def test_canonical_bytes_hold_the_graph_and_nothing_of_its_order(graph: set[Triple]) -> None:
    """R5: written and read again, in any order and with other labels, the graph gives the same bytes."""
    content = to_bytes(graph)
    assert to_bytes(parse_bytes(content)) == content
    assert len(parse_bytes(content)) == len(graph)
    shuffled = list(graph)
    random.Random(1).shuffle(shuffled)
    renamed = {"_:x": "_:second", "_:y": "_:first"}

    def other(term: Term) -> Term:
        return Term("blank", renamed[term.text]) if term.kind == "blank" else term

    assert to_bytes([Triple(other(s), p, other(o)) for s, p, o in shuffled]) == content


@given(graphs)
def test_the_books_balance(graph: set[Triple]) -> None:
    """Every property of every node is mapped, ignored or unmapped, whatever was read."""
    account = Account({"1": "for a reason"})
    found = Nodes.of_triples(account, graph, lambda iri: iri.rpartition("/")[2], lambda _: "")
    node = found.find(A)
    if node is not None:
        node.text("2")
    found.close()
    assert sum(total(account)) == len({(triple.subject, triple.predicate) for triple in graph})


def test_a_record_of_too_many_statements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """TP4: what is cut out of a graph is bounded."""
    monkeypatch.setattr(rdf_slices, "MAX_TRIPLES", 3)
    triples = [Triple(Term("iri", A), "https://p.example/1", Term("literal", str(n))) for n in range(5)]
    with pytest.raises(RecordRejected) as refused:
        cut(by_subject(triples), [A], lambda _: True)
    assert refused.value.reason == "too-large"


def test_nameless_nodes_that_cannot_be_told_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """TP7: blank nodes made to make canonicalisation endless end with their reason, in another process."""
    monkeypatch.setattr(rdf_slices, "CANONICAL_S", 0.3)
    labels = [Term("blank", f"_:{n}") for n in range(12)]
    clique = {Triple(a, "https://p.example/1", b) for a in labels for b in labels if a != b}
    with pytest.raises(RecordRejected) as refused:
        to_bytes(clique)
    assert refused.value.reason == "canonicalisation-limit"


def test_json_ld_without_order_gives_the_same_nodes() -> None:
    """Embedded or in the graph, by prefix or by full name: the same entity."""
    flat = [{"@id": "#a", "@type": "Dataset", "author": {"@id": "#b"}}, {"@id": "#b", "@type": "Person", "name": "Ada"}]
    nested = [
        {
            "author": {"@id": "#b", "http://schema.org/name": "Ada", "@type": "schema:Person"},
            "@type": ["Dataset"],
            "@id": "#a",
        }
    ]
    seen = []
    for value in (flat, flat[::-1], nested):
        read = JsonLd({"@graph": value}, Account(), lambda types: min(types, default=""))
        root = read.nodes.find("#a")
        assert root is not None
        (author,) = root.refs("author")
        assert author.node is not None
        seen.append((root.types, author.node.types, author.node.text("name")))
    assert seen[0] == seen[1] == seen[2] == (frozenset({"Dataset"}), frozenset({"Person"}), "Ada")
