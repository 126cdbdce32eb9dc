from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from catalogue.exchange.ldes.forms import FORMS, NQuads, TriG
from catalogue.exchange.ldes.hypermedia import Place
from catalogue.exchange.ldes.member import FED, node_knows, owner_said, payload_lines, safe_iri
from catalogue.exchange.ldes.pages import Pages
from catalogue.exchange.ldes.statements import AS, LDES, TREE, Node, Value, lines
from catalogue.exchange.ldes.views import LatestView, LogView, View, last_page
from catalogue.exchange.ldes.vocabulary import vocabulary
from catalogue.model.log_entry import LogEntry
from catalogue.model.namespaces import BASE
from catalogue.model.shacl_engines import best_engine
from catalogue.model.signing import is_signed
from catalogue.problems import NotFound
from catalogue.resources import schema_dir
from catalogue.store import schema
from catalogue.store.leaves import ABSENT, Leaf, bucket_digest, bucket_of, owner_digest
from catalogue.store.ledger import Ledger
from tests.exchange.signed_ledger import START, append, append_all, fill, open_signed, relay, study, tombstone

NODE = "http://node.example"
ENGINES = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
FORM = NQuads()
ABSOLUTE = Place(lambda path: NODE + path, "")
RELATIVE = Place(lambda path: path, "")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with entries of every kind; read-only by convention."""
    with open_signed(tmp_path_factory.mktemp("ldes")) as opened:
        fill(opened)
        yield opened


@pytest.fixture(scope="module")
def pages(ledger: Ledger) -> Pages:
    """Its pages."""
    return Pages(ledger.log)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger of one test."""
    with open_signed(tmp_path) as opened:
        yield opened


class Said:
    """The quads of documents, looked up by subject and predicate; in the order of the documents."""

    def __init__(self, found: Iterable[ox.Quad]) -> None:
        self.quads = list(dict.fromkeys(found))
        self.by_place: dict[tuple[str, str], list[str]] = {}
        self.graphs: dict[str, list[ox.Quad]] = {}
        for quad in self.quads:
            self.by_place.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object.value)
            self.graphs.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and set(self.quads) == set(other.quads)

    def __or__(self, other: Said) -> Said:
        return Said([*self.quads, *other.quads])


def quads(body: bytes, suffix: str = ".nq", base: str = NODE + "/ldes") -> Said:
    return Said(ox.parse(body, format=ENGINES[suffix], base_iri=base))


def read(pages: Pages, view: View, wanted: int) -> Said:
    return quads(pages.page(view, wanted, FORM, ABSOLUTE).body())


def objects(found: Said, subject: str, predicate: str) -> list[str]:
    return found.by_place.get((subject, predicate), [])


def members(found: Said) -> list[str]:
    return objects(found, NODE + "/ldes#stream", TREE + "member")


def everything(pages: Pages, view: View, log: Any) -> Said:
    return Said(quad for number in range(1, last_page(log) + 1) for quad in read(pages, view, number).quads)


@pytest.mark.parametrize("wanted", [0, 1, 2, 3, -1])
def test_forms_say_the_same(ledger: Ledger, pages: Pages, wanted: int) -> None:
    """N-Quads, TriG and JSON-LD of a root (0), an index (-1) and each page hold the same quads, no blank node among."""
    said = []
    for form in FORMS:
        place = RELATIVE if form.relative else ABSOLUTE
        view = LogView(ledger.log)
        if wanted == 0:
            answer = pages.root(view, form, place)
        elif wanted < 0:
            answer = pages.index(view, 1, form, place)
        else:
            answer = pages.page(view, wanted, form, place)
        said.append(quads(answer.body(), form.suffix))
    assert said[0] == said[1] == said[2]
    assert said[0].quads
    assert not any(isinstance(term, ox.BlankNode) for quad in said[0].quads for term in (quad.subject, quad.object))


def test_hypermedia_comes_first_and_members_one_by_one(ledger: Ledger, pages: Pages) -> None:
    """The order of the TREE profile: what leads on, then each member with all that belongs to it."""
    body = pages.page(LogView(ledger.log), 3, FORM, ABSOLUTE).body().decode()
    head, *blocks = re.split(rf"^<{NODE}/ldes#stream> <{TREE}member> ", body, flags=re.MULTILINE)
    assert f"<{NODE}/ldes/page/3> " in head
    assert len(blocks) == 30
    for block in blocks:
        name = block[: block.index(">") + 1]
        rest = block.splitlines()[1:]
        assert rest
        assert all(line.startswith(name + " ") or line.endswith(f" {name} .") for line in rest)


def test_relayed_entries_are_the_same_at_every_node(ledger: Ledger, tmp_path: Path) -> None:
    """R26: what the owner said and the payload graph are equal byte for byte; place and moment alone differ."""
    with open_signed(tmp_path, "two", START + timedelta(days=3)) as second:
        append(second, study(1) | {"id": "ssbd:1", "accession": "1", "owner": "ssbd"})
        relay(ledger, second)
        ours, theirs = ledger.log.entries(0, 500), second.log.entries(1, 500)
        assert len(ours) == len(theirs) == 230
        for one, other in zip(ours, theirs, strict=True):
            assert lines(owner_said(one)) == lines(owner_said(other))
            assert payload_lines(one.entry) == payload_lines(other.entry)
            differing = {name for name, value in node_knows(one).said if (name, value) not in node_knows(other).said}
            assert differing == {AS + "published", FED + "seq"}


def test_an_entry_can_be_checked_from_rdf_alone(ledger: Ledger, pages: Pages) -> None:
    """The header rebuilt from a member's triples has the digest and the signature that it states."""
    key = ledger.registry.tenures()[0].tenure.key
    found = everything(pages, LogView(ledger.log), ledger.log)
    for name in members(found):
        entry = header(found, name)
        assert [entry.digest] == objects(found, name, FED + "ownerDigest")
        assert is_signed(key, entry.message, objects(found, name, FED + "signature")[0])


def header(found: Said, name: str) -> LogEntry:
    def one(term: str, otherwise: str | None = None) -> Any:
        values = objects(found, name, term)
        return values[0] if values else otherwise

    action = next(k for k in objects(found, name, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type") if AS in k)
    parent = one(FED + "parent")
    return LogEntry(
        owner=one(FED + "owner"),
        epoch=int(one(FED + "ownerEpoch")),
        seq=int(one(FED + "ownerSeq")),
        curie=one(AS + "object").removeprefix(BASE),
        kind=one(FED + "kind"),
        parent=parent.removeprefix(BASE) if parent else None,
        action=action.removeprefix(AS).lower(),
        status=one(FED + "status"),
        payload_digest=one(FED + "payloadHash"),
        schema_version=one(FED + "schemaVersion"),
        generated_at=one("http://www.w3.org/ns/prov#generatedAtTime"),
        aliases=tuple(objects(found, name, FED + "alias")),
        asserted_by=one(FED + "assertedBy"),
        previous=one(FED + "prevOwnerDigest"),
    )


def test_terms_of_the_log_are_all_defined_and_all_used(ledger: Ledger, pages: Pages) -> None:
    """schema/federation.ttl tells every term that pages use, and none that they do not."""
    found = everything(pages, LogView(ledger.log), ledger.log)
    names = {term.value for quad in found.quads for term in (quad.predicate, quad.object) if hasattr(term, "value")}
    used = {name for name in names if name.startswith(FED)}
    told = {triple.subject.value for triple in vocabulary() if triple.subject.value.startswith(FED)}
    of_feeds_and_gaps = {FED + "leaves", FED + "payloadAbsent"}
    shape = {name for name in told if name.startswith(FED + "LogEntryShape")}
    assert told - shape == used | of_feeds_and_gaps


def test_members_fit_the_shape_that_the_root_shows(ledger: Ledger, pages: Pages) -> None:
    """Every member conforms to fed:LogEntryShape, and one without a signature does not."""
    engine = best_engine((schema_dir() / "federation.ttl").read_text("utf-8"))
    found = everything(pages, LogView(ledger.log), ledger.log)
    told = [f"{q.subject} {q.predicate} {q.object} ." for q in found.graphs[""]]
    assert engine.validate("\n".join(told).encode()) == []
    unsigned = [line for line in told if "federation#signature" not in line]
    assert len(engine.validate("\n".join(unsigned).encode())) == 230


def test_every_page_is_reached_once_within_its_bounds(ledger: Ledger, pages: Pages) -> None:
    """From the root each page is led to by one index alone, between moments that enclose those of its members."""
    view = LogView(ledger.log)
    found = quads(pages.root(view, FORM, ABSOLUTE).body()) | quads(pages.index(view, 1, FORM, ABSOLUTE).body())
    targets = [q for q in found.quads if q.predicate.value == TREE + "node"]
    assert {q.object.value for q in targets} == {NODE + "/ldes/index/1", *(f"{NODE}/ldes/page/{n}" for n in (1, 2, 3))}
    for number in (1, 2, 3):
        page = f"{NODE}/ldes/page/{number}"
        bounds = {
            objects(found, q.subject.value, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")[0]: objects(
                found, q.subject.value, TREE + "value"
            )[0]
            for q in targets
            if q.object.value == page
        }
        told = read(pages, view, number)
        moments = sorted(when for name in members(told) for when in objects(told, name, AS + "published"))
        assert bounds[TREE + "GreaterThanOrEqualToRelation"] == moments[0]
        assert bounds.get(TREE + "LessThanOrEqualToRelation") == (moments[-1] if number < 3 else None)


def test_full_pages_are_settled(ledger: Ledger, pages: Pages) -> None:
    """A page of 100 signed entries is immutable, in HTTP and in RDF; the last one and those of /ldes/latest are not."""
    for view, number, settled in (
        (LogView(ledger.log), 1, True),
        (LogView(ledger.log), 2, True),
        (LogView(ledger.log), 3, False),
        (LatestView(ledger.log), 1, False),
    ):
        answer = pages.page(view, number, FORM, ABSOLUTE)
        assert answer.immutable is settled
        said = objects(quads(answer.body()), f"{NODE}{view.below}/page/{number}", LDES + "immutable")
        assert said == (["true"] if settled else [])


def test_latest_view_equals_the_heads_by_digest(ledger: Ledger, pages: Pages) -> None:
    """P13: leaves computed from /ldes/latest, read back from RDF, give the digests that the ledger keeps."""
    found = everything(pages, LatestView(ledger.log), ledger.log)
    assert leaves_digest(found) == ledger.digests.owner("idr").digest
    assert len(members(found)) == ledger.digests.owner("idr").count


def leaves_digest(found: Said) -> str:
    buckets: dict[str, list[Leaf]] = {}
    for name in members(found):
        entry = header(found, name)
        status = ABSENT if objects(found, name, FED + "payloadAbsent") else entry.status
        leaf = Leaf(entry.curie, entry.epoch, entry.seq, status, entry.payload_digest)
        buckets.setdefault(bucket_of(entry.curie), []).append(leaf)
    return owner_digest(bucket_digest(name, leaves) for name, leaves in buckets.items())


def test_latest_pages_are_read_in_order(ledger: Ledger, pages: Pages) -> None:
    """P13: each page of /ldes/latest leads to the next one only, so that a record that moves on is never missed."""
    view = LatestView(ledger.log)
    root = quads(pages.root(view, FORM, ABSOLUTE).body())
    assert [q.object.value for q in root.quads if q.predicate.value == TREE + "node"] == [NODE + "/ldes/latest/page/1"]
    for number in (1, 2, 3):
        led_to = [q.object.value for q in read(pages, view, number).quads if q.predicate.value == TREE + "node"]
        assert led_to == ([f"{NODE}/ldes/latest/page/{number + 1}"] if number < 3 else [])
    with pytest.raises(NotFound):
        pages.index(view, 1, FORM, ABSOLUTE)
    policy = objects(root, NODE + "/ldes/latest#retention", LDES + "versionAmount")
    assert policy == ["1"]


def test_tombstones_have_graphs(ledger: Ledger, pages: Pages) -> None:
    """A deletion carries its tombstone, a replaced record its successor, a withdrawn list the chunks that are left."""
    found = everything(pages, LogView(ledger.log), ledger.log)
    gone = {name: header(found, name).curie for name in members(found) if header(found, name).action == "delete"}
    assert sorted(gone.values()) == ["idr:idr0002/images", "idr:idr0010", "idr:idr0011"]
    for name, curie in gone.items():
        graph = Said(found.graphs[name])
        assert f"{BASE}terms/Tombstone" in objects(
            graph, BASE + curie, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        )
        replaced = objects(found, name, "http://purl.org/dc/terms/isReplacedBy")
        assert replaced == ([BASE + "idr:idr0012"] if curie == "idr:idr0011" else [])
        chunks = objects(graph, BASE + curie, FED + "chunk")
        assert chunks == ([f"{BASE}chunks/{'1' * 64}.parquet"] if curie.endswith("/images") else [])


def test_image_lists_are_links_to_chunks(ledger: Ledger, pages: Pages) -> None:
    """The graph of a manifest names each chunk with digest, rows and size."""
    found = everything(pages, LogView(ledger.log), ledger.log)
    chunks = objects(found, BASE + "idr:idr0001/images", FED + "chunk")
    assert chunks == [f"{BASE}chunks/{'1' * 64}.parquet", f"{BASE}chunks/{'2' * 64}.parquet"] or len(chunks) == 2
    for chunk in chunks:
        assert objects(found, chunk, FED + "sha256")[0] in chunk
        assert set(objects(found, chunk, "http://www.w3.org/ns/dcat#byteSize")) == {"1000"}


def test_absent_payload_is_told_and_comes_in_later(ledger: Ledger, tmp_path: Path) -> None:
    """P18: a missing payload is told and has no graph; a kept page goes when it is filled in or purged."""
    with open_signed(tmp_path, "two") as second:
        relay(ledger, second, without=frozenset({5}))
        pages, view = Pages(second.log), LogView(second.log)
        name = f"{BASE}log/idr/0/5"
        before = pages.page(view, 1, FORM, ABSOLUTE)
        body = before.body()
        assert objects(quads(body), name, FED + "payloadAbsent") == ["true"]
        assert objects(quads(body), name, FED + "status") == ["public"]
        assert name not in quads(body).graphs
        assert (
            leaves_digest(everything(pages, LatestView(second.log), second.log)) == second.digests.owner("idr").digest
        )
        payload = ledger.log.between(5, 5)[0].entry.payload
        with second.transaction() as writer:
            writer.fill_received(5, payload)
        after = pages.page(view, 1, FORM, ABSOLUTE)
        assert after.etag != before.etag
        assert objects(quads(after.body()), name, FED + "payloadAbsent") == []
        purge(second, 5)
        assert pages.page(view, 1, FORM, ABSOLUTE).body() == body


def purge(ledger: Ledger, position: int) -> None:
    with ledger.transaction() as writer:
        writer.fill_payload(position, b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        row = schema.head.c.position == position
        writer.connection.execute(update(schema.head).where(row).values(whole=0))


def test_kept_pages_are_bounded(ledger: Ledger) -> None:
    """Pages beyond the memory given are written anew and are the same bytes."""
    small, view = Pages(ledger.log, cache_bytes=10), LogView(ledger.log)
    for form in (TriG(), FORM):
        first = [small.page(view, number, form, ABSOLUTE).body() for number in (1, 2)]
        assert first == [small.page(view, number, form, ABSOLUTE).body() for number in (1, 2)]


def test_superseded_entries_leave_the_latest_view(own: Ledger) -> None:
    """An update takes the place of what was newest before, under another ETag; the log keeps both."""
    append_all(own, [study(1), study(2)])
    pages, latest = Pages(own.log), LatestView(own.log)
    before = pages.page(latest, 1, FORM, ABSOLUTE)
    append(own, study(1, "Other title"))
    after = pages.page(latest, 1, FORM, ABSOLUTE)
    assert before.etag != after.etag
    assert sorted(members(quads(after.body()))) == [f"{BASE}log/idr/0/2", f"{BASE}log/idr/0/3"]
    assert len(members(read(pages, LogView(own.log), 1))) == 3


def test_what_cannot_be_written_hides_nothing_else(own: Ledger) -> None:
    """P15: a record that has no RDF is a member without a graph; the page's other members are whole."""
    append_all(own, [study(1), study(2, no_such_field="x"), study(3), study(4, landing_page='http://a.example/" <b>')])
    for form in FORMS:
        found = quads(Pages(own.log).page(LogView(own.log), 1, form, ABSOLUTE).body(), form.suffix)
        assert len(members(found)) == 4
        assert set(found.graphs) == {"", f"{BASE}log/idr/0/1", f"{BASE}log/idr/0/3"}


def test_hostile_names_stay_within_their_statement() -> None:
    """Characters that end an IRI or a line are escaped."""
    assert re.fullmatch(r"[^\s<>\"{}|^`\\]+", safe_iri(BASE + 'idr:x> . <a> <b> "c" .\n<'))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_the_same_in_every_form(text: str) -> None:
    """Whatever a literal holds, N-Quads, TriG and JSON-LD give it back."""
    node = Node("http://a.example/b", (("http://a.example/p", Value(text)),))
    for form in FORMS:
        said = quads(form.page([node], b""), form.suffix)
        assert objects(said, "http://a.example/b", "http://a.example/p") == [text]


def test_unsigned_entries_are_not_shown(tmp_path: Path) -> None:
    """What was written before the node had a key is no member, and its page is not settled, until it is signed."""
    url = f"sqlite:///{tmp_path / 'one.db'}"
    with Ledger(url, lambda: START) as keyless:
        append_all(keyless, [study(n) for n in range(1, 102)])
        pages = Pages(keyless.log)
        assert members(read(pages, LogView(keyless.log), 1)) == []
        assert not pages.page(LogView(keyless.log), 1, FORM, ABSOLUTE).immutable
    with open_signed(tmp_path) as signing:
        signing.sign_log()
        pages = Pages(signing.log)
        assert len(members(read(pages, LogView(signing.log), 1))) == 100
        assert pages.page(LogView(signing.log), 1, FORM, ABSOLUTE).immutable


def test_pages_that_are_not_there_are_not_found(ledger: Ledger, pages: Pages) -> None:
    """Numbers below 1 and beyond the log answer NotFound, and so does an entry that is not here."""
    for wanted in (0, 4, 10**12):
        with pytest.raises(NotFound):
            pages.page(LogView(ledger.log), wanted, FORM, ABSOLUTE)
    for wanted in (0, 2):
        with pytest.raises(NotFound):
            pages.index(LogView(ledger.log), wanted, FORM, ABSOLUTE)
    with pytest.raises(NotFound):
        pages.member("idr", 0, 999, FORM)


def test_a_member_alone_is_what_its_page_says(ledger: Ledger, pages: Pages) -> None:
    """The address of an entry gives the same quads as the page that it is on."""
    page = read(pages, LogView(ledger.log), 1)
    for form in FORMS:
        alone = quads(pages.member("idr", 0, 7, form).body(), form.suffix)
        name = f"{BASE}log/idr/0/7"
        assert alone == Said([*(q for q in page.graphs[""] if q.subject.value == name), *page.graphs[name]])


def test_an_empty_log_has_one_empty_page(own: Ledger) -> None:
    """A new node serves a stream without members."""
    pages = Pages(own.log)
    for view in (LogView(own.log), LatestView(own.log)):
        assert members(read(pages, view, 1)) == []
        assert quads(pages.root(view, FORM, ABSOLUTE).body()).quads


def test_former_versions_of_the_model_keep_their_terms(own: Ledger) -> None:
    """An entry written under an earlier model has the same quads in every form."""
    append(own, study(1))
    entry = own.log.entries()[0]
    old = replace(entry, entry=replace(entry.entry, schema_version="0.1.0"))
    said = [quads(form.page((), form.members([old], None)), form.suffix) for form in FORMS]
    assert said[0] == said[1] == said[2]
    assert tombstone(1)["id"] == study(1)["id"]
