"""`python -m catalogue.model.compiler [--check|--release]`: write the generated files, check them, or release them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from catalogue import resources
from catalogue.model.compiler.build import GENERATED, generate
from catalogue.model.compiler.release import Refused, release
from catalogue.model.compiler.strictness import SchemaRefused


def main(arguments: list[str]) -> int:
    """Exit code 0 when files were written or, with --check, when none differs; 1 with the reasons otherwise."""
    try:
        return _run(arguments)
    except SchemaRefused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        return 1


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m catalogue.model.compiler")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing, fail when a committed file differs")
    modes.add_argument("--release", action="store_true", help="also write the fact sheet of this version, once for all")
    options = parser.parse_args(arguments)
    root = resources.schema_dir().parent
    if not options.check:
        generate(resources.schema_dir() / "ommatidia.yaml", root)
        return _release() if options.release else 0
    with tempfile.TemporaryDirectory() as folder:
        generate(resources.schema_dir() / "ommatidia.yaml", Path(folder))
        drifted = [
            name
            for name in GENERATED
            if not (root / name).is_file() or (root / name).read_bytes() != (Path(folder) / name).read_bytes()
        ]
    for name in drifted:
        print(f"{name} differs from schema/*.yaml: run python -m catalogue.model.compiler", file=sys.stderr)
    return 1 if drifted else 0


def _release() -> int:
    try:
        print(f"wrote {release().relative_to(resources.schema_dir().parent)}")
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
