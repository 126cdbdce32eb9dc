"""sha256sum, pyarrow, pyoxigraph and rdflib read a dump from a running node, equal to the ledger."""

from __future__ import annotations

import threading
from pathlib import Path

from werkzeug.serving import make_server

from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.store.image_lists import LIST
from catalogue.web.factory import Services, create_web
from tests.clients.running import run_python
from tests.exchange.dumps.dumping import DumpingNode
from tests.web.studies_for_pages import HOSTILE

READS = Path(__file__).with_name("dumps_reads.py")


def test_readers_of_dumps_find_what_the_ledger_holds(tmp_path: Path) -> None:
    """P13: files fit their hashes; rows, titles, graphs, triples and entries are the ledger's, read by others."""
    node = DumpingNode(tmp_path / "home").fill()
    node.dump()
    ledger = node.ledger
    app = create_web(Services(ledger=ledger, resolver=Resolver(ledger), dumps=node.shelf))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/dumps/latest/"
        found = run_python("dumps", READS, address, str(tmp_path / "copy"))
    finally:
        server.shutdown()
        thread.join()
    code, well, all_files = found["sums"]
    assert (code, well) == (0, all_files)
    counts = ledger.counts()
    assert (found["rows"]["studies"], found["rows"]["images"]) == (counts["studies"], counts["images"])
    heads = ledger.heads(limit=1000)
    public = [head for head in heads if head.status == "public" and head.kind != LIST]
    listed = [entry.curie for entry in ledger.image_lists.listed("idr:idr0001", limit=100)]
    assert found["images"] == sorted([*listed, *(head.curie for head in public if head.kind == "image")])
    # Of a study whose record the model refuses, the tables have the row and the triples have nothing.
    written = [head for head in public if head.curie != HOSTILE]
    titles = [[BASE + head.curie, head.record["title"]] for head in written if head.kind == "study"]
    assert found["titles"] == sorted(titles)
    graphs = {BASE + head.curie for head in written} | {f"{BASE}{head.curie}/record" for head in heads}
    assert set(found["graphs"]) == graphs
    assert len(set(found["quads"].values())) == 1
    assert found["void_triples"] == found["quads"]["lines"]
    assert found["void_properties_agree"]
    assert [tuple(key) for key in found["entries"]] == [one.log.key for one in ledger.log.entries(limit=1000)]
