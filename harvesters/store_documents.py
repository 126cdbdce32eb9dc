"""Which metadata documents of a store are read, and how many at most: root, images, their arrays, their labels.

Consolidated metadata spares requests where it is there; reading one document is store_reader.py's.
"""

from __future__ import annotations

from typing import Final

from catalogue.problems import RecordRejected
from harvesters.ngff_labels import label_groups, labels_group
from harvesters.ngff_metadata import announced_images, level_paths
from harvesters.ngff_plates import plate_wells
from harvesters.ngff_values import Findings
from harvesters.store_reader import StoreFault, StoreReader
from harvesters.zarr_documents import Documents, join

MAX_BUNDLE_BYTES: Final = 20 << 20
MAX_SERIES: Final = 1_000
# A plate of 1,000 images with five levels each asks for 8,000 to 9,000 documents.
MAX_REQUESTS: Final = 10_000
# A label document with a row for each of some thousand cells; a larger one is left in the store.
MAX_LABEL_CHARS: Final = 1 << 20


class _Loader:
    """Fills `texts` and keeps within the bounds of one store."""

    def __init__(self, reader: StoreReader, texts: dict[str, str]):
        self._reader = reader
        self._texts = texts
        self._requests = 0
        self._size = 0

    def documents(self) -> Documents:
        """What was read so far."""
        return Documents(self._texts)

    def load(self, path: str, most: int = MAX_BUNDLE_BYTES) -> bool:
        """Read one document; False where it is not there or longer than `most` characters.

        Raises:
            StoreFault: no usable answer, or the store asks for too much.
        """
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise StoreFault("too-large", f"The store has more than {MAX_REQUESTS} metadata documents to be read.")
        text = self._reader.read(path)
        if text is None or (len(text) > most and most < MAX_BUNDLE_BYTES):
            return False
        if self._size + len(text) > MAX_BUNDLE_BYTES:
            raise StoreFault("too-large", f"The metadata documents exceed {MAX_BUNDLE_BYTES} bytes.")
        self._size += len(text)
        self._texts[path] = text
        return True


def read_documents(reader: StoreReader, texts: dict[str, str]) -> None:
    """Fill `texts` with a store's metadata documents: root, images, every level's array, labels.

    Raises:
        StoreFault: the store does not answer, or not with text of acceptable size.
        RecordRejected: what it answers is no image; `texts` then holds what was read.
    """
    loader = _Loader(reader, texts)
    v3 = loader.load("zarr.json")
    attributes, array = ("zarr.json", "zarr.json") if v3 else (".zattrs", ".zarray")
    if not v3 and not loader.load(".zattrs"):
        raise StoreFault(
            "not-parsable", "Neither zarr.json nor .zattrs exists at the address: it is no OME-Zarr group."
        )
    if not v3:
        loader.load(".zmetadata")
    root = loader.documents().group("")
    if root is not None and "plate" in root[0]:
        _load_plate(loader, attributes)
    elif root is not None and "bioformats2raw.layout" in root[0] and "multiscales" not in root[0]:
        _load_series(loader, attributes)
    documents = loader.documents()
    for image in announced_images(documents):
        if documents.group(image) is None:
            continue
        for path in level_paths(documents, image):
            if documents.find(join(path, array)) is None:
                loader.load(join(path, array))
        _load_labels(loader, documents, image, attributes)


def _load_plate(loader: _Loader, attributes: str) -> None:
    documents = loader.documents()
    for well in plate_wells(documents, Findings()):
        if documents.group(well.path) is None:
            loader.load(join(well.path, attributes))
    documents = loader.documents()
    for image in announced_images(documents):
        if documents.group(image) is None:
            loader.load(join(image, attributes))


def _load_series(loader: _Loader, attributes: str) -> None:
    documents = loader.documents()
    if documents.group("OME") is None:
        loader.load(join("OME", attributes))
    documents = loader.documents()
    ome = documents.group("OME")
    listed = ome[0].get("series") if ome is not None else None
    if isinstance(listed, list) and listed:
        if len(listed) > MAX_SERIES:
            raise RecordRejected(
                f"The collection has {len(listed)} series; list its images one by one above {MAX_SERIES}.",
                reason="too-large",
            )
        for series in announced_images(documents):
            if documents.group(series) is None and not loader.load(join(series, attributes)):
                raise RecordRejected(f"Series '{series}' that OME/ names is not there.", reason="schema-required")
        return
    for number in range(MAX_SERIES):
        if documents.group(str(number)) is None and not loader.load(join(str(number), attributes)):
            return


def _load_labels(loader: _Loader, documents: Documents, image: str, attributes: str) -> None:
    """The list of an image's labels and the document of each: one request where there are none.

    Labels are an extra: a store that refuses their documents (buckets without the right to list answer 403 for what
    is not there) still gives its image. One that is silent is read again another day.
    """
    if documents.are_consolidated:
        return
    try:
        if not loader.load(join(labels_group(image), attributes), MAX_LABEL_CHARS):
            return
        for group in label_groups(loader.documents(), image):
            loader.load(join(group, attributes), MAX_LABEL_CHARS)
    except StoreFault as fault:
        if fault.silent:
            raise
