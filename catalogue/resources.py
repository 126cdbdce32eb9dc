"""Where the files of schema/, shapes/ and the packaged data lie; nobody else builds such paths."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def schema_dir() -> Path:
    """Folder of the hand-written LinkML modules and the curated ontology tables."""
    return _ROOT / "schema"


def findings_dir() -> Path:
    """Folder of the tables that say what codes of findings mean, one file an adapter."""
    return schema_dir() / "findings"


def shapes_dir() -> Path:
    """Folder of the SHACL shapes, generated and hand-written."""
    return _ROOT / "shapes"


def profiles_dir() -> Path:
    """Folder of the profiles: SHACL that annotates, one file each."""
    return shapes_dir() / "profiles"


def contexts_dir() -> Path:
    """Folder of the JSON-LD contexts that stand in for remote ones."""
    return schema_dir() / "contexts"


def model_file(name: str) -> Path:
    """A generated file of catalogue/model, such as `context.jsonld` or `table.json`."""
    return _ROOT / "catalogue" / "model" / name


def query_file(area: str, name: str) -> Path:
    """The SPARQL text `catalogue/queries/<area>/<name>.rq`."""
    return _ROOT / "catalogue" / "queries" / area / f"{name}.rq"


def queries_dir(area: str) -> Path:
    """Folder of the SPARQL texts of one area."""
    return _ROOT / "catalogue" / "queries" / area


def benchmarks_dir() -> Path:
    """Folder of the FAIR benchmarks that come with this software."""
    return _ROOT / "catalogue" / "fair" / "benchmarks"


def migrations_dir() -> Path:
    """Folder of the Alembic migrations of the ledger."""
    return _ROOT / "catalogue" / "store" / "migrations"


def docs_dir() -> Path:
    """Folder of the written documentation (Markdown)."""
    return _ROOT / "catalogue" / "docs"
