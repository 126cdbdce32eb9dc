"""An archive that owns any DOI, for samples whose own archives the prefix map does not know."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.model import identifiers, namespaces
from catalogue.model.identifiers import add_owners

NAME = "sample"
_OWNER = r"""
[owner.sample]
name = "Sample archive"
study = '[0-9A-Za-z][A-Za-z0-9._~-]*'
bare = 'sample:[0-9A-Za-z][A-Za-z0-9._~-]*'
rewrite = [['[^A-Za-z0-9.~-]', '_']]
landing = "https://sample.example/{accession}"
urls = ['doi\.org/(?P<study>10\.[^?#]+)', 'sample\.example/(?P<study>[^?#]+)']
"""


@contextmanager
def sample_owner() -> Iterator[str]:
    """The prefix of an archive that owns every DOI that no other does, while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "owners.toml"
        path.write_text(_OWNER, "utf-8")
        add_owners(path)
    try:
        yield NAME
    finally:
        namespaces.OWNERS.pop(NAME, None)
        identifiers._OWNERS.pop(NAME, None)
        namespaces.contract.cache_clear()


@contextmanager
def described_owners(path: Path) -> Iterator[None]:
    """The archives of an owners.toml, while the block lasts."""
    before = set(namespaces.OWNERS)
    add_owners(path)
    try:
        yield
    finally:
        for name in set(namespaces.OWNERS) - before:
            namespaces.OWNERS.pop(name)
            identifiers._OWNERS.pop(name)
        namespaces.contract.cache_clear()
