"""Starts a harvester: a file that reads JSON studies and its test, both of which work and wait to be changed."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from catalogue.problems import BadRequest
from harvesters.base import members

_FORM = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_TEMPLATES = Path(__file__).parent / "new_harvester"


def write_harvester(name: str, checkout: Path) -> list[Path]:
    """The two files written: `harvesters/NAME.py` and `tests/harvesters/NAME/test_NAME.py`.

    Args:
        name: what `source add --harvester` will take; lower-case letters, digits, underscores.
        checkout: folder of the project's sources.
    Raises:
        BadRequest: not such a name, one that is taken, or no checkout there.
    """
    if not _FORM.fullmatch(name) or len(name) > 40:
        raise BadRequest(f"'{name[:50]}' cannot name a harvester; use lower-case letters, digits and underscores.")
    if not (checkout / "harvesters" / "base.py").exists():
        raise BadRequest(f"{checkout.name or checkout} is no checkout of the project's sources; give its folder.")
    code = checkout / "harvesters" / f"{name}.py"
    test = checkout / "tests" / "harvesters" / name / f"test_{name}.py"
    if name in members() or code.exists() or test.exists():
        raise BadRequest(f"There is a harvester or module '{name}' already; give another name.")
    words = {"name": name, "class_name": "".join(part.capitalize() for part in name.split("_"))}
    for path, template in ((code, "harvester.py.txt"), (test, "test_harvester.py.txt")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((_TEMPLATES / template).read_text("utf-8")).substitute(words), "utf-8")
    return [code, test]
