"""Formats of image data: which are open, and which carry axes, units and channels with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from catalogue.model.namespaces import TERMS


@dataclass(frozen=True, slots=True)
class DataFormat:
    """A format.

    Args:
        name: as people call it; "" for a text that names no format known here.
        is_open: published, with several free readers.
        carries_metadata: says of itself what its axes, units and channels are, in a way that is specified.
    """

    name: str
    is_open: bool = False
    carries_metadata: bool = False

    def __bool__(self) -> bool:
        return bool(self.name)


_EDAM: Final = "http://edamontology.org/format_"
_OPEN: Final = (True, False)
_FULL: Final = (True, True)
_CLOSED: Final = (False, False)
# (name, (open, carries metadata), term, other names and media types)
_TABLE: Final = (
    ("OME-Zarr", _FULL, TERMS + "OmeZarr", "ome-zarr ome-ngff ngff application/vnd.ome.zarr application/vnd+zarr"),
    ("OME-TIFF", _FULL, _EDAM + "3727", "ome-tiff ome.tiff ome.tif image/ome-tiff"),
    ("DICOM", _FULL, _EDAM + "3548", "dicom dcm application/dicom"),
    ("NIfTI", _FULL, _EDAM + "4001", "nifti nii application/x-nifti"),
    ("MRC", _FULL, TERMS + "Mrc", "mrc mrcs ccp4 image/x-mrc application/x-mrc"),
    ("Zarr", _OPEN, _EDAM + "3915", "zarr application/vnd.zarr application/zarr"),
    ("TIFF", _OPEN, _EDAM + "3591", "tiff tif image/tiff"),
    ("PNG", _OPEN, _EDAM + "3603", "png image/png"),
    ("JPEG", _OPEN, _EDAM + "3579", "jpeg jpg image/jpeg"),
    ("JPEG 2000", _OPEN, "", "jp2 j2k image/jp2"),
    ("HDF5", _OPEN, _EDAM + "3590", "hdf5 h5 application/x-hdf5 application/x-hdf"),
    ("N5", _OPEN, "", "n5"),
    ("EER", _OPEN, "", "eer"),
    ("SPIDER", _OPEN, "", "spider"),
    ("IMAGIC", _OPEN, "", "imagic"),
    ("BDML", _OPEN, "", "bdml"),
    ("CSV", _OPEN, "", "csv text/csv"),
    ("AVI", _OPEN, "", "avi video/x-msvideo"),
    ("MP4", _OPEN, "", "mp4 video/mp4"),
    ("DM4", _CLOSED, "", "dm3 dm4"),
    ("CZI", _CLOSED, TERMS + "Czi", "czi zeiss-czi"),
    ("LSM", _CLOSED, "", "lsm"),
    ("LIF", _CLOSED, TERMS + "Lif", "lif leica-lif"),
    ("ND2", _CLOSED, TERMS + "Nd2", "nd2 nikon-nd2"),
    ("OIB", _CLOSED, TERMS + "Oib", "oib oif"),
    ("SVS", _CLOSED, "", "svs"),
    ("IMS", _CLOSED, "", "ims"),
)
_KNOWN: Final = {
    key: DataFormat(name, *kind)
    for name, kind, term, others in _TABLE
    for key in [term.lower(), *others.split()]
    if key
}  # fmt: skip
_NONE: Final = DataFormat("")
_FORMAT_IRI: Final = re.compile(r"^https?://")


def format_of(text: str) -> DataFormat:
    """The format that a term, a media type or a word names; one without a name where none is known.

    Args:
        text: IRI of a format, media type, or what a source says, such as `MRC`, `.tif` or `TIFF (16 bit)`.
    """
    name = text.strip().lower()
    found = _KNOWN.get(name) or _KNOWN.get(name.lstrip(".*"))
    if found is not None:
        return found
    if _FORMAT_IRI.match(name):
        return _NONE
    words = (_KNOWN.get(word.strip(".*()")) for word in re.split(r"[\s,;/]+", name))
    return next((word for word in words if word is not None), _NONE)
