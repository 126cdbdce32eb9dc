"""Files and names of images, as documents of the BioImage Archive's model give them."""

from __future__ import annotations

from typing import Final

from catalogue.model.identifiers import Identifier, image_identifier
from harvesters.bia_pool import Doc
from harvesters.draft import Part, StudyDraft

OF_FILES: Final = "columns of the depositor's file list about a file that no image here was made from"


def image_name(study: Identifier, key: str) -> str:
    """The CURIE of an image by its key in the archive.

    Raises:
        BadIdentifier: the key has no letter or digit.
    """
    return image_identifier(study, key).curie


def data_file(draft: StudyDraft, doc: Doc) -> Part:
    """A file without its identifier."""
    given = doc.text("format", lines=False, word=True)
    uri = doc.text("uri", lines=False)
    return draft.filled({
        "path": doc.text("file_path", lines=False, word=True),
        "url": draft.web_address(uri.replace(" ", "%20") if uri else None, "FileReference/uri"),
        "total_size_bytes": doc.entry.whole("size_in_bytes"),
        # `file` tells files from folders, no format.
        "format_name": given if given not in ("file", "directory", "folder") else None,
    })  # fmt: skip


def leave_file_columns(doc: Doc) -> None:
    """Count what stands about a single file as left out, unless an image has read it."""
    for _, entry in doc.left():
        entry.leave("value", OF_FILES)
