"""A Kernel as a study: which of its texts become which fields, and which records are studies at all.

Which field goes where is schema/crosswalks/datacite-4.5.sssom.tsv; traps are in field.md section 5, datacite.
"""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import day, licence_iri
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import Problem, RecordRejected
from harvesters.account import Account
from harvesters.datacite_agents import Agents, known
from harvesters.datacite_kernel import Kernel, Rights, Subject, dates_left_out
from harvesters.datacite_related import Relations
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft, identify_study

STUDIES: Final = "Dataset,Image,Collection"
ANY: Final = "any"
_DOI: Final = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{2,9}/\S+)", re.ASCII | re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_BYTES: Final = re.compile(r"(\d{1,18})\s*(?:bytes?|B)", re.ASCII)
_FILES: Final = re.compile(r"(\d{1,9})\s*files?", re.ASCII | re.IGNORECASE)
# Statements on access of OpenAIRE's guidelines, which repositories put among the licences.
_ACCESS: Final = {
    "openaccess": {"access_level": "PUBLIC"},
    "restrictedaccess": {"access_level": "RESTRICTED"},
    "embargoedaccess": {"access_level": "NON_PUBLIC", "closure_reason": "embargo"},
    "closedaccess": {"access_level": "NON_PUBLIC"},
}
_EPRINTS: Final = "info:eu-repo/semantics/"
# Dates that the model has a field for; the rest are kept as characteristics or left out, see crosswalk.
_SLOT_OF_DATE: Final = {"Submitted": "date_deposited", "Updated": "date_updated"}
_KEPT_DATES: Final = frozenset({"Collected", "Created"})
_READ_DATES: Final = frozenset({"Issued", "Available", "Withdrawn", "Copyrighted"})


def bare_doi(text: str) -> str:
    """The DOI in lower case, as DOIs are compared without case; "" where the text is none."""
    found = _DOI.fullmatch(text.strip())
    return found[1].lower() if found else ""


def identify_kernel(kernel: Kernel, source: SourceSpec) -> Identifier:
    """The study that the record's DOI names, or the page that is registered for the DOI.

    Raises:
        RecordRejected: `bad-identifier` without a DOI, with two, or with one of an archive that nobody described;
            `not-owner` for an archive that this source may not deliver.
    """
    if source.study is not None:
        return source.study
    found = list(dict.fromkeys(filter(None, map(bare_doi, kernel.dois))))
    if len(found) != 1:
        shown = ", ".join(found) or ", ".join(kernel.dois)[:200] or "none"
        raise RecordRejected(
            f"A record has one DOI, this one has {shown}. Correct it at the source.", reason="bad-identifier"
        )
    address = f"https://doi.org/{found[0]}"
    # DOIs of IDR (10.17867/10000104a) and SSBD (10.24631) do not show the accession; the page that their owner
    # registered for them does.
    stated = _study_of(address) or _study_of(kernel.page)
    return identify_study(stated.given if stated is not None else address, source)


def _study_of(address: str) -> Identifier | None:
    try:
        found = parse_identifier(address)
    except Problem:
        return None
    return found if found.kind == "study" else None


def withdrawn(kernel: Kernel) -> str:
    """The evidence that a record was taken back; "" while it stands."""
    for stamp in kernel.dates:
        if stamp.kind == "Withdrawn" and day(stamp.text):
            return f"the record says that it was withdrawn on {day(stamp.text)}"
    if kernel.state and kernel.state != "findable":
        return f"the registry gives the DOI the state {kernel.state[:20]}"
    return ""


def write_study(kernel: Kernel, account: Account, source: SourceSpec, study: Identifier | None = None) -> StudyDraft:
    """The study of a record.

    Args:
        study: where something other than its DOI names it.
    Raises:
        RecordRejected: see identify_kernel; `policy` for a kind of resource that is no study, or one taken back;
            `schema-required` without a title or, unless the source takes any, without a kind.
    """
    study = study or identify_kernel(kernel, source)
    _check_kind(kernel, study, source)
    if evidence := withdrawn(kernel):
        raise RecordRejected(f"{study.curie}: {evidence}.", reason="policy", identifier=study.curie)
    draft = StudyDraft(study, account)
    draft.set("doi", next(filter(None, map(bare_doi, kernel.dois)), None))
    _titles(draft, kernel)
    _texts(draft, kernel)
    _rights(draft, kernel, source)
    _dates(draft, kernel)
    _sizes(draft, kernel)
    for subject in kernel.subjects:
        _subject(draft, subject)
    _languages(draft, kernel)
    agents, relations = Agents(draft), Relations(draft)
    for agent in kernel.creators:
        agents.author(agent)
    for agent in kernel.contributors:
        agents.contributor(agent)
    agents.publisher(kernel.publisher)
    for funding in kernel.funding:
        agents.grant(funding)
    for related in kernel.related:
        if related.identifier or related.title:
            relations.resource(related)
    for item in kernel.items:
        relations.item(item)
    _names(draft, kernel)
    for place in kernel.places:
        if place:
            draft.part("biosamples", "biosample", collection_place=place)
    return draft


def _check_kind(kernel: Kernel, study: Identifier, source: SourceSpec) -> None:
    wanted = source.options.get("types", STUDIES)
    if wanted == ANY or kernel.general in [word.strip() for word in wanted.split(",")]:
        return
    if not kernel.general:
        raise RecordRejected(
            f"{study.curie} does not say what kind of resource it is. State resourceTypeGeneral, or let the source "
            "take any kind (option types=any).",
            reason="schema-required",
            identifier=study.curie,
        )
    raise RecordRejected(
        f"{study.curie} is of the kind {kernel.general[:50]}; of this source only {wanted} are studies (option types).",
        reason="policy",
        identifier=study.curie,
    )


def _titles(draft: StudyDraft, kernel: Kernel) -> None:
    said = [title for title in kernel.titles if known(title.text)]
    main = next((title for title in said if not title.kind), said[0] if said else None)
    if main is not None and main.kind:
        message = f"Only titles with a type are given; this {main.kind} is taken for the title."
        draft.account.note("title-type", Severity.WARNING, "titles", main.text, message)
    draft.require_title(main.text if main is not None else None)
    draft.extend(
        "alternative_titles", [title.text for title in said if title is not main and main and title.text != main.text]
    )
    if kernel.resource and known(kernel.resource) and kernel.resource.lower() != kernel.general.lower():
        draft.extend("study_types", [draft.term(None, TERM, "types", label=kernel.resource)])
    draft.set("version", kernel.version if known(kernel.version) else None)
    draft.extend("conforms_to", [draft.web_address(kernel.schema or None, "schemaVersion")])
    if page := draft.web_address(kernel.page or None, "url"):
        draft.set("landing_page", page)


def _texts(draft: StudyDraft, kernel: Kernel) -> None:
    """Abstracts first, then what else describes the resource; methods are a protocol."""
    by_kind: dict[str, list[str]] = {}
    for given in kernel.descriptions:
        if known(given.text):
            by_kind.setdefault(given.kind, []).append(given.text)
    for text in by_kind.pop("Methods", ()):
        draft.part("protocols", "protocol", description=text)
    for text in by_kind.pop("SeriesInformation", ()):
        draft.part("characteristics", "characteristic", name="series information", text_value=text)
    said = by_kind.pop("Abstract", [])
    for others in by_kind.values():
        said += others
    draft.set("description", "\n\n".join(dict.fromkeys(said)))
    for text in dict.fromkeys(kernel.formats):
        if known(text):
            draft.part("characteristics", "characteristic", name="format", text_value=text)


def _rights(draft: StudyDraft, kernel: Kernel, source: SourceSpec) -> None:
    """The licence among several statements of rights, and who may have access where that is said."""
    licences: dict[str, str] = {}
    others: list[str] = []
    for rights in kernel.rights:
        access = _access_of(rights)
        if access is not None:
            _access(draft, kernel, access, rights.text)
        elif found := _licence_of(rights):
            licences.setdefault(found, rights.uri or rights.identifier or rights.text)
        elif known(rights.text or rights.uri):
            others.append(rights.text or rights.uri)
    if len(licences) > 1:
        message = f"{len(licences)} licences are given; the first is kept."
        draft.account.note("several-licences", Severity.WARNING, "rightsList", ", ".join(licences), message)
    given = next(iter(licences.values()), None)
    draft.license(given or (others[0] if others else None), "rightsList", source)
    copyrights = [stamp.text for stamp in kernel.dates if stamp.kind == "Copyrighted" and known(stamp.text)]
    draft.set("copyright_notice", "; ".join([*others, *(f"Copyrighted {text}" for text in copyrights)]))


def _licence_of(rights: Rights) -> str | None:
    for text in (rights.uri, rights.identifier, rights.text):
        if text and (found := licence_iri(text)):
            return found
    return None


def _access_of(rights: Rights) -> str | None:
    text = rights.uri if rights.uri.startswith(_EPRINTS) else rights.text
    word = text.removeprefix(_EPRINTS).lower()
    return word if text.startswith(_EPRINTS) and word in _ACCESS else None


def _access(draft: StudyDraft, kernel: Kernel, word: str, reason: str) -> None:
    fields: dict[str, str] = {"id": f"{draft.curie}/access", **_ACCESS[word]}
    if known(reason) and not reason.startswith(_EPRINTS):
        fields["reason"] = reason
    until = [day(stamp.text) for stamp in kernel.dates if stamp.kind == "Available"]
    if word == "embargoedaccess" and until and until[0]:
        fields["embargo_until"] = until[0]
    draft.set("access", fields)


def _dates(draft: StudyDraft, kernel: Kernel) -> None:
    by_kind: dict[str, str] = {}
    for stamp in kernel.dates:
        if known(stamp.text):
            by_kind.setdefault(stamp.kind, stamp.text)
    published = next((by_kind[kind] for kind in ("Issued", "Available") if day(by_kind.get(kind, ""))), None)
    stated = by_kind.get("Issued") or by_kind.get("Available") or kernel.year
    if published is not None:
        draft.date("date_published", published, "dates")
    elif stated and known(stated):
        message = "A year or a month is no day of publication; left out. State the date of type Issued to the day."
        draft.account.note("date-precision", Severity.WARNING, "dates", stated, message)
    for kind, slot in _SLOT_OF_DATE.items():
        draft.date(slot, by_kind.get(kind), "dates")
    for stamp in kernel.dates:
        if stamp.kind in _KEPT_DATES and known(stamp.text):
            about = f"{stamp.text} ({stamp.about})" if known(stamp.about) else stamp.text
            draft.part("characteristics", "characteristic", name=f"date {stamp.kind}", text_value=about)
        elif stamp.kind not in {*_SLOT_OF_DATE, *_READ_DATES, *dates_left_out()} and known(stamp.text):
            message = f"'{stamp.kind[:50]}' is no dateType of the schema; left out."
            draft.account.note("date-kind", Severity.WARNING, "dates", stamp.text, message)


def _sizes(draft: StudyDraft, kernel: Kernel) -> None:
    """Exact bytes and files as numbers; everything else in the words of the source (1.7 GB, 13.5 mm)."""
    said = [text for text in kernel.sizes if known(text)]
    for pattern, slot in ((_BYTES, "total_size_bytes"), (_FILES, "file_count")):
        numbers = [int(found[1]) for text in said if (found := pattern.fullmatch(text))]
        if len(numbers) == 1:
            draft.set(slot, numbers[0])
            said = [text for text in said if not pattern.fullmatch(text)]
    draft.set("size_statement", "; ".join(dict.fromkeys(said)))


def _subject(draft: StudyDraft, subject: Subject) -> None:
    """A term where its identifier is sure, else words."""
    text = subject.text if known(subject.text) else ""
    form = repair_term(subject.uri) if subject.uri else None
    if form is None and subject.code and subject.scheme:
        form = repair_term(f"{subject.scheme}:{subject.code}")
    if form is None:
        draft.extend("keywords", [text])
        address = draft.web_address(subject.uri or None, "subjects")
        if address:
            draft.extend("subjects", [draft.term(address, TERM, "subjects", label=text or None)])
        return
    slot, role = "subjects", TERM
    if form.curie.startswith("NCBITaxon:"):
        slot, role = "organisms", TAXON
    elif form.curie.startswith("FBbi:"):
        slot, role = "methods", METHOD
    draft.extend(slot, [draft.term(subject.uri or form.curie, role, "subjects", label=text or None)])


def _languages(draft: StudyDraft, kernel: Kernel) -> None:
    for text in dict.fromkeys(kernel.languages):
        if text and _LANGUAGE.fullmatch(text):
            first, _, rest = text.partition("-")
            draft.extend("languages", [first.lower() + (f"-{rest}" if rest else "")])
        elif text and known(text):
            draft.account.note("language-form", Severity.WARNING, "language", text, "No language tag; left out.")


def _names(draft: StudyDraft, kernel: Kernel) -> None:
    own = draft.find("doi")
    for name in kernel.alternates:
        if not known(name.value) or bare_doi(name.value) == own:
            continue
        plain = name.scheme.upper() in ("", "URL", "DOI") or name.value.startswith(("http://", "https://"))
        draft.extend("alternative_identifiers", [name.value if plain else f"{name.scheme}:{name.value}"])
