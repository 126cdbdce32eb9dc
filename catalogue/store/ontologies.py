"""Ontologies: the operator's files and our curated tables, cut down to names, parents and accepted labels.

Installed files lie as `DIR/ontologies/NAME.nt`, the curated ones in `schema/ontologies/`. An installed file wins where
both name a term; accepted labels of both count.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import multiprocessing
import os
import re
import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as px

from catalogue import resources
from catalogue.model.namespaces import BASE, contract
from catalogue.problems import BadRequest

MAX_BYTES: Final = 512 << 20
PARSE_SECONDS: Final = 120
# What an interpreter needs, and what a large OWL file took for each of its bytes (11, measured), doubled.
PARSE_MEMORY_BYTES: Final = 512 << 20
PARSE_MEMORY_PER_BYTE: Final = 20

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_OIO: Final = "http://www.geneontology.org/formats/oboInOwl#"
_OBO: Final = "http://purl.obolibrary.org/obo/"
_DWC: Final = "http://rs.tdwg.org/dwc/terms/"

LABEL: Final = px.NamedNode(_RDFS + "label")
PARENT: Final = px.NamedNode(_RDFS + "subClassOf")
DEPRECATED: Final = px.NamedNode(_OWL + "deprecated")
TYPE: Final = px.NamedNode(_RDF + "type")
EXACT_SYNONYM: Final = px.NamedNode(_OIO + "hasExactSynonym")
SCIENTIFIC_NAME: Final = px.NamedNode(_DWC + "scientificName")
# IAO_0000118, "alternative term", is what FBbi's editors used beside oboInOwl.
SYNONYMS: Final = frozenset(
    [
        EXACT_SYNONYM,
        px.NamedNode(_OIO + "hasRelatedSynonym"),
        px.NamedNode(_OIO + "hasNarrowSynonym"),
        px.NamedNode(_OIO + "hasBroadSynonym"),
        px.NamedNode(_OBO + "IAO_0000118"),
        px.NamedNode("http://www.w3.org/2004/02/skos/core#altLabel"),
    ]
)
# A broad or narrow synonym names another concept: no label to accept for this one.
ACCEPTED: Final = frozenset([EXACT_SYNONYM, SCIENTIFIC_NAME, px.NamedNode(_OBO + "IAO_0000118")])
_CLASS: Final = px.NamedNode(_OWL + "Class")
_CLASSES: Final = frozenset([_CLASS, px.NamedNode(_DWC + "Taxon")])
_KEPT: Final = SYNONYMS | {LABEL, DEPRECATED, SCIENTIFIC_NAME}
_FORMATS: Final = {
    ".ttl": px.RdfFormat.TURTLE,
    ".nt": px.RdfFormat.N_TRIPLES,
    ".owl": px.RdfFormat.RDF_XML,
    ".rdf": px.RdfFormat.RDF_XML,
}
_Node = px.NamedNode | px.BlankNode | px.Literal | px.Triple
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class OntologyGraph:
    """One ontology as a named graph.

    Args:
        graph: `<BASE ontology/NAME>`.
        digest: SHA-256 over all that decides the content.
        quads: makes the N-Quads.
    """

    graph: str
    digest: str
    quads: Callable[[], bytes]


def install(home: Path, name: str, path: Path) -> int:
    """Number of terms kept of the ontology file at `path`, which now counts in `home` under `name`.

    Args:
        home: the data folder.
        name: lower-case name of the graph, such as `fbbi`; an ontology of that name is replaced.
        path: .ttl, .nt, .owl or .rdf, as it is or compressed as .xz or .gz.
    Raises:
        BadRequest: unknown kind of file, too large, not parsable within limits, or without a single term.
    """
    if not _NAME.fullmatch(name):
        raise BadRequest(f"'{name}' cannot name an ontology; use lower-case letters, digits, - and _.")
    stem = Path(path.stem) if path.suffix in (".xz", ".gz") else Path(path.name)
    if stem.suffix not in _FORMATS:
        raise BadRequest(f"'{path.name}' is no ontology file known here; give .ttl, .nt, .owl or .rdf (+ .xz, .gz).")
    content = _parse_apart(_read(path), stem.suffix, path.name)
    terms = content.count(f"{TYPE} {_CLASS} .\n".encode())
    if terms == 0:
        raise BadRequest(f"'{path.name}' names no classes with labels; nothing was installed.")
    folder = home / "ontologies"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".new", delete=False) as fresh:
        fresh.write(content)
        fresh.flush()
        os.fsync(fresh.fileno())
    Path(fresh.name).replace(folder / f"{name}.nt")
    return terms


def sources(home: Path | None) -> list[Path]:
    """The ontology files that count in `home`: the curated first, then the installed, each sorted by name."""
    curated = sorted((resources.schema_dir() / "ontologies").glob("*.ttl"))
    installed = sorted((home / "ontologies").glob("*.nt")) if home is not None else []
    return [*curated, *installed]


@dataclass(slots=True)
class _Term:
    label: str | None = None
    accepted: set[str] = field(default_factory=set)
    synonyms: set[str] = field(default_factory=set)
    parents: list[str] = field(default_factory=list)
    deprecated: bool = False
    installed: bool = False


class Ontology:
    """Labels and ancestors of ontology terms, all by CURIE.

    Args:
        terms: made by `load`.
        digest: changes when any file changed.
    """

    def __init__(self, terms: dict[str, _Term], digest: str = "") -> None:
        self._terms = terms
        self.digest = digest
        self._prefixes = frozenset(curie.partition(":")[0] for curie, term in terms.items() if term.label)
        self._by_label: dict[str, list[str]] = {}
        for curie, term in terms.items():
            for label in {term.label or "", *term.accepted}:
                self._by_label.setdefault(_folded(label), []).append(curie)
        self._labels: dict[str, frozenset[str]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}

    @classmethod
    def load(cls, source: Path | Iterable[Path] | None = None) -> Ontology:
        """The ontologies of a data folder, or of the files given; with None the curated ones alone."""
        paths = sources(source) if source is None or isinstance(source, Path) else list(source)
        terms: dict[str, _Term] = {}
        digest = hashlib.sha256()
        for path in paths:
            content = path.read_bytes()
            digest.update(hashlib.sha256(content).digest())
            _take_in(terms, _triples(content, path.suffix), installed=path.suffix == ".nt")
        return cls(terms, digest.hexdigest())

    def __contains__(self, curie: str) -> bool:
        return curie in self._terms

    def __len__(self) -> int:
        return len(self._terms)

    def label(self, curie: str) -> str | None:
        """The preferred label, None for a term not held here."""
        term = self._terms.get(curie)
        return term.label if term else None

    def labels(self, curie: str) -> frozenset[str]:
        """All labels that may stand for the term: preferred, exact synonyms, scientific name; empty when unknown."""
        known = self._labels.get(curie, frozenset())
        if not known and (term := self._terms.get(curie)):
            known = self._labels[curie] = frozenset([*term.accepted, *([] if term.label is None else [term.label])])
        return known

    def synonyms(self, curie: str) -> frozenset[str]:
        """Related, broad and narrow synonyms: good for finding, not for checking."""
        term = self._terms.get(curie)
        return frozenset(term.synonyms) if term else frozenset()

    def accepts(self, curie: str, label: str) -> bool:
        """True when `label` is one of the term's labels, case, hyphens and repeated blanks aside."""
        return _folded(label) in {_folded(known) for known in self.labels(curie)}

    def covers(self, prefix: str) -> bool:
        """True when terms of this CURIE prefix are held, so that one that is not can be called unknown."""
        return prefix in self._prefixes

    def deprecated(self, curie: str) -> bool:
        """True for a term that its ontology has given up."""
        term = self._terms.get(curie)
        return term.deprecated if term else False

    def parents(self, curie: str) -> tuple[str, ...]:
        """Direct parents, sorted."""
        term = self._terms.get(curie)
        return tuple(sorted(term.parents)) if term else ()

    def ancestors(self, curie: str) -> frozenset[str]:
        """All parents, their parents and so on, without the term itself; cycles do no harm."""
        known = self._ancestors.get(curie)
        if known is None:
            found: set[str] = set()
            ahead = list(self.parents(curie))
            while ahead:
                parent = ahead.pop()
                if parent not in found and parent != curie:
                    found.add(parent)
                    ahead.extend(self.parents(parent))
            known = self._ancestors[curie] = frozenset(found)
        return known

    def find_label(self, text: str, prefix: str | None = None) -> str | None:
        """The term that `text` labels; None when no term or more than one does.

        Args:
            prefix: only terms of this CURIE prefix, such as `FBbi`.
        """
        found = [c for c in self._by_label.get(_folded(text), ()) if prefix is None or c.startswith(f"{prefix}:")]
        current = [c for c in found if not self._terms[c].deprecated] or found
        preferred = [c for c in current if _folded(self._terms[c].label or "") == _folded(text)] or current
        return preferred[0] if len(preferred) == 1 else None


class OntologyGraphs:
    """The ontology graphs of a data folder, read anew only when a file changed.

    Args:
        home: the data folder; None for the curated tables alone.
    """

    def __init__(self, home: Path | None) -> None:
        self._home = home
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._graphs: list[OntologyGraph] = []

    def __call__(self) -> list[OntologyGraph]:
        """One graph a file; of a curated table only what no installed file says better."""
        paths = sources(self._home)
        seen = tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths)
        if seen != self._seen:
            self._graphs = list(_graphs(paths))
            self._seen = seen
        return self._graphs


def _graphs(paths: list[Path]) -> Iterator[OntologyGraph]:
    contents = {path: path.read_bytes() for path in paths}
    installed = [path for path in paths if path.suffix == ".nt"]
    told = hashlib.sha256(b"".join(contents[p] for p in installed)).hexdigest()
    defined = {t.subject for p in installed for t in _triples(contents[p], p.suffix) if t.predicate == LABEL}
    for path in paths:
        graph = f"{BASE}ontology/{path.stem}"
        curated = path.suffix == ".ttl"
        digest = hashlib.sha256(contents[path] + (told.encode() if curated else b"")).hexdigest()

        def quads(path: Path = path, graph: str = graph, curated: bool = curated) -> bytes:
            name = px.NamedNode(graph)
            kept = (
                px.Quad(t.subject, t.predicate, t.object, name)
                for t in _triples(contents[path], path.suffix)
                if not (curated and t.subject in defined and t.predicate not in ACCEPTED)
            )
            return px.serialize(kept, format=px.RdfFormat.N_QUADS) or b""

        yield OntologyGraph(graph, digest, quads)


def _take_in(terms: dict[str, _Term], triples: Iterable[px.Triple], installed: bool) -> None:
    """Merge one file; an installed file that labels a term replaces the curated label and parents."""
    by_term: dict[str, list[px.Triple]] = {}
    for triple in triples:
        by_term.setdefault(contract(triple.subject.value), []).append(triple)  # type: ignore[union-attr]
    for curie, about in by_term.items():
        term = terms.setdefault(curie, _Term())
        if installed and not term.installed and any(t.predicate == LABEL for t in about):
            term.label, term.parents, term.deprecated, term.installed = None, [], False, True
        for t in about:
            _note(term, t.predicate, t.object.value, installed)  # type: ignore[union-attr]


def _note(term: _Term, predicate: px.NamedNode, value: str, installed: bool) -> None:
    if predicate == LABEL or predicate in ACCEPTED:
        term.accepted.add(value)
    elif predicate in SYNONYMS:
        term.synonyms.add(value)
    if term.installed != installed:
        return
    if predicate == LABEL:
        term.label = term.label or value
    elif predicate == PARENT and contract(value) not in term.parents:
        term.parents.append(contract(value))
    elif predicate == DEPRECATED:
        term.deprecated = term.deprecated or value in ("true", "1")


def _triples(content: bytes, suffix: str) -> Iterator[px.Triple]:
    for quad in px.parse(content, _FORMATS[suffix]):
        yield quad.triple


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("-", " ").replace("_", " ").split())


def _read(path: Path) -> bytes:
    try:
        if path.suffix == ".xz":
            with lzma.open(path) as packed:
                content = packed.read(MAX_BYTES + 1)
        elif path.suffix == ".gz":
            with gzip.open(path) as packed:
                content = packed.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as plain:
                content = plain.read(MAX_BYTES + 1)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise BadRequest(f"'{path.name}' cannot be read: {error}.") from error
    if len(content) > MAX_BYTES:
        raise BadRequest(f"'{path.name}' has more than {MAX_BYTES >> 20} MiB; install a subset.")
    return content


def _parse_apart(content: bytes, suffix: str, name: str) -> bytes:
    """`cut_down` in a process of its own.

    pyoxigraph aborts on an entity bomb in RDF/XML (reliability.md section 2), and files of the operator's choice do
    carry a DOCTYPE with harmless entities; so the parser gets a process that may die.
    """
    context = multiprocessing.get_context("forkserver")
    receive, send = context.Pipe(duplex=False)
    with tempfile.NamedTemporaryFile(prefix="ontology-") as held:
        held.write(content)
        held.flush()
        child = context.Process(target=_parse_limited, args=(held.name, suffix, send), daemon=True)
        child.start()
        send.close()
        try:
            answer = receive.recv_bytes() if receive.poll(PARSE_SECONDS) else b"-it took too long"
        except EOFError:
            answer = b"-the parser gave up; the file may hold nested entities or be too large"
        finally:
            child.kill()
            child.join()
            receive.close()
    if answer[:1] == b"-":
        raise BadRequest(f"'{name}' cannot be parsed: {answer[1:].decode(errors='replace')}.")
    return answer[1:]


def _parse_limited(path: str, suffix: str, send: multiprocessing.connection.Connection) -> None:
    content = Path(path).read_bytes()
    allowed = PARSE_MEMORY_BYTES + PARSE_MEMORY_PER_BYTE * len(content)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = b"+" + cut_down(content, suffix)
    except (SyntaxError, ValueError, OSError, MemoryError) as error:
        answer = b"-" + str(error).encode()[:500]
    send.send_bytes(answer)


def cut_down(content: bytes, suffix: str) -> bytes:
    """N-Triples of the named, labelled classes of an ontology: type, labels, synonyms, named parents, deprecation.

    IDR writes `obo:FBBI_…` for `obo:FBbi_…`; its triples come out under the canonical IRI.

    Args:
        suffix: `.ttl`, `.nt`, `.owl` or `.rdf`.
    Raises:
        SyntaxError: the content is not of that format.
    """
    classes: set[px.NamedNode] = set()
    kept: dict[px.Triple, None] = {}
    for quad in px.parse(content, _FORMATS[suffix], base_iri="http://purl.obolibrary.org/obo/"):
        subject, predicate, value = _canonical(quad.subject), quad.predicate, _canonical(quad.object)
        if not isinstance(subject, px.NamedNode):
            continue
        if predicate == TYPE and value in _CLASSES:
            classes.add(subject)
        elif predicate in _KEPT and isinstance(value, px.Literal):
            if value.language is None or value.language.split("-")[0] == "en":
                kept[px.Triple(subject, predicate, value if predicate == DEPRECATED else px.Literal(value.value))] = (
                    None
                )
        elif predicate == PARENT and isinstance(value, px.NamedNode) and value.value != _OWL + "Thing":
            kept[px.Triple(subject, predicate, value)] = None
    labelled = {t.subject for t in kept if t.predicate == LABEL} & classes
    out: list[px.Triple] = [px.Triple(term, TYPE, _CLASS) for term in labelled]
    out.extend(t for t in kept if t.subject in labelled)
    lines = (px.serialize(out, format=px.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines))


def _canonical(node: _Node) -> _Node:
    if isinstance(node, px.NamedNode) and node.value.startswith(_OBO + "FBBI_"):
        return px.NamedNode(_OBO + "FBbi_" + node.value[len(_OBO) + 5 :])
    return node
