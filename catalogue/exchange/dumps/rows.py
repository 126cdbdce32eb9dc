"""Records as rows of a dump's tables; pure. What does not have the kind of its column is left out, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from catalogue.exchange.dumps.columns import IMAGES, TABLES, Column
from catalogue.model.image_columns import SIZES
from catalogue.model.namespaces import BASE, expand

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

Row = dict[str, Any]

_MAX_INTEGER: Final = 1 << 63


def study_rows(entry: Entry, images_here: int) -> Iterator[tuple[str, Row]]:
    """(table, row) of everything that the tables say of a study."""
    record = entry.record
    yield "studies", _cells(TABLES["studies"], _study(entry, record, images_here))
    terms = {term["id"]: term for term in _nodes(record, "terms") if isinstance(term.get("id"), str)}
    for name, listed in (("organism", "organisms"), ("method", "methods")):
        for curie in dict.fromkeys(_texts(record.get(listed))):
            found = {**terms.get(curie, {}), "study": entry.curie, name: curie, "iri": _iri(curie)}
            yield listed, _cells(TABLES[listed], found)
    for role, listed in (("author", "authors"), ("contributor", "contributors")):
        for place, agent in enumerate(_nodes(record, listed), 1):
            said = {"study": entry.curie, "role": role, "place": place}
            yield "persons", _cells(TABLES["persons"], _agent(agent) | said)
    for grant in _nodes(record, "grants"):
        funder = _node(grant, "funder")
        said = {"study": entry.curie, "funder": funder.get("name"), "funder_ror": funder.get("ror")}
        row = {**grant, **said, "crossref_funder_id": funder.get("crossref_funder_id")}
        yield "grants", _cells(TABLES["grants"], row)


def image_row(entry: Entry) -> Row:
    """The row of an image with an entry of its own: of its first representation and that one's first replica.

    What catalogue.model.image_rows makes of it is the record, as far as one row can say it.
    """
    record = entry.record
    pixels = next(iter(_nodes(record, "representations")), {})
    replica = next(iter(_nodes(pixels, "replicas")), {})
    checksum = next(iter(_nodes(replica, "checksums")), {})
    terms = {term.get("id"): term.get("label") for term in _nodes(record, "terms")}
    row: Row = {**pixels, **_node(record, "plate_position"), **record, **_extents(pixels)}
    row |= {name: replica.get(name) for name in ("site", "endpoint", "key")}
    row |= {"checksum_algorithm": checksum.get("algorithm"), "checksum_value": checksum.get("checksum_value")}
    for column, listed in (("organism", "organisms"), ("method", "methods"), ("gene", "genes")):
        row[column] = next(iter(_texts(record.get(listed))), None)
    row |= {"organism_label": terms.get(row["organism"]), "method_label": terms.get(row["method"])}
    for column, listed in (("gene_symbol", "gene_symbols"), ("thumbnail", "thumbnails")):
        row[column] = next(iter(_texts(record.get(listed))), None)
    return _cells(IMAGES, row | {"identifier": entry.curie, "study": entry.parent, "owner": entry.owner})


def _study(entry: Entry, record: Mapping[str, Any], images_here: int) -> Row:
    return {
        **record,
        "identifier": entry.curie,
        "iri": BASE + entry.curie,
        "owner": entry.owner,
        "accession": entry.curie.partition(":")[2],
        "publisher": _node(record, "publisher").get("name"),
        "access_level": _node(record, "access").get("access_level"),
        "images_here": images_here,
        "same_study_as": [said.get("same_study_as") for said in _nodes(record, "identity_statements")],
        "schema_version": entry.schema_version,
        "owner_epoch": entry.owner_epoch,
        "owner_seq": entry.owner_seq,
        "position": entry.position,
        "recorded_at": entry.recorded_at,
        "payload_digest": entry.payload_digest,
    }


def _agent(agent: Mapping[str, Any]) -> Row:
    places = list(_nodes(agent, "affiliations"))
    rors = [agent.get("ror"), *(place.get("ror") for place in places)]
    return {**agent, "affiliations": [place.get("name") for place in places], "rors": rors}


def _extents(pixels: Mapping[str, Any]) -> Row:
    """Axes and levels as an image table writes them."""
    axes = list(_nodes(pixels, "axes"))
    names = [axis.get("name") for axis in axes]
    found: Row = {f"size_{axis.get('name')}": axis.get("size") for axis in axes if axis.get("name") in set(SIZES)}
    if axes and all(isinstance(name, str) and name in set(SIZES) for name in names):
        found["axes"] = "".join(map(str, names))
    levels = list(_nodes(pixels, "levels"))
    for column, name in (("level_paths", "path"), ("level_shapes", "shape"), ("level_chunks", "chunks")):
        said = [level.get(name) for level in levels]
        if said and all(isinstance(one, str) for one in said):
            found[column] = ";".join(map(str, said))
    return found


def _cells(columns: tuple[Column, ...], values: Mapping[str, Any]) -> Row:
    """The values of all columns, None where there is none of the column's kind."""
    return {one.name: _cell(one, values.get(one.name)) for one in columns}


def _cell(column: Column, value: Any) -> Any:
    if column.kind == "texts":
        return _texts(value) or None
    if column.kind == "text":
        return value if isinstance(value, str) else None
    if column.kind == "moment":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if column.kind == "integer":
        return value if isinstance(value, int) and abs(value) < _MAX_INTEGER else None
    return float(value)


def _nodes(record: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    listed = record.get(name)
    return (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))


def _node(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _iri(curie: str) -> str | None:
    try:
        return expand(curie)
    except ValueError:
        return None
