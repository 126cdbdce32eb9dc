"""Columns of a dump's tables, with types that do not change while FORM stays; rows: rows.py and images.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from catalogue.model.image_columns import COLUMNS as LIST_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

FORM: Final = 1
"""Version of files and columns of a dump; part of its manifest."""

Kind = Literal["text", "texts", "integer", "number", "moment"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `text`, `texts` (a list), `integer` (64 bits), `number` (double) or `moment` (microseconds, UTC)."""

    name: str
    kind: Kind
    description: str
    required: bool = False


_STUDY: Final = Column("study", "text", "Identifier of the study (CURIE).", required=True)

TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "studies": (
        Column("identifier", "text", "Identifier of the study (CURIE); key of this table.", required=True),
        Column("iri", "text", "The identifier as IRI, also the name of its graph in the N-Quads.", required=True),
        Column("owner", "text", "Prefix of the archive that owns the record.", required=True),
        Column("accession", "text", "The archive's own identifier.", required=True),
        Column("title", "text", "Title."),
        Column("description", "text", "Description."),
        Column("keywords", "texts", "Keywords."),
        Column("license", "text", "Licence of the data, as an address."),
        Column("doi", "text", "DOI without resolver."),
        Column("version", "text", "Version as the archive names it."),
        Column("date_published", "text", "Day on which the archive made it public (ISO 8601)."),
        Column("date_updated", "text", "When the archive last changed it (ISO 8601)."),
        Column("landing_page", "text", "The archive's page."),
        Column("publisher", "text", "Name of the publisher."),
        Column("access_level", "text", "Who may have the data, where it is stated."),
        Column("modalities", "texts", "Broad kinds of imaging."),
        Column("images_here", "integer", "Images of the study in this dump.", required=True),
        Column("image_count", "integer", "Images that the study says it has."),
        Column("file_count", "integer", "Files that the study says it has."),
        Column("total_size_bytes", "integer", "Size of all files in bytes."),
        Column("same_study_as", "texts", "Records that the archive says are about the same study."),
        Column("schema_version", "text", "Version of the model under which the record was written.", required=True),
        Column("owner_epoch", "integer", "Epoch of the owner's log.", required=True),
        Column("owner_seq", "integer", "Place of this version in the owner's log.", required=True),
        Column("position", "integer", "Place of this version in the log of the node that dumped it.", required=True),
        Column("recorded_at", "moment", "When that node took this version in.", required=True),
        Column("payload_digest", "text", "SHA-256 of the record's canonical JSON.", required=True),
    ),
    "organisms": (
        _STUDY,
        Column("organism", "text", "Taxon (CURIE of NCBITaxon where the archive gives one).", required=True),
        Column("iri", "text", "The taxon as IRI."),
        Column("label", "text", "Scientific name."),
        Column("vernacular_name", "text", "Common name."),
    ),
    "methods": (
        _STUDY,
        Column("method", "text", "Imaging method (CURIE of FBbi where the archive gives one).", required=True),
        Column("iri", "text", "The method as IRI."),
        Column("label", "text", "Name of the method."),
    ),
    "persons": (
        _STUDY,
        Column("role", "text", "`author` or `contributor`.", required=True),
        Column("place", "integer", "Place in the list of that role, from 1.", required=True),
        Column("type", "text", "`Person` or `Organization`."),
        Column("name", "text", "Name as given."),
        Column("given_name", "text", "Given name."),
        Column("family_name", "text", "Family name."),
        Column("orcid", "text", "ORCID as an address."),
        Column("affiliations", "texts", "Names of institutions."),
        Column("rors", "texts", "ROR addresses of institutions, or of the organisation itself."),
    ),
    "grants": (
        _STUDY,
        Column("grant_identifier", "text", "Number of the grant."),
        Column("grant_pid", "text", "Persistent identifier of the grant."),
        Column("title", "text", "Title of the grant."),
        Column("acronym", "text", "Acronym of the project."),
        Column("programme", "text", "Programme of the funder."),
        Column("url", "text", "Page of the grant."),
        Column("funder", "text", "Name of the funder."),
        Column("funder_ror", "text", "ROR address of the funder."),
        Column("crossref_funder_id", "text", "Funder in Crossref's registry."),
    ),
}
_GONE: Final = frozenset({"date_withdrawn", "withdrawal_reason"})
IMAGES: Final = (
    Column("identifier", "text", "Identifier of the image (CURIE); key of this table.", required=True),
    _STUDY,
    Column("owner", "text", "Prefix of the archive that owns the record.", required=True),
    *(
        Column(one.name, one.kind, one.description, required=one.name == "accession")
        for one in LIST_COLUMNS
        if one.name not in _GONE
    ),
)
"""Columns of the files in `images/`; those after `owner` are the columns of image tables."""


@cache
def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The columns as Arrow fields with their descriptions."""
    import pyarrow as pa  # a tenth of a second that most commands do not need

    kinds = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "integer": pa.int64(),
        "number": pa.float64(),
        "moment": pa.timestamp("us", "UTC"),
    }
    return pa.schema(
        [
            pa.field(one.name, kinds[one.kind], nullable=not one.required, metadata={"description": one.description})
            for one in columns
        ]
    )
