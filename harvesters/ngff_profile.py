"""What OME-Zarr 0.1 to 0.5 may say in a store's documents, as data: what is read, what is left out and why.

Names are those of the crosswalk ome-ngff; a test holds both to each other. Counting is ngff_account.py's.
"""

from __future__ import annotations

from typing import Final

OF_STUDY: Final = "describes the plate, which stands in the study's record"
_WRITER: Final = "about the program that wrote the store"
_PYRAMID: Final = "how lower resolutions were computed"
_STORAGE: Final = "how chunks are stored, which a Zarr library reads from the store"
_VERSION: Final = "repeats the version that the image states"

# Property -> None when it is read, else the reason why it is left out, with all that stands in it.
PROPERTIES: Final[dict[str, str | None]] = {
    "version": None,
    "_creator": _WRITER,
    "_ome2024_ngff_challenge_stats": "statistics of one conversion",
    "bioformats2raw.layout": None,
    "series": None,
    "multiscales": None,
    "multiscales/version": None,
    "multiscales/name": None,
    "multiscales/axes": None,
    "multiscales/datasets": None,
    "multiscales/datasets/path": None,
    "multiscales/datasets/coordinateTransformations": None,
    "multiscales/coordinateTransformations": None,
    "multiscales/type": _PYRAMID,
    "multiscales/metadata": _PYRAMID,
    "axis/name": None,
    "axis/type": None,
    "axis/unit": None,
    "axis/longName": None,
    "axis/discrete": None,
    "coordinateTransformation/type": None,
    "coordinateTransformation/scale": None,
    "coordinateTransformation/translation": None,
    "coordinateTransformation/path": None,
    "omero": None,
    "omero/id": "number in the server that it was exported from, often 1",
    "omero/name": None,
    "omero/version": _VERSION,
    "omero/channels": None,
    "omero/channels/active": None,
    "omero/channels/coefficient": None,
    "omero/channels/color": None,
    "omero/channels/family": None,
    "omero/channels/inverted": None,
    "omero/channels/label": None,
    "omero/channels/wavelength_id": "the writer's own number of the channel, no wavelength",
    "omero/channels/window": None,
    "omero/channels/window/start": None,
    "omero/channels/window/end": None,
    "omero/channels/window/min": None,
    "omero/channels/window/max": None,
    "omero/rdefs": None,
    "omero/rdefs/defaultZ": None,
    "omero/rdefs/defaultT": None,
    "omero/rdefs/model": None,
    "omero/rdefs/projection": None,
    "labels": None,
    "image-label": None,
    "image-label/version": _VERSION,
    "image-label/source": None,
    "image-label/source/image": None,
    "image-label/colors": None,
    "image-label/colors/label-value": None,
    "image-label/colors/rgba": None,
    "image-label/properties": None,
    "image-label/properties/label-value": None,
    "image-label/properties/*": None,
    "plate": None,
    "plate/name": None,
    "plate/version": _VERSION,
    "plate/acquisitions": OF_STUDY,
    "plate/field_count": OF_STUDY,
    "plate/rows": None,
    "plate/rows/name": None,
    "plate/columns": None,
    "plate/columns/name": None,
    "plate/wells": None,
    "plate/wells/path": None,
    "plate/wells/rowIndex": None,
    "plate/wells/columnIndex": None,
    "well": None,
    "well/version": _VERSION,
    "well/images": None,
    "well/images/path": None,
    "well/images/acquisition": None,
    "zarr/zarr_format": None,
    "zarr/shape": None,
    "zarr/chunks": None,
    "zarr/chunk_grid": None,
    "zarr/dtype": None,
    "zarr/data_type": None,
    "zarr/dimension_names": None,
    "zarr/codecs": None,
    "zarr/compressor": None,
    "zarr/filters": None,
    "zarr/node_type": "that it is an array, which its place in the pyramid tells",
    "zarr/fill_value": _STORAGE,
    "zarr/order": _STORAGE,
    "zarr/dimension_separator": _STORAGE,
    "zarr/chunk_key_encoding": _STORAGE,
    "zarr/storage_transformers": _STORAGE,
}

# Properties whose inner ones have a name of their own, since they stand in several places.
INNER: Final = {
    "multiscales/axes": "axis",
    "multiscales/coordinateTransformations": "coordinateTransformation",
    "multiscales/datasets/coordinateTransformations": "coordinateTransformation",
}
# Read as a whole: nothing of what stands in them is a property of OME-Zarr.
CLOSED: Final = frozenset({"zarr/chunk_grid", "zarr/codecs", "zarr/compressor", "zarr/filters"})
