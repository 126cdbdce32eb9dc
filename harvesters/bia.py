"""Harvester `bia`: studies and images of the BioImage Archive, from its API v2 or from its image-level RO-Crates.

One document is one study with what belongs to it, or one image; field.md 5, bia-api and bia-ro-crate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catalogue.model.documents import Event, Mapped, Severity, SourceDocument, SourceSpec
from catalogue.problems import BadIdentifier, RecordRejected
from harvesters.account import Account
from harvesters.bia_crate import METADATA, crate_reasons, pool_of_crate
from harvesters.bia_images import map_images
from harvesters.bia_live import is_api, iter_api
from harvesters.bia_parts import BiaParts
from harvesters.bia_places import iter_bundles
from harvesters.bia_pool import Pool, pool_of, reasons
from harvesters.bia_study import finish_study, map_study
from harvesters.bioimage_archive import refuse_invented
from harvesters.bundle import unpack
from harvesters.draft import StudyDraft, identify_study
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json

# The archive's storage has the study's accession in every address.
_IN_ADDRESS = re.compile(r"/bio(?:imaging-integrator|image-archive-integrator)?[a-z-]*data/(?P<study>S-[A-Z0-9-]+)/")
MAX_BYTES = 64 << 20


class BiaHarvester:
    """Reads documents of the archive's model and maps each bundle to one Study with its Images.

    Locations: the address of the API, `https://www.ebi.ac.uk/bioimage-archive/api/v2`, for the live archive; else a
    folder, tar archive, Git repository or HTTP index of documents: `STUDY/TYPE/UUID.json`, search documents with all
    inside one another, files of the archive's export, and crates (`ro-crate-metadata.json` with their file lists).

    Options:
        page_size: documents a page of the live API; 500 when not given.
        images: how many images of each dataset the live reading takes; 100 when not given, 0 for none.
        revisit_days: after how many days a study whose documents are as they were is read again; 30.
        revisit: how many such studies one run reads at most; 20.
        site: name of the site of the images' addresses; the owner's prefix when not given.
        license: licence of records that state none, where the archive gives one for all.
    """

    name = "bia"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every study at the source's location, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        if is_api(source.location):
            return iter_api(source, self._fetcher, since, known)
        return iter_bundles(source, self._fetcher, known)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of a bundle with its images, or the images of a search document.

        Raises:
            RecordRejected: neither documents nor a crate (`not-parsable`), one name for two things in a crate
                (`equivocation`), no study or no title (`schema-required`), an accession not known here
                (`bad-identifier`), not allowed (`not-owner`) or invented for tests (`policy`).
        """
        pool = _pool(document.content)
        studies = pool.all("Study")
        if len(studies) > 1:
            raise RecordRejected(
                f"The document holds {len(studies)} studies; give each its own.", reason="equivocation",
            )  # fmt: skip
        accession = studies[0].text("accession_id", lines=False, word=True) if studies else _accession(pool)
        if accession:
            refuse_invented(accession)
        identity = identify_study(accession or "", source)
        draft = StudyDraft(identity, pool.account)
        parts = BiaParts(draft, pool)
        try:
            if studies:
                map_study(pool, studies[0], draft, parts, source)
            else:
                parts.map()
            images = map_images(pool, parts, draft, source)
        except BadIdentifier as problem:
            raise RecordRejected(problem.detail, reason="bad-identifier", identifier=identity.curie) from problem
        finish_study(pool, draft, parts)
        if studies:
            return draft.mapped(*images)
        mapped, ignored, unmapped = pool.account.close()
        return Mapped(images, pool.account.findings, mapped, ignored, unmapped)


def _pool(content: bytes) -> Pool:
    """The documents of a bundle, of one JSON document, or of a crate."""
    if content[257:262] == b"ustar":
        files = unpack(content)
        if METADATA in files:
            return pool_of_crate(files, Account(crate_reasons()))
        values: list[Any] = [parse_json(one).value for _, one in sorted(files.items())]
    else:
        value = parse_json(content, max_bytes=MAX_BYTES).value
        if type(value) is dict and "@graph" in value:
            return pool_of_crate({METADATA: content}, Account(crate_reasons()))
        inner = value.get("documents") if type(value) is dict and "model" not in value else None
        values = inner if type(inner) is list else [value]
    return pool_of(values, Account(reasons()))


def _accession(pool: Pool) -> str | None:
    """The study of images that come without it: their own word, else what the archive's storage says."""
    for doc in pool.all("Image"):
        if found := doc.text("accession_id", lines=False, word=True):
            return found
    for doc in pool.all("ImageRepresentation"):
        for address in doc.entry.texts("file_uri"):
            if place := _IN_ADDRESS.search(address):
                pool.account.note(
                    "study-from-address", Severity.INFO, "ImageRepresentation/file_uri", address,
                    f"The image names no study; its address lies in that of {place['study']}.",
                )  # fmt: skip
                return place["study"]
    return None
