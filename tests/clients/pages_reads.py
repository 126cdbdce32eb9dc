"""Reads the structured data of pages as a crawler does, with extruct.

Arguments: file with a JSON list of addresses. Its last line is a JSON object: address -> syntax -> items.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path

import extruct

SYNTAXES = ["json-ld", "microdata", "opengraph", "rdfa", "dublincore", "microformat"]


def main() -> None:
    """All syntaxes of every page; a broken one raises."""
    found = {}
    for address in json.loads(Path(sys.argv[1]).read_text()):
        with urllib.request.urlopen(address, timeout=20) as answer:
            html = answer.read().decode("utf-8")
        found[address] = extruct.extract(html, base_url=address, syntaxes=SYNTAXES, errors="strict")
    print(json.dumps({"version": version("extruct"), "pages": found}))


main()
