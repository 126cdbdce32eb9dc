"""A study record in the making: terms, people, papers and numbered parts, with a finding for every repaired form.

For adapters that read with harvesters.account; which field goes where is theirs. Forms: catalogue.model.forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.model.documents import Mapped, Record, Severity, SourceSpec
from catalogue.model.forms import day, email, is_web_address, licence_iri, orcid_iri, paper_id, partial_date, ror_iri
from catalogue.model.identifiers import Identifier, landing_page, parse_identifier
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import BadIdentifier, Problem, RecordRejected
from harvesters.account import Account

Part = dict[str, Any]

TAXON, METHOD, TERM = "Taxon", "ImagingMethod", "OntologyTerm"
_DESCRIBE: Final = "Where the archive is missing, describe it in the file owners.toml of the node's folder."
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_RANK: Final = {TERM: 0, METHOD: 1, TAXON: 2}
_BARE: Final = {TAXON: "NCBITaxon", METHOD: "FBbi", TERM: ""}


def identify_study(text: str, source: SourceSpec, path: str = "") -> Identifier:
    """The study that a text names: accession, CURIE, page or DOI, of an owner that this source may deliver.

    Args:
        path: where in the document the text stands, so that its partner is shown field and value.
    Raises:
        RecordRejected: `bad-identifier` for no study of a known owner; `not-owner` for an owner not allowed here.
    """
    shown = text[:200].encode("ascii", "backslashreplace").decode()
    field: dict[str, Any] = {"path": path, "value": shown}
    if not text.strip():
        detail = "The document does not say which study it is. Give it its accession."
        raise RecordRejected(detail, reason="bad-identifier", **field)
    try:
        found = parse_identifier(text)
    except BadIdentifier as problem:
        raise RecordRejected(f"{problem.detail} {_DESCRIBE}", reason="bad-identifier", **field) from problem
    except Problem as problem:
        raise RecordRejected(problem.detail, reason="bad-identifier", **field) from problem
    if found.kind != "study":
        detail = f"'{shown}' is no accession of an owner known here. {_DESCRIBE}"
        raise RecordRejected(detail, reason="bad-identifier", **field)
    if source.owners and found.prefix not in source.owners:
        raise RecordRejected(
            f"{found.curie} belongs to {found.prefix}; this source may deliver only {', '.join(source.owners)}. Add "
            "the owner to the source if that is wrong.",
            reason="not-owner",
            identifier=found.curie,
            **field,
        )
    return found


class StudyDraft:
    """Collects one study; empty values are never written.

    Paths given to its methods say where in the document a value stands, for findings.
    """

    def __init__(self, study: Identifier, account: Account):
        self.study = study
        self.curie = study.curie
        self.account = account
        self._record: Record = {
            "type": "Study", "id": study.curie, "accession": study.accession, "owner": study.prefix,
        }  # fmt: skip
        if page := landing_page(study.prefix, study.accession):
            self._record["landing_page"] = page
        if study.given.strip() != study.accession:
            self.extend("alternative_identifiers", [study.given.strip()])
        self._terms: dict[str, Part] = {}
        self._organizations: dict[str, Part] = {}

    # -- slots ---------------------------------------------------------------------------------------------------

    def set(self, slot: str, value: Any) -> None:
        """Write a slot of the study, unless the value is empty."""
        if value is not None and value != "" and value != [] and value != {}:
            self._record[slot] = value

    def extend(self, slot: str, values: Iterable[Any]) -> None:
        """Add to a slot that takes many; what is there already is not repeated."""
        held = self._record.setdefault(slot, [])
        held.extend(value for value in dict.fromkeys(values) if value not in held and value not in (None, ""))
        if not held:
            del self._record[slot]

    def part(self, slot: str, kind: str, key: str = "", **fields: Any) -> str:
        """Add a part (`biosamples`, `acquisitions`, ...) and give its id, `{study}/{kind}/{number or key}`.

        Args:
            key: last segment of the id where the source numbers or names its parts stably; letters, digits, `-_.`.
            fields: its slots; empty ones are left out.
        """
        parts = self._record.setdefault(slot, [])
        name = f"{self.curie}/{kind}/{key or len(parts) + 1}"
        parts.append({"id": name, **self.filled(fields)})
        return name

    @staticmethod
    def filled(fields: Mapping[str, Any]) -> Part:
        """The fields that hold something."""
        return {key: value for key, value in fields.items() if value is not None and value not in ("", [], {})}

    def find(self, slot: str) -> Any:
        """What was written into a slot so far; None when nothing was."""
        return self._record.get(slot)

    def require_title(self, title: str | None, path: str = "") -> None:
        """Write the title.

        Args:
            path: where in the document it stands or should, so that its partner is shown the field.
        Raises:
            RecordRejected: `schema-required`, there is none.
        """
        if not title:
            raise RecordRejected(
                f"{self.curie} has no title; a study needs one. Fill it in at the source.",
                reason="schema-required",
                identifier=self.curie,
                path=path,
            )
        self.set("title", title)

    def license(self, given: str | None, path: str, source: SourceSpec) -> None:
        """Write the licence: the document's, else the one the operator states for the whole source (`license`)."""
        found = licence_iri(given) if given else None
        if given and found is None:
            self.account.note(
                "license-form", Severity.WARNING, path, given,
                "No web address and no licence name with a version; left out. Write the licence's address.",
            )  # fmt: skip
        elif given and found != given:
            self.account.note("license-form", Severity.REPAIRED, path, given, f"Read as {found}.")
        if found is None and (stated := licence_iri(source.options.get("license", ""))):
            found = stated
            self.account.note(
                "license-of-source", Severity.INFO, path, stated,
                "The record states no usable licence; this is the one its archive gives for all its records.",
            )  # fmt: skip
        self.set("license", found)

    def date(self, slot: str, given: str | None, path: str) -> None:
        """Write a day; the source's instants are cut to their day, what is no day is left out with a finding."""
        if not given:
            return
        found = day(given)
        if found is None:
            self.account.note("date-form", Severity.WARNING, path, given, "No calendar day; left out.")
        elif found != given:
            self.account.note("date-form", Severity.REPAIRED, path, given, f"Read as the day {found}.")
        self.set(slot, found)

    def languages(self, given: Iterable[str], path: str) -> None:
        """Add language tags (`en`, `pt-BR`); what is none is left out with a finding."""
        for text in given:
            first, _, rest = text.strip().partition("-")
            if _LANGUAGE.fullmatch(text.strip()):
                self.extend("languages", [first.lower() + (f"-{rest}" if rest else "")])
            else:
                self.account.note("language-form", Severity.WARNING, path, text, "No language tag; left out.")

    def web_address(self, given: str | None, path: str) -> str | None:
        """The text where it is an absolute http(s) address, else None with a finding."""
        if not given or is_web_address(given):
            return given or None
        self.account.note("url-form", Severity.WARNING, path, given, "Not an absolute http(s) address; left out.")
        return None

    # -- terms ---------------------------------------------------------------------------------------------------

    def term(
        self, given: str | None, role: str, path: str, *, label: str | None = None, bare: str | None = None,
        vernacular: str | None = None,
    ) -> str | None:  # fmt: skip
        """The CURIE of an ontology term, now among the study's terms; None where neither id nor label is given.

        A label without a usable id becomes a term of the study itself, with a finding: never a guess.

        Args:
            given: identifier in any written form (catalogue.model.ontology_terms).
            role: TAXON, METHOD or TERM.
            label: as the source has it.
            bare: ontology of a number without prefix; by default the role's own.
        """
        form = repair_term(given, _BARE[role] if bare is None else bare) if given else None
        if form is None and not label and not given:
            return None
        if form is not None and form.repaired:
            message = f"Read as {form.curie}; write the ontology's own IRI."
            self.account.note("term-id-form", Severity.REPAIRED, path, given, message)
        if form is not None:
            curie = form.curie
            source_id = given if form.repaired else None
        elif given and is_web_address(given):
            curie, source_id = given, None
        else:
            curie, source_id = self._own_term(given, label, path), given
        self._describe(curie, role, label, source_id, vernacular, path)
        return curie

    def terms(self) -> list[Part]:
        """The terms so far, those of ontologies by CURIE, then the study's own."""
        own = [term for name, term in self._terms.items() if name.startswith(self.curie)]
        others = sorted(name for name in self._terms if not name.startswith(self.curie))
        return [self._terms[name] for name in others] + own

    def _own_term(self, given: str | None, label: str | None, path: str) -> str:
        for name, term in self._terms.items():
            if name.startswith(self.curie) and (term["label"], term.get("source_id")) == (label or given, given):
                return name
        number = 1 + sum(name.startswith(self.curie) for name in self._terms)
        if given:
            self.account.note(
                "term-id-unknown", Severity.WARNING, path, given,
                "No ontology known here has this identifier; kept as a term of this study. Use the term's own IRI.",
            )  # fmt: skip
        else:
            self.account.note(
                "term-without-id", Severity.WARNING, path, label,
                "A name stands where a term is expected; kept as a term of this study. Use the term's IRI.",
            )  # fmt: skip
        return f"{self.curie}/term/{number}"

    def _describe(
        self, curie: str, role: str, label: str | None, source_id: str | None, vernacular: str | None, path: str
    ) -> None:
        term = self._terms.get(curie)
        if term is None:
            term = self._terms[curie] = {"type": role, "id": curie, "label": label or source_id or curie}
        elif label and term["label"] in (curie, source_id):
            term["label"] = label
        elif label and label != term["label"]:
            # The order of the source must not decide.
            kept, other = sorted((label, term["label"]), key=lambda text: (len(text), text))
            term["label"] = kept
            message = f"{curie} is also called '{kept[:100]}' in this record, which is kept."
            self.account.note("labels-differ", Severity.WARNING, path, other, message)
        if _RANK[role] > _RANK[term["type"]]:
            term["type"] = role
        if source_id:
            term.setdefault("source_id", source_id)
        if vernacular and term["type"] == TAXON:
            term.setdefault("vernacular_name", vernacular)

    # -- people --------------------------------------------------------------------------------------------------

    def organization(self, name: str | None, path: str, *, ror: str | None = None, **fields: Any) -> Part | None:
        """An organisation of the study; equal ones share one id. None without a name.

        Args:
            ror: its address, with or without scheme, or its nine characters alone.
            fields: further slots of Organization.
        """
        if not name:
            return None
        part = {"type": "Organization", "name": name, **self.filled(fields)}
        if ror and (found := ror_iri(ror) or ror_iri(f"https://{ror}") or ror_iri(f"https://ror.org/{ror}")):
            part["ror"] = found
        elif ror:
            self.account.note("ror-form", Severity.WARNING, path, ror, "Not a ROR identifier; left out.")
        key = repr(sorted(part.items(), key=lambda item: item[0]))
        if key not in self._organizations:
            self._organizations[key] = {"id": f"{self.curie}/organization/{len(self._organizations) + 1}", **part}
        return self._organizations[key]

    def person(
        self, name: str | None, path: str, *, orcid: str | None = None, address: str | None = None,
        affiliations: Iterable[Part | None] = (), **fields: Any,
    ) -> Part | None:  # fmt: skip
        """A person without id, for `author` or `contributor`; None without a name, with a finding.

        Args:
            orcid: in any written form; a wrong one is left out with a finding.
            address: e-mail address in any written form.
            fields: further slots of Person (given_name, family_name, roles, contributor_types, ...).
        """
        if not name:
            self.account.note(
                "agent-without-name", Severity.WARNING, path, "", "Somebody without a name cannot be cited; left out."
            )
            return None
        part: Part = {"type": "Person", "name": name, **self.filled(fields)}
        if orcid and (found := orcid_iri(orcid)):
            part["orcid"] = found
            if found != orcid and found.removeprefix("https://orcid.org/") != orcid:
                self.account.note("orcid-form", Severity.REPAIRED, path, orcid, f"Read as {found}.")
        elif orcid:
            message = "Not an ORCID, by its form or its check digit; left out."
            self.account.note("orcid-form", Severity.WARNING, path, orcid, message)
        if mail := self.email(address, path):
            part["email"] = mail
        if places := [place for place in affiliations if place]:
            part["affiliations"] = list({place["id"]: place for place in places}.values())
        return part

    def email(self, given: str | None, path: str) -> str | None:
        """The e-mail address in a text; what is none is left out with a finding."""
        if not given:
            return None
        found = email(given)
        if found is None:
            self.account.note("email-form", Severity.WARNING, path, given, "Not an e-mail address; left out.")
        elif found != given:
            several = given.count("@") > 1
            severity = Severity.WARNING if several else Severity.REPAIRED
            message = f"Read as {found}" + (", the first of several." if several else ".")
            self.account.note("email-form", severity, path, given, message)
        return found

    def author(self, agent: Part | None) -> None:
        """Add an author, in the order of the source."""
        self._agent("authors", "author", agent)

    def contributor(self, agent: Part | None) -> None:
        """Add somebody who helped without being an author."""
        self._agent("contributors", "contributor", agent)

    def _agent(self, slot: str, kind: str, agent: Part | None) -> None:
        if agent is not None:
            agents = self._record.setdefault(slot, [])
            agents.append({**agent, "id": f"{self.curie}/{kind}/{len(agents) + 1}"})

    # -- papers and money ----------------------------------------------------------------------------------------

    def publication(self, ids: Iterable[tuple[str | None, str]], *, issued: str | None = None, **fields: Any) -> None:
        """Add a paper, unless nothing usable is said of it.

        Args:
            ids: (DOI, PubMed number with `PMID:`, PubMed Central id or address; its path) as given.
            issued: year, month or day.
            fields: further slots of Publication (title, author_list, venue).
        """
        part = self.filled(fields)
        for text, path in ids:
            if text:
                self._add_paper_id(part, text, path)
        if issued and (found := partial_date(issued)):
            part["date_issued"] = found
        elif issued:
            message = "Not a year, month or day; left out."
            self.account.note("date-form", Severity.WARNING, "publication", issued, message)
        if part:
            self.part("publications", "publication", **part)

    def _add_paper_id(self, part: Part, text: str, path: str) -> None:
        found = paper_id(text)
        if found is not None:
            if part.setdefault(found.kind, found.value) != found.value:
                message = f"The paper is also {found.kind} {part[found.kind]}, which is kept."
                self.account.note("publication-ids-differ", Severity.WARNING, path, text, message)
        elif is_web_address(text) and "doi.org/" not in text:
            part.setdefault("url", text)
        else:
            code = "doi-form" if "doi" in text.lower() or text.startswith("10.") else "publication-id-form"
            message = "No DOI, PubMed number or address; left out."
            self.account.note(code, Severity.WARNING, path, text, message)

    # -- end -----------------------------------------------------------------------------------------------------

    def record(self) -> Record:
        """The study with all its terms, and a finding for each slot that readers miss most."""
        self.set("terms", self.terms())
        for slot in ("description", "license", "date_published", "authors", "organisms", "methods"):
            if slot not in self._record:
                self.account.note(
                    f"{slot.replace('_', '-')}-missing", Severity.WARNING, slot, "",
                    f"The source gives nothing usable for {slot}; fill it in there.",
                )  # fmt: skip
        return self._record

    def mapped(self, *images: Record) -> Mapped:
        """The result of `map`: this study, then its images, with the account of the document."""
        study = self.record()
        mapped, ignored, unmapped = self.account.close()
        return Mapped([study, *images], self.account.findings, mapped, ignored, unmapped)
