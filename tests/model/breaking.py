"""Data that break the constraints of a shapes graph, made from the shapes alone, so that they grow with the model.

A node is made that a shape targets, and its values are changed until an engine reports the constraint. Whether the
engines agree on it is the business of those who ask.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from catalogue.model.pyshacl_engine import sparql_path
from catalogue.model.shacl_engines import RustEngine
from tests.model.odd_values import (
    ANY_TEXT,
    ILL_TYPED,
    KNOWN_TEXTS,
    NUMBERS,
    TEXT,
    WELL_TYPED,
    around,
    drawn,
    literal,
    matching,
    n_triples,
    near,
)  # fmt: skip
from tests.model.sparql_answers import Query

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
# Says something about a shape, or belongs to another parameter: no component of its own.
SILENT = {"path", "name", "description", "message", "severity", "order", "group", "defaultValue", "property", "flags"}
SILENT |= {"deactivated", "ignoredProperties", "prefixes", "qualifiedValueShape", "qualifiedValueShapesDisjoint"}
SILENT |= {str(target).removeprefix(str(SH)) for target in TARGETS}


@dataclass(frozen=True)
class Constraint:
    """One constraint of one shape, and how its value nodes are reached.

    Args:
        shape: IRI of the shape; the nearest named one around a nameless shape.
        component: IRI of the constraint component.
        node: the shape in the shapes graph.
        target: (kind of target, its object) of the outermost shape.
        paths: paths from the target's nodes down to the value nodes; none for a constraint on those nodes themselves.
    """

    shape: str
    component: str
    node: Any = field(repr=False)
    target: tuple[URIRef, Any]
    paths: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The component's name, such as MinCount."""
        return self.component.removeprefix(str(SH)).removesuffix("ConstraintComponent")


@dataclass(frozen=True)
class Broken:
    """N-Triples lines that break one or more constraints."""

    lines: tuple[str, ...]

    @property
    def data(self) -> bytes:
        """The lines as an engine takes them."""
        return "".join(f"{line} .\n" for line in self.lines).encode()


class Shapes:
    """A shapes graph, its constraints, and data that break them.

    Args:
        text: shapes as Turtle.
        examples: N-Triples, for what cannot be made from the shapes alone: a query that counts, or takes texts apart.
    """

    def __init__(self, text: str, examples: Iterable[bytes] = ()):
        self.examples = [Broken(tuple(data.decode().removesuffix(" .\n").split(" .\n"))) for data in examples]
        self.graph = Graph().parse(data=text, format="turtle")
        self.engine = RustEngine(text)
        found = {(c.shape, c.component): c for c in self._constraints()}
        # One value too many may also be of the wrong kind, and what is made lacks most of what it should have: so
        # that fewer data do, these come first and last.
        order = {"MaxCount": 0, "MinCount": 2}
        self.constraints = sorted(found.values(), key=lambda c: (order.get(c.name, 1), c.component, c.shape))

    def broken(self, each: int = 1) -> list[Broken]:
        """Data that break every constraint at least so many times, or less often where there is no other way.

        They are the same at every call, and the first of them break each constraint once.

        Raises:
            AssertionError: no way was found to break a constraint.
        """
        random, number = Random(0), itertools.count()
        made: dict[tuple[str, str], int] = {(c.shape, c.component): 0 for c in self.constraints}
        cases: dict[Broken, None] = {}
        for turn, constraint in itertools.product(range(1, each + 1), self.constraints):
            key = (constraint.shape, constraint.component)
            tries = self._tries(constraint, random, number)
            for case in itertools.islice(tries, 50 if turn > 1 else None):
                if made[key] >= turn:
                    break
                self._take(case, key, cases, made)
            assert made[key], f"nothing was found that breaks {constraint}"
        return list(cases)

    def _tries(self, constraint: Constraint, random: Random, number: Iterator[int]) -> Iterator[Broken]:
        """What may break the constraint; examples, which are large, where nothing small was found."""
        for attempt in range(1000):
            if attempt == 100:
                yield from self.examples
            thing = Thing(self.graph, random, next(number))
            thing.make(constraint, attempt)
            yield Broken(tuple(dict.fromkeys(thing.lines)))

    def _take(
        self, case: Broken, key: tuple[str, str], cases: dict[Broken, None], made: dict[tuple[str, str], int]
    ) -> None:
        """The case joins the others if it breaks the constraint; what else it breaks counts as well."""
        broken = {(result.shape, result.component) for result in self.engine.results(case.data)}
        if key in broken and case not in cases:
            cases[case] = None
            made |= {other: made[other] + 1 for other in broken & set(made)}

    def _constraints(self) -> Iterator[Constraint]:
        for kind in TARGETS:
            for shape, target in ordered(self.graph.subject_objects(kind)):
                yield from self._below(shape, (kind, target), ())
        for shape in self.graph.subjects(RDF.type, RDFS.Class):
            if (shape, RDF.type, SH.NodeShape) in self.graph:
                yield from self._below(shape, (SH.targetClass, shape), ())

    def _below(self, shape: Any, target: tuple[URIRef, Any], paths: tuple[Any, ...]) -> Iterator[Constraint]:
        if Literal(True) in set(self.graph.objects(shape, SH.deactivated)):
            return
        path = self.graph.value(shape, SH.path)
        paths += () if path is None else (path,)
        named = shape
        while isinstance(named, BNode):
            named = self.graph.value(None, SH.property, named)
        for predicate in sorted(set(self.graph.predicates(shape))):
            name = str(predicate).removeprefix(str(SH))
            if predicate == SH.property:
                for inner in sorted(self.graph.objects(shape, predicate)):
                    yield from self._below(inner, target, paths)
            elif predicate in SH and name not in SILENT:
                component = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
                yield Constraint(str(named), f"{SH}{component}ConstraintComponent", shape, target, paths)


def ordered(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Pairs of terms in an order that does not depend on the process, but for blank nodes."""
    return sorted(pairs, key=lambda pair: [str(term) for term in pair if not isinstance(term, BNode)])


class Thing:
    """A thing with faults.

    Args:
        graph: the shapes.
        random: decides what is made.
        number: its IRIs and blank nodes contain it.
    """

    _queries: ClassVar[dict[str, Query]] = {}

    def __init__(self, graph: Graph, random: Random, number: int):
        self.graph = graph
        self.pick = random.choice
        self.random = random
        self.number = number
        self.lines: list[str] = []
        self._fresh = (f"<https://example.org/{number}/{place}>" for place in itertools.count())
        self._nameless = (f"_:b{number}x{place}" for place in itertools.count())

    def make(self, constraint: Constraint, attempt: int) -> None:
        """Lines that may well break the constraint.

        Args:
            attempt: how often that was tried in vain.
        """
        focus = self._targeted(constraint)
        for path in constraint.paths[:-1]:
            inner = next(self._fresh)
            self._link(focus, path, inner)
            focus = inner
        if constraint.name == "SPARQL":
            self._contradict(focus, constraint, attempt)
        elif constraint.name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals"):
            self._compare(focus, constraint)
        elif constraint.name == "Closed":
            self._link(focus, URIRef("https://example.org/unexpected"), self._odd(constraint))
        elif constraint.paths:
            for value in self._values(constraint):
                self._link(focus, constraint.paths[-1], value)

    def _targeted(self, constraint: Constraint) -> str:
        """A node that is reached by the target; an odd one when the constraint is on that node itself."""
        kind, term = constraint.target
        focus = next(self._fresh)
        if kind == SH.targetNode:
            return n_triples(term)
        if not constraint.paths and constraint.name == "NodeKind":
            focus = self._odd(constraint) if kind == SH.targetObjectsOf else next(self._nameless)
        elif not constraint.paths and (patterns := sorted(self.graph.objects(None, SH.pattern))):
            focus = self.pick([focus, *(f"<{text}>" for text in matching(str(self.pick(patterns)), iris=True))])
        if kind == SH.targetClass:
            self.lines.append(f"{focus} <{RDF.type}> {n_triples(term)}")
        elif kind == SH.targetSubjectsOf:
            self.lines.append(f"{focus} {n_triples(term)} {next(self._fresh)}")
        else:
            self.lines.append(f"{next(self._fresh)} {n_triples(term)} {focus}")
        return focus

    def _values(self, constraint: Constraint) -> list[str]:
        """Values of the path that are too few, too many or odd."""
        rule = constraint.node
        negated = self.graph.value(rule, SH["not"])
        least, most = (int(str(self.graph.value(rule, bound) or 1)) for bound in (SH.minCount, SH.maxCount))
        match constraint.name:
            case "MinCount":
                return [self._good(rule) for _ in range(least - 1)]
            case "MaxCount":
                return [*(self._good(rule) for _ in range(most + 1)), self._odd(constraint)]
            case "Not" if negated is not None:
                return [self._conforming(negated)]
            case "QualifiedMaxCount":
                qualified = self.graph.value(rule, SH.qualifiedValueShape)
                most = int(str(self.graph.value(rule, SH.qualifiedMaxCount)))
                return [self._conforming(qualified) for _ in range(most + 1)]
            case "HasValue" | "UniqueLang" | "QualifiedMinCount":
                return [self.pick([self._good(rule), self._odd(constraint)]) for _ in range(self.pick(range(4)))]
        return [*([self._good(rule)] if most > 1 and self.pick([True, False]) else []), self._odd(constraint)]

    def _compare(self, focus: str, constraint: Constraint) -> None:
        """Values of one type for the path and for the one that it is compared with."""
        parameter = SH[constraint.name[0].lower() + constraint.name[1:]]
        texts = drawn(WELL_TYPED[datatype := self.pick([XSD.integer, XSD.date, XSD.string])])
        first, second = literal(self.pick(texts), datatype), literal(self.pick(texts), datatype)
        self._link(focus, constraint.paths[-1], first)
        self._link(focus, self.graph.value(constraint.node, parameter), self.pick([first, second]))

    def _contradict(self, focus: str, constraint: Constraint, attempt: int) -> None:
        """What the query of a SPARQL constraint looks for; examples, which are large, where nothing small was found."""
        queries = [str(self.graph.value(node, SH.select)) for node in self.graph.objects(constraint.node, SH.sparql)]
        query = self._query(self.pick(sorted(queries)), constraint)
        found = query.witness(focus, self.random, self._fresh) if attempt < 100 or attempt % 2 else []
        found = found or query.mutant(n_triples(constraint.target[1]), self.random, self.number)
        self.lines += [" ".join(line) for line in found]

    def _query(self, text: str, constraint: Constraint) -> Query:
        if constraint.paths:
            text = text.replace("$PATH", sparql_path(self.graph, constraint.paths[-1]))
        if text not in self._queries:
            prefixes = {
                str(self.graph.value(node, SH.prefix)): str(self.graph.value(node, SH.namespace))
                for node in self.graph.objects(None, SH.declare)
            }
            self._queries[text] = Query(text, prefixes)
        return self._queries[text]

    def _link(self, subject: str, path: Any, value: str) -> None:
        """Lines on which the path leads from the subject to the value."""
        if isinstance(path, URIRef):
            if not subject.startswith('"'):
                self.lines.append(f"{subject} {n_triples(path)} {value}")
            return
        if (inverse := self.graph.value(path, SH.inversePath)) is not None:
            return self._link(value, inverse, subject)
        if (alternatives := self.graph.value(path, SH.alternativePath)) is not None:
            return self._link(subject, self.pick(list(Collection(self.graph, alternatives))), value)
        for repeated in (SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath):
            if (step := self.graph.value(path, repeated)) is not None:
                return self._link(subject, step, value)
        *steps, last = Collection(self.graph, path)
        for step in steps:
            inner = next(self._fresh)
            self._link(subject, step, inner)
            subject = inner
        self._link(subject, last, value)

    def _conforming(self, shape: Any) -> str:
        """A node that conforms to the shape, which may itself be about a property of the node."""
        path = self.graph.value(shape, SH.path)
        if path is None:
            return self._good(shape)
        node = next(self._fresh)
        self._link(node, path, self._good(shape))
        return node

    def _good(self, rule: Any) -> str:
        """A value that the shape allows; what it must be is said about it."""
        says = self._says(rule)
        pattern = str(says["pattern"][0]) if "pattern" in says else ""
        parts = says.get("property", ())
        if "hasValue" in says:
            return n_triples(says["hasValue"][0])
        if "in" in says:
            return n_triples(self.pick(list(Collection(self.graph, says["in"][0]))))
        if "class" in says or parts:
            node = next(self._fresh)
            self.lines += [f"{node} <{RDF.type}> {n_triples(kind)}" for kind in says.get("class", ())]
            for part in parts:
                if self._says(part).keys() & {"minCount", "hasValue"}:
                    self._link(node, self.graph.value(part, SH.path), self._good(part))
            return node
        if "datatype" in says or says.get("nodeKind") == [SH.Literal]:
            return self._literal(says.get("datatype", [XSD.string])[0], says, pattern)
        if "nodeKind" in says or "node" in says:
            return f"<{self.pick(matching(pattern, iris=True))}>" if pattern else next(self._fresh)
        return self._literal(XSD.string, says, pattern)

    def _says(self, rule: Any) -> dict[str, list[Any]]:
        """Parameters of a shape, with those of one alternative and of all its parts."""
        says: dict[str, list[Any]] = {}
        shapes = [rule]
        for shape in shapes:
            if shape != rule and (shape, SH.path, None) in self.graph:
                says.setdefault("property", []).append(shape)
                continue
            for predicate, value in ordered(self.graph.predicate_objects(shape)):
                match name := str(predicate).removeprefix(str(SH)):
                    case "or" | "xone":
                        shapes.append(self.pick(list(Collection(self.graph, value))))
                    case "and":
                        shapes += Collection(self.graph, value)
                    case "node" | "qualifiedValueShape":
                        shapes.append(value)
                says.setdefault(name, []).append(value)
        return says

    def _literal(self, datatype: Any, says: dict[str, list[Any]], pattern: str) -> str:
        if datatype == RDF.langString:
            return literal(self.pick(drawn(TEXT)), language="en")
        if datatype in NUMBERS:
            least = [Decimal(str(says[name][0])) for name in ("minInclusive", "minExclusive") if name in says]
            number = max(least) + 1 if least else Decimal(self.pick(drawn(WELL_TYPED[XSD.integer])))
            return literal(f"{number:E}" if datatype == XSD.double else f"{int(number)}", datatype)
        if pattern and datatype == XSD.string:
            return literal(self.pick(matching(pattern)))
        return literal(self.pick(drawn(WELL_TYPED.get(datatype, TEXT))), datatype)

    def _odd(self, constraint: Constraint) -> str:
        """A term that no shape expects, or a near miss; rather of the kind that breaks the constraint."""
        numbers = self._around(constraint)
        # pySHACL orders values that cannot be compared (test_referee.py): beside a bound stand numbers and words.
        kinds = ["near", "node", "language", "text", *(["around"] * 4 if numbers else ["well typed", "ill typed"])]
        kinds += {"Pattern": ["near", "blank", "blank"] * 3, "Datatype": ["node"] * 4}.get(constraint.name, [])
        match self.pick(kinds):
            case "near":
                return self.pick(near(self._good(constraint.node)))
            case "node":
                return self.pick([next(self._fresh), next(self._nameless), *self._listed()])
            case "language":
                return literal(self.pick(drawn(TEXT)), language=self.pick(["en", "de-AT"]))
            case "text":
                return literal(self.pick(drawn(ANY_TEXT)))
            case "blank":
                return self.pick(['""', '" "', r'"\t"'])
            case "well typed":
                datatype = self.pick(sorted(WELL_TYPED))
                return literal(self.pick(drawn(WELL_TYPED[datatype])), datatype)
            case "ill typed":
                return literal(self.pick(ILL_TYPED), self.pick(KNOWN_TEXTS))
        return self.pick(numbers)

    def _around(self, constraint: Constraint) -> list[str]:
        """Numbers near the bounds that any shape sets on the path."""
        rules = {constraint.node, *(self.graph.subjects(SH.path, constraint.paths[-1]) if constraint.paths else ())}
        bounds = [
            value
            for rule in sorted(rules)
            for name, values in self._says(rule).items()
            if name in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
            for value in values
        ]
        return [number for bound in bounds for number in around(str(bound))]

    def _listed(self) -> Sequence[str]:
        heads = sorted(self.graph.objects(None, SH["in"]))
        return [n_triples(self.pick(list(Collection(self.graph, self.pick(heads)))))] if heads else []
