"""Which ontologies count in a data folder and where their files lie: the curated tables, then the installed ones.

Curated: `schema/ontologies/NAME.ttl`. Installed: `DIR/ontologies/NAME.db` with `NAME.names-DIGEST` beside it.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import structlog

from catalogue import resources
from catalogue.store.ontologies.names import NameIndex
from catalogue.store.ontologies.rdf_reader import read_rdf
from catalogue.store.ontologies.table import FORM, TermTable

log = structlog.get_logger(__name__)

_TABLE: Final = ".db"


class Installed:
    """The files of the installed ontologies of a data folder.

    Args:
        home: the data folder.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "ontologies"

    def names(self) -> list[str]:
        """Names of the installed ontologies, sorted."""
        return sorted(path.stem for path in self.folder.glob(f"[!.]*{_TABLE}"))

    def table_of(self, name: str) -> Path:
        """The file of its terms."""
        return self.folder / f"{name}{_TABLE}"

    def names_of(self, name: str, digest: str) -> Path:
        """The folder of the index of its names."""
        return self.folder / f"{name}.names-{digest[:16]}"

    def names_beside(self, name: str, digest: str) -> list[Path]:
        """Indexes of earlier releases of the same ontology."""
        return [p for p in self.folder.glob(f"{name}.names-*") if p != self.names_of(name, digest)]

    def outdated(self) -> list[Path]:
        """Files of the form that 0.1 kept, which have to be added again."""
        return sorted(self.folder.glob("[!.]*.nt"))


@dataclass(frozen=True)
class Source:
    """One ontology that counts.

    Args:
        name: of its graph.
        path: its file.
        home: the data folder it is installed in; None for a curated table.
    """

    name: str
    path: Path
    home: Path | None = None

    @property
    def curated(self) -> bool:
        """True for a table shipped with the node."""
        return self.home is None

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what decides its content."""
        told = self.path.read_bytes() if self.curated else self.table.facts["digest"].encode()
        return hashlib.sha256(b"%d " % FORM + told).hexdigest()

    @cached_property
    def table(self) -> TermTable:
        """Its terms."""
        if self.curated:
            return TermTable.of(read_rdf(io.BytesIO(self.path.read_bytes()), ".ttl"))
        return TermTable.open(self.path)

    @cached_property
    def index(self) -> NameIndex:
        """Its names, to be searched; of a curated table made on the spot."""
        if self.home is None:
            return NameIndex.of(self.table.names())
        return NameIndex(Installed(self.home).names_of(self.name, self.table.facts["digest"]))


def curated_names() -> list[str]:
    """Names of the tables shipped with the node."""
    return sorted(path.stem for path in (resources.schema_dir() / "ontologies").glob("*.ttl"))


def files(home: Path | None) -> list[Path]:
    """The files of the ontologies that count in `home`: the curated first, then the installed, each sorted by name."""
    curated = sorted((resources.schema_dir() / "ontologies").glob("*.ttl"))
    if home is None:
        return curated
    installed = Installed(home)
    return [*curated, *(installed.table_of(name) for name in installed.names())]


def sources(home: Path | None) -> list[Source]:
    """The ontologies of `files`; an installed file that cannot be read is left out, with a warning on what to do."""
    found = [Source(path.stem, path, home if path.suffix == _TABLE else None) for path in files(home)]
    if home is not None:
        for path in Installed(home).outdated():
            log.warning("ontologies.old_form", file=str(path), advice=f"ommatidia ontology add {path.stem} {path}")
    return [source for source in found if source.curated or _usable(source)]


def _usable(source: Source) -> bool:
    try:
        form = source.table.facts["form"]
    except (sqlite3.Error, KeyError) as error:
        log.warning("ontologies.unreadable", name=source.name, error=str(error), advice="add the ontology again")
        return False
    if form != str(FORM):
        log.warning("ontologies.old_form", name=source.name, advice="add the ontology again")
        return False
    return True
