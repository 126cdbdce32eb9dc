"""Reads pages as tests of FAIR data points written with fair-test do: typed links, embedded data, negotiation.

Arguments: file with a JSON list of addresses. Its last line is a JSON object: address -> N-Triples.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from importlib.metadata import version
from pathlib import Path

from fair_test.metadata_harvester import MetadataHarvester


def main() -> None:
    """The triples that the harvester finds for every address."""
    found = {}
    for address in json.loads(Path(sys.argv[1]).read_text()):
        with contextlib.redirect_stdout(io.StringIO()):
            harvester = MetadataHarvester(subject=address, data={"alternative_uris": [address]})
            graph = harvester.retrieve_metadata(address)
        found[address] = graph.serialize(format="nt") if hasattr(graph, "serialize") else ""
    print(json.dumps({"version": version("fair-test"), "pages": found}))


main()
