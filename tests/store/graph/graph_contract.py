"""The promises of every graph engine; an engine's test module inherits them and gives the fixtures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.store.graph.base import GraphEngine, Mark, ReplaceGraph, SetValue

A, B, C = "https://example.org/a", "https://example.org/b", "https://example.org/c"
COUNT = "https://example.org/count"


def quads(graph: str, *values: str, predicate: str = "https://example.org/p") -> bytes:
    """One quad a value about the graph itself."""
    return "".join(f'<{graph}> <{predicate}> "{value}" <{graph}> .\n' for value in values).encode()


def many(count: int, value: str) -> list[ReplaceGraph]:
    """Replacements of so many graphs that the engine may take another road."""
    graphs = [f"https://example.org/g{n}" for n in range(count)]
    return [ReplaceGraph(graph, quads(graph, value)) for graph in graphs]


class GraphStoreContract:
    """Give `engine` (open, empty), `reopen` (closes and opens it again) and `published` (reads what readers see)."""

    @pytest.fixture
    def engine(self) -> GraphEngine:
        raise NotImplementedError

    @pytest.fixture
    def reopen(self) -> Callable[[], GraphEngine]:
        raise NotImplementedError

    @pytest.fixture
    def published(self) -> Callable[[str], set[str]]:
        """Text of all literals of a named graph, as readers see it."""
        raise NotImplementedError

    def test_empty_store_stands_at_nothing(self, engine: GraphEngine) -> None:
        """A new store has position 0 and no hash."""
        assert engine.mark() == Mark(0, "")

    @pytest.mark.parametrize("count", [1, 250])
    def test_graphs_become_exactly_what_is_given(self, engine, published, count: int) -> None:
        """A replaced graph loses its old triples, however many are replaced at once."""
        engine.change(many(count, "old"), Mark(1, "x"))
        engine.change(many(count, "new"), Mark(2, "y"))
        engine.publish()
        assert published("https://example.org/g0") == {"new"}
        assert published(f"https://example.org/g{count - 1}") == {"new"}
        assert engine.mark() == Mark(2, "y")

    @pytest.mark.parametrize("count", [0, 250])
    def test_removed_graph_is_gone(self, engine, published, count: int) -> None:
        """None removes a graph, also among many changes."""
        engine.change([ReplaceGraph(A, quads(A, "1")), ReplaceGraph(B, quads(B, "1"))], Mark(1, "x"))
        assert engine.has_graph(A)
        engine.change([ReplaceGraph(A, None), *many(count, "v")], Mark(2, "y"))
        engine.publish()
        assert not engine.has_graph(A)
        assert published(A) == set()
        assert published(B) == {"1"}

    def test_values_of_a_shared_graph_change_one_by_one(self, engine, published) -> None:
        """SetValue replaces one property and leaves other subjects alone; None removes it."""
        engine.change([SetValue(C, A, COUNT, 1), SetValue(C, B, COUNT, 5)], Mark(1, "x"))
        engine.change([SetValue(C, A, COUNT, 2)], Mark(2, "y"))
        assert engine.value(C, A, COUNT) == "2"
        assert engine.value(C, B, COUNT) == "5"
        engine.change([SetValue(C, A, COUNT, None)], Mark(3, "z"))
        assert engine.value(C, A, COUNT) is None
        assert engine.values(C, COUNT) == {B: "5"}
        engine.publish()
        assert published(C) == {"5"}

    def test_text_of_any_kind_survives(self, engine, published) -> None:
        """Quotes, backslashes, braces and escapes in a literal are data, never query text."""
        hard = r"a \"quoted\" } } ; DROP ALL # \\u0041 \\ é \u0001 \n"
        engine.change([ReplaceGraph(A, quads(A, hard)), ReplaceGraph(B, quads(B, "kept"))], Mark(1, "x"))
        engine.publish()
        assert published(A) == {'a "quoted" } } ; DROP ALL # \\u0041 \\ é \x01 \n'}
        assert published(B) == {"kept"}

    @pytest.mark.parametrize("count", [0, 250])
    def test_unparsable_quads_hold_up_nobody(self, engine, published, count: int) -> None:
        """A graph whose quads do not parse is reported and left empty; all others of the batch get in."""
        bad = b'<https://example.org/not an iri> <https://example.org/p> "x" <' + B.encode() + b"> .\n"
        changes = [ReplaceGraph(A, quads(A, "1")), ReplaceGraph(B, bad), *many(count, "v")]
        assert engine.change(changes, Mark(1, "x")) == [B]
        engine.publish()
        assert published(A) == {"1"}
        assert published(B) == set()
        assert engine.mark().position == 1

    def test_readers_see_nothing_before_publish(self, engine, published) -> None:
        """Changes are invisible until published, then all of them are there."""
        engine.change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
        engine.publish()
        engine.change([ReplaceGraph(A, quads(A, "2")), ReplaceGraph(B, quads(B, "2"))], Mark(2, "y"))
        assert published(A) == {"1"}
        assert published(B) == set()
        assert engine.publish()
        assert published(A) == {"2"}
        assert published(B) == {"2"}

    def test_publishing_nothing_new_does_nothing(self, engine) -> None:
        """A second publish without a change says so."""
        engine.change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
        assert engine.publish()
        assert not engine.publish()

    def test_closed_store_remembers(self, engine, reopen) -> None:
        """Data and mark are there after closing and opening again."""
        engine.change([ReplaceGraph(A, quads(A, "1"))], Mark(7, "h"))
        engine.publish()
        again = reopen()
        assert again.mark() == Mark(7, "h")
        assert again.has_graph(A)
        assert not again.publish()

    def test_unpublished_changes_are_published_after_reopening(self, engine, reopen, published) -> None:
        """What was applied but not shown when the writer ended is shown by the next one's publish."""
        engine.publish()
        engine.change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
        assert reopen().publish()
        assert published(A) == {"1"}

    def test_reset_keeps_readers_until_the_new_store_is_published(self, engine, published) -> None:
        """During a rebuild readers see the old content; then the new, whole."""
        engine.change([ReplaceGraph(A, quads(A, "old")), ReplaceGraph(B, quads(B, "old"))], Mark(5, "x"))
        engine.publish()
        engine.reset()
        assert engine.rebuilding
        assert engine.mark() == Mark(0, "")
        engine.change([ReplaceGraph(A, quads(A, "new"))], Mark(1, "y"))
        assert published(A) == {"old"}
        engine.publish()
        assert not engine.rebuilding
        assert published(A) == {"new"}
        assert published(B) == set()
