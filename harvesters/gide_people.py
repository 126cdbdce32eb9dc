"""Who made, published and paid for a study, and the papers about it: authors, organisations, grants, publications.

Persons are nodes of their study and are never merged: one ORCID can carry two people (S-BIAD842, S-BIAD1027).
"""

from __future__ import annotations

from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import crossref_funder_iri, email, is_web_address, orcid_iri, paper_id, partial_date, ror_iri
from harvesters.gide_crate import Crate, Entity, Reference

Part = dict[str, Any]

_NO_DATE: Final = "Not a year, month or day"


class People:
    """Reads agents, publications and grants of one study."""

    def __init__(self, crate: Crate, curie: str):
        self._crate = crate
        self._curie = curie
        self._organizations: dict[str | int, Part | None] = {}
        self._numbered = 0

    # -- agents --------------------------------------------------------------------------------------------------

    def authors(self, root: Entity) -> list[Part]:
        """The authors in the order of the root's list, ids counted along it."""
        found: list[Part] = []
        for reference in self._crate.references(root, "author"):
            if reference.entity is not None and reference.kind == "Person":
                people = self._persons(reference)
            elif reference.entity is not None and reference.kind == "Organization":
                people = [self._organization_fields(reference)]
            else:
                self._no_agent(root, "author", reference)
                continue
            for person in people:
                if "name" in person:
                    found.append({**person, "id": f"{self._curie}/author/{len(found) + 1}"})
                else:
                    self._crate.complain(
                        "agent-without-name", Severity.WARNING, root, "author", reference.iri,
                        "An author without a name cannot be cited; left out.",
                    )  # fmt: skip
        return found

    def publisher(self, root: Entity) -> Part | None:
        """The publisher; its id is the address the source gives it."""
        references = self._crate.references(root, "publisher")
        if len(references) > 1:
            self._crate.complain(
                "several-values", Severity.WARNING, root, "publisher", references[1].iri,
                "One publisher is expected; the first one is kept.",
            )  # fmt: skip
        for reference in references[:1]:
            if reference.kind == "Organization" and reference.entity is not None:
                part = self._organization_fields(reference)
                if "name" in part:
                    is_address = is_web_address(reference.iri)
                    return {**part, "id": reference.iri if is_address else f"{self._curie}/publisher"}
            self._no_agent(root, "publisher", reference)
        return None

    def _persons(self, reference: Reference) -> list[Part]:
        entity = reference.entity
        assert entity is not None
        names = entity.get("name")
        if type(names) is list and len(set(map(str, names))) > 1:
            return self._several_persons(entity, reference)
        part: Part = {"type": "Person"}
        self._add_name(part, entity)
        if orcid := self._orcid(entity, reference.iri):
            part["orcid"] = orcid
        if address := self._email(entity):
            part["email"] = address
        for key in ("description", "address"):
            if text := self._crate.text(entity, key, lines=True):
                part[key] = text
        self._add_url(part, entity)
        if affiliations := self._affiliations(entity):
            part["affiliations"] = affiliations
        return [part]

    def _several_persons(self, entity: Entity, reference: Reference) -> list[Part]:
        """One person a name; what cannot be told apart goes to nobody (S-BIAD1055 before 2026-03: two ORCID owners)."""
        crate = self._crate
        names = crate.texts(entity, "name")
        crate.complain(
            "persons-share-id", Severity.WARNING, entity, "name", "; ".join([reference.iri, *names]),
            "One @id stands for several people; they are kept apart, without ORCID and address. Give each an entity.",
        )  # fmt: skip
        for key in ("givenName", "familyName", "email", "description", "address", "url", "affiliation"):
            crate.drop(entity, key, "of one among several persons, and nothing says of which")
        for reference in crate.references(entity, "affiliation"):
            if reference.entity is not None:
                crate.leave_out(reference.entity, "affiliation of one among several persons")
        return [{"type": "Person", "name": name} for name in names]

    def _add_name(self, part: Part, entity: Entity) -> None:
        given = self._crate.text(entity, "givenName", word=True)
        family = self._crate.text(entity, "familyName", word=True)
        name = self._crate.text(entity, "name", word=True)
        if name is None and given and family:
            name = f"{given} {family}"
            self._crate.complain(
                "name-composed", Severity.REPAIRED, entity, "name", name, "Put together of given and family name."
            )
        for key, value in (("name", name), ("given_name", given), ("family_name", family)):
            if value:
                part[key] = value

    def _orcid(self, entity: Entity, iri: str) -> str | None:
        if "orcid" not in iri.lower():
            return None
        found = orcid_iri(iri)
        if found is None:  # idr0048: https://orcid.org/NA
            self._crate.complain(
                "orcid-form", Severity.WARNING, entity, "@id", iri,
                "Not an ORCID, by its form or its check digit; left out.",
            )  # fmt: skip
        elif found != iri:
            self._crate.complain("orcid-form", Severity.REPAIRED, entity, "@id", iri, f"Read as {found}.")
        return found

    def _email(self, entity: Entity) -> str | None:
        given = self._crate.text(entity, "email")
        if given is None:
            return None
        found = email(given)
        if found is None:  # 294-Asamitsu-DNAPTP6Dyn ends in "ac."
            self._crate.complain(
                "email-form", Severity.WARNING, entity, "email", given, "Not an e-mail address; left out."
            )
            self._crate.drop(entity, "email", "not an e-mail address")
        elif found != given:  # idr0096 gives two, 241-Vu-TemperatureDyn a blank after @
            several = given.count("@") > 1
            self._crate.complain(
                "email-form", Severity.WARNING if several else Severity.REPAIRED, entity, "email", given,
                f"Read as {found}" + (", the first of several." if several else "."),
            )  # fmt: skip
        return found

    def _affiliations(self, entity: Entity) -> list[Part]:
        found: list[Part] = []
        for reference in self._crate.references(entity, "affiliation"):
            key = reference.iri or reference.text or id(reference.entity)
            if key not in self._organizations:
                self._organizations[key] = self._numbered_organization(entity, reference)
            part = self._organizations[key]
            if part is not None:
                found.append(part)
        return found

    def _numbered_organization(self, holder: Entity, reference: Reference) -> Part | None:
        if reference.text:
            part: Part = {"type": "Organization", "name": " ".join(reference.text.split())}
        elif reference.kind == "Organization":
            part = self._organization_fields(reference)
        else:
            self._no_agent(holder, "affiliation", reference)
            return None
        if "name" not in part:
            self._no_agent(holder, "affiliation", reference)
            return None
        self._numbered += 1
        return {**part, "id": f"{self._curie}/organization/{self._numbered}"}

    def _organization_fields(self, reference: Reference) -> Part:
        entity = reference.entity
        assert entity is not None
        part: Part = {"type": "Organization"}
        if name := self._crate.text(entity, "name", word=True):
            part["name"] = name
        if ror := ror_iri(reference.iri):
            part["ror"] = ror
        if funder := crossref_funder_iri(reference.iri):
            part["crossref_funder_id"] = funder
        for key in ("address", "description"):
            if text := self._crate.text(entity, key, lines=True):
                part[key] = text
        if address := self._email(entity):
            part["email"] = address
        self._add_url(part, entity)
        return part

    def _no_agent(self, holder: Entity, key: str, reference: Reference) -> None:
        missing = reference.entity is None and reference.iri
        code = "dangling-reference" if missing else "agent-unusable"
        self._crate.complain(
            code, Severity.WARNING, holder, key, reference.iri or reference.text,
            "The crate does not describe this agent; add the entity with its name."
            if missing else "A named person or organisation is expected; left out.",
        )  # fmt: skip

    def _add_url(self, part: Part, entity: Entity) -> None:
        given = self._crate.text(entity, "url")
        if given is None:
            return
        if is_web_address(given):
            part["url"] = given
            return
        self._crate.complain(
            "url-form", Severity.WARNING, entity, "url", given, "Not an absolute http(s) address; left out."
        )
        self._crate.drop(entity, "url", "not an absolute web address")

    # -- publications and grants ---------------------------------------------------------------------------------

    def publications(self, root: Entity) -> tuple[list[Part], list[str]]:
        """The papers of `citation` and `seeAlso`, and the addresses that lead to no described paper."""
        found: list[Part] = []
        addresses: list[str] = []
        seen: set[str] = set()
        for key in ("citation", "seeAlso"):
            for reference in self._crate.references(root, key):
                if (name := reference.iri or reference.text) in seen:
                    continue
                if name:
                    seen.add(name)
                if reference.kind == "ScholarlyArticle" and reference.entity is not None:
                    part = self._publication(reference)
                    if part:
                        found.append({**part, "id": f"{self._curie}/publication/{len(found) + 1}"})
                elif reference.entity is None:
                    self._plain_address(root, key, name, addresses)
                else:
                    self._crate.complain(
                        "unexpected-type", Severity.WARNING, root, key, f"{reference.iri} ({reference.kind})",
                        "A paper is expected; left out.",
                    )  # fmt: skip
        return found, addresses

    def _plain_address(self, root: Entity, key: str, name: str, addresses: list[str]) -> None:
        usable = is_web_address(name)
        if usable:
            addresses.append(name)
        self._crate.complain(
            "dangling-reference", Severity.WARNING, root, key, name,
            "The crate does not describe this paper; " + ("its address is kept." if usable else "left out."),
        )  # fmt: skip

    def _publication(self, reference: Reference) -> Part:
        entity = reference.entity
        assert entity is not None
        part: Part = {}
        if title := self._crate.text(entity, "name"):
            if is_web_address(title):  # 2-Kyoda-WormEmbryoRNAi
                self._crate.complain(
                    "title-is-url", Severity.WARNING, entity, "name", title, "An address stands where a title should."
                )
                self._crate.drop(entity, "name", "an address, not a title")
            else:
                part["title"] = title
        self._add_paper_id(part, entity, "@id", reference.iri)
        for key in ("sameAs", "identifier", "url"):
            for text in self._crate.texts(entity, key):
                self._add_paper_id(part, entity, key, text)
        if (given := self._crate.text(entity, "datePublished")) is not None:
            if issued := partial_date(given):
                part["date_issued"] = issued
            else:
                self._crate.complain(
                    "date-form", Severity.WARNING, entity, "datePublished", given, f"{_NO_DATE}; left out."
                )
                self._crate.drop(entity, "datePublished", _NO_DATE)
        return part

    def _add_paper_id(self, part: Part, entity: Entity, key: str, text: str) -> None:
        found = paper_id(text)
        if found is None and key == "@id" and text.isascii() and text.isdigit() and 6 <= len(text) <= 8:
            found = paper_id(f"PMID:{text}")  # S-BIAD2313: @id "35209227"
            self._crate.complain(
                "publication-id-form", Severity.REPAIRED, entity, key, text, "Read as a PubMed number; write its page."
            )
        if found is not None:
            if part.setdefault(found.kind, found.value) != found.value:
                self._crate.complain(
                    "publication-ids-differ", Severity.WARNING, entity, key, text,
                    f"The paper is also {found.kind} {part[found.kind]}, which is kept.",
                )  # fmt: skip
        elif "doi.org/" in text:  # 291-Deguchi-SARS-CoV2: https://doi.org/0.1039/d3lc00768e
            self._crate.complain("doi-form", Severity.WARNING, entity, key, text, "Not a DOI; left out.")
        elif is_web_address(text) and key != "identifier":
            part.setdefault("url", text)
        elif not text.startswith("#"):
            self._crate.complain(
                "publication-id-form", Severity.WARNING, entity, key, text, "No DOI, PubMed number, address; left out."
            )

    def grants(self, root: Entity) -> list[Part]:
        """The grants of `funder`."""
        found: list[Part] = []
        for reference in self._crate.references(root, "funder"):
            entity = reference.entity
            if entity is None or reference.kind != "Grant":
                self._no_agent(root, "funder", reference)
                continue
            part: Part = {"id": f"{self._curie}/grant/{len(found) + 1}"}
            for key, slot in (("name", "title"), ("identifier", "grant_identifier")):
                if text := self._crate.text(entity, key):
                    part[slot] = text
            self._add_url(part, entity)
            if "url" not in part and is_web_address(reference.iri):
                part["url"] = reference.iri
            for funder in self._crate.references(entity, "funder")[:1]:
                if funder.kind == "Organization" and "name" in (fields := self._organization_fields(funder)):
                    part["funder"] = {**fields, "id": f"{part['id']}/funder"}
                else:
                    self._no_agent(entity, "funder", funder)
            found.append(part)
        return found
