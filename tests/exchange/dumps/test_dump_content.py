"""What is in a dump: everything that the ledger holds, once, at one position, readable without us."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pyoxigraph as px
import rdflib

from catalogue.exchange.dump import DumpFormat
from catalogue.exchange.dump import dump as stream
from catalogue.exchange.dumps.columns import IMAGES, TABLES
from catalogue.exchange.dumps.manifest import read_manifest
from catalogue.exchange.dumps.shelf import Dump
from catalogue.model.log_entry import log_entry_from
from catalogue.model.namespaces import BASE
from catalogue.model.signing import is_signed
from catalogue.store.image_lists import LIST
from catalogue.store.leaves import ABSENT, Leaf, bucket_digest, bucket_of, node_digest, owner_digest
from tests.exchange.dumps.dumping import KEY, SUPPRESSED, DumpingNode, lines_of, quads_of, table_of
from tests.web.studies_for_pages import GONE, HOSTILE, IMAGE, RENAMED, STUDY

VOID = "http://rdfs.org/ns/void#"


def test_the_log_has_every_entry_signed_in_order(dump: Dump, still: DumpingNode) -> None:
    """A new member can begin with the log: all entries in order of position, headers that verify, payloads that fit."""
    lines = lines_of(dump)
    assert [line["position"] for line in lines] == list(range(1, still.ledger.last_position() + 1))
    for line, held in zip(lines, still.ledger.log.entries(limit=1000), strict=True):
        header = log_entry_from(line["header"])
        assert header == held.log
        assert is_signed(KEY.public, header.message, line["signature"])
    raw = gzip.decompress((dump.path / "entries.jsonl.gz").read_bytes()).splitlines()
    for line, text in zip(lines, raw, strict=True):
        payload = text.partition(b',"payload":')[2][:-1]
        if line["header"]["curie"] == GONE and line["header"]["action"] != "delete":
            assert payload == b"null"
            continue
        assert hashlib.sha256(payload).hexdigest() == line["header"]["payload_digest"]


def test_digests_follow_from_the_dump_alone(dump: Dump, still: DumpingNode) -> None:
    """P13: leaves recomputed from the dumped log give the digests of the manifest, which are the ledger's."""
    newest: dict[str, Leaf] = {}
    for line in lines_of(dump):
        header = log_entry_from(line["header"])
        status = ABSENT if line["payload"] is None else header.status
        newest[header.curie] = Leaf(header.curie, header.epoch, header.seq, status, header.payload_digest)
    buckets: dict[str, dict[str, list[Leaf]]] = defaultdict(lambda: defaultdict(list))
    for curie, leaf in newest.items():
        buckets[curie.partition(":")[0]][bucket_of(curie)].append(leaf)
    made = {
        owner: owner_digest(bucket_digest(name, leaves) for name, leaves in found.items())
        for owner, found in buckets.items()
    }
    said = dump.manifest.statement
    assert made == {one["owner"]: one["digest"] for one in said["owners"]}
    assert made == {one.owner: one.digest for one in still.ledger.digests.node().owners}
    assert said["digest"] == node_digest(made.items())


def test_the_graphs_are_those_of_the_records(dump: Dump, still: DumpingNode) -> None:
    """P13: a graph for every public record that is no list, and one for the provenance of every record, no other."""
    graphs = {line.rsplit(" ", 2)[1][1:-1] for line in quads_of(dump)}
    heads = still.ledger.heads(limit=1000)
    public = {BASE + head.curie for head in heads if head.status == "public" and head.kind != LIST}
    # A record whose payload the model refuses, as in the graph view.
    assert dump.manifest.statement["left_out"] == 1
    public.remove(BASE + HOSTILE)
    assert graphs == public | {f"{BASE}{head.curie}/record" for head in heads}
    assert BASE + STUDY in graphs
    assert not {BASE + name for name in (SUPPRESSED, GONE, RENAMED)} & graphs


def test_quads_are_those_of_the_stream_by_record(dump: Dump, still: DumpingNode) -> None:
    """The N-Quads are what `ommatidia dump` streams, and parse with nothing lost."""
    content = gzip.decompress((dump.path / "records.nq.gz").read_bytes())
    assert content == b"".join(stream(still.ledger, DumpFormat.NQUADS))
    count = sum(1 for _ in px.parse(content, format=px.RdfFormat.N_QUADS))
    assert count == content.count(b"\n") == dump.manifest.statement["counts"]["triples"]


def test_tables_count_what_the_ledger_counts(dump: Dump, still: DumpingNode) -> None:
    """Studies and images in the tables are the public ones of the ledger; nothing suppressed or withdrawn is there."""
    counts = still.ledger.counts()
    studies, images = table_of(dump, "studies"), table_of(dump, "images")
    assert (len(studies), len(images)) == (counts["studies"], counts["images"])
    assert {row["identifier"] for row in studies} == {e.curie for e in still.ledger.heads("study", "public")}
    assert len({row["identifier"] for row in images}) == len(images)
    said = dump.manifest.statement["counts"]
    assert (said["studies"], said["images"]) == (len(studies), len(images))
    assert Counter(row["study"] for row in images if row["study"] != GONE) == {
        row["identifier"]: row["images_here"] for row in studies if row["images_here"]
    }


def test_rows_say_what_the_records_say(dump: Dump, still: DumpingNode) -> None:
    """Persons, organisms, methods and grants of a study are those of its record, in its order."""
    record = still.ledger.head(STUDY).record  # type: ignore[union-attr]
    of = {name: [row for row in table_of(dump, name) if row["study"] == STUDY] for name in TABLES if name != "studies"}
    assert [row["organism"] for row in of["organisms"]] == record["organisms"]
    assert [row["method"] for row in of["methods"]] == record["methods"]
    authors = [row for row in of["persons"] if row["role"] == "author"]
    assert [(row["place"], row["name"]) for row in authors] == list(
        enumerate((a["name"] for a in record["authors"]), 1)
    )
    assert [row["grant_identifier"] for row in of["grants"]] == [g.get("grant_identifier") for g in record["grants"]]
    (row,) = [row for row in table_of(dump, "studies") if row["identifier"] == STUDY]
    assert (row["title"], row["license"], row["doi"]) == (record["title"], record["license"], record.get("doi"))
    assert row["recorded_at"] == still.ledger.head(STUDY).recorded_at  # type: ignore[union-attr]


def test_images_have_one_row_whether_listed_or_not(dump: Dump) -> None:
    """A listed image and one with an entry of its own have the same columns, with what is known of their pixels."""
    rows = {row["identifier"]: row for row in table_of(dump, "images")}
    listed, own = rows["idr:100007"], rows[IMAGE]
    assert listed.keys() == own.keys()
    assert (listed["study"], listed["owner"], listed["title"]) == ("idr:idr0001", "idr", "plate 1041 [Well 71]")
    assert (listed["size_x"], listed["pixel_size_x_um"]) == (1024, 0.325)
    assert (own["study"], own["format"], own["endpoint"]) == (STUDY, "OME-Zarr", "https://images.example.org/")
    assert own["axes"] and own["size_y"] and own["level_paths"]


def test_columns_have_the_documented_types_in_every_file(dump: Dump) -> None:
    """Tables of all nodes and nights fit together: columns, types, descriptions are those of the list."""
    from catalogue.exchange.dumps.columns import arrow_schema

    for name, columns in TABLES.items():
        assert pq.read_schema(dump.path / f"{name}.parquet").equals(arrow_schema(columns))
    for path in (dump.path / "images").iterdir():
        assert pq.read_schema(path).equals(arrow_schema(IMAGES))


def test_void_counts_what_is_there(dump: Dump) -> None:
    """VoID's numbers of triples, subjects, properties and classes are those of the N-Quads, read by other software."""
    graph = rdflib.Graph().parse(
        dump.path / "void.ttl", format="turtle", publicID="https://node.example/dumps/x/void.ttl"
    )
    store = px.Store()
    store.bulk_load(gzip.decompress((dump.path / "records.nq.gz").read_bytes()), format=px.RdfFormat.N_QUADS)
    (dataset,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef(VOID + "Dataset"))
    number = lambda name, of=dataset: int(graph.value(of, rdflib.URIRef(VOID + name)))  # noqa: E731
    quads = list(store)
    assert number("triples") == len(quads)
    assert number("distinctSubjects") == len({quad.subject for quad in quads})
    properties = Counter(quad.predicate.value for quad in quads)
    classes = Counter(quad.object.value for quad in quads if quad.predicate.value == str(rdflib.RDF.type))
    for kind, key, count, found in (
        ("propertyPartition", "property", "triples", properties),
        ("classPartition", "class", "entities", classes),
    ):
        parts = list(graph.objects(dataset, rdflib.URIRef(VOID + kind)))
        assert {str(graph.value(p, rdflib.URIRef(VOID + key))): number(count, p) for p in parts} == found
    dumps = list(graph.objects(dataset, rdflib.URIRef(VOID + "dataDump")))
    assert dumps == [rdflib.URIRef("https://node.example/dumps/x/records.nq.gz")]
    described = {str(one).rpartition("/x/")[2] for one in graph.objects(None, rdflib.DCAT.downloadURL)}
    assert described == {one.name for one in dump.manifest.files} - {"void.ttl", "README.txt"}


def test_sums_and_manifest_cover_every_file(dump: Dump) -> None:
    """`sha256sum -c` finds every file well; the manifest names each with size and digest and is signed by the node."""
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=dump.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    there = {str(path.relative_to(dump.path)) for path in dump.path.rglob("*") if path.is_file()}
    assert {line.split(": ")[0] for line in done.stdout.splitlines()} == there - {"SHA256SUMS"}
    manifest = read_manifest((dump.path / "manifest.json").read_bytes())
    assert {one.name for one in manifest.files} == there - {"SHA256SUMS", "manifest.json"}
    for one in manifest.files:
        assert (dump.path / one.name).stat().st_size == one.size_bytes
    assert (manifest.node, manifest.name) == (KEY.node, dump.name)


def test_a_manifest_that_somebody_changed_is_refused(dump: Dump) -> None:
    """Any change of the signed statement, be it one digest, makes the manifest unreadable."""
    import pytest

    from catalogue.problems import BadRequest

    document = json.loads((dump.path / "manifest.json").read_bytes())
    document["statement"]["position"] += 1
    for content in (json.dumps(document).encode(), b"[]", b"{}", b"\xff"):
        with pytest.raises(BadRequest):
            read_manifest(content)
