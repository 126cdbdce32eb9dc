"""Extractors: each walks a source's real artefacts and gives the CURIE of every field that stands in them.

A member is one file with `SOURCE`, the name of its crosswalk, and `iter_fields(partners)`; no list is edited.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path


def find_extractors() -> dict[str, Callable[[Path], Iterator[str]]]:
    """`iter_fields` of every extractor, by the name of its crosswalk."""
    found = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        if hasattr(module, "SOURCE"):
            found[module.SOURCE] = module.iter_fields
    return found
