"""Harvester `ega`: metadata of the European Genome-phenome Archive: studies, datasets, who may use them and how to ask.

Parts: ega_objects (files and what belongs together), ega_study, ega_access, ega_samples. Data and their names never.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unreadable
from catalogue.problems import RecordRejected, SourceChanged
from harvesters.account import Account
from harvesters.bundle import MEDIA_TYPE, pack, unpack
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft, identify_study
from harvesters.ega_account import reasons
from harvesters.ega_objects import MAX_BYTES, EgaObject, group, parse_objects
from harvesters.ega_study import read_objects
from harvesters.http import Fetcher
from harvesters.sources.delivery import Delivery

MAX_TOTAL_BYTES: Final = 128 << 20


class EgaHarvester:
    """Studies and datasets from a folder, tar archive, Git repository or HTTP index of the archive's objects.

    Files whose objects refer to one another are one document. Options of a source: `study` (accession of what the
    location holds, where its objects have none yet: then all files are one document), `license` (where no policy has
    an address), and those of harvesters.documents.
    """

    name = "ega"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One bundle of files a study, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be, or holds more than 128 MB of objects.
        """
        files: dict[str, SourceDocument] = {}
        total = 0
        end = Listed(None, True)
        broken: list[Unreadable] = []
        for event in iter_documents(
            source.location, since=None, known={}, suffix=(".json", ".xml"), fetcher=self._fetcher,
            max_bytes=MAX_BYTES, media_type="text/plain", options=source.options,
        ):  # fmt: skip
            if isinstance(event, Listed):
                end = event
            elif isinstance(event, Unreadable):
                broken.append(event)
            elif isinstance(event, SourceDocument):
                files[event.item] = event
                total += len(event.content)
                if total > MAX_TOTAL_BYTES:
                    raise SourceChanged(f"The location holds more than {MAX_TOTAL_BYTES:,} bytes of objects. Split it.")
        bundles = _bundles(files, source)
        delivery = Delivery("", known, MAX_TOTAL_BYTES * 2, MEDIA_TYPE)
        for item in sorted(bundles):
            held = [files[name] for name in bundles[item]]
            stamp = max(document.datestamp for document in held)
            yield delivery.document(item, held[0].url, pack({one.item: one.content for one in held}), stamp)
        yield from broken
        # A study whose own file is broken makes no bundle: that is no absence (R14).
        yield Listed(end.cursor, end.complete and not broken, len(bundles) + len(broken))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one bundle.

        Raises:
            RecordRejected: no object of the archive, no study or dataset or several, no accession, another owner, no
                title.
        """
        files = unpack(document.content)
        objects = [one for name in sorted(files) for one in parse_objects(name, files[name])]
        main = _main(objects)
        study = identify_study(main.accession or source.options.get("study", "") or _no_accession(main), source)
        account = Account(reasons())
        draft = StudyDraft(study, account)
        read_objects(draft, account, main, objects, source)
        return draft.mapped()


def _bundles(files: Mapping[str, SourceDocument], source: SourceSpec) -> dict[str, list[str]]:
    """Item -> names of its files."""
    if source.options.get("study"):
        return {source.options["study"]: sorted(files)} if files else {}
    parsed: dict[str, list[EgaObject]] = {}
    for name, document in files.items():
        try:
            parsed[name] = parse_objects(name, document.content)
        except RecordRejected:
            # Said when it is mapped, by the file's own document.
            parsed[name] = []
    found = {}
    for names in group(parsed):
        objects = [one for name in names for one in parsed[name]]
        mains = [one.accession for kind in ("study", "dataset") for one in objects if one.kind == kind]
        found[mains[0] if mains and mains[0] and mains[0] not in found else names[0]] = names
    return found


def _main(objects: list[EgaObject]) -> EgaObject:
    """The study; where there is none, the dataset."""
    for kind in ("study", "dataset"):
        found = [one for one in objects if one.kind == kind and (kind == "dataset" or not one.is_xml)]
        if len(found) > 1:
            names = ", ".join(one.accession or one.alias for one in found[:5])
            raise RecordRejected(
                f"The files hold several objects that may be the study: {names}. Part them.", reason="equivocation"
            )
        if found:
            return found[0]
    kinds = ", ".join(sorted({one.kind or "unknown" for one in objects}))
    raise RecordRejected(
        f"The files hold no study and no dataset, but {kinds}. Add the study that they belong to.",
        reason="schema-required",
    )


def _no_accession(main: EgaObject) -> str:
    raise RecordRejected(
        f"The {main.kind} '{main.alias[:100]}' has no accession of the archive yet. Wait for it, or state it as the "
        "source's option `study`.",
        reason="bad-identifier",
    )
