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
version = "0.3.0"


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

class FileRole(str, Enum):
    """
    What a file of a study is for.
    """
    raw = "raw"
    """
    Pixels as the instrument wrote them.
    """
    processed_image = "processed_image"
    """
    Pixels that were computed: stitched, deconvolved, projected, averaged.
    """
    annotation = "annotation"
    """
    Annotations of images: masks, tracks, points, classes.
    """
    processed_data = "processed_data"
    """
    Results computed from images, such as phenotypes or hit lists.
    """
    feature_data = "feature_data"
    """
    Measured features of wells, images or objects.
    """
    library = "library"
    """
    Reagents and where they stand on plates.
    """
    assay = "assay"
    """
    Which sample was imaged under which conditions.
    """
    file_list = "file_list"
    """
    A list of files with their attributes.
    """
    workflow = "workflow"
    """
    A workflow, script or settings that made other files.
    """
    documentation = "documentation"
    """
    Text that explains other files.
    """
    thumbnail = "thumbnail"
    """
    A small picture of an image.
    """
    other = "other"
    """
    Anything else.
    """


class ChecksumAlgorithm(str, Enum):
    """
    Digest algorithms (SPDX).
    """
    sha256 = "sha256"
    """
    SHA-256 (FIPS 180-4).
    """
    sha512 = "sha512"
    """
    SHA-512 (FIPS 180-4).
    """
    sha1 = "sha1"
    """
    SHA-1; finds accidents and no attacks.
    """
    md5 = "md5"
    """
    MD5; finds accidents and no attacks.
    """


class RelationType(str, Enum):
    """
    How two resources are related (DataCite 4.5, relationType, as SPAR and Dublin Core name it).
    """
    Cites = "Cites"
    """
    This record cites the other.
    """
    IsCitedBy = "IsCitedBy"
    """
    The other cites this record.
    """
    IsSupplementTo = "IsSupplementTo"
    """
    This record supplements the other, such as a paper.
    """
    IsSupplementedBy = "IsSupplementedBy"
    """
    The other supplements this record.
    """
    IsContinuedBy = "IsContinuedBy"
    """
    The other continues this work.
    """
    Continues = "Continues"
    """
    This record continues the other work.
    """
    IsDescribedBy = "IsDescribedBy"
    """
    The other describes this record.
    """
    Describes = "Describes"
    """
    This record describes the other.
    """
    HasMetadata = "HasMetadata"
    """
    The other is metadata of this record.
    """
    IsMetadataFor = "IsMetadataFor"
    """
    This record is metadata of the other.
    """
    HasVersion = "HasVersion"
    """
    The other is a version of this record.
    """
    IsVersionOf = "IsVersionOf"
    """
    This record is a version of the other.
    """
    IsNewVersionOf = "IsNewVersionOf"
    """
    This record follows the other version.
    """
    IsPreviousVersionOf = "IsPreviousVersionOf"
    """
    The other version follows this record.
    """
    IsPartOf = "IsPartOf"
    """
    This record is part of the other.
    """
    HasPart = "HasPart"
    """
    The other is part of this record.
    """
    IsPublishedIn = "IsPublishedIn"
    """
    This record was published inside the other.
    """
    IsReferencedBy = "IsReferencedBy"
    """
    The other refers to this record.
    """
    References = "References"
    """
    This record refers to the other.
    """
    IsDocumentedBy = "IsDocumentedBy"
    """
    The other documents this record.
    """
    Documents = "Documents"
    """
    This record documents the other.
    """
    IsCompiledBy = "IsCompiledBy"
    """
    The other was used to compile this record.
    """
    Compiles = "Compiles"
    """
    This record was used to compile the other.
    """
    IsVariantFormOf = "IsVariantFormOf"
    """
    This record is another form of the other.
    """
    IsOriginalFormOf = "IsOriginalFormOf"
    """
    This record is the original form of the other.
    """
    IsIdenticalTo = "IsIdenticalTo"
    """
    Both are the same thing at two places.
    """
    IsReviewedBy = "IsReviewedBy"
    """
    The other reviews this record.
    """
    Reviews = "Reviews"
    """
    This record reviews the other.
    """
    IsDerivedFrom = "IsDerivedFrom"
    """
    This record was made from the other.
    """
    IsSourceOf = "IsSourceOf"
    """
    The other was made from this record.
    """
    IsRequiredBy = "IsRequiredBy"
    """
    The other needs this record.
    """
    Requires = "Requires"
    """
    This record needs the other.
    """
    IsObsoletedBy = "IsObsoletedBy"
    """
    The other takes the place of this record.
    """
    Obsoletes = "Obsoletes"
    """
    This record takes the place of the other.
    """
    IsCollectedBy = "IsCollectedBy"
    """
    The other collects this record.
    """
    Collects = "Collects"
    """
    This record collects the other.
    """


class IdentityRelation(str, Enum):
    """
    Why there are two records of one study.
    """
    other_archive = "other_archive"
    """
    Two archives hold the same study.
    """
    other_collection = "other_collection"
    """
    One archive holds it in two of its collections.
    """
    renamed = "renamed"
    """
    One record under a former and a present identifier.
    """


class IdentityEvidence(str, Enum):
    """
    What an identity statement rests on.
    """
    owner_statement = "owner_statement"
    """
    An owner names the other record.
    """
    same_dataset_pid = "same_dataset_pid"
    """
    Both carry the same persistent identifier of the data.
    """
    curator = "curator"
    """
    A curator compared both records.
    """


class CopyStatus(str, Enum):
    """
    Whether the bytes of a copy can be had.
    """
    available = "available"
    """
    They can be read.
    """
    unreachable = "unreachable"
    """
    The site did not answer when last tried.
    """
    lost = "lost"
    """
    The site answers that the bytes are gone.
    """
    damaged = "damaged"
    """
    The bytes do not fit their digest.
    """
    restricted = "restricted"
    """
    The site has them and gives them under conditions only.
    """


class VerificationLevel(str, Enum):
    """
    How thoroughly a copy was checked.
    """
    L0 = "L0"
    """
    Not checked; the site says it has the bytes.
    """
    L1 = "L1"
    """
    The metadata document answered.
    """
    L2 = "L2"
    """
    The metadata document has the expected digest.
    """
    L3 = "L3"
    """
    A sample of chunks was read and decoded.
    """
    L4 = "L4"
    """
    Every byte was read and has the expected digest.
    """


class CheckOutcome(str, Enum):
    """
    Result of a check.
    """
    passed = "passed"
    """
    Every obligatory rule is fulfilled.
    """
    failed = "failed"
    """
    At least one obligatory rule is broken.
    """
    not_applicable = "not_applicable"
    """
    The profile is not about such records.
    """
    indeterminate = "indeterminate"
    """
    The check could not be finished.
    """


class ReviewState(str, Enum):
    """
    How a review stands.
    """
    proposed = "proposed"
    """
    Proposed as a reference.
    """
    under_review = "under_review"
    """
    Being reviewed.
    """
    accepted = "accepted"
    """
    Accepted as a reference.
    """
    rejected = "rejected"
    """
    Not accepted.
    """
    retired = "retired"
    """
    Was a reference and no longer is.
    """


class UsageMetric(str, Enum):
    """
    What was counted (COUNTER, research data).
    """
    total_dataset_investigations = "total_dataset_investigations"
    """
    Views and downloads of metadata or data.
    """
    unique_dataset_investigations = "unique_dataset_investigations"
    """
    Visits with at least one view or download.
    """
    total_dataset_requests = "total_dataset_requests"
    """
    Downloads of data.
    """
    unique_dataset_requests = "unique_dataset_requests"
    """
    Visits with at least one download of data.
    """
    citations = "citations"
    """
    Works that cite the record.
    """
    reanalyses = "reanalyses"
    """
    Works that analysed the data anew.
    """


class AccessMethod(str, Enum):
    """
    Who used a record (COUNTER).
    """
    regular = "regular"
    """
    People.
    """
    machine = "machine"
    """
    Programs that people set to work.
    """


class ContributorType(str, Enum):
    """
    What an agent did for a study (DataCite 4.5, contributorType, with two roles of the archives).
    """
    ContactPerson = "ContactPerson"
    """
    Answers questions about the data.
    """
    CorrespondingAuthor = "CorrespondingAuthor"
    """
    Answers for the authors.
    """
    PrincipalInvestigator = "PrincipalInvestigator"
    """
    Leads the work.
    """
    DataCollector = "DataCollector"
    """
    Made the images.
    """
    DataCurator = "DataCurator"
    """
    Described and checked the data.
    """
    DataManager = "DataManager"
    """
    Looks after the data.
    """
    Distributor = "Distributor"
    """
    Gives the data out.
    """
    Editor = "Editor"
    """
    Edited texts.
    """
    HostingInstitution = "HostingInstitution"
    """
    Keeps the data.
    """
    Producer = "Producer"
    """
    Had the data made.
    """
    ProjectLeader = "ProjectLeader"
    """
    Leads the project.
    """
    ProjectManager = "ProjectManager"
    """
    Manages the project.
    """
    ProjectMember = "ProjectMember"
    """
    Took part in the project.
    """
    RegistrationAgency = "RegistrationAgency"
    """
    Registers identifiers.
    """
    RegistrationAuthority = "RegistrationAuthority"
    """
    Sets rules for identifiers.
    """
    RelatedPerson = "RelatedPerson"
    """
    Has another part in the work.
    """
    Researcher = "Researcher"
    """
    Did research.
    """
    ResearchGroup = "ResearchGroup"
    """
    The group that did the research.
    """
    RightsHolder = "RightsHolder"
    """
    Holds rights in the data.
    """
    Sponsor = "Sponsor"
    """
    Paid for the work without a grant.
    """
    Supervisor = "Supervisor"
    """
    Supervised the work.
    """
    WorkPackageLeader = "WorkPackageLeader"
    """
    Leads a work package.
    """
    Submitter = "Submitter"
    """
    Sent the data to the archive.
    """
    Other = "Other"
    """
    Helped in another way.
    """


class Sex(str, Enum):
    """
    Sex of an organism (PATO).
    """
    female = "female"
    """
    Female.
    """
    male = "male"
    """
    Male.
    """
    hermaphrodite = "hermaphrodite"
    """
    Hermaphrodite.
    """
    mixed = "mixed"
    """
    Both sexes together.
    """


class ImagingModality(str, Enum):
    """
    Broad kinds of biological imaging, most of them the root of a branch of FBbi.
    """
    light_microscopy = "light_microscopy"
    """
    Light microscopy of any kind that none of the narrower values names.
    """
    fluorescence_microscopy = "fluorescence_microscopy"
    """
    Fluorescence microscopy, widefield or of unstated kind.
    """
    confocal_microscopy = "confocal_microscopy"
    """
    Confocal microscopy.
    """
    multiphoton_microscopy = "multiphoton_microscopy"
    """
    Two-photon and other multi-photon microscopy.
    """
    light_sheet_microscopy = "light_sheet_microscopy"
    """
    Light-sheet (selective plane illumination) microscopy.
    """
    structured_illumination_microscopy = "structured_illumination_microscopy"
    """
    Structured illumination microscopy.
    """
    localization_microscopy = "localization_microscopy"
    """
    Single-molecule localization microscopy, such as PALM and STORM.
    """
    stimulated_emission_depletion = "stimulated_emission_depletion"
    """
    STED microscopy.
    """
    bright_field_microscopy = "bright_field_microscopy"
    """
    Bright-field microscopy, histology with stains among it.
    """
    phase_contrast_microscopy = "phase_contrast_microscopy"
    """
    Phase contrast microscopy.
    """
    differential_interference_contrast_microscopy = "differential_interference_contrast_microscopy"
    """
    Differential interference contrast microscopy.
    """
    raman_imaging = "raman_imaging"
    """
    Raman imaging.
    """
    electron_microscopy = "electron_microscopy"
    """
    Electron microscopy of any kind that none of the narrower values names.
    """
    transmission_electron_microscopy = "transmission_electron_microscopy"
    """
    Transmission electron microscopy, cryo-EM and electron tomography among it.
    """
    scanning_electron_microscopy = "scanning_electron_microscopy"
    """
    Scanning electron microscopy.
    """
    volume_electron_microscopy = "volume_electron_microscopy"
    """
    Serial block face SEM; other volume SEM such as FIB-SEM is best named in methods.
    """
    scanning_probe_microscopy = "scanning_probe_microscopy"
    """
    Scanning probe microscopy, atomic force microscopy among it.
    """
    x_ray_microscopy = "x_ray_microscopy"
    """
    X-ray microscopy.
    """
    x_ray_tomography = "x_ray_tomography"
    """
    X-ray tomography.
    """
    optical_coherence_tomography = "optical_coherence_tomography"
    """
    Optical coherence tomography.
    """
    magnetic_resonance_imaging = "magnetic_resonance_imaging"
    """
    Magnetic resonance imaging.
    """
    mass_spectrometry_imaging = "mass_spectrometry_imaging"
    """
    Mass spectrometry imaging; no ontology in use here has a stable term.
    """


class AnnotationType(str, Enum):
    """
    Kinds of annotation (MIFA 1.0, AnnotationType).
    """
    class_labels = "class_labels"
    """
    Labels of whole images or objects.
    """
    bounding_boxes = "bounding_boxes"
    """
    Boxes around objects.
    """
    counts = "counts"
    """
    Numbers of objects.
    """
    derived_annotations = "derived_annotations"
    """
    Measures taken from the images, such as signal to noise, focus or point spread function.
    """
    geometrical_annotations = "geometrical_annotations"
    """
    Polygons, ellipses and other shapes.
    """
    graphs = "graphs"
    """
    Graphs of objects and their links.
    """
    point_annotations = "point_annotations"
    """
    Points.
    """
    segmentation_mask = "segmentation_mask"
    """
    An image that says for each pixel to which object it belongs.
    """
    tracks = "tracks"
    """
    Objects followed in time.
    """
    weak_annotations = "weak_annotations"
    """
    Rough or partial marks.
    """
    other = "other"
    """
    Another kind; the description says which.
    """


class AnnotationSourceIndicator(str, Enum):
    """
    How an annotation file tells which image it is about (BioImage Archive).
    """
    metadata_file = "metadata_file"
    """
    A metadata file names the image.
    """
    file_name_exact_match = "file_name_exact_match"
    """
    Both files have the same name.
    """
    file_name_pattern = "file_name_pattern"
    """
    The names follow a pattern.
    """
    file_path = "file_path"
    """
    The paths correspond.
    """
    other = "other"
    """
    Another way; the description says which.
    """


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


class ClosureReason(str, Enum):
    """
    Why data are not open (Horizon Europe, Annex 5: legitimate interests and constraints).
    """
    personal_data = "personal_data"
    """
    They are about people.
    """
    consent = "consent"
    """
    Those whose data these are agreed to less than open use.
    """
    embargo = "embargo"
    """
    They become open later.
    """
    third_party_rights = "third_party_rights"
    """
    Others have rights in them.
    """
    commercial_interest = "commercial_interest"
    """
    They are to be exploited first.
    """
    security = "security"
    """
    Openness would endanger somebody or something, such as a rare species.
    """
    legal_demand = "legal_demand"
    """
    A law or court demands it.
    """


class ConsentStatus(str, Enum):
    """
    Whether there is consent of those whose data these are.
    """
    obtained = "obtained"
    """
    Consent was given.
    """
    waived = "waived"
    """
    A committee waived the need for consent.
    """
    not_required = "not_required"
    """
    No consent is needed, as for established cell lines; the description says why.
    """
    withdrawn = "withdrawn"
    """
    Consent was taken back.
    """


class BiologicalScale(str, Enum):
    """
    Levels of biological organisation, each as the most general term of its ontology.
    """
    atom = "atom"
    """
    Atoms and their arrangement.
    """
    molecule = "molecule"
    """
    Single molecules.
    """
    macromolecular_complex = "macromolecular_complex"
    """
    Complexes of macromolecules.
    """
    virus = "virus"
    """
    Viruses.
    """
    organelle = "organelle"
    """
    Organelles and other parts of cells.
    """
    cell = "cell"
    """
    Cells, in culture or single.
    """
    tissue = "tissue"
    """
    Tissues.
    """
    organ = "organ"
    """
    Organs and embryos' parts.
    """
    organism = "organism"
    """
    Whole organisms and embryos.
    """
    population = "population"
    """
    Groups of organisms.
    """


class TransformationType(str, Enum):
    """
    Kinds of coordinate transformation (OME-NGFF 0.4 to 0.6).
    """
    identity = "identity"
    """
    Positions stay.
    """
    scale = "scale"
    """
    Each axis is multiplied.
    """
    translation = "translation"
    """
    Each axis is shifted.
    """
    affine = "affine"
    """
    A matrix.
    """
    rotation = "rotation"
    """
    A rotation matrix.
    """
    mapAxis = "mapAxis"
    """
    Axes change their order.
    """
    sequence = "sequence"
    """
    Several, one after another.
    """
    displacements = "displacements"
    """
    A field of displacements.
    """
    coordinates = "coordinates"
    """
    A field of positions.
    """
    bijection = "bijection"
    """
    One with its inverse.
    """
    projectAxis = "projectAxis"
    """
    Axes are dropped or added.
    """
    byDimension = "byDimension"
    """
    Several, each on some axes.
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
    Zarr = "Zarr"
    """
    Zarr store without OME metadata.
    """
    NIfTI = "NIfTI"
    """
    NIfTI file.
    """
    DICOM = "DICOM"
    """
    DICOM file or folder.
    """
    MRC = "MRC"
    """
    MRC/CCP4 file of electron microscopy.
    """
    CZI = "CZI"
    """
    Zeiss CZI file.
    """
    LIF = "LIF"
    """
    Leica LIF file.
    """
    ND2 = "ND2"
    """
    Nikon ND2 file.
    """
    OIB = "OIB"
    """
    Olympus OIB or OIF file.
    """
    other = "other"
    """
    Another format; the media type or file name says which.
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
    array = "array"
    """
    Positions in an array.
    """
    coordinate = "coordinate"
    """
    Which coordinate a field of positions holds.
    """
    displacement = "displacement"
    """
    Which displacement a field of displacements holds.
    """
    frequency = "frequency"
    """
    Frequencies or wavelengths.
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



class DataFile(ConfiguredBaseModel):
    """
    A file of the study, as its owner lists it (BioImage Archive, FileReference).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    file_role: Optional[FileRole] = Field(default=None, description="""What the file is for.""")
    path: Optional[str] = Field(default=None, description="""Path of the level's array below the multiscales group.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    media_type: Optional[str] = Field(default=None, description="""Media type of the file (RFC 6838).""")
    format_name: Optional[str] = Field(default=None, description="""Format as the source names it, where no media type is known.""")
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    checksums: Optional[list[Checksum]] = Field(default=None, description="""Digests of the bytes.""")
    columns: Optional[list[TableColumn]] = Field(default=None, description="""Columns of a table file.""")

    @field_validator('media_type')
    def pattern_media_type(cls, v):
        pattern=re.compile(r"^[a-z]+/[A-Za-z0-9.+_-]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid media_type format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid media_type format: {v}"
            raise ValueError(err_msg)
        return v


class Checksum(ConfiguredBaseModel):
    """
    A digest of bytes with the algorithm that made it.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    algorithm: ChecksumAlgorithm = Field(default=..., description="""How the digest was made.""")
    checksum_value: str = Field(default=..., description="""The digest in lower-case hexadecimal.""")

    @field_validator('checksum_value')
    def pattern_checksum_value(cls, v):
        pattern=re.compile(r"^[0-9a-f]{8,128}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum_value format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum_value format: {v}"
            raise ValueError(err_msg)
        return v


class TableColumn(ConfiguredBaseModel):
    """
    A column of a table file and what it holds (IDR, processed and feature level data).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    name: str = Field(default=..., description="""Heading of the column.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    column_type: Optional[str] = Field(default=None, description="""Kind of the column's values, as the source names it (gene identifier, phenotype, data).""")
    annotation_level: Optional[str] = Field(default=None, description="""What one row of the column is about, as the source names it (plate, well, image, object).""")
    joins: Optional[str] = Field(default=None, description="""Column of the library or assay file that this column is joined with.""")


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


class ExternalLink(ConfiguredBaseModel):
    """
    A page or data set elsewhere that has to do with the study (REMBI 1.5, Link).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    url: str = Field(default=..., description="""Address of the linked page.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    link_type: Optional[str] = Field(default=None, description="""What the link leads to, in the words of the source (image analysis code, sequencing data).""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")


class RelatedResource(ConfiguredBaseModel):
    """
    Another resource and how it is related (DataCite 4.5, relatedIdentifier).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    related_to: str = Field(default=..., description="""The other resource.""")
    relation: RelationType = Field(default=..., description="""How this record is related to the other resource.""")
    resource_type: Optional[str] = Field(default=None, description="""What the other resource is, such as Dataset, Software or JournalArticle (DataCite resourceTypeGeneral).""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")


class IdentityStatement(ConfiguredBaseModel):
    """
    Somebody's word that another record describes the same study, with its evidence. Statements link records into clusters, never merge them, and can be taken back. A shared paper or ORCID is no evidence.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    same_study_as: str = Field(default=..., description="""The other record.""")
    identity_relation: Optional[IdentityRelation] = Field(default=None, description="""Why there are two records of one study.""")
    evidence: IdentityEvidence = Field(default=..., description="""What kind of evidence there is.""")
    evidence_detail: Optional[str] = Field(default=None, description="""Where the statement stands, in words or as quoted.""")
    stated_by: str = Field(default=..., description="""Who says so, as the owner prefix of an archive or the name of a curator.""")
    date_stated: Optional[date] = Field(default=None, description="""Day on which it was stated.""")


class Protocol(ConfiguredBaseModel):
    """
    What was done, step by step (IDR, Protocol; BioImage Archive, Protocol; Bioschemas, LabProtocol).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    protocol_types: Optional[list[str]] = Field(default=None, description="""Kinds of protocol, as terms of EFO.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    equipment: Optional[list[str]] = Field(default=None, description="""Equipment that the protocol uses, as given.""")

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


class Characteristic(ConfiguredBaseModel):
    """
    Key and value as a source gives them (BioSamples, characteristics; IDR, map annotations), for what the model has no field for.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    name: str = Field(default=..., description="""The key, as the source names it.""")
    text_value: str = Field(default=..., description="""The value as given.""")
    unit: Optional[str] = Field(default=None, description="""Unit as given; of axes a UDUNITS-2 word such as micrometer.""")
    value_terms: Optional[list[str]] = Field(default=None, description="""Ontology terms of the value.""")


class Reagent(ConfiguredBaseModel):
    """
    A substance, sequence or antibody that is tested or used (IDR, library tables; OME-XML, Reagent; SSBD, reagent information). Thousands of them stay in the library's file.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    reagent_identifier: Optional[str] = Field(default=None, description="""The maker's or library's identifier of the reagent.""")
    reagent_type: Optional[str] = Field(default=None, description="""Kind of reagent, as given (siRNA, compound, antibody, positive control).""")
    reagent_terms: Optional[list[str]] = Field(default=None, description="""The reagent as terms, best of CHEBI.""")
    manufacturer: Optional[str] = Field(default=None, description="""Who made it.""")
    sequences: Optional[list[str]] = Field(default=None, description="""Sequences of a nucleic acid reagent, 5' to 3'.""")
    smiles: Optional[str] = Field(default=None, description="""Structure of a compound (SMILES).""")
    inchikey: Optional[str] = Field(default=None, description="""Hashed structure of a compound.""")
    concentration: Optional[str] = Field(default=None, description="""Concentration with its unit, as given.""")
    dilution: Optional[str] = Field(default=None, description="""Dilution, as given.""")
    genes: Optional[list[str]] = Field(default=None, description="""Genes that were changed, silenced or labelled, as records of Ensembl or NCBI Gene.""")
    gene_symbols: Optional[list[str]] = Field(default=None, description="""Symbols or names of those genes, as given.""")
    proteins: Optional[list[str]] = Field(default=None, description="""Proteins that were labelled or studied, as records of UniProt (uniprot:P04637).""")
    characteristics: Optional[list[Characteristic]] = Field(default=None, description="""Other facts as key and value.""")

    @field_validator('inchikey')
    def pattern_inchikey(cls, v):
        pattern=re.compile(r"^[A-Z]{14}-[A-Z]{10}-[A-Z]$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid inchikey format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid inchikey format: {v}"
            raise ValueError(err_msg)
        return v


class Holding(ConfiguredBaseModel):
    """
    A site keeps images of a study or component under one endpoint; the template gives each image's key. When a site moves, one line changes and all identifiers keep opening.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    site: str = Field(default=..., description="""Name of the site that keeps the bytes.""")
    endpoint: str = Field(default=..., description="""Root address of the site's storage, ending in a slash.""")
    key_template: str = Field(default=..., description="""Path of an image below the endpoint, with {accession} of the image and {study} to be filled in (RFC 6570, level 1).""")
    former_endpoints: Optional[list[str]] = Field(default=None, description="""Root addresses that the site used before; old addresses still lead to the images.""")
    region: Optional[str] = Field(default=None, description="""Country where the bytes lie (ISO 3166-1 alpha-2).""")
    site_organization: Optional[str] = Field(default=None, description="""The organisation that runs the site, as its ROR IRI.""")
    status_of_copy: Optional[CopyStatus] = Field(default=None, description="""Whether the bytes can be had.""")
    last_verified: Optional[datetime ] = Field(default=None, description="""When the copy was last checked.""")

    @field_validator('key_template')
    def pattern_key_template(cls, v):
        pattern=re.compile(r"\{(?:accession|image|study)\}")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid key_template format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid key_template format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('region')
    def pattern_region(cls, v):
        pattern=re.compile(r"^[A-Z]{2}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid region format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid region format: {v}"
            raise ValueError(err_msg)
        return v


class Replica(ConfiguredBaseModel):
    """
    Where a site keeps the bytes of a representation; endpoint and key together are the address.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    site: str = Field(default=..., description="""Name of the site that keeps the bytes.""")
    endpoint: str = Field(default=..., description="""Root address of the site's storage, ending in a slash.""")
    key: str = Field(default=..., description="""Path of the store below the endpoint.""")
    media_type: Optional[str] = Field(default=None, description="""Media type of the file (RFC 6838).""")
    checksums: Optional[list[Checksum]] = Field(default=None, description="""Digests of the bytes.""")
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    status_of_copy: Optional[CopyStatus] = Field(default=None, description="""Whether the bytes can be had.""")
    verification_level: Optional[VerificationLevel] = Field(default=None, description="""How thoroughly the copy was checked.""")
    last_verified: Optional[datetime ] = Field(default=None, description="""When the copy was last checked.""")

    @field_validator('media_type')
    def pattern_media_type(cls, v):
        pattern=re.compile(r"^[a-z]+/[A-Za-z0-9.+_-]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid media_type format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid media_type format: {v}"
            raise ValueError(err_msg)
        return v


class ProfileResult(ConfiguredBaseModel):
    """
    Which profile a record was held against and what came out. A profile's IRI holds its version, so old results keep their meaning.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    profile: str = Field(default=..., description="""IRI of the profile with its version (https://w3id.org/ommatidia/shapes/rembi-1.5).""")
    outcome: CheckOutcome = Field(default=..., description="""What came out.""")
    violation_count: Optional[int] = Field(default=None, description="""Number of broken obligatory rules.""", ge=0)
    warning_count: Optional[int] = Field(default=None, description="""Number of broken recommended rules.""", ge=0)
    broken_rules: Optional[list[str]] = Field(default=None, description="""Shapes of the profile that the record does not fulfil.""")
    checked_at: Optional[datetime ] = Field(default=None, description="""When the record was checked.""")


class ImageReview(ConfiguredBaseModel):
    """
    Review of an image that is to serve others as reference.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    review_state: ReviewState = Field(default=..., description="""How the review stands.""")
    review_profile: Optional[str] = Field(default=None, description="""The profile that the review went by.""")
    reviewers: Optional[list[str]] = Field(default=None, description="""Names or ORCID IRIs of those who reviewed.""")
    date_reviewed: Optional[date] = Field(default=None, description="""Day on which the review reached its state.""")
    description: Optional[str] = Field(default=None, description="""What the reviewers found, and what the image is a reference for.""")


class UsageCount(ConfiguredBaseModel):
    """
    How often a record was used in a month (COUNTER Code of Practice for Research Data 1.0.1).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    usage_metric: UsageMetric = Field(default=..., description="""What was counted.""")
    usage_value: int = Field(default=..., description="""The count.""", ge=0)
    access_method: Optional[AccessMethod] = Field(default=None, description="""Whether people or programs used it.""")
    period: str = Field(default=..., description="""The month or year that was counted.""")
    counted_by: Optional[str] = Field(default=None, description="""Who counted, as the owner prefix of an archive or a node's name.""")


class Agent(ConfiguredBaseModel):
    """
    A person or an organisation.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Agent"] = Field(default="Agent", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name as the record gives it, of a person in full.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    contributor_types: Optional[list[ContributorType]] = Field(default=None, description="""What the agent did for the study, in DataCite's words.""")
    roles: Optional[list[str]] = Field(default=None, description="""What the agent did for the study, in the words of the source.""")
    same_as: Optional[list[str]] = Field(default=None, description="""The agent in other registries (ISNI, Wikidata, GRID).""")


class Person(Agent):
    """
    A person, as the record names them.
    """
    given_name: Optional[str] = Field(default=None, description="""Given name.""")
    additional_name: Optional[str] = Field(default=None, description="""Middle name.""")
    family_name: Optional[str] = Field(default=None, description="""Family name.""")
    orcid: Optional[str] = Field(default=None, description="""ORCID as its https IRI.""")
    affiliations: Optional[list[Organization]] = Field(default=None, description="""Organisations the person belonged to when the study was published. One that several people share is repeated under each of them, with the same id and the same fields.""")
    department: Optional[str] = Field(default=None, description="""Part of the organisation that the person works in.""")
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Person"] = Field(default="Person", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name as the record gives it, of a person in full.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    contributor_types: Optional[list[ContributorType]] = Field(default=None, description="""What the agent did for the study, in DataCite's words.""")
    roles: Optional[list[str]] = Field(default=None, description="""What the agent did for the study, in the words of the source.""")
    same_as: Optional[list[str]] = Field(default=None, description="""The agent in other registries (ISNI, Wikidata, GRID).""")

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
    An organisation, as the record names it. Where several people belong to one, it is written under each of them with the same id and the same fields.
    """
    ror: Optional[str] = Field(default=None, description="""ROR identifier as its https IRI.""")
    crossref_funder_id: Optional[str] = Field(default=None, description="""The funder in the Crossref Funder Registry.""")
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Organization"] = Field(default="Organization", description="""Name of the class.""")
    name: str = Field(default=..., description="""Name as the record gives it, of a person in full.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    address: Optional[str] = Field(default=None, description="""Postal address as given.""")
    email: Optional[str] = Field(default=None, description="""E-mail address as published by the source.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    contributor_types: Optional[list[ContributorType]] = Field(default=None, description="""What the agent did for the study, in DataCite's words.""")
    roles: Optional[list[str]] = Field(default=None, description="""What the agent did for the study, in the words of the source.""")
    same_as: Optional[list[str]] = Field(default=None, description="""The agent in other registries (ISNI, Wikidata, GRID).""")

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

    @field_validator('crossref_funder_id')
    def pattern_crossref_funder_id(cls, v):
        pattern=re.compile(r"^https://doi\.org/10\.13039/\d+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid crossref_funder_id format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid crossref_funder_id format: {v}"
            raise ValueError(err_msg)
        return v


class Publication(ConfiguredBaseModel):
    """
    A paper about the study.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    author_list: Optional[str] = Field(default=None, description="""Authors of the paper as one text, as the source writes them.""")
    venue: Optional[str] = Field(default=None, description="""Journal, preprint server or book.""")
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
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    grant_identifier: Optional[str] = Field(default=None, description="""The funder's number of the grant.""")
    grant_pid: Optional[str] = Field(default=None, description="""Persistent identifier of the grant, such as a Crossref grant DOI or its page at CORDIS or NIH RePORTER.""")
    acronym: Optional[str] = Field(default=None, description="""Short name of the funded project.""")
    programme: Optional[str] = Field(default=None, description="""Programme of the funder, such as Horizon Europe.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")
    funder: Optional[Organization] = Field(default=None, description="""Who gave the grant.""")


class Biosample(ConfiguredBaseModel):
    """
    The biological material that was imaged.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    biological_entity: Optional[str] = Field(default=None, description="""What is imaged, in words (adult mouse corpus callosum).""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    strain: Optional[str] = Field(default=None, description="""Strain, breed or ecotype, as given.""")
    genotype: Optional[str] = Field(default=None, description="""Genotype, as given.""")
    sex: Optional[Sex] = Field(default=None, description="""Sex of the organism.""")
    age: Optional[str] = Field(default=None, description="""Age with its unit, as given (P14, 12 weeks, 36 hpf).""")
    developmental_stages: Optional[list[str]] = Field(default=None, description="""Stages of life or development, as terms.""")
    anatomical_parts: Optional[list[str]] = Field(default=None, description="""Organs, tissues and other parts, as terms of UBERON or a species' anatomy.""")
    cell_types: Optional[list[str]] = Field(default=None, description="""Types of cell, as terms of CL.""")
    cell_lines: Optional[list[str]] = Field(default=None, description="""Cell lines, as ontology terms (Cellosaurus, CLO, BTO).""")
    diseases: Optional[list[str]] = Field(default=None, description="""Diseases of the donor or model, as terms of MONDO.""")
    biological_processes: Optional[list[str]] = Field(default=None, description="""Processes under study, as terms of GO.""")
    cellular_components: Optional[list[str]] = Field(default=None, description="""Parts of the cell under study, as terms of GO.""")
    molecular_functions: Optional[list[str]] = Field(default=None, description="""Molecular functions under study, as terms of GO.""")
    chemicals: Optional[list[str]] = Field(default=None, description="""Substances the material was treated with, as terms of CHEBI.""")
    intrinsic_variables: Optional[list[str]] = Field(default=None, description="""What is special in the material itself, such as a genetic change.""")
    extrinsic_variables: Optional[list[str]] = Field(default=None, description="""What was done to the material, such as a treatment.""")
    experimental_variables: Optional[list[str]] = Field(default=None, description="""What was varied on purpose between images (time, genotype, dose).""")
    growth_protocol: Optional[str] = Field(default=None, description="""How cells or organisms were grown.""")
    date_collected: Optional[str] = Field(default=None, description="""When the material was collected, as exactly as is known; of people the year at most.""")
    collection_place: Optional[str] = Field(default=None, description="""Where the material was collected, as given (BioSamples, geographic location); of people the country at most.""")
    genes: Optional[list[str]] = Field(default=None, description="""Genes that were changed, silenced or labelled, as records of Ensembl or NCBI Gene.""")
    gene_symbols: Optional[list[str]] = Field(default=None, description="""Symbols or names of those genes, as given.""")
    proteins: Optional[list[str]] = Field(default=None, description="""Proteins that were labelled or studied, as records of UniProt (uniprot:P04637).""")
    sample_records: Optional[list[str]] = Field(default=None, description="""The samples as records of BioSamples (biosample:SAMEA3774859).""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Samples this one was taken from.""")
    characteristics: Optional[list[Characteristic]] = Field(default=None, description="""Other facts as key and value.""")


class Specimen(ConfiguredBaseModel):
    """
    Biological material as it was prepared for imaging.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    sample_preparation: Optional[str] = Field(default=None, description="""How the sample was prepared.""")
    growth_protocol: Optional[str] = Field(default=None, description="""How cells or organisms were grown.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""The biosamples of this record from which the specimen was made, by identifier.""")
    signal_channels: Optional[list[SignalChannel]] = Field(default=None, description="""What gives the signal in each channel.""")
    preparation_methods: Optional[list[str]] = Field(default=None, description="""Methods of sample preparation and visualisation, as terms of FBbi.""")
    protocols: Optional[list[str]] = Field(default=None, description="""The protocols of this record by which the specimen was prepared, by identifier.""")
    reagents: Optional[list[Reagent]] = Field(default=None, description="""Reagents worth naming one by one.""")


class SignalChannel(ConfiguredBaseModel):
    """
    What gives the signal in one channel (BioImage Archive, SignalChannelInformation).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    label: Optional[str] = Field(default=None, description="""Short name for people.""")
    contrast_mechanism: Optional[str] = Field(default=None, description="""How the signal is made (fluorescent protein, immunostaining, heavy metal stain).""")
    content_description: Optional[str] = Field(default=None, description="""What the channel shows.""")
    labelled_entity: Optional[str] = Field(default=None, description="""Molecule, organelle or cell that carries the label.""")
    fluorophore: Optional[str] = Field(default=None, description="""Dye or fluorescent protein.""")
    proteins: Optional[list[str]] = Field(default=None, description="""Proteins that were labelled or studied, as records of UniProt (uniprot:P04637).""")


class ImageAcquisition(ConfiguredBaseModel):
    """
    How images were made, with which instrument and method.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    method_names: Optional[list[str]] = Field(default=None, description="""Imaging methods in the words of the source, where no term was given.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    instrument: Optional[str] = Field(default=None, description="""Microscope or other instrument, as given.""")
    instruments: Optional[list[Instrument]] = Field(default=None, description="""Instruments with their parts, where the source tells them apart.""")
    acquisition_parameters: Optional[str] = Field(default=None, description="""Settings of the acquisition, as given (exposure, laser lines, binning).""")
    illumination_methods: Optional[list[str]] = Field(default=None, description="""How the specimen was lit, as terms of FBbi.""")
    detection_methods: Optional[list[str]] = Field(default=None, description="""How the signal was detected, as terms of FBbi.""")
    contrast_methods: Optional[list[str]] = Field(default=None, description="""Contrast-enhancing methods, as terms of FBbi.""")
    resolution_methods: Optional[list[str]] = Field(default=None, description="""Resolution-enhancing methods, as terms of FBbi.""")
    protocols: Optional[list[str]] = Field(default=None, description="""The protocols of this record that were followed, by identifier.""")


class Instrument(ConfiguredBaseModel):
    """
    A microscope or another instrument that makes images (OME-XML, Instrument).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    manufacturer: Optional[str] = Field(default=None, description="""Who made it.""")
    model: Optional[str] = Field(default=None, description="""Model name.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    instrument_type: Optional[str] = Field(default=None, description="""Kind of instrument, as given (upright, inverted, dissection, electrophysiology).""")
    objectives: Optional[list[Objective]] = Field(default=None, description="""Lenses of the instrument.""")
    detectors: Optional[list[str]] = Field(default=None, description="""Cameras and detectors, as given.""")
    light_sources: Optional[list[str]] = Field(default=None, description="""Lasers, lamps and other sources, as given.""")
    optical_filters: Optional[list[str]] = Field(default=None, description="""Filters, filter sets and dichroics, as given.""")
    modules: Optional[list[str]] = Field(default=None, description="""Further parts of the instrument, as given.""")


class Objective(ConfiguredBaseModel):
    """
    A lens that forms the image (OME-XML, Objective).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    manufacturer: Optional[str] = Field(default=None, description="""Who made it.""")
    model: Optional[str] = Field(default=None, description="""Model name.""")
    magnification: Optional[float] = Field(default=None, description="""Nominal magnification of the lens.""", ge=0)
    numerical_aperture: Optional[float] = Field(default=None, description="""Numerical aperture of the lens.""", ge=0)
    immersion: Optional[str] = Field(default=None, description="""Medium between lens and specimen (oil, water, air).""")
    correction: Optional[str] = Field(default=None, description="""Optical correction (PlanApo, Fluar).""")
    working_distance_um: Optional[float] = Field(default=None, description="""Working distance of the lens in micrometres.""", ge=0)


class ImageCorrelation(ConfiguredBaseModel):
    """
    How images of different modalities or times were brought into one frame (REMBI 1.5).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    spatial_and_temporal_alignment: Optional[str] = Field(default=None, description="""How images were aligned in space and time (manual, automatic).""")
    fiducials_used: Optional[str] = Field(default=None, description="""Which landmarks were used.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""The transformation, as given.""")


class ImageAnalysis(ConfiguredBaseModel):
    """
    How images were analysed (REMBI 1.5).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What was done to the images, step by step (REMBI, analysis overview).""")
    features_analysed: Optional[str] = Field(default=None, description="""What was measured.""")
    software: Optional[list[str]] = Field(default=None, description="""Software that made or analysed the images, as address or RRID page.""")
    protocols: Optional[list[str]] = Field(default=None, description="""The protocols of this record that were followed, by identifier.""")


class AnnotationMethod(ConfiguredBaseModel):
    """
    How annotations were made (MIFA 1.0, Annotations).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""How the annotations were made (MIFA, annotation method).""")
    annotation_overview: Optional[str] = Field(default=None, description="""What the annotations are, in short.""")
    annotation_types: Optional[list[AnnotationType]] = Field(default=None, description="""Kinds of annotation.""")
    annotation_criteria: Optional[str] = Field(default=None, description="""By which rules annotations were made.""")
    annotation_coverage: Optional[str] = Field(default=None, description="""Which images or parts of images were annotated.""")
    annotation_confidence_level: Optional[str] = Field(default=None, description="""How sure the annotations are and how that was found.""")
    transformations: Optional[str] = Field(default=None, description="""Transformations that link annotations to the image.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie in the image, where their file does not say it.""")
    annotation_source_indicator: Optional[AnnotationSourceIndicator] = Field(default=None, description="""How an annotation file tells which image it is about.""")
    annotators: Optional[list[Union[Person,Organization]]] = Field(default=None, description="""People and programs who made the annotations.""")
    software: Optional[list[str]] = Field(default=None, description="""Software that made or analysed the images, as address or RRID page.""")


class AnnotationData(ConfiguredBaseModel):
    """
    One annotation, or one file of annotations, with the images it is about (MIFA 1.0, file metadata).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    annotation_types: Optional[list[AnnotationType]] = Field(default=None, description="""Kinds of annotation.""")
    annotation_method: Optional[str] = Field(default=None, description="""The annotation method of this record, by identifier.""")
    source_images: Optional[list[str]] = Field(default=None, description="""The images that are annotated.""")
    source_paths: Optional[list[str]] = Field(default=None, description="""Paths of the image files that are annotated, where the source gives no identifiers (MIFA, source_image_id).""")
    transformations: Optional[str] = Field(default=None, description="""Transformations that link annotations to the image.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie in the image, where their file does not say it.""")
    date_created: Optional[str] = Field(default=None, description="""When it was made.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    license: Optional[str] = Field(default=None, description="""The licence under which the data may be used.""")


class StudyComponent(ConfiguredBaseModel):
    """
    A part of a study that was made in one way (REMBI 1.5, StudyComponent; BioImage Archive, Dataset).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["StudyComponent"] = Field(default="StudyComponent", description="""Name of the class.""")
    accession: Optional[str] = Field(default=None, description="""The identifier that the owner gave.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    license: Optional[str] = Field(default=None, description="""The licence of this part, where it differs from the study's.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    component_types: Optional[list[str]] = Field(default=None, description="""Kinds of screen or experiment, as terms (IDR, Screen Type).""")
    technology_types: Optional[list[str]] = Field(default=None, description="""Technologies of the screen, as terms (IDR, Screen Technology Type).""")
    experimental_conditions: Optional[list[str]] = Field(default=None, description="""Conditions that differ between assays, as terms of EFO.""")
    sample_type: Optional[str] = Field(default=None, description="""What is imaged, as the source sorts it (cell, tissue).""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    annotation_methods: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    associations: Optional[list[Association]] = Field(default=None, description="""What goes together, where several samples were imaged in several ways.""")
    phenotypes: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    library: Optional[Library] = Field(default=None, description="""Reagents that the screen tests.""")
    plates: Optional[list[Plate]] = Field(default=None, description="""Plates of the screen.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    size_statement: Optional[str] = Field(default=None, description="""Size and dimensions in the words of the source, where bytes are not told exactly (IDR, Screen Size; EMPIAR, dataset_size).""")
    raw_data_format: Optional[str] = Field(default=None, description="""Format of the raw images, as given.""")
    raw_data_organization: Optional[str] = Field(default=None, description="""How files and images correspond.""")
    quality_control: Optional[str] = Field(default=None, description="""How quality was controlled and what was left out.""")
    example_images: Optional[list[str]] = Field(default=None, description="""Addresses of images that show what the component is like.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    comments: Optional[list[str]] = Field(default=None, description="""Remarks of the curators.""")
    figure: Optional[str] = Field(default=None, description="""Figure of the paper that shows it, as given.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")

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


class Association(ConfiguredBaseModel):
    """
    Which material, preparation, acquisition and analysis go together, where a component has several of each (REMBI 1.5, Associations; S-BIAD1388 images four specimens by two acquisitions, not each by both).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    description: Optional[str] = Field(default=None, description="""What is special about the combination, as the source says it.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""Parts of this record that go together, by identifier.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of this record that go together, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of this record that go together, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of this record that go together, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of this record that go together, by identifier.""")


class Screen(StudyComponent):
    """
    A high-content screen of many conditions on plates (IDR, Screen).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Screen"] = Field(default="Screen", description="""Name of the class.""")
    accession: Optional[str] = Field(default=None, description="""The identifier that the owner gave.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    license: Optional[str] = Field(default=None, description="""The licence of this part, where it differs from the study's.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    component_types: Optional[list[str]] = Field(default=None, description="""Kinds of screen or experiment, as terms (IDR, Screen Type).""")
    technology_types: Optional[list[str]] = Field(default=None, description="""Technologies of the screen, as terms (IDR, Screen Technology Type).""")
    experimental_conditions: Optional[list[str]] = Field(default=None, description="""Conditions that differ between assays, as terms of EFO.""")
    sample_type: Optional[str] = Field(default=None, description="""What is imaged, as the source sorts it (cell, tissue).""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    annotation_methods: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    associations: Optional[list[Association]] = Field(default=None, description="""What goes together, where several samples were imaged in several ways.""")
    phenotypes: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    library: Optional[Library] = Field(default=None, description="""Reagents that the screen tests.""")
    plates: Optional[list[Plate]] = Field(default=None, description="""Plates of the screen.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    size_statement: Optional[str] = Field(default=None, description="""Size and dimensions in the words of the source, where bytes are not told exactly (IDR, Screen Size; EMPIAR, dataset_size).""")
    raw_data_format: Optional[str] = Field(default=None, description="""Format of the raw images, as given.""")
    raw_data_organization: Optional[str] = Field(default=None, description="""How files and images correspond.""")
    quality_control: Optional[str] = Field(default=None, description="""How quality was controlled and what was left out.""")
    example_images: Optional[list[str]] = Field(default=None, description="""Addresses of images that show what the component is like.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    comments: Optional[list[str]] = Field(default=None, description="""Remarks of the curators.""")
    figure: Optional[str] = Field(default=None, description="""Figure of the paper that shows it, as given.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")

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


class Experiment(StudyComponent):
    """
    Images of few conditions, not on plates (IDR, Experiment).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Experiment"] = Field(default="Experiment", description="""Name of the class.""")
    accession: Optional[str] = Field(default=None, description="""The identifier that the owner gave.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    license: Optional[str] = Field(default=None, description="""The licence of this part, where it differs from the study's.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    component_types: Optional[list[str]] = Field(default=None, description="""Kinds of screen or experiment, as terms (IDR, Screen Type).""")
    technology_types: Optional[list[str]] = Field(default=None, description="""Technologies of the screen, as terms (IDR, Screen Technology Type).""")
    experimental_conditions: Optional[list[str]] = Field(default=None, description="""Conditions that differ between assays, as terms of EFO.""")
    sample_type: Optional[str] = Field(default=None, description="""What is imaged, as the source sorts it (cell, tissue).""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    annotation_methods: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    associations: Optional[list[Association]] = Field(default=None, description="""What goes together, where several samples were imaged in several ways.""")
    phenotypes: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    library: Optional[Library] = Field(default=None, description="""Reagents that the screen tests.""")
    plates: Optional[list[Plate]] = Field(default=None, description="""Plates of the screen.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    size_statement: Optional[str] = Field(default=None, description="""Size and dimensions in the words of the source, where bytes are not told exactly (IDR, Screen Size; EMPIAR, dataset_size).""")
    raw_data_format: Optional[str] = Field(default=None, description="""Format of the raw images, as given.""")
    raw_data_organization: Optional[str] = Field(default=None, description="""How files and images correspond.""")
    quality_control: Optional[str] = Field(default=None, description="""How quality was controlled and what was left out.""")
    example_images: Optional[list[str]] = Field(default=None, description="""Addresses of images that show what the component is like.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    comments: Optional[list[str]] = Field(default=None, description="""Remarks of the curators.""")
    figure: Optional[str] = Field(default=None, description="""Figure of the paper that shows it, as given.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")

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


class ImageSet(StudyComponent):
    """
    A folder of images of one kind, such as micrographs or tilt series (EMPIAR, imageset).
    """
    directory: Optional[str] = Field(default=None, description="""Folder of the images below the entry.""")
    category: Optional[str] = Field(default=None, description="""Kind of images, in the words of EMPIAR (micrographs - multiframe, tilt series).""")
    header_format: Optional[str] = Field(default=None, description="""Format of the header files, as given (MRC, TIFF).""")
    data_format: Optional[str] = Field(default=None, description="""Format of the data files, as given.""")
    voxel_type: Optional[str] = Field(default=None, description="""Type of one value, as given (SIGNED 16 BIT INTEGER).""")
    frames_per_image: Optional[int] = Field(default=None, description="""Frames of one image.""", ge=0)
    first_frame: Optional[int] = Field(default=None, description="""First frame that was used.""", ge=0)
    last_frame: Optional[int] = Field(default=None, description="""Last frame that was used.""", ge=0)
    image_width_px: Optional[int] = Field(default=None, description="""Width of the images in pixels.""", ge=1)
    image_height_px: Optional[int] = Field(default=None, description="""Height of the images in pixels.""", ge=1)
    pixel_width_angstrom: Optional[float] = Field(default=None, description="""Width of a pixel in ångström.""", ge=0)
    pixel_height_angstrom: Optional[float] = Field(default=None, description="""Height of a pixel in ångström.""", ge=0)
    file_pattern: Optional[str] = Field(default=None, description="""Pattern that the names of the image files follow.""")
    particles_directory: Optional[str] = Field(default=None, description="""Folder of the picked particles.""")
    particles_file_pattern: Optional[str] = Field(default=None, description="""Pattern that the names of particle files follow.""")
    segmentations: Optional[str] = Field(default=None, description="""Segmentations of the image set, as given.""")
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["ImageSet"] = Field(default="ImageSet", description="""Name of the class.""")
    accession: Optional[str] = Field(default=None, description="""The identifier that the owner gave.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    license: Optional[str] = Field(default=None, description="""The licence of this part, where it differs from the study's.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    component_types: Optional[list[str]] = Field(default=None, description="""Kinds of screen or experiment, as terms (IDR, Screen Type).""")
    technology_types: Optional[list[str]] = Field(default=None, description="""Technologies of the screen, as terms (IDR, Screen Technology Type).""")
    experimental_conditions: Optional[list[str]] = Field(default=None, description="""Conditions that differ between assays, as terms of EFO.""")
    sample_type: Optional[str] = Field(default=None, description="""What is imaged, as the source sorts it (cell, tissue).""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    biosamples: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    annotation_methods: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    associations: Optional[list[Association]] = Field(default=None, description="""What goes together, where several samples were imaged in several ways.""")
    phenotypes: Optional[list[str]] = Field(default=None, description="""Parts of this record that belong to the component, by identifier.""")
    library: Optional[Library] = Field(default=None, description="""Reagents that the screen tests.""")
    plates: Optional[list[Plate]] = Field(default=None, description="""Plates of the screen.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    size_statement: Optional[str] = Field(default=None, description="""Size and dimensions in the words of the source, where bytes are not told exactly (IDR, Screen Size; EMPIAR, dataset_size).""")
    raw_data_format: Optional[str] = Field(default=None, description="""Format of the raw images, as given.""")
    raw_data_organization: Optional[str] = Field(default=None, description="""How files and images correspond.""")
    quality_control: Optional[str] = Field(default=None, description="""How quality was controlled and what was left out.""")
    example_images: Optional[list[str]] = Field(default=None, description="""Addresses of images that show what the component is like.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    comments: Optional[list[str]] = Field(default=None, description="""Remarks of the curators.""")
    figure: Optional[str] = Field(default=None, description="""Figure of the paper that shows it, as given.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")

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


class Library(ConfiguredBaseModel):
    """
    A set of reagents that a screen tests (IDR, Library).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    library_types: Optional[list[str]] = Field(default=None, description="""Kinds of reagent, as terms (siRNA library, compound library).""")
    manufacturer: Optional[str] = Field(default=None, description="""Who made it.""")
    version: Optional[str] = Field(default=None, description="""Version, as its owner counts.""")
    experimental_conditions: Optional[list[str]] = Field(default=None, description="""Conditions that differ between assays, as terms of EFO.""")
    reagents: Optional[list[Reagent]] = Field(default=None, description="""Reagents worth naming one by one.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")


class Plate(ConfiguredBaseModel):
    """
    A plate of wells (OME-NGFF, plate). Its wells are named by the images taken of them.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    row_count: Optional[int] = Field(default=None, description="""Rows of the plate.""", ge=1)
    column_count: Optional[int] = Field(default=None, description="""Columns of the plate.""", ge=1)
    field_count: Optional[int] = Field(default=None, description="""Most fields of view of one well.""", ge=1)
    well_count: Optional[int] = Field(default=None, description="""Wells that were imaged.""", ge=0)
    runs: Optional[list[PlateRun]] = Field(default=None, description="""Acquisitions of the plate.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")


class PlateRun(ConfiguredBaseModel):
    """
    One acquisition of a plate (OME-NGFF, plate acquisitions).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    run_number: Optional[int] = Field(default=None, description="""Number of the acquisition on its plate.""", ge=0)
    max_field_count: Optional[int] = Field(default=None, description="""Most fields of view of one well in this acquisition.""", ge=1)
    started_at: Optional[str] = Field(default=None, description="""When the acquisition began.""")
    ended_at: Optional[str] = Field(default=None, description="""When the acquisition ended.""")


class Phenotype(ConfiguredBaseModel):
    """
    What was seen to differ from the normal (IDR, Phenotype).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    title: str = Field(default=..., description="""Name of the phenotype, as the authors use it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    phenotype_terms: Optional[list[str]] = Field(default=None, description="""The phenotype as terms, best of CMPO.""")
    score_type: Optional[str] = Field(default=None, description="""How the phenotype was scored (manual, automatic).""")


class Access(ConfiguredBaseModel):
    """
    Who may use the data, under which conditions, and how to ask.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    access_level: AccessLevel = Field(default=..., description="""How open the data are.""")
    reason: Optional[str] = Field(default=None, description="""Why, in words or as a slug.""")
    closure_reason: Optional[ClosureReason] = Field(default=None, description="""Why the data are not open, for funders who ask.""")
    embargo_until: Optional[date] = Field(default=None, description="""Day on which the data become available.""")
    conditions: Optional[list[str]] = Field(default=None, description="""Conditions of use, as terms of the Data Use Ontology (DUO).""")
    condition_modifiers: Optional[list[str]] = Field(default=None, description="""What a condition needs to be complete, as text (the disease of DUO:0000007, the date of DUO:0000024).""")
    consent: Optional[Consent] = Field(default=None, description="""What people whose data these are agreed to.""")
    ethics_approval: Optional[str] = Field(default=None, description="""Committee that approved the work and the number of its approval.""")
    deidentification: Optional[str] = Field(default=None, description="""How the data were freed of what identifies people (defacing, dates shifted, keys destroyed).""")
    data_access_committee: Optional[DataAccessCommittee] = Field(default=None, description="""Those who decide who gets the data.""")
    access_policy: Optional[AccessPolicy] = Field(default=None, description="""What a requester agrees to.""")
    odrl_policy: Optional[str] = Field(default=None, description="""The policy in ODRL, for programs.""")
    request_url: Optional[str] = Field(default=None, description="""Where to ask for the data.""")
    response_days: Optional[int] = Field(default=None, description="""Days in which an answer can be expected.""", ge=0)
    visa_issuers: Optional[list[str]] = Field(default=None, description="""Issuers of passports and visas that open the data (GA4GH Passport).""")


class Consent(ConfiguredBaseModel):
    """
    What people whose data these are agreed to.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    consent_status: ConsentStatus = Field(default=..., description="""Whether there is consent.""")
    description: Optional[str] = Field(default=None, description="""What was agreed to, in words a requester can act on.""")
    date_obtained: Optional[str] = Field(default=None, description="""When consent was obtained.""")
    consent_form_url: Optional[str] = Field(default=None, description="""The blank form that was signed.""")


class DataAccessCommittee(ConfiguredBaseModel):
    """
    Those who decide who gets the data (EGA, DAC).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    accession: Optional[str] = Field(default=None, description="""The committee's accession, such as EGAC00001000205.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    contacts: list[Union[Person,Organization]] = Field(default=..., description="""Whom to write to.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")


class AccessPolicy(ConfiguredBaseModel):
    """
    The text that whoever gets the data agrees to (EGA, policy).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    accession: Optional[str] = Field(default=None, description="""The policy's accession, such as EGAP00001000123.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""The policy's text or its gist.""")
    url: Optional[str] = Field(default=None, description="""A page about the thing.""")


class Study(ConfiguredBaseModel):
    """
    A body of images that its authors published together under one accession.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Study"] = Field(default="Study", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    title: str = Field(default=..., description="""Title or name as the owner gives it.""")
    alternative_titles: Optional[list[str]] = Field(default=None, description="""Other titles, such as a subtitle or a translation.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Free words.""")
    license: str = Field(default=..., description="""The licence under which the data may be used.""")
    copyright_notice: Optional[str] = Field(default=None, description="""Copyright statement as given.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    version: Optional[str] = Field(default=None, description="""Version, as its owner counts.""")
    version_history: Optional[list[StudyVersion]] = Field(default=None, description="""What changed in which version, oldest first.""")
    languages: Optional[list[str]] = Field(default=None, description="""Languages of title and texts (BCP 47).""")
    study_types: Optional[list[str]] = Field(default=None, description="""Kinds of study, as terms of EFO (IDR, Study Type).""")
    scales: Optional[list[BiologicalScale]] = Field(default=None, description="""Levels of biological organisation that the images show.""")
    modalities: Optional[list[ImagingModality]] = Field(default=None, description="""Broad kinds of imaging, for lists and facets; `methods` says it exactly.""")
    date_deposited: Optional[date] = Field(default=None, description="""Day on which the study was sent to the archive.""")
    date_published: Optional[date] = Field(default=None, description="""Day on which the owner made the study public.""")
    date_updated: Optional[str] = Field(default=None, description="""When the owner last changed the study.""")
    landing_page: Optional[str] = Field(default=None, description="""The owner's page about the record.""")
    publisher: Optional[Organization] = Field(default=None, description="""The archive that publishes the study.""")
    authors: Optional[list[Union[Person,Organization]]] = Field(default=None, description="""People and organisations who made the study, in the order of the list. RDF has no order, so each author also carries omm:position, counted from 1 by its place in this list.""")
    contributors: Optional[list[Union[Person,Organization]]] = Field(default=None, description="""People and organisations that helped without being authors (contact, curator, data manager).""")
    publications: Optional[list[Publication]] = Field(default=None, description="""Papers about the study.""")
    grants: Optional[list[Grant]] = Field(default=None, description="""Grants that paid for the study.""")
    funding_statement: Optional[str] = Field(default=None, description="""How the work was paid for, in the words of the source.""")
    acknowledgements: Optional[str] = Field(default=None, description="""Thanks, in the words of the source.""")
    terms: Optional[list[Union[OntologyTerm,Taxon,ImagingMethod]]] = Field(default=None, description="""Every ontology term that the record uses anywhere, described once.""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    subjects: Optional[list[str]] = Field(default=None, description="""Other ontology terms that say what the record is about (cell lines, structures, diseases).""")
    biosamples: Optional[list[Biosample]] = Field(default=None, description="""Biological material that was imaged.""")
    specimens: Optional[list[Specimen]] = Field(default=None, description="""Prepared specimens.""")
    acquisitions: Optional[list[ImageAcquisition]] = Field(default=None, description="""How images were made.""")
    protocols: Optional[list[Protocol]] = Field(default=None, description="""Protocols that were followed.""")
    components: Optional[list[Union[StudyComponent,Screen,Experiment,ImageSet]]] = Field(default=None, description="""Parts of the study that were made in different ways.""")
    correlations: Optional[list[ImageCorrelation]] = Field(default=None, description="""How images were brought into one frame.""")
    analyses: Optional[list[ImageAnalysis]] = Field(default=None, description="""How images were analysed.""")
    annotation_methods: Optional[list[AnnotationMethod]] = Field(default=None, description="""How annotations were made.""")
    annotations: Optional[list[AnnotationData]] = Field(default=None, description="""Annotations of the images.""")
    phenotypes: Optional[list[Phenotype]] = Field(default=None, description="""Phenotypes that were seen or scored.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    holdings: Optional[list[Holding]] = Field(default=None, description="""Where sites keep the images.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    total_size_bytes: Optional[int] = Field(default=None, description="""Size of all files in bytes.""", ge=0)
    size_statement: Optional[str] = Field(default=None, description="""Size and dimensions in the words of the source, where bytes are not told exactly (IDR, Screen Size; EMPIAR, dataset_size).""")
    alternative_identifiers: Optional[list[str]] = Field(default=None, description="""Other names under which the record is known.""")
    former_identifiers: Optional[list[str]] = Field(default=None, description="""Names that the record had before.""")
    see_also: Optional[list[str]] = Field(default=None, description="""Related pages.""")
    conforms_to: Optional[list[str]] = Field(default=None, description="""Standards, profiles or templates that the source says the record follows.""")
    links: Optional[list[ExternalLink]] = Field(default=None, description="""Pages and data elsewhere that have to do with the study.""")
    related_resources: Optional[list[RelatedResource]] = Field(default=None, description="""Other resources and how they are related.""")
    identity_statements: Optional[list[IdentityStatement]] = Field(default=None, description="""Statements that other records describe the same study.""")
    volume_maps: Optional[list[str]] = Field(default=None, description="""Maps reconstructed from the images, as records of EMDB (emdb:EMD-1001).""")
    structures: Optional[list[str]] = Field(default=None, description="""Atomic models built from the images, as records of PDB (pdb:6vxx).""")
    sequence_records: Optional[list[str]] = Field(default=None, description="""Sequences and reads of the same samples, as records of ENA and INSDC (ena:PRJEB1234).""")
    expression_records: Optional[list[str]] = Field(default=None, description="""Functional genomics data of the same samples, as records of GEO or ArrayExpress (geo:GSE1000).""")
    genes: Optional[list[str]] = Field(default=None, description="""Genes that were changed, silenced or labelled, as records of Ensembl or NCBI Gene.""")
    proteins: Optional[list[str]] = Field(default=None, description="""Proteins that were labelled or studied, as records of UniProt (uniprot:P04637).""")
    sample_records: Optional[list[str]] = Field(default=None, description="""The samples as records of BioSamples (biosample:SAMEA3774859).""")
    image_entries: Optional[list[str]] = Field(default=None, description="""Entries of other image archives that hold more images of the same work (empiar:10002).""")
    models_trained: Optional[list[str]] = Field(default=None, description="""AI models that were trained with the images or annotations, as pages or records of a model zoo.""")
    software: Optional[list[str]] = Field(default=None, description="""Software that made or analysed the images, as address or RRID page.""")
    characteristics: Optional[list[Characteristic]] = Field(default=None, description="""Other facts as key and value.""")
    access: Optional[Access] = Field(default=None, description="""Who may use the data.""")
    usage: Optional[list[UsageCount]] = Field(default=None, description="""How often the record was used.""")

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

    @field_validator('languages')
    def pattern_languages(cls, v):
        pattern=re.compile(r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid languages format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid languages format: {v}"
            raise ValueError(err_msg)
        return v


class StudyVersion(ConfiguredBaseModel):
    """
    What changed when (EMPIAR, version history; MIFA, version).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    version: Optional[str] = Field(default=None, description="""Version, as its owner counts.""")
    date_of_version: Optional[str] = Field(default=None, description="""When the version came out.""")
    description: Optional[str] = Field(default=None, description="""What changed.""")


class Image(ConfiguredBaseModel):
    """
    One image of a study, with all its dimensions.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Image"] = Field(default="Image", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    study: str = Field(default=..., description="""The study that the image belongs to.""")
    component: Optional[str] = Field(default=None, description="""The part of the study that the image belongs to.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    description: Optional[str] = Field(default=None, description="""What a reader needs in order to know what this is.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
    license: Optional[str] = Field(default=None, description="""The licence of the image, where it is known to differ or the study is not held here.""")
    date_acquired: Optional[str] = Field(default=None, description="""When the image was taken.""")
    date_created: Optional[str] = Field(default=None, description="""When it was made.""")
    source_url: Optional[str] = Field(default=None, description="""Where the record was read from.""")
    terms: Optional[list[Union[OntologyTerm,Taxon,ImagingMethod]]] = Field(default=None, description="""Every ontology term that the record uses anywhere, described once.""")
    organisms: Optional[list[str]] = Field(default=None, description="""Taxa that the images show.""")
    methods: Optional[list[str]] = Field(default=None, description="""Imaging methods, as ontology terms.""")
    thumbnails: Optional[list[str]] = Field(default=None, description="""Small pictures for lists and pages.""")
    alternative_identifiers: Optional[list[str]] = Field(default=None, description="""Other names under which the record is known.""")
    former_identifiers: Optional[list[str]] = Field(default=None, description="""Names that the record had before.""")
    see_also: Optional[list[str]] = Field(default=None, description="""Related pages.""")
    figure: Optional[str] = Field(default=None, description="""Figure of the paper that shows it, as given.""")
    creation_process: Optional[CreationProcess] = Field(default=None, description="""How the image came to be.""")
    plate_position: Optional[PlatePosition] = Field(default=None, description="""Where on which plate it was taken.""")
    labels: Optional[list[ImageLabel]] = Field(default=None, description="""Label images that belong to the image.""")
    phenotypes: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    genes: Optional[list[str]] = Field(default=None, description="""Genes that were changed, silenced or labelled, as records of Ensembl or NCBI Gene.""")
    gene_symbols: Optional[list[str]] = Field(default=None, description="""Symbols or names of those genes, as given.""")
    proteins: Optional[list[str]] = Field(default=None, description="""Proteins that were labelled or studied, as records of UniProt (uniprot:P04637).""")
    chemicals: Optional[list[str]] = Field(default=None, description="""Substances the material was treated with, as terms of CHEBI.""")
    volume_maps: Optional[list[str]] = Field(default=None, description="""Maps reconstructed from the images, as records of EMDB (emdb:EMD-1001).""")
    structures: Optional[list[str]] = Field(default=None, description="""Atomic models built from the images, as records of PDB (pdb:6vxx).""")
    characteristics: Optional[list[Characteristic]] = Field(default=None, description="""Other facts as key and value.""")
    files: Optional[list[DataFile]] = Field(default=None, description="""Files worth naming one by one; long lists stay with the archive.""")
    representations: Optional[list[ImageRepresentation]] = Field(default=None, description="""Encodings of the image's pixels.""")
    access: Optional[Access] = Field(default=None, description="""Who may use the data.""")
    reviews: Optional[list[ImageReview]] = Field(default=None, description="""Reviews of the image as a reference.""")
    usage: Optional[list[UsageCount]] = Field(default=None, description="""How often the record was used.""")

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


class ImageRepresentation(ConfiguredBaseModel):
    """
    One encoding of an image's pixels.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
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
    time_step_s: Optional[float] = Field(default=None, description="""Time between two moments in seconds.""", ge=0)
    bit_depth: Optional[int] = Field(default=None, description="""Bits of one value that carry signal, where fewer than its type has.""", ge=1, le=128)
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    media_type: Optional[str] = Field(default=None, description="""Media type of the file (RFC 6838).""")
    axes: Optional[list[Axis]] = Field(default=None, description="""Dimensions of the pixel array, in its order.""")
    coordinate_systems: Optional[list[CoordinateSystem]] = Field(default=None, description="""Named coordinate systems of the image.""")
    coordinate_transformations: Optional[list[CoordinateTransformation]] = Field(default=None, description="""Transformations from array positions to physical positions.""")
    rendering: Optional[RenderingSettings] = Field(default=None, description="""How a viewer should first show the image.""")
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

    @field_validator('media_type')
    def pattern_media_type(cls, v):
        pattern=re.compile(r"^[a-z]+/[A-Za-z0-9.+_-]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid media_type format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid media_type format: {v}"
            raise ValueError(err_msg)
        return v


class Axis(ConfiguredBaseModel):
    """
    A dimension of the pixel array, in the order of the array.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    name: str = Field(default=..., description="""The axis as the array names it (t, c, z, y, x).""")
    label: Optional[str] = Field(default=None, description="""Short name for people.""")
    axis_type: Optional[AxisType] = Field(default=None, description="""What the axis counts.""")
    unit: Optional[str] = Field(default=None, description="""Unit as given; of axes a UDUNITS-2 word such as micrometer.""")
    size: Optional[int] = Field(default=None, description="""Length along the axis, in pixels.""", ge=0)
    scale: Optional[float] = Field(default=None, description="""Length of one step along the axis, in its unit.""")
    discrete: Optional[bool] = Field(default=None, description="""Whether positions between two samples have no meaning.""")


class Level(ConfiguredBaseModel):
    """
    A resolution of the pyramid, 0 being the finest.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    path: str = Field(default=..., description="""Path of the level's array below the multiscales group.""")
    shape: Optional[str] = Field(default=None, description="""Lengths of the finest level along the axes, in pixels.""")
    chunks: Optional[str] = Field(default=None, description="""Lengths of one chunk along the axes, in pixels.""")
    shards: Optional[str] = Field(default=None, description="""Lengths of one shard along the axes, in pixels.""")
    codecs: Optional[list[str]] = Field(default=None, description="""Codecs of the chunks, in order of encoding (Zarr names, such as blosc and zstd).""")
    coordinate_transformations: Optional[list[CoordinateTransformation]] = Field(default=None, description="""Transformations from array positions to physical positions.""")


class Channel(ConfiguredBaseModel):
    """
    A channel as the image's display settings describe it.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    index: int = Field(default=..., description="""Place in the list it belongs to, from 0.""", ge=0)
    label: Optional[str] = Field(default=None, description="""Short name for people.""")
    color: Optional[str] = Field(default=None, description="""Display colour, red, green and blue in hexadecimal.""")
    window_start: Optional[float] = Field(default=None, description="""Pixel value shown as black.""")
    window_end: Optional[float] = Field(default=None, description="""Pixel value shown in full colour.""")
    window_min: Optional[float] = Field(default=None, description="""Smallest pixel value that a viewer offers.""")
    window_max: Optional[float] = Field(default=None, description="""Largest pixel value that a viewer offers.""")
    is_active: Optional[bool] = Field(default=None, description="""Whether the channel is shown first.""")
    is_inverted: Optional[bool] = Field(default=None, description="""Whether its colours are inverted.""")
    intensity_family: Optional[str] = Field(default=None, description="""How values become brightness, as the store names it (linear, polynomial).""")
    intensity_coefficient: Optional[float] = Field(default=None, description="""Coefficient of that function.""")
    excitation_wavelength_nm: Optional[float] = Field(default=None, description="""Wavelength of excitation in nanometres.""", ge=0)
    emission_wavelength_nm: Optional[float] = Field(default=None, description="""Wavelength of emission in nanometres.""", ge=0)
    acquisition_mode: Optional[str] = Field(default=None, description="""How the channel was acquired, as given (LaserScanningConfocalMicroscopy, WideField).""")
    fluorophore: Optional[str] = Field(default=None, description="""Dye or fluorescent protein.""")
    contrast_mechanism: Optional[str] = Field(default=None, description="""How the signal is made (fluorescent protein, immunostaining, heavy metal stain).""")
    signal_channel: Optional[str] = Field(default=None, description="""What gives the signal, by its identifier in the study's record.""")

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


class CreationProcess(ConfiguredBaseModel):
    """
    How the image came to be, by identifiers of parts of its study's record (BioImage Archive, CreationProcess).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    specimens: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    acquisitions: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    analyses: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    correlations: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    annotation_methods: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")
    input_images: Optional[list[str]] = Field(default=None, description="""Images that this one was made from.""")


class PlatePosition(ConfiguredBaseModel):
    """
    Where on which plate the image was taken (OME-NGFF, plate and well).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    plate: Optional[str] = Field(default=None, description="""The plate, by its identifier in the study's record.""")
    plate_name: Optional[str] = Field(default=None, description="""Name of the plate.""")
    row_name: Optional[str] = Field(default=None, description="""Name of the row, such as B.""")
    column_name: Optional[str] = Field(default=None, description="""Name of the column, such as 03.""")
    row_index: int = Field(default=..., description="""Row from the top, from 0.""", ge=0)
    column_index: int = Field(default=..., description="""Column from the left, from 0.""", ge=0)
    field_index: Optional[int] = Field(default=None, description="""Field of view in the well, from 0.""", ge=0)
    run_number: Optional[int] = Field(default=None, description="""Number of the acquisition on its plate.""", ge=0)
    well_type: Optional[str] = Field(default=None, description="""What the well is for, as given (sample, positive control, empty).""")
    reagents: Optional[list[str]] = Field(default=None, description="""Parts of the study's record that the image belongs to, by identifier.""")


class ImageLabel(ConfiguredBaseModel):
    """
    A label image that belongs to the image (OME-NGFF, labels).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    name: str = Field(default=..., description="""The label image as its store names it.""")
    path: Optional[str] = Field(default=None, description="""Path of the level's array below the multiscales group.""")
    source_path: Optional[str] = Field(default=None, description="""Path of the image that was labelled, as the store states it.""")
    label_values: Optional[list[LabelValue]] = Field(default=None, description="""What values stand for.""")


class LabelValue(ConfiguredBaseModel):
    """
    What a value of a label image stands for (OME-NGFF, image-label colors and properties).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    pixel_value: int = Field(default=..., description="""The value of the pixels.""")
    label: Optional[str] = Field(default=None, description="""Short name for people.""")
    color_rgba: Optional[str] = Field(default=None, description="""Display colour with opacity, in hexadecimal.""")
    characteristics: Optional[list[Characteristic]] = Field(default=None, description="""Other facts as key and value.""")

    @field_validator('color_rgba')
    def pattern_color_rgba(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]{8}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid color_rgba format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid color_rgba format: {v}"
            raise ValueError(err_msg)
        return v


class RenderingSettings(ConfiguredBaseModel):
    """
    How a viewer should first show the image (OME-NGFF, omero rdefs).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    default_z: Optional[int] = Field(default=None, description="""Plane shown first.""", ge=0)
    default_t: Optional[int] = Field(default=None, description="""Moment shown first.""", ge=0)
    color_model: Optional[str] = Field(default=None, description="""Whether channels are shown in colour or grey.""")
    projection: Optional[str] = Field(default=None, description="""Projection shown first, as the store names it (normal, intmax).""")

    @field_validator('color_model')
    def pattern_color_model(cls, v):
        pattern=re.compile(r"^(?:color|greyscale)$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid color_model format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid color_model format: {v}"
            raise ValueError(err_msg)
        return v


class CoordinateSystem(ConfiguredBaseModel):
    """
    A named set of axes that transformations lead to (OME-NGFF 0.6).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    name: str = Field(default=..., description="""The coordinate system as its store names it.""")
    axes: Optional[list[Axis]] = Field(default=None, description="""Dimensions of the pixel array, in its order.""")


class CoordinateTransformation(ConfiguredBaseModel):
    """
    How positions in one coordinate system become positions in another (OME-NGFF 0.4 to 0.6).
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    index: Optional[int] = Field(default=None, description="""Place in the list it belongs to, from 0.""", ge=0)
    name: Optional[str] = Field(default=None, description="""What it is called.""")
    transformation_type: TransformationType = Field(default=..., description="""Kind of transformation.""")
    input_system: Optional[str] = Field(default=None, description="""Name of the system or path of the array that positions come from.""")
    output_system: Optional[str] = Field(default=None, description="""Name of the system that positions lead to.""")
    parameters: Optional[str] = Field(default=None, description="""Numbers of the transformation, as the JSON text of the store.""")
    path: Optional[str] = Field(default=None, description="""Path of the level's array below the multiscales group.""")
    steps: Optional[str] = Field(default=None, description="""Inner transformations of a sequence, bijection or byDimension, as the JSON text of the store.""")


class CatalogRecord(ConfiguredBaseModel):
    """
    Where a record came from, when, and how it stands; made from its ledger entry.
    """
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["CatalogRecord"] = Field(default="CatalogRecord", description="""Name of the class.""")
    primary_topic: str = Field(default=..., description="""The record that this describes.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    status: RecordStatus = Field(default=..., description="""How the record stands.""")
    status_date: Optional[str] = Field(default=None, description="""Since when it stands so.""")
    status_reason: Optional[str] = Field(default=None, description="""Why it stands so, in words or as a slug.""")
    replaced_by: Optional[str] = Field(default=None, description="""The record that has taken its place.""")
    replaces: Optional[list[str]] = Field(default=None, description="""Records whose place it has taken.""")
    source: Optional[str] = Field(default=None, description="""Name of the configured source that delivered the record.""")
    source_url: Optional[str] = Field(default=None, description="""Where the record was read from.""")
    source_digest: Optional[str] = Field(default=None, description="""Digest of the source document, which is kept.""")
    harvester: Optional[str] = Field(default=None, description="""Name and version of the mapping that made the record.""")
    retrieved_at: Optional[datetime ] = Field(default=None, description="""When the source document was read.""")
    recorded_at: Optional[datetime ] = Field(default=None, description="""When this version entered the ledger.""")
    ledger_position: Optional[int] = Field(default=None, description="""Position of this version in this node's ledger.""", ge=1)
    payload_digest: Optional[str] = Field(default=None, description="""Digest of the record's canonical bytes.""")
    schema_version: Optional[str] = Field(default=None, description="""Version of this schema under which the record was written.""")
    source_modified: Optional[str] = Field(default=None, description="""When the source says that the document last changed.""")
    profile_results: Optional[list[ProfileResult]] = Field(default=None, description="""Profiles that the record was held against.""")

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
    id: str = Field(default=..., description="""CURIE of the thing; parts of a record hang below the record's own by path.""")
    type: Literal["Tombstone"] = Field(default="Tombstone", description="""Name of the class.""")
    accession: str = Field(default=..., description="""The identifier that the owner gave.""")
    owner: str = Field(default=..., description="""Prefix of the archive that owns the accession; only it may change the record.""")
    record_type: RecordType = Field(default=..., description="""What the withdrawn record was.""")
    title: Optional[str] = Field(default=None, description="""Title or name as the owner gives it.""")
    creators: Optional[list[str]] = Field(default=None, description="""Names of the authors, in order of the record, as text.""")
    date_withdrawn: date = Field(default=..., description="""Day on which the record was withdrawn.""")
    reason: str = Field(default=..., description="""Why, in words or as a slug.""")
    replaced_by: Optional[str] = Field(default=None, description="""The record that has taken its place.""")
    doi: Optional[str] = Field(default=None, description="""DOI without resolver.""")
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


# Model rebuild
# see https://pydantic-docs.helpmanual.io/usage/models/#rebuilding-a-model
DataFile.model_rebuild()
Checksum.model_rebuild()
TableColumn.model_rebuild()
OntologyTerm.model_rebuild()
Taxon.model_rebuild()
ImagingMethod.model_rebuild()
ExternalLink.model_rebuild()
RelatedResource.model_rebuild()
IdentityStatement.model_rebuild()
Protocol.model_rebuild()
Characteristic.model_rebuild()
Reagent.model_rebuild()
Holding.model_rebuild()
Replica.model_rebuild()
ProfileResult.model_rebuild()
ImageReview.model_rebuild()
UsageCount.model_rebuild()
Agent.model_rebuild()
Person.model_rebuild()
Organization.model_rebuild()
Publication.model_rebuild()
Grant.model_rebuild()
Biosample.model_rebuild()
Specimen.model_rebuild()
SignalChannel.model_rebuild()
ImageAcquisition.model_rebuild()
Instrument.model_rebuild()
Objective.model_rebuild()
ImageCorrelation.model_rebuild()
ImageAnalysis.model_rebuild()
AnnotationMethod.model_rebuild()
AnnotationData.model_rebuild()
StudyComponent.model_rebuild()
Association.model_rebuild()
Screen.model_rebuild()
Experiment.model_rebuild()
ImageSet.model_rebuild()
Library.model_rebuild()
Plate.model_rebuild()
PlateRun.model_rebuild()
Phenotype.model_rebuild()
Access.model_rebuild()
Consent.model_rebuild()
DataAccessCommittee.model_rebuild()
AccessPolicy.model_rebuild()
Study.model_rebuild()
StudyVersion.model_rebuild()
Image.model_rebuild()
ImageRepresentation.model_rebuild()
Axis.model_rebuild()
Level.model_rebuild()
Channel.model_rebuild()
CreationProcess.model_rebuild()
PlatePosition.model_rebuild()
ImageLabel.model_rebuild()
LabelValue.model_rebuild()
RenderingSettings.model_rebuild()
CoordinateSystem.model_rebuild()
CoordinateTransformation.model_rebuild()
CatalogRecord.model_rebuild()
Tombstone.model_rebuild()
