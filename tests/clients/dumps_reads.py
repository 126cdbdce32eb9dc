"""Downloads a whole dump by its SHA256SUMS, checks it, and counts what is in it; prints JSON."""

import gzip
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as px
import rdflib

address, folder = sys.argv[1], Path(sys.argv[2])


def download(name):
    with urllib.request.urlopen(address + name, timeout=30) as answer:
        content = answer.read()
        assert int(answer.headers["Content-Length"]) == len(content)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return content


names = [line.split("  ", 1)[1] for line in download("SHA256SUMS").decode().splitlines()]
for name in names:
    download(name)
summed = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)

tables = {path.stem: pq.read_table(path) for path in folder.glob("*.parquet")}
images = pq.read_table(folder / "images")
joined = images.join(tables["studies"].select(["identifier", "license"]), "study", "identifier", join_type="inner")

quads = gzip.decompress((folder / "records.nq.gz").read_bytes())
store = px.Store()
store.bulk_load(quads, format=px.RdfFormat.N_QUADS)
dataset = rdflib.Dataset()
dataset.parse(data=quads, format="nquads")
titles = store.query(
    "SELECT ?s ?t { GRAPH ?s { ?s a <https://w3id.org/ommatidia/terms/Study> ; <http://purl.org/dc/terms/title> ?t } }"
)

void = rdflib.Graph().parse(folder / "void.ttl", format="turtle", publicID=address + "void.ttl")
said = void.query(
    """PREFIX void: <http://rdfs.org/ns/void#>
    SELECT ?property ?count {
        ?d a void:Dataset ; void:propertyPartition [ void:property ?property ; void:triples ?count ]
    }"""
)
total = void.query("PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?d a void:Dataset ; void:triples ?n }")
predicates = Counter(quad.predicate.value for quad in store)

with gzip.open(folder / "entries.jsonl.gz", "rt", encoding="utf-8") as lines:
    keys = [tuple(json.loads(line)["header"][name] for name in ("owner", "epoch", "seq")) for line in lines]

print(
    json.dumps(
        {
            "sums": [summed.returncode, summed.stdout.count(": OK"), len(names)],
            "rows": {name: table.num_rows for name, table in tables.items()} | {"images": images.num_rows},
            "images": sorted(images.column("identifier").to_pylist()),
            "with_licence": joined.num_rows,
            "titles": sorted([row["s"].value, row["t"].value] for row in titles),
            "quads": {"pyoxigraph": len(store), "rdflib": sum(1 for _ in dataset.quads()), "lines": quads.count(b"\n")},
            "graphs": sorted(str(graph.value) for graph in store.named_graphs()),
            "void_properties_agree": {str(row[0]): int(row[1]) for row in said} == predicates,
            "void_triples": int(next(iter(total))[0]),
            "entries": keys,
        }
    )
)
