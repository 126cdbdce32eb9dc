"""Keeps a copy of a ResourceSync source with resync: `resync_reads.py BASE_URL FOLDER baseline|incremental`."""

import hashlib
import json
import logging
import os
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from resync.client import Client
from resync.resource_dump import ResourceDump


def change_lists(base):
    """Addresses of the daily change lists: the client itself cannot read an index of change lists."""
    with urllib.request.urlopen(f"{base}/resourcesync/changelist.xml") as answer:
        root = ElementTree.fromstring(answer.read())
    return [found.text for found in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def main() -> None:
    """Prints the SHA-256 of every file of the copy, as JSON."""
    base, folder, step = sys.argv[1:]
    os.chdir(folder)  # the client keeps its state here
    heard = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    logging.getLogger("resync").addHandler(handler)
    client = Client()
    client.set_mappings([base, "copy"])
    if step == "baseline":
        client.baseline_or_audit(allow_deletion=True)
    else:
        client.noauth = True  # its rule is about paths: a list below /resourcesync/ may not speak of /studies/
        for day in change_lists(base):
            client.incremental(allow_deletion=True, change_list_uri=day)
    dump = ResourceDump()
    dump.read(uri=f"{base}/resourcesync/resourcedump.xml")
    files = [path for path in Path("copy").rglob("*") if path.is_file()]
    print(json.dumps({
        "client": f"resync {version('resync')}",
        "files": {str(path.relative_to("copy")): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "packages": [resource.uri for resource in dump],
        "heard": heard[-20:],
    }))  # fmt: skip


main()
