"""Reads every page that robots.txt leads to with ultimate-sitemap-parser: `sitemap_reads.py BASE_URL`."""

import json
import sys
from importlib.metadata import version

from usp.tree import sitemap_tree_for_homepage


def main() -> None:
    """Prints the pages with their times, as JSON."""
    tree = sitemap_tree_for_homepage(sys.argv[1] + "/", use_known_paths=False)
    pages = {page.url: page.last_modified.isoformat() for page in tree.all_pages()}
    sitemaps = [type(found).__name__ for found in tree.all_sitemaps()]
    print(json.dumps({
        "client": f"ultimate-sitemap-parser {version('ultimate-sitemap-parser')}", "pages": pages,
        "sitemaps": sitemaps,
    }))  # fmt: skip


main()
