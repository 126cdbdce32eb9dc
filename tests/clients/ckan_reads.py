"""Every data set of a DCAT catalogue as ckanext-dcat's parser reads it, page by page as its harvester does.

Arguments: address of the catalogue, media type to ask for, format of rdflib.
"""

from __future__ import annotations

import json
import logging
import sys
import urllib.request
from importlib.metadata import version

from ckanext.dcat.processors import RDFParser

MOST_PAGES = 200


def main() -> None:
    """Print packages and pages as JSON."""
    logging.disable(logging.CRITICAL)
    url, media_type, form = sys.argv[1:4]
    packages, pages, largest = [], [], 0
    while url and len(pages) < MOST_PAGES:
        request = urllib.request.Request(url, headers={"Accept": media_type})
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read()
        pages.append(url)
        largest = max(largest, len(body))
        parser = RDFParser()
        parser.parse(body.decode(), _format=form)
        packages += [_told(package) for package in parser.datasets()]
        url = parser.next_page()
    print(json.dumps({"version": version("ckanext-dcat"), "pages": pages, "largest": largest, "packages": packages}))


def _told(package: dict) -> dict:
    extras = {extra["key"]: extra["value"] for extra in package["extras"]}
    return {
        "title": package.get("title"),
        "notes": package.get("notes"),
        "url": package.get("url"),
        "tags": sorted(tag["name"] for tag in package["tags"]),
        "resources": [
            {"url": one.get("url"), "name": one.get("name"), "license": one.get("license"), "type": one.get("mimetype")}
            for one in package["resources"]
        ],
        "extras": extras,
    }


if __name__ == "__main__":
    main()
