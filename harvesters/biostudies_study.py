"""The study record of one BioStudies submission; parts, people and files have modules of their own beside this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from catalogue.model.documents import Mapped, Severity, SourceSpec
from catalogue.model.forms import licence_iri, paper_id
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry
from harvesters.bioimage_archive import NAMED, publisher, refuse_invented
from harvesters.biostudies_files import FileLists
from harvesters.biostudies_pagetab import Node, Submission, parse_submission, reasons
from harvesters.biostudies_parts import Parts, organism
from harvesters.biostudies_people import (
    map_grants,
    map_identity,
    map_links,
    map_people,
    map_publications,
)
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft, identify_study
from harvesters.jsonbytes import parse_json

_REMBI: Final = "https://www.ebi.ac.uk/bioimage-archive/rembi-model-reference/"
_MIFA: Final = "https://w3id.org/BioImage-Archive/bia-mifa-models"
_TEMPLATES: Final = {"BioImages.v4": [_REMBI], "BioImages.v5": [_REMBI], "BioImages.MIFA.v1": [_REMBI, _MIFA]}
# Attributes of the study that have slots; every other one is the depositor's own and becomes a characteristic.
_PLACED: Final = frozenset({
    "title", "description", "abstract", "keyword", "keywords", "acknowledgements", "funding_statement", "license",
    "release_date", "releasedate", "organism", "ncbi_taxonomy_id", "study_type", "technology_type",
    "technology_platform", "study_variable", "idr_accession_number", "number_of_experiments",
})  # fmt: skip


def map_submission(content: bytes, source: SourceSpec, lists: Mapping[str, bytes], info: bytes = b"") -> Mapped:
    """The study of a submission with what came beside it.

    Args:
        lists: path as the submission gives it -> bytes of a file list.
        info: the archive's answer to `/info`.
    Raises:
        RecordRejected: see BiostudiesHarvester.map.
    """
    account = Account(reasons())
    submission = parse_submission(content, account)
    root, study = submission.root, submission.study
    identity = identify_study(root.accno, source)
    refuse_invented(identity.curie)
    about = _open_info(info, account)
    _refuse_private(root.keys, about, identity.curie)
    draft = StudyDraft(identity, account)
    base = _base(about)
    files = FileLists(account, lists, base)
    _describe(draft, submission, source)
    _dates(draft, submission, about)
    _database(draft, root.keys, about)
    map_identity(draft, submission)
    _subject(draft, study)
    Parts(draft, submission, files).map()
    _experiments(draft, study, files)
    map_people(draft, submission)
    map_publications(draft, study)
    map_grants(draft, study)
    map_links(draft, study)
    _files(draft, study, files)
    _own(draft, study)
    return draft.mapped()


def _open_info(info: bytes, account: Account) -> Entry | None:
    if not info:
        return None
    value = parse_json(info).value
    return account.open(value, "info")


def _refuse_private(keys: Entry, info: Entry | None, curie: str) -> None:
    """A submission that is not public is not taken over, whatever address it was read at."""
    tags = [tag.text("name", word=True) for tag in keys.entries("accessTags")]
    private = keys.flag("released") is False or (bool(tags) and "Public" not in tags)
    if info is not None:
        private |= info.flag("isPublic") is False
    if private:
        raise RecordRejected(
            f"{curie} is not released; it is taken over once its owner makes it public.", reason="policy",
            identifier=curie,
        )  # fmt: skip
    if keys.has("secretKey"):
        raise RecordRejected(
            f"{curie} comes with the key that opens it before its release. Remove `secretKey` from the document.",
            reason="policy", identifier=curie,
        )  # fmt: skip
    if "secretKey" in keys.keys():  # noqa: SIM118 - an Entry is no dict
        keys.account.note(
            "secret-removed", Severity.INFO, "Submission/secretKey", "",
            "The archive's key and logins were taken out before the document was kept.",
        )  # fmt: skip


def _base(info: Entry | None) -> str:
    """Address of the folder of all files; it cannot be derived from the accession."""
    link = info.text("httpLink") if info is not None else None
    return f"{link.rstrip('/')}/Files/" if link and link.startswith(("https://", "http://")) else ""


def _describe(draft: StudyDraft, submission: Submission, source: SourceSpec) -> None:
    root, study = submission.root, submission.study
    titles = [*root.many("title", word=True), *study.many("title", word=True)]
    titles += [text] if (text := root.keys.text("title", word=True)) else []
    distinct = list(dict.fromkeys(titles))
    draft.require_title(distinct[0] if distinct else None)
    draft.extend("alternative_titles", distinct[1:])
    described = study.text("description")
    draft.set("description", described or study.text("abstract"))
    draft.set("acknowledgements", study.text("acknowledgements"))
    draft.set("funding_statement", study.text("funding_statement"))
    words = [*study.many("keyword", "keywords", word=True), *root.keys.texts("tags")]
    draft.extend("keywords", _keywords(draft, words))
    _licence(draft, study, source)
    _doi(draft, root)
    templates = root.many("template", word=True)
    draft.extend("conforms_to", [name for text in templates for name in _TEMPLATES.get(text, ())])
    collections = [entry.text("accNo", word=True) or "" for entry in root.keys.entries("collections")]
    draft.set("publisher", publisher([*root.many("attachto", word=True), *collections]))


def _keywords(draft: StudyDraft, given: list[str]) -> list[str]:
    """Keywords apart, also where all stand in one text (S-BIAD661, S-BIAD1344)."""
    if len(given) != 1 or not re.search(r"[,;]", given[0]):
        return given
    found = [word.strip() for word in re.split(";" if ";" in given[0] else ",", given[0]) if word.strip()]
    if len(found) > 1:
        draft.account.note(
            "keywords-joined", Severity.REPAIRED, "study/keywords", given[0],
            f"{len(found)} keywords stand in one text; taken apart.",
        )  # fmt: skip
    return found


def _licence(draft: StudyDraft, study: Node, source: SourceSpec) -> None:
    """The licence's address among its qualifiers, else its name."""
    named = study.terms("license", word=True)
    addresses = [given for _, given in named if given]
    names = [text for text, _ in named]
    given = next(iter([*addresses, *names]), None)
    draft.license(given, "study/license", source)
    for name in names if addresses else ():
        said = licence_iri(name)
        if said and said != licence_iri(str(given)):
            draft.account.note(
                "license-differs", Severity.WARNING, "study/license", name,
                f"The name says another licence than the address {given}, which is kept.",
            )  # fmt: skip


def _dates(draft: StudyDraft, submission: Submission, info: Entry | None) -> None:
    """Days of release and of the last change; the submission's own go before those of its study (S-BIAD15)."""
    root, study = submission.root, submission.study
    released = [*root.many("releasedate"), *study.many("release_date", "releasedate")]
    given = root.keys.text("releaseTime")
    instant = _instant(info, "released")
    distinct = list(dict.fromkeys(released))
    draft.date("date_published", next(iter(distinct), None) or given or instant, "submission/releasedate")
    for other in distinct[1:]:
        draft.account.note(
            "dates-differ", Severity.INFO, "study/release_date", other, f"{distinct[0]} of the submission is kept.",
        )  # fmt: skip
    deposited = root.keys.text("submissionTime")
    created = root.keys.text("creationTime")
    draft.date("date_deposited", (deposited or created or "")[:10] or None, "Submission/submissionTime")
    modified = root.keys.text("modificationTime") or _instant(info, "modified")
    if modified and re.fullmatch(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?", modified):
        draft.set("date_updated", modified)


def _instant(info: Entry | None, key: str) -> str | None:
    """An instant that `/info` gives in milliseconds since 1970."""
    number = info.whole(key) if info is not None else None
    if number is None or number > 253_402_300_799_000:
        return None
    return datetime.fromtimestamp(number / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _database(draft: StudyDraft, keys: Entry, info: Entry | None) -> None:
    """What the database says beside the submission: DOI, version, access, number of files, address of the folder."""
    draft.set("version", keys.text("version"))
    public = bool(keys.entries("accessTags"))
    if info is not None:
        public |= info.flag("isPublic") is True
        draft.set("file_count", info.whole("files"))
        if link := draft.web_address(info.text("httpLink"), "info/httpLink"):
            draft.extend("see_also", [link])
    if public:
        draft.set("access", {"id": f"{draft.curie}/access", "access_level": "PUBLIC"})


def _doi(draft: StudyDraft, root: Node) -> None:
    given, path = root.text("doi", lines=False) or root.keys.text("doi"), "submission/doi"
    if not given:
        return
    found = paper_id(given)
    if found is not None and found.kind == "doi":
        draft.set("doi", found.value)
    else:
        draft.account.note("doi-form", Severity.WARNING, path, given, "No DOI; left out.")


def _subject(draft: StudyDraft, study: Node) -> None:
    """Organisms, kinds of study and technology of submissions that have no sections for them (S-BSMS4, S-BSST744)."""
    named = study.terms("organism", word=True)
    numbers = study.many("ncbi_taxonomy_id")
    organisms = []
    for place, (text, given) in enumerate(named):
        number = numbers[place] if len(numbers) == len(named) else None
        organisms.append(organism(draft, text, given or number, "study/organism"))
    if len(numbers) != len(named):
        organisms += [draft.term(number, TAXON, "study/ncbi_taxonomy_id") for number in numbers]
    draft.extend("organisms", [name or "" for name in organisms])
    types = [draft.term(given, TERM, "study/study_type", label=text) for text, given in study.terms("study_type")]
    draft.extend("study_types", [name or "" for name in types])
    variables = study.many("study_variable", lines=True)
    if variables:
        kept = [name for name in organisms if name]
        draft.part("biosamples", "biosample", organisms=kept, experimental_variables=variables)
    names, instrument = study.many("technology_type", word=True), study.text("technology_platform")
    methods = [draft.term(None, METHOD, "study/technology_type", label=text) or "" for text in names]
    for node in study.below("sample"):
        draft.part("biosamples", "biosample", title=node.text("name", lines=False, word=True))
    if names or instrument:
        draft.extend("methods", methods)
        draft.part("acquisitions", "acquisition", instrument=instrument, method_names=names, methods=methods)


def _experiments(draft: StudyDraft, study: Node, files: FileLists) -> None:
    """Components as records imported from IDR and the Human Protein Atlas write them."""
    for node in study.below("experiment"):
        methods, names = [], []
        for text, given in node.terms("imaging_method", word=True):
            methods.append(draft.term(given, METHOD, node.path("imaging_method"), label=text) or "")
            names += [] if given else [text]
        draft.extend("methods", methods)
        organisms = [organism(draft, text, given, node.path("characteristics_organism"))
                     for text, given in node.terms("characteristics_organism", word=True)]  # fmt: skip
        draft.extend("organisms", [name or "" for name in organisms])
        number = len(draft.find("components") or ()) + 1
        acquired = [draft.part("acquisitions", "acquisition", methods=methods, method_names=names)] if methods else []
        lines = [draft.term(given, TERM, node.path("characteristics_cell_line"), label=text)
                 for text, given in node.terms("characteristics_cell_line", word=True)]  # fmt: skip
        varied = node.many("experimental_condition", lines=True)
        samples = []
        if lines or varied:
            samples = [draft.part("biosamples", "biosample", organisms=[name for name in organisms if name],
                                  cell_lines=lines, experimental_variables=varied)]  # fmt: skip
        part = f"{draft.curie}/component/{number}"
        listed = files.component(node, part)
        if node.files:
            listed.update(files.of_nodes(node.files, part))
        draft.part(
            "components", "component", type="StudyComponent", title=f"Experiment {number}",
            description=node.text("description"), size_statement=node.text("experiment_size"),
            sample_type=node.text("sample_type", lines=False), quality_control=node.text("quality_control_description"),
            organisms=[name for name in organisms if name], methods=[name for name in methods if name],
            biosamples=samples, acquisitions=acquired, phenotypes=_phenotypes(draft, node), **listed,
        )  # fmt: skip


def _phenotypes(draft: StudyDraft, node: Node) -> list[str]:
    found = [
        draft.part("phenotypes", "phenotype", title=text)
        for text in ([] if _qualified(node, "phenotype") else node.many("phenotype", word=True))
    ]
    for entry in node.attributes.entries("phenotype") if not found else ():
        title = entry.text("#text", word=True)
        described, scored = entry.text("@description", lines=True), entry.text("@score_type")
        if title:
            found.append(draft.part("phenotypes", "phenotype", title=title, description=described, score_type=scored))
    return found


def _qualified(node: Node, name: str) -> bool:
    value = node.attributes.value.get(name)
    return any(type(item) is dict for item in (value if type(value) is list else [value]))


def _files(draft: StudyDraft, study: Node, files: FileLists) -> None:
    """Files that stand in the submission itself; the first ones are named, the rest stays with the archive."""
    for node in study.below("supplementary_data"):
        files.supplementary(draft, node)
    loose = [file for node in study.walk() if node.kind not in ("experiment",) for file in node.files]
    files.study_files(draft, files.entries(loose[:NAMED]))
    files.leave(loose[NAMED:])


def _own(draft: StudyDraft, study: Node) -> None:
    """Attributes of the depositor's own making."""
    for key, name in study.names.items():
        if key in _PLACED and not (key == "abstract" and study.attributes.has("description")):
            continue
        for text, given in study.terms(key, lines=True, word=True):
            terms = [draft.term(given, TERM, study.path(key), label=text)] if given else []
            draft.part("characteristics", "characteristic", name=name.strip(), text_value=text, value_terms=terms)
