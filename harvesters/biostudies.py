"""Harvester `biostudies`: submissions of BioStudies and the BioImage Archive in PageTab, one study each.

Reads both generations of templates, MIFA, imported records of IDR, and the archive's first flat format; field.md 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec
from harvesters.biostudies_bundle import open_parcel
from harvesters.biostudies_flat import is_flat, map_flat
from harvesters.biostudies_live import is_listing, iter_listing
from harvesters.biostudies_places import iter_submissions
from harvesters.biostudies_study import map_submission
from harvesters.http import Fetcher


class BiostudiesHarvester:
    """Reads submissions from the archive's API or from files, and maps each to one Study.

    Locations: the address of a search list, `https://www.ebi.ac.uk/biostudies/api/v1/BioImages/search`, for the live
    archive; a folder, tar archive, Git repository or HTTP index of PageTab documents otherwise.

    Options:
        suffix: ending of the names of submissions among files; `.json` when not given, `.tsv` for PageTab text.
        page_size: studies a page of the live list, 1 to 1,000, which is also the default.
        file_lists: `no` leaves the file lists of the live archive unread.
        revisit_days: after how many days a study whose list entry is as it was is asked for its date of change; 30.
        revisit: how many such studies one run asks for at most; 200.
        license: licence of records that state none, where the archive gives one for all.
    """

    name = "biostudies"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every submission at the source's location without the database's secrets, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        if is_listing(source.location):
            return iter_listing(source, self._fetcher, since, known)
        return iter_submissions(source, self._fetcher, since, known)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one submission, with findings and an account of every attribute and key.

        Raises:
            RecordRejected: no PageTab (`not-parsable`), no single study or no title (`schema-required`), an accession
                of an archive not known here (`bad-identifier`) or not allowed (`not-owner`), an invented accession, a
                submission that is not released, or one that still holds its secret key (`policy`).
        """
        parcel = open_parcel(document.content)
        if is_flat(parcel.submission):
            return map_flat(parcel.submission, source)
        return map_submission(parcel.submission, source, parcel.lists, parcel.info)
