"""Pydantic classes of the records; generated, do not edit (python -m catalogue.model.compiler writes this file)."""

from __future__ import annotations

import re
import sys
from datetime import (
    date,
    datetime,
    time
)
from decimal import Decimal
from enum import Enum
from typing import (
    Any,
    ClassVar,
    Literal,
    Optional,
    Union
)

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer
)


metamodel_version = "1.12.0"
version = "0.1.0"


class ConfiguredBaseModel(BaseModel):
    model_config = ConfigDict(
        serialize_by_alias = True,
        validate_by_name = True,
        validate_assignment = True,
        validate_default = True,
        extra = "forbid",
        arbitrary_types_allowed = True,
        use_enum_values = True,
        strict = False,
    )





class LinkMLMeta(RootModel):
    root: dict[str, Any] = {}
    model_config = ConfigDict(frozen=True)

    def __getattr__(self, key:str):
        return getattr(self.root, key)

    def __getitem__(self, key:str):
        return self.root[key]

    def __setitem__(self, key:str, value):
        self.root[key] = value

    def __contains__(self, key:str) -> bool:
        return key in self.root


linkml_meta = None

class AccessLevel(str, Enum):
    """
    Access rights of the EU vocabulary.
    """
    PUBLIC = "PUBLIC"
    """
    Anybody may get the data.
    """
    RESTRICTED = "RESTRICTED"
    """
    The data can be had under conditions.
    """
    NON_PUBLIC = "NON_PUBLIC"
    """
    The data cannot be had.
    """


class ImageFormat(str, Enum):
    """
    Formats of image files and stores.
    """
    OME_Zarr = "OME-Zarr"
    """
    OME-Zarr (OME-NGFF) store.
    """
    OME_TIFF = "OME-TIFF"
    """
    TIFF file with OME-XML metadata.
    """
    TIFF = "TIFF"
    """
    TIFF file.
    """
    PNG = "PNG"
    """
    PNG file.
    """
    JPEG = "JPEG"
    """
    JPEG file.
    """
    HDF5 = "HDF5"
    """
    HDF5 file.
    """


class AxisType(str, Enum):
    """
    What an axis counts (OME-Zarr, section axes).
    """
    space = "space"
    """
    Positions in space.
    """
    time = "time"
    """
    Moments.
    """
    channel = "channel"
    """
    Channels.
    """


class RecordStatus(str, Enum):
    """
    How a record stands.
    """
    public = "public"
    """
    Shown to everybody.
    """
    suppressed = "suppressed"
    """
    Reachable by its identifier, left out of lists and searches.
    """
    withdrawn = "withdrawn"
    """
    Taken back by its owner; a tombstone stays.
    """
    replaced = "replaced"
    """
    Another record has taken its place.
    """


class RecordType(str, Enum):
    """
    Kinds of records that can be withdrawn.
    """
    Study = "Study"
    """
    A study.
    """
    Image = "Image"
    """
    An image.
    """



class OntologyTerm(ConfiguredBaseModel):
    """
    A term of an ontology as a record uses it.
    """
    id: str = Field(default=..., description="""CURIE of the term (FBbi:00000246), or its IRI where the prefix map has no prefix.""")
    type: Literal["OntologyTerm"] = Field(default="OntologyTerm", description="""Name of the class.""")
    label: str = Field(default=..., description="""Preferred label; the ontology's own where we hold the ontology, else the source's.""")
    source_label: Optional[str] = Field(default=None, description="""Label as the source gave it, only where it differs.""")
    source_id: Optional[str] = Field(default=None, description="""Identifier as the source gave it, only where it is not the canonical IRI.""")


class Taxon(OntologyTerm):
    """
    An organism, as a taxon of the NCBI taxonomy.
    """
    vernacular_name: Optional[str] = Field(default=None, description="""Common name.""")
    id: str = Field(default=..., description="""CURIE of the term (FBbi:00000246), or its IRI where the prefix map has no prefix.""")
    type: Literal["Taxon"] = Field(default="Taxon", description="""Name of the class.""")
    label: str = Field(default=..., description="""Scientific name.""")
    source_label: Optional[str] = Field(default=None, description="""Label as the source gave it, only where it differs.""")
    source_id: Optional[str] = Field(default=None, description="""Identifier as the source gave it, only where it is not the canonical IRI.""")


class ImagingMethod(OntologyTerm):
    """
    A way to make images, as a term of FBbi or a neighbouring ontology.
    """
    id: str = Field(default=..., description="""CURIE of the term (FBbi:00000246), or its IRI where the prefix map has no prefix.""")
    type: Literal["ImagingMethod"] = Field(default="ImagingMethod", description="""Name of the class.""")
    label: str = Field(default=..., description="""Preferred label; the ontology's own where we hold the ontology, else the source's.""")
    source_label: Optional[str] = Field(default=None, description="""Label as the source gave it, only where it differs.""")
    source_id: Optional[str] = Field(default=None, description="""Identifier as the source gave it, only where it is not the canonical IRI.""")


class Agent(ConfiguredBaseModel):
    """
    A person or an organisation.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Agent"] = Field(default="Agent", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name of a person, an organisation or an axis.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")


class Person(Agent):
    """
    A person, as the record names them.
    """
    given_name: Optional[str] = Field(default=None, description="""Given name.""")
    family_name: Optional[str] = Field(default=None, description="""Family name.""")
    orcid: Optional[str] = Field(default=None, description="""ORCID as its https IRI.""")
    affiliations: Optional[list[Organization]] = Field(default=None, description="""Organisations the person belonged to when the study was published.""")
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Person"] = Field(default="Person", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name of a person, an organisation or an axis.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")

    @field_validator('orcid')
    def pattern_orcid(cls, v):
        pattern=re.compile(r"^https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid orcid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid orcid format: {v}"
            raise ValueError(err_msg)
        return v


class Organization(Agent):
    """
    An organisation, as the record names it.
    """
    ror: Optional[str] = Field(default=None, description="""ROR identifier as its https IRI.""")
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Organization"] = Field(default="Organization", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name of a person, an organisation or an axis.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")

    @field_validator('ror')
    def pattern_ror(cls, v):
        pattern=re.compile(r"^https://ror\.org/0[a-z0-9]{8}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid ror format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid ror format: {v}"
            raise ValueError(err_msg)
        return v


class Publication(ConfiguredBaseModel):
    """
    A paper about the study.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    pubmed_id: Optional[str] = Field(default=None, description="""PubMed identifier.""")
    pmc_id: Optional[str] = Field(default=None, description="""PubMed Central identifier.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    date_issued: Optional[str] = Field(default=None, description="""When the paper came out, as exactly as is known.""")

    @field_validator('doi')
    def pattern_doi(cls, v):
        pattern=re.compile(r"^10\.\d{2,9}/\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid doi format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid doi format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('pubmed_id')
    def pattern_pubmed_id(cls, v):
        pattern=re.compile(r"^[1-9]\d*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid pubmed_id format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid pubmed_id format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('pmc_id')
    def pattern_pmc_id(cls, v):
        pattern=re.compile(r"^PMC\d+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid pmc_id format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid pmc_id format: {v}"
            raise ValueError(err_msg)
        return v


class Grant(ConfiguredBaseModel):
    """
    A grant that paid for the study.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    grant_identifier: Optional[str] = Field(default=None, description="""The funder's number of the grant.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    funder: Optional[Organization] = Field(default=None, description="""Who gave the grant.""")


class Biosample(ConfiguredBaseModel):
    """
    The biological material that was imaged.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    cell_lines: Optional[list[str]] = Field(default=None, description="""Cell lines, as ontology terms.""")


class Specimen(ConfiguredBaseModel):
    """
    Biological material as it was prepared for imaging.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    sample_preparation: Optional[str] = Field(default=None, description="""How the sample was prepared.""")
    growth_protocol: Optional[str] = Field(default=None, description="""How cells or organisms were grown.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""The biosamples of this record from which the specimen was made, by identifier.""")


class ImageAcquisition(ConfiguredBaseModel):
    """
    How images were made, with which instrument and method.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    instrument: Optional[str] = Field(default=None, description="""Microscope or other instrument, as given.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")


class Access(ConfiguredBaseModel):
    """
    Who may use the data and under which conditions.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    access_level: AccessLevel = Field(default=..., description="""How open the data are.""")
    reason: Optional[str] = Field(default=None, description="""Why, in words or as a slug.""")
    embargo_until: Optional[date] = Field(default=None, description="""Day on which the data become available.""")
    conditions: Optional[list[str]] = Field(default=None, description="""Conditions of use, as terms of the Data Use Ontology.""")


class Study(ConfiguredBaseModel):
    """
    A body of images that its authors published together under one accession.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Study"] = Field(default="Study", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Free words.""")
    license: str = Field(default=..., description="""The licence under which the data may be used.""")
    copyright_notice: Optional[str] = Field(default=None, description="""Copyright statement as given.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    landing_page: Optional[str] = Field(default=None, description="""The owner's page about the record.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    authors: Optional[list[Union[Person,Organization]]] = Field(default=None, description="""People and organisations who made the study, in the order of the list. RDF has no order, so each author also carries omm:position, counted from 1 by its place in this list.""")
    publications: Optional[list[Publication]] = Field(default=None, description="""Papers about the study.""")
    grants: Optional[list[Grant]] = Field(default=None, description="""Grants that paid for the study.""")
    terms: Optional[list[Union[OntologyTerm,Taxon,ImagingMethod]]] = Field(default=None, description="""Every ontology term that the record uses anywhere, described once.""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    subjects: Optional[list[str]] = Field(default=None, description="""Other ontology terms that say what the record is about (cell lines, structures, diseases).""")
    biosamples: Optional[list[Biosample]] = Field(default=None, description="""Biological material that was imaged.""")
    specimens: Optional[list[Specimen]] = Field(default=None, description="""Prepared specimens.""")
    acquisitions: Optional[list[ImageAcquisition]] = Field(default=None, description="""How images were made.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    alternative_identifiers: Optional[list[str]] = Field(default=None, description="""Other names under which the record is known.""")
    former_identifiers: Optional[list[str]] = Field(default=None, description="""Names that the record had before.""")
    see_also: Optional[list[str]] = Field(default=None, description="""Related pages.""")
    access: Optional[Access] = Field(default=None, description="""Who may use the data.""")

    @field_validator('owner')
    def pattern_owner(cls, v):
        pattern=re.compile(r"^[a-z][a-z0-9]*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid owner format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid owner format: {v}"
            raise ValueError(err_msg)
        return v


class Image(ConfiguredBaseModel):
    """
    One image of a study, with all its dimensions.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Image"] = Field(default="Image", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    study: str = Field(default=..., description="""The study that the image belongs to.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    license: Optional[str] = Field(default=None, description="""The licence of the image, where it is known to differ or the study is not held here.""")
    source_url: Optional[str] = Field(default=None, description="""Where the record was read from.""")
    terms: Optional[list[Union[OntologyTerm,Taxon,ImagingMethod]]] = Field(default=None, description="""Every ontology term that the record uses anywhere, described once.""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    alternative_identifiers: Optional[list[str]] = Field(default=None, description="""Other names under which the record is known.""")
    former_identifiers: Optional[list[str]] = Field(default=None, description="""Names that the record had before.""")
    see_also: Optional[list[str]] = Field(default=None, description="""Related pages.""")
    representations: Optional[list[ImageRepresentation]] = Field(default=None, description="""Encodings of the image's pixels.""")

    @field_validator('owner')
    def pattern_owner(cls, v):
        pattern=re.compile(r"^[a-z][a-z0-9]*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid owner format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid owner format: {v}"
            raise ValueError(err_msg)
        return v


class ImageRepresentation(ConfiguredBaseModel):
    """
    One encoding of an image's pixels.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    format: ImageFormat = Field(default=..., description="""File or store format.""")
    format_version: Optional[str] = Field(default=None, description="""Version of the format, such as 0.4 or 0.5.""")
    zarr_format: Optional[int] = Field(default=None, description="""Version of the Zarr storage format.""", ge=2, le=3)
    multiscales_path: Optional[str] = Field(default=None, description="""Path of the multiscales group below the store's root; empty for the root itself.""")
    data_type: Optional[str] = Field(default=None, description="""Type of one pixel value, in NumPy's words.""")
    shape: Optional[str] = Field(default=None, description="""Lengths of the finest level along the axes, in pixels.""")
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    metadata_digest: Optional[str] = Field(default=None, description="""Digest of the store's root metadata document.""")
    pixel_size_x_um: Optional[float] = Field(default=None, description="""Width of a pixel in micrometres.""", ge=0)
    pixel_size_y_um: Optional[float] = Field(default=None, description="""Height of a pixel in micrometres.""", ge=0)
    pixel_size_z_um: Optional[float] = Field(default=None, description="""Distance of planes in micrometres.""", ge=0)
    axes: Optional[list[Axis]] = Field(default=None, description="""Dimensions of the pixel array, in its order.""")
    levels: Optional[list[Level]] = Field(default=None, description="""Resolutions of the pyramid, finest first.""")
    channels: Optional[list[Channel]] = Field(default=None, description="""Channels, in the order of the channel axis.""")
    replicas: Optional[list[Replica]] = Field(default=None, description="""Where the bytes are.""")

    @field_validator('data_type')
    def pattern_data_type(cls, v):
        pattern=re.compile(r"^(?:bool|u?int(?:8|16|32|64)|float(?:16|32|64)|complex(?:64|128))$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid data_type format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid data_type format: {v}"
            raise ValueError(err_msg)
        return v


class Axis(ConfiguredBaseModel):
    """
    A dimension of the pixel array, in the order of the array.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    name: str = Field(default=..., description="""Name of a person, an organisation or an axis.""")
    axis_type: Optional[AxisType] = Field(default=None, description="""What the axis counts.""")
    unit: Optional[str] = Field(default=None, description="""Unit of the axis as the image states it (UDUNITS-2 word, such as micrometer).""")
    size: Optional[int] = Field(default=None, description="""Length along the axis, in pixels.""", ge=0)
    scale: Optional[float] = Field(default=None, description="""Length of one step along the axis, in its unit.""")


class Level(ConfiguredBaseModel):
    """
    A resolution of the pyramid, 0 being the finest.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    path: str = Field(default=..., description="""Path of the level's array below the multiscales group.""")
    shape: Optional[str] = Field(default=None, description="""Lengths of the finest level along the axes, in pixels.""")
    chunks: Optional[str] = Field(default=None, description="""Lengths of one chunk along the axes, in pixels.""")


class Channel(ConfiguredBaseModel):
    """
    A channel as the image's display settings describe it.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    label: Optional[str] = Field(default=None, description="""Short name for people.""")
    color: Optional[str] = Field(default=None, description="""Display colour, red, green and blue in hexadecimal.""")
    window_start: Optional[float] = Field(default=None, description="""Pixel value shown as black.""")
    window_end: Optional[float] = Field(default=None, description="""Pixel value shown in full colour.""")

    @field_validator('color')
    def pattern_color(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]{6}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid color format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid color format: {v}"
            raise ValueError(err_msg)
        return v


class Replica(ConfiguredBaseModel):
    """
    Where a site keeps the bytes of a representation; endpoint and key together are the address.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    site: str = Field(default=..., description="""Name of the site that keeps the bytes.""")
    endpoint: str = Field(default=..., description="""Root address of the site's storage, ending in a slash.""")
    key: str = Field(default=..., description="""Path of the store below the endpoint.""")


class CatalogRecord(ConfiguredBaseModel):
    """
    Where a record came from, when, and how it stands; made from its ledger entry.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["CatalogRecord"] = Field(default="CatalogRecord", description="""Name of the class.""")
    primary_topic: str = Field(default=..., description="""The record that this describes.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    status: RecordStatus = Field(default=..., description="""How the record stands.""")
    status_date: Optional[str] = Field(default=None, description="""Since when it stands so.""")
    source: Optional[str] = Field(default=None, description="""Name of the configured source that delivered the record.""")
    source_url: Optional[str] = Field(default=None, description="""Where the record was read from.""")
    source_digest: Optional[str] = Field(default=None, description="""Digest of the source document, which is kept.""")
    harvester: Optional[str] = Field(default=None, description="""Name and version of the mapping that made the record.""")
    retrieved_at: Optional[datetime ] = Field(default=None, description="""When the source document was read.""")
    recorded_at: Optional[datetime ] = Field(default=None, description="""When this version entered the ledger.""")
    ledger_position: Optional[int] = Field(default=None, description="""Position of this version in this node's ledger.""", ge=1)
    payload_digest: Optional[str] = Field(default=None, description="""Digest of the record's canonical bytes.""")
    schema_version: Optional[str] = Field(default=None, description="""Version of this schema under which the record was written.""")

    @field_validator('owner')
    def pattern_owner(cls, v):
        pattern=re.compile(r"^[a-z][a-z0-9]*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid owner format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid owner format: {v}"
            raise ValueError(err_msg)
        return v


class Tombstone(ConfiguredBaseModel):
    """
    What stays of a record after its owner withdrew it; kept for ever.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below it by path (idr:idr0001/author/1).""")
    type: Literal["Tombstone"] = Field(default="Tombstone", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    record_type: RecordType = Field(default=..., description="""What the withdrawn record was.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    creators: Optional[list[str]] = Field(default=None, description="""Names of the authors, in order of the record, as text.""")
    date_withdrawn: date = Field(default=..., description="""Day on which the record was withdrawn.""")
    reason: str = Field(default=..., description="""Why, in words or as a slug.""")
    landing_page: Optional[str] = Field(default=None, description="""The owner's page about the record.""")

    @field_validator('owner')
    def pattern_owner(cls, v):
        pattern=re.compile(r"^[a-z][a-z0-9]*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid owner format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid owner format: {v}"
            raise ValueError(err_msg)
        return v


# Model rebuild
# see https://pydantic-docs.helpmanual.io/usage/models/#rebuilding-a-model
OntologyTerm.model_rebuild()
Taxon.model_rebuild()
ImagingMethod.model_rebuild()
Agent.model_rebuild()
Person.model_rebuild()
Organization.model_rebuild()
Publication.model_rebuild()
Grant.model_rebuild()
Biosample.model_rebuild()
Specimen.model_rebuild()
ImageAcquisition.model_rebuild()
Access.model_rebuild()
Study.model_rebuild()
Image.model_rebuild()
ImageRepresentation.model_rebuild()
Axis.model_rebuild()
Level.model_rebuild()
Channel.model_rebuild()
Replica.model_rebuild()
CatalogRecord.model_rebuild()
Tombstone.model_rebuild()
