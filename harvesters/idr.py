"""Harvester `idr`: studies of the Image Data Resource as it curates them: study files, tables, lists of its site.

Parts: idr_files (bringing files together), idr_text and idr_sheet (rows), idr_study and idr_parts (the study file),
idr_summary (tables), idr_site (lists of the site); rows of images: idr_images. Traps: field.md section 5, idr.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from catalogue.model.documents import Event, Mapped, Severity, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account, crosswalk_reasons
from harvesters.bundle import unpack
from harvesters.draft import StudyDraft, identify_study
from harvesters.http import Fetcher
from harvesters.idr_containers import is_containers, map_containers
from harvesters.idr_files import FACTS, HEAD, LEFT_OUT, iter_studies, study_of_file
from harvesters.idr_omero import is_server, iter_server
from harvesters.idr_parts import Parts
from harvesters.idr_rows import Rows, note_repairs
from harvesters.idr_sheet import parse_sheet
from harvesters.idr_site import ADDRESSES, SIZES, read_addresses, read_sizes, reasons
from harvesters.idr_study import read_study
from harvesters.idr_summary import Summary
from harvesters.idr_tables import Table, parse_table
from harvesters.idr_text import parse_text

_BLOCKS: Final = ("study", "screen", "experiment", "library", "assay", "protocol", "phenotype", "data")


class IdrHarvester:
    """Studies from a folder, a tar archive or a Git repository of IDR's files (`idrNNNN-study.txt` and its tables), or
    from IDR's OMERO server, where the location is its address (`https://idr.openmicroscopy.org/`).

    Where the site's lists `studies.tsv` and `download_urls.tsv` lie below the location as well, sizes, releases and
    an image of each study come from them. Options of a source: `license`, and those of harvesters.documents.
    """

    name = "idr"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One bundle of files a study, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        if is_server(source.location):
            return iter_server(source, since, known, self._fetcher)
        return iter_studies(source, since, known, self._fetcher)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one bundle, then the images that the site's list names.

        Raises:
            RecordRejected: no study file, no accession or another one than the file's name says, another owner, no
                title.
        """
        files = unpack(document.content)
        if is_containers(files):
            return map_containers(document, files, source)
        name = next((name for name in sorted(files) if study_of_file(name)), None)
        if name is None:
            raise RecordRejected("The bundle has no study file.", reason="not-parsable")
        sheet = parse_sheet(parse_text(files[name]))
        account = Account(_reasons())
        note_repairs(account, name, sheet.repairs)
        for row in sheet.strays:
            account.note("stray-row", Severity.WARNING, name, "\t".join(row), "Stands below no key; left out.")
        rows = Rows(account, sheet.study, "study")
        study = identify_study(rows.text("Comment_IDR_Study_Accession", word=True) or "", source)
        if study.accession != study_of_file(name):
            raise RecordRejected(
                f"{name} says that it is {study.curie}. Correct the file's name or its first row.",
                reason="bad-identifier",
                identifier=study.curie,
            )
        draft = StudyDraft(study, account)
        read_study(draft, rows, source)
        parts = Parts(draft, account, sheet.parts)
        parts.read()
        summary = Summary(draft, parts, account)
        for table in _tables(files, account):
            summary.read(table)
        summary.write()
        if SIZES in files:
            read_sizes(draft, parts, account, files[SIZES])
        images = read_addresses(draft, account, study, files[ADDRESSES]) if ADDRESSES in files else []
        parts.write()
        return draft.mapped(*images)


def _tables(files: Mapping[str, bytes], account: Account) -> Iterator[Table]:
    """The tables of a bundle by name; one that cannot be read is a finding, its study is not lost for it."""
    for name in sorted(files):
        if study_of_file(name) or name in (SIZES, ADDRESSES) or name.endswith(FACTS):
            continue
        if name.endswith(LEFT_OUT):
            message = files[name].decode("utf-8", "replace")
            account.note("table-left-out", Severity.WARNING, name.removesuffix(LEFT_OUT), "", message)
            continue
        try:
            if name.endswith(HEAD):
                yield _cut_table(name.removesuffix(HEAD), files, account)
            else:
                yield parse_table(name, files[name])
        except RecordRejected as problem:
            account.note("table-unreadable", Severity.WARNING, name, "", problem.detail)


def _cut_table(name: str, files: Mapping[str, bytes], account: Account) -> Table:
    try:
        facts = json.loads(files[name + FACTS])
        lines, size = int(facts["lines"]), int(facts["size_bytes"])
    except (KeyError, ValueError, TypeError) as error:
        raise RecordRejected(f"The facts about {name} are damaged; harvest again.", reason="not-parsable") from error
    message = f"{size:,} bytes, {lines:,} lines: only the first lines were read for the study's record."
    account.note("table-cut", Severity.INFO, name, str(size), message)
    return parse_table(name, files[name + HEAD], row_count=max(lines - 1, 0), size_bytes=size)


@cache
def _reasons() -> Mapping[str, str]:
    found = reasons()
    for block in _BLOCKS:
        for path, reason in crosswalk_reasons("idr", f"idr_meta:{block}/").items():
            found[f"{block}/{path}"] = reason
    return found
