"""Records per second from an OAI-PMH repository on loopback into the ledger, beside sickle alone on the same server.

Run as `python -m tests.bench.bench_oai [--records N] [--page N] [--runs N]`. The server is a process of its own that
sends pages made beforehand; each client is a process of its own, pinned to one core, in turn; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from catalogue.ingest.service import Ingest
from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from harvesters.http import Fetcher
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.loopback_server import Route
from tests.harvesters.oai_server import NOW, OaiServer, repository

STAGES = ("sickle", "fetch", "fetch and map", "fetch, map and ledger")
_KERNEL = """<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><schemaVersion>4</schemaVersion><payload>
<resource xmlns="http://datacite.org/schema/kernel-4">
<identifier identifierType="DOI">10.6019/S-BIAD{n}</identifier>
<creators>{creators}</creators>
<titles><title xml:lang="en">Light sheet microscopy of the developing zebrafish heart, experiment {n}</title></titles>
<publisher>BioImage Archive</publisher><publicationYear>2024</publicationYear>
<resourceType resourceTypeGeneral="Dataset">Imaging study</resourceType>
<subjects><subject>heart</subject><subject>development</subject>
<subject valueURI="http://purl.obolibrary.org/obo/NCBITaxon_7955">Danio rerio</subject></subjects>
<dates><date dateType="Issued">2024-02-{day:02}</date><date dateType="Updated">2024-03-01</date></dates>
<language>en</language>
<relatedIdentifiers><relatedIdentifier relatedIdentifierType="DOI" relationType="IsSupplementTo"
 resourceTypeGeneral="JournalArticle">10.1000/heart.{n}</relatedIdentifier></relatedIdentifiers>
<sizes><size>{n} bytes</size></sizes><formats><format>image/tiff</format></formats>
<rightsList><rights rightsURI="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</rights></rightsList>
<descriptions><description descriptionType="Abstract">{text}</description></descriptions>
</resource></payload></oai_datacite>"""
_CREATOR = (
    '<creator><creatorName nameType="Personal">Ant, Ada {n}</creatorName><givenName>Ada</givenName>'
    "<familyName>Ant</familyName><affiliation>An institute of developmental biology</affiliation></creator>"
)


def metadata(number: int) -> str:
    """oai_datacite metadata of one study, about as long as Zenodo's."""
    creators = "".join(_CREATOR.format(n=n) for n in range(3))
    text = "Hearts of zebrafish embryos were imaged every ten minutes. " * 8
    return _KERNEL.format(n=number, creators=creators, day=1 + number % 28, text=text)


def serve(records: int, page: int, pipe: Connection) -> None:
    """Serves the repository until the other end closes; every answer is made once and kept."""
    with repository(0) as server:
        server.formats, server.page = ("oai_datacite", "oai_dc"), page
        for number in range(1, records + 1):
            server.put(number, metadata=metadata(number))
        _keep_answers(server)
        pipe.send(server.base)
        pipe.recv()


def _keep_answers(server: OaiServer) -> None:
    made: dict[str, Route] = {}
    original = server._list

    def listed(verb: str, query: dict[str, str]) -> Route:
        key = repr(sorted(query.items()))
        if key not in made:
            made[key] = original(verb, query)
        return made[key]

    server._list = listed  # type: ignore[method-assign]
    query = {"verb": "ListRecords", "metadataPrefix": "oai_datacite"}
    while query:
        reply = listed("ListRecords", query)
        token = reply.rpartition(b"</resumptionToken>")[0].rpartition(b">")[2] if isinstance(reply, bytes) else b""
        query = {"verb": "ListRecords", "resumptionToken": token.decode()} if token else {}


@contextmanager
def served(records: int, page: int) -> Iterator[str]:
    """The base URL of the repository in a process of its own."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(records, page, theirs), daemon=True)
    process.start()
    try:
        yield str(mine.recv())
    finally:
        mine.send("end")
        process.join(10)


def stage(name: str, base: str) -> tuple[int, float, float]:
    """Records, wall seconds and CPU seconds of one client."""
    clock = lambda: datetime.now(UTC)  # noqa: E731
    fetcher = Fetcher(contact="https://example.org/", allow_private=frozenset({"127.0.0.1"}), clock=clock)
    source = SourceSpec("oai", "oai_pmh", base, ("biostudies",))
    harvester = OaiPmhHarvester(fetcher)
    started, worked = time.perf_counter(), time.process_time()
    if name == "sickle":
        from sickle import Sickle

        count = sum(1 for _ in Sickle(base).ListRecords(metadataPrefix="oai_datacite"))
    elif name == "fetch":
        count = sum(isinstance(event, SourceDocument) for event in harvester.fetch(source, None, {}))
    elif name == "fetch and map":
        events = (event for event in harvester.fetch(source, None, {}) if isinstance(event, SourceDocument))
        count = sum(len(harvester.map(event, source).records) for event in events)
    else:
        with tempfile.TemporaryDirectory() as folder:
            count = _into_ledger(harvester, base, Path(folder))
    return count, time.perf_counter() - started, time.process_time() - worked


def _into_ledger(harvester: OaiPmhHarvester, base: str, folder: Path) -> int:
    """New versions in the ledger after a whole run: mapped, harmonised, validated by all shapes, committed."""
    ledger = Ledger(f"sqlite:///{folder}/ledger.db", lambda: datetime.now(UTC))
    ledger.add_source("oai", harvester="oai_pmh", location=base, owners=("biostudies",))
    clock = lambda: datetime.now(UTC)  # noqa: E731
    ingest = Ingest(ledger, {"oai_pmh": harvester}, Ontology.load(), "f" * 64, "0", HarvestSettings(), clock)
    report = ingest.harvest("oai")
    ledger.close()
    return report.new


def measured(name: str, base: str) -> tuple[int, float, float]:
    """As `stage`, in a process of its own on one core."""
    command = [sys.executable, "-m", "tests.bench.bench_oai", "--stage", name, "--base", base]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    count, seconds, cpu = json.loads(done.stdout.splitlines()[-1])
    return int(count), float(seconds), float(cpu)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--page", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--base", default="")
    options = parser.parse_args()
    if options.stage:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[-1]})
        print(json.dumps(stage(options.stage, options.base)))
        return
    print(f"{options.records:,} records, {options.page} a page, {NOW:%Y}, median of {options.runs}")
    with served(options.records, options.page) as base:
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in STAGES}
        for _ in range(options.runs):
            for name in STAGES:
                count, *seconds = measured(name, base)
                if count != options.records:
                    raise SystemExit(f"{name} gave {count} of {options.records} records")
                taken[name].append((seconds[0], seconds[1]))
    for name, times in taken.items():
        wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        rates = f"{options.records / wall:8,.0f} records/s  {options.records / cpu:8,.0f} records per CPU second"
        print(f"{name:24} {wall:7.2f} s  {cpu:7.2f} s CPU  {rates}")


if __name__ == "__main__":
    main()
